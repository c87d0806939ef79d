// Mattes: which part of a picture is the person, as coverage 0..255. The words that the makers of
// mattes share; photo_matte.h cuts photographs, film_matter.h films.
//
// How sure a matte is, is measured, never assumed: along its outline the tones on both sides are
// compared, and where they do not differ nothing but a guess decided. `clear_edges` is the share of
// the outline that is decided by the picture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::avatar {

enum class MatteMethod {
  own_alpha,   // the picture brought its transparency along
  chroma_key,  // one saturated hue stands behind the person
  plate,       // a camera that stands still: what is behind the person is seen at other times
  segments,    // graph cut with colour models (GrabCut, Rother et al. 2004)
};
std::string_view to_string(MatteMethod method);

struct MatteReport {
  MatteMethod method = MatteMethod::segments;
  double clear_edges = 1;  // 0..1
  double stability = 1;    // 0..1: what is left of the cut when evidence is added or taken away
  std::vector<std::string> problems;  // sentences for the user; empty: nothing was noticed
};

// Below the first or the third a matte is used with a warning, below the second it is refused.
inline constexpr double kClearEdgesGood = 0.72;
inline constexpr double kClearEdgesMin = 0.55;
inline constexpr double kStabilityGood = 0.968;

}  // namespace understudy::avatar
