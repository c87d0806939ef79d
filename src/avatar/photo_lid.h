// PhotoLid: the upper lid of an eye in a photograph, which comes down when it blinks. What the
// photograph shows above the eye (a brow, the rim of glasses, a deep shade) is not stretched over
// it: the lid is painted in the skin's own colours, as they are round the eye, with the
// photograph's grain, the crease it leaves above and the line of lashes below.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "avatar/textured_mesh.h"
#include "face/landmarks.h"

namespace understudy::avatar {

class PhotoLid {
 public:
  using Place = std::function<face::Point(face::Point)>;  // moves with the head

  // `edge` and `lower`: the edges of the upper and the lower lid as the landmarks have them, of
  // equally many points from corner to corner; `reach`: how far there may be skin above the eye.
  // Pixels.
  PhotoLid(const std::vector<face::Point>& edge, std::vector<face::Point> lower, face::Point down,
           double height, double reach, const PhotoTexture& texture);

  // shut: 0..1. Draws over the head's picture.
  void draw(double shut, const Place& place, const media::Rectangle& clip, media::Frame& out) const;

 private:
  using Colour = std::array<double, 3>;  // Y, U, V
  struct Painting;
  void find_upper(const std::vector<face::Point>& edge, double reach, const PhotoTexture& texture);
  void find_colours(double reach, const PhotoTexture& texture);
  void paint(const Painting& painting, const media::Rectangle& area, media::Frame& out) const;
  Colour colour(double along, double downwards) const;

  std::vector<face::Point> upper_;  // where the skin begins above the lashes, the eye open
  std::vector<face::Point> lower_;  // where it comes down to
  face::Point down_;
  double height_;            // of the open eye
  std::vector<Colour> top_;  // the skin's colour along the lid, above
  Colour below_{};           // and below the eye
  double grain_ = 0;         // luma
  double lash_luma_ = 40;
};

}  // namespace understudy::avatar
