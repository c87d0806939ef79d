// MouthInterior: what is seen between parted lips of a photograph: the photograph's own teeth where
// it shows them, drawn ones with tongue and shade where it does not. The upper teeth hang on the
// skull, the lower ones on the jaw.
#pragma once

#include <span>

#include "avatar/mouth_mesh.h"
#include "avatar/mouth_views.h"
#include "avatar/textured_mesh.h"
#include "face/face_finder.h"

namespace understudy::avatar {

// An opening in the picture, before and after the head's movement.
struct MouthOpeningView {
  std::span<const face::Point> line;    // the inner edge of the lips at rest of the head
  std::span<const face::Point> placed;  // the same where it is drawn
  double tongue = 0;                    // 0..1, raised
};

class MouthInterior {
 public:
  MouthInterior(const MouthMesh& mesh, const PhotoTexture& texture);

  // Draws as a film shows a mouth: with what `views` show, which outlive this; where they show
  // nothing, teeth of a usual film, which are darker and nearer to the colour of the skin than
  // those of portraits, hollows lighter, edges softer.
  void match_film(const MouthViews& views);

  // Fills the opening, with soft edges.
  void draw(const MouthOpeningView& view, const media::Rectangle& clip, media::Frame& out) const;

 private:
  struct Tone {  // of drawn colours: chroma is turned, scaled and shifted
    double turn_cos = 1, turn_sin = 0;
    double shift_u = 0, shift_v = 0;
  };
  struct Opening;
  void find_tone();
  Yuv colour(const Opening& opening, face::Point at) const;
  Yuv seen_on_film(const Opening& opening, face::Point at) const;
  Yuv own_teeth(face::Point at, double& coverage) const;

  const MouthMesh& mesh_;
  const PhotoTexture& texture_;
  double light_ = 1;  // of the photograph's face
  face::Point seam_;
  Tone tone_;
  Yuv seam_colour_{};
  double darkest_ = 0;
  double edge_ = 0.006;  // softness of the outline, mouth widths
  double teeth_gain_ = 1;
  double teeth_skin_ = 0;  // how far their colour is that of the skin
  double skin_u_ = 128, skin_v_ = 128;
  const MouthViews* views_ = nullptr;  // not empty
  Yuv skin_;                           // beside the mouth
  std::vector<face::Point> own_;       // the opening of the photograph; empty: it shows no teeth
};

}  // namespace understudy::avatar
