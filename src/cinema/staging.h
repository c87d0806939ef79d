// Staging: where the layers of a shot lie on the canvas: the backdrop, each of the people, and what
// is before them. A move goes as far as it can with every head inside and no lower rim of a body in
// sight. Private to this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "cinema/camera.h"
#include "cinema/direction.h"
#include "cinema/plate_layer.h"
#include "cinema/subject.h"

namespace understudy::cinema {

// How many pixels high a head becomes at most; the picture of a person needs no more detail.
int largest_head_px(const Shot& shot, int width, int height);

struct LayerSize {
  int width = 0;
  int height = 0;
};

class Staging {
 public:
  // A person's own picture: where their head is in it, and its height.
  struct Figure {
    Stature stature;
    int height = 0;
  };
  Staging(const Shot& shot, std::vector<Figure> figures, int width, int height);

  Camera camera_at(int frame) const;  // the shot's, as far as it may go
  View backdrop(const Camera& camera, LayerSize layer) const;
  View person(const Camera& camera, std::size_t index, int frame) const;
  View foreground(const Camera& camera, LayerSize layer) const;
  // A foreground of this size has no rim that is ever seen; its middle is the canvas'.
  LayerSize foreground_size() const;

 private:
  double head_px(std::size_t index, double zoom) const;
  double eyes_x(const Camera& camera, std::size_t index) const;
  double eyes_y(const Camera& camera) const;
  void hold_heads_inside();

  Shot shot_;
  std::vector<Figure> figures_;
  int width_, height_;
  // What the camera's own way is shortened by, and where it is moved to.
  double share_x_ = 1, share_y_ = 1;
  double middle_x_ = 0, middle_y_ = 0;  // of the camera's own way
  double shift_y_ = 0;                  // of everybody, pixels
  double nearness_ = 1;                 // 1..1.5: beside the shot's own size
};

}  // namespace understudy::cinema
