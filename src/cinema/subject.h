// Subject: somebody in a shot: idles, breathes, blinks, glances and gestures, on transparency.
#pragma once

#include <memory>

#include "base/result.h"
#include "media/frame.h"

namespace understudy::cinema {

// Where the head is on the subject's own picture, pixels.
struct Stature {
  double eyes_x = 0;
  double eyes_y = 0;
  double head = 1;  // from the chin to the crown
};

class Subject {
 public:
  virtual ~Subject() = default;
  virtual const Stature& stature() const = 0;
  // The picture at a frame of the shot, with alpha; it stays until the next call. Its lower rim is
  // where the body is cut off: it must lie below the canvas.
  virtual const media::Frame& at(int frame) = 0;
  // What went wrong in at(), which then left the picture before.
  virtual Result<void> problem() const { return {}; }
};

}  // namespace understudy::cinema
