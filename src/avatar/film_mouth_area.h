// FilmMouthArea: where the lower face lies in a picture: the places of the face that are re-posed,
// the rectangle they are drawn in, and the mask outside of which a picture stays what it is.
// Private to this folder.
#pragma once

#include <vector>

#include "avatar/mouth_blend.h"
#include "avatar/textured_mesh.h"
#include "face/head_pose.h"

namespace understudy::avatar {

// Where a place of the face is seen in a picture, in the mesh's coordinates: pixel i is i .. i + 1.
face::Point seen_in(const face::HeadPose& pose, const face::FacePoint& place,
                    const media::Rectangle& area);
MeshVertex vertex(face::Point at, face::Point from);

class FilmMouthArea {
 public:
  // Of a person, in pictures of this size.
  FilmMouthArea(const face::FaceShape& shape, int width, int height);

  const std::vector<face::FacePoint>& places() const { return places_; }
  const std::vector<Quad>& quads() const { return quads_; }

  // Even numbers; less than 8 pixels wide or high when the mouth lies outside the picture.
  media::Rectangle rectangle(const face::HeadPose& pose) const;

  // The mask times `share` (0..1); an empty area where nothing is to be drawn.
  Coverage coverage(const face::HeadPose& pose, double share) const;

 private:
  int width_, height_;
  double chin_;  // face units
  std::vector<face::FacePoint> places_;
  std::vector<Quad> quads_;
  PhotoTexture mask_;
};

}  // namespace understudy::avatar
