// PhotoEyes: lids that close over the eyes of a photograph, and a glance. Only where the lids were
// found for sure (face::Face::are_lids_sure).
//
// A glance moves what lies between the lids, less and less towards them.
#pragma once

#include <vector>

#include "avatar/photo_lid.h"
#include "avatar/textured_mesh.h"
#include "face/landmarks.h"

namespace understudy::avatar {

class PhotoEyes {
 public:
  PhotoEyes(const face::Landmarks& points, const PhotoTexture& texture);

  using Place = PhotoLid::Place;

  // shut: 0..1; gaze: shares of an eye's width. Draws over the head's picture.
  void draw(double shut, face::Point gaze, const Place& place, const PhotoTexture& texture,
            const media::Rectangle& clip, media::Frame& out) const;

 private:
  static constexpr int kColumns = 20;
  struct Eye {
    std::vector<face::Point> upper;  // edge of the upper lid
    std::vector<face::Point> lower;  // edge of the lower lid
    double width = 0;
    PhotoLid lid;
  };
  static Eye eye_of(const face::Landmarks& points, bool is_right, const PhotoTexture& texture);
  static void draw_glance(const Eye& eye, face::Point gaze, const Place& place,
                          const PhotoTexture& texture, const media::Rectangle& clip,
                          media::Frame& out);

  std::vector<Eye> eyes_;
};

}  // namespace understudy::avatar
