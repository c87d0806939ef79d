// PresenterAnimator: speech in, pictures of a presenter who speaks it out.
//
// Everything that does not move is drawn once, as layers; a frame places the layers, draws eyes,
// mouth and arms anew and converts only what changed into the YUV planes. Positions are subpixel.
// Frame i depends on i alone (and on the seed), so frames may also be drawn out of order, or by
// several animators at once. One animator belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "avatar/presenter_catalogue.h"
#include "media/frame.h"
#include "speech/speech.h"

namespace understudy::avatar {

enum class Fit {
  contain,  // head, shoulders and gesturing hands stay inside the canvas
  cover,    // closer: the presenter fills the canvas
};

struct AnimatorOptions {
  int width = 1920;   // even, 64..4096
  int height = 1080;  // even, 64..4096
  double fps = 25;
  Fit fit = Fit::contain;
  bool is_transparent = false;  // frames get an alpha plane and no background
  // Drawn behind the presenter; must have the canvas size. Null: the look's own backdrop. It is
  // copied.
  const media::Frame* background = nullptr;
  std::uint32_t seed = 0;  // mixed with the presenter's own
  std::string motion_prompt = {};  // see motion_prompt.h; empty: none
  double liveliness = 1;           // of the head's own movement
};

// Where the mouth is, in canvas pixels.
struct MouthLandmarks {
  double x = 0;  // centre of the line between the lips
  double y = 0;
  double width = 0;      // between the corners
  double inner_gap = 0;  // height of the opening; 0 when the lips touch
};

class PresenterAnimator {
 public:
  // `speech` is read while constructing only. Requires: `look` of looks().
  PresenterAnimator(const Look& look, const speech::Speech& speech, const AnimatorOptions& options);
  // The same of a presenter that is in no catalogue.
  PresenterAnimator(const Presenter& presenter, const Look& look, const speech::Speech& speech,
                    const AnimatorOptions& options);
  ~PresenterAnimator();
  PresenterAnimator(PresenterAnimator&&) noexcept;
  PresenterAnimator& operator=(PresenterAnimator&&) noexcept;

  // Frame `index` (0, 1, ...; past the end of the speech the presenter idles) as a whole into
  // `out`, whose planes are made or reused. Returns the box in which it differs from the picture of
  // the previous call: the whole canvas the first time, an empty one when nothing moved.
  media::Rectangle draw(int index, media::Frame& out);

  // The same into `canvas`, which holds the picture of the previous call as that call left it (anything
  // before the first): only what changed is written. Requires: one canvas, no draw() in between.
  media::Rectangle draw_on(int index, media::Frame& canvas);

  // The same over another background of the canvas size, e.g. a frame of a video. The whole canvas
  // counts as changed. Requires: not is_transparent.
  media::Rectangle draw_over(int index, const media::Frame& background, media::Frame& out);

  int frame_count() const;  // of the speech, at least 1
  MouthLandmarks mouth(int index) const;
  double mouth_opening(int index) const { return mouth(index).inner_gap; }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::avatar
