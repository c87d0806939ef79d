// PhotoEyes: lids that close over the eyes of a photograph, and a glance. Only where the lids were
// found for sure (face::Face::are_lids_sure).
//
// A lid is the strip of skin from below the brow to the edge of the lid, stretched down; the edge
// gets its line of lashes. A glance moves what lies between the lids, less and less towards them.
#pragma once

#include <functional>
#include <vector>

#include "avatar/textured_mesh.h"
#include "face/landmarks.h"

namespace understudy::avatar {

class PhotoEyes {
 public:
  PhotoEyes(const face::Landmarks& points, const PhotoTexture& texture);

  using Place = std::function<face::Point(face::Point)>;  // moves with the head

  // shut: 0..1; gaze: shares of an eye's width. Draws over the head's picture.
  void draw(double shut, face::Point gaze, const Place& place, const PhotoTexture& texture,
            const media::Rectangle& clip, media::Frame& out) const;

 private:
  static constexpr int kColumns = 20;
  static constexpr int kRows = 6;
  struct Eye {
    std::vector<face::Point> top;    // below the brow, stays
    std::vector<face::Point> upper;  // edge of the upper lid when open
    std::vector<face::Point> lower;  // edge of the lower lid
    std::vector<face::Point> shut;   // where the upper edge comes down to
    double width = 0;
    double lash_luma = 40;
  };
  static Eye eye_of(const face::Landmarks& points, bool is_right, const PhotoTexture& texture);
  static void draw_glance(const Eye& eye, face::Point gaze, const Place& place,
                          const PhotoTexture& texture, const media::Rectangle& clip,
                          media::Frame& out);
  static void draw_lid(const Eye& eye, double shut, const Place& place, const PhotoTexture& texture,
                       const media::Rectangle& clip, media::Frame& out);

  std::vector<Eye> eyes_;
};

}  // namespace understudy::avatar
