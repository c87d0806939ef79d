// MouthMesh: the lower face of a photograph as rings round the mouth.
//
// Vertices lie on 64 rays from the mouth's centre, on 4 rings from the inner to the outer edge of
// the lips and 16 more out to a boundary of nose, cheeks and neck that never moves. The upper and
// the lower lip are different rays, so a mouth opens without a special case: the inmost ring is the
// line along which the lips part. Jaw and lips displace the vertices. Everything is in canvas
// pixels before the head moves.
#pragma once

#include <vector>

#include "avatar/pose.h"
#include "avatar/textured_mesh.h"
#include "face/landmarks.h"

namespace understudy::avatar {

class MouthMesh {
 public:
  static constexpr int kRays = 64;  // 0: left corner, then along the upper lip, back on the lower
  static constexpr int kLipRings = 4;
  static constexpr int kSkinRings = 16;
  static constexpr int kRings = kLipRings + kSkinRings + 1;

  // Requires: landmarks that FaceFinder returned, moved to the canvas.
  MouthMesh(const face::Landmarks& points, const PhotoTexture& texture);

  // Where the vertices are for a shape of the mouth: kRings x kRays, ring by ring, inmost first.
  std::vector<face::Point> displaced(const MouthShape& shape, double strength) const;
  const std::vector<face::Point>& at_rest() const { return rest_; }
  // The last kRays vertices, after those, are a rim inside the inmost ring.
  static std::vector<Quad> quads();

  double width() const { return width_; }
  face::Point along() const { return along_; }
  face::Point down() const { return down_; }
  bool is_open_at_rest() const { return is_open_; }  // teeth show in the photograph
  face::Point seam() const;                          // the middle of the line between the lips

 private:
  void find_seam(const face::Landmarks& points, const PhotoTexture& texture);
  void lay_rings(const face::Landmarks& points);
  static double share_of(int ray);  // 0 at the left corner .. 1 at the right one
  static bool is_upper(int ray) { return ray < kRays / 2; }

  double width_ = 0;
  face::Point along_;
  face::Point down_;
  face::Point centre_;
  bool is_open_ = false;
  std::vector<face::Point> inner_;  // of each ray
  std::vector<face::Point> outer_;
  std::vector<double> chin_;  // share of the skin rings that the jaw carries fully
  std::vector<face::Point> rest_;
};

}  // namespace understudy::avatar
