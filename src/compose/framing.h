// Framing: which part of a film of a person fills a canvas of another shape, so that the head is
// whole and stays in the picture.
#pragma once

#include <optional>

#include "compose/background.h"
#include "compose/canvas.h"
#include "face/face_track.h"
#include "media/frame.h"

namespace understudy::compose {

struct Framing {
  media::Rectangle from;  // of the film; even
  media::Rectangle to;    // of the canvas; even; smaller than it when rims are left

  // Without `fit`: the largest part of the canvas' shape round the head, unless that would cut the
  // head; then all of the film. cover and contain do either whatever it cuts.
  static Framing of_track(const face::FaceTrack& track, CanvasSize canvas, std::optional<Fit> fit);

  bool fills(CanvasSize canvas) const {
    return to.width >= canvas.width && to.height >= canvas.height;
  }
  double scale() const { return static_cast<double>(to.width) / from.width; }
  // A face of the film as it lies on the canvas.
  face::TrackedFace placed(const face::TrackedFace& face) const;
};

}  // namespace understudy::compose
