// LocalColours: whether a colour, at its place, is rather the person's or the background's.
//
// Colours are counted for both sides, near each place and in the whole picture: dark hair before a
// light wall and a dark shelf beside a light sleeve are no contradiction then (as local colour
// models of video cut-outs have it: Bai, Wang, Simons and Sapiro 2009). Where few pixels of a side
// are near, the whole picture's count decides. Private to this folder. One thread.
#pragma once

#include <vector>

#include "avatar/matte_planes.h"

namespace understudy::avatar {

class LocalColours {
 public:
  // Forgets what was counted. Pictures of this size follow; `reach`: in small pixels, how far
  // "near" is.
  void begin(int width, int height, double reach);
  // `person`, `background`: how much each pixel counts for its side, 0..1.
  void count(const SmallPicture& picture, const FloatPlane& person, const FloatPlane& background);
  void finish();

  // Natural logarithm of the odds that the pixel is the person's, -kOddsMax..kOddsMax. Requires:
  // finish(), and a picture of that size.
  FloatPlane odds(const SmallPicture& picture) const;

  static constexpr float kOddsMax = 4;

 private:
  struct Sides {
    float person = 0, background = 0;
  };
  void blur_places();
  void blur_colours();

  int columns_ = 0, rows_ = 0;
  double cell_ = 1;
  std::vector<Sides> grid_;  // [row][column][colour]
  std::vector<Sides> all_;   // [colour], shares of each side's pixels
  std::vector<Sides> near_;  // [row][column], the pixels of each side
};

}  // namespace understudy::avatar
