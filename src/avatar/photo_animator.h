// PhotoAnimator: a photograph of a face and a speech in, pictures in which it speaks out.
//
// The same performance as a presenter's (visemes, stresses, blinks, breath) bends the photograph: a
// mesh round the mouth, lids, and the head in 2.5 dimensions. All of it goes from the photograph to
// the planes of the frame in one sampling step, and only where something moves. Frame i depends on
// i alone. One animator belongs to one thread at a time.
// Method: rings round the mouth with drawn or own teeth, after this project's research on
// photographs; closures are forced shut (mouth_track.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "avatar/photo_framing.h"
#include "avatar/presenter_animator.h"
#include "base/result.h"
#include "face/face_finder.h"
#include "media/frame.h"
#include "speech/speech.h"

namespace understudy::avatar {

enum class Expressiveness { low, medium, high };

struct PhotoOptions {
  int width = 1280;  // even, 64..4096
  int height = 720;  // even, 64..4096
  double fps = 25;
  PhotoFit fit = PhotoFit::face;
  Expressiveness expressiveness = Expressiveness::low;
  std::string motion_prompt = {};  // see motion_prompt.h; empty: none
  std::uint32_t seed = 0;
  bool is_transparent = false;  // frames get the photograph's alpha, and nothing beside it
};

class PhotoAnimator {
 public:
  // `photo` and `speech` are read while constructing only. Requires: `face` is of `photo`.
  PhotoAnimator(const media::Image& photo, const face::Face& face, const speech::Speech& speech,
                const PhotoOptions& options);
  ~PhotoAnimator();
  PhotoAnimator(PhotoAnimator&&) noexcept;
  PhotoAnimator& operator=(PhotoAnimator&&) noexcept;

  // Turns `canvas`, which holds the picture of the previous call (anything before the first), into
  // frame `index` and returns the part that changed.
  media::Rectangle draw_on(int index, media::Frame& canvas);

  int frame_count() const;
  std::vector<std::string> understood_motion() const;  // of the motion prompt
  MouthLandmarks mouth(int index) const;               // on the canvas, with the head's movement

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::avatar
