// FilmMatter: a film's person without the background, frame after frame.
//
// It looks at frames from all over the film first and chooses: a chroma key where a screen of one
// hue stands behind; a plate where the camera stands still (each pixel's median over the times when
// nobody was before it); else segments that are followed by optical flow and cut anew in a narrow
// band. Coverage is smoothed over time where the picture stands still, so edges do not flicker.
// One thread. The same frames give the same result.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "avatar/matte.h"
#include "base/result.h"
#include "media/frame.h"

namespace understudy::avatar {

class FilmMatter {
 public:
  // `samples`: frames of one size from all over the film, in order; 8 to 20 are good. Errors:
  // invalid_parameter, with the reason: nobody was found, or nothing tells the person from what is
  // behind.
  static Result<FilmMatter> learn(std::span<const media::Frame> samples);
  ~FilmMatter();
  FilmMatter(FilmMatter&&) noexcept;
  FilmMatter& operator=(FilmMatter&&) noexcept;

  // The next frame, of the samples' size: `out` gets the person with alpha, the background's light
  // taken out of its edges.
  void cut(const media::Frame& frame, media::Frame& out);

  // What is behind the person of the frame that cut() was last called with: its own pixels where
  // nobody is, the plate where it was seen at another time, else filled in from around. Requires:
  // cut(frame, cut).
  void background(const media::Frame& frame, const media::Frame& cut, media::Frame& out);

  // What was chosen, and how clear the edges of the frames so far were.
  MatteReport report() const;
  // The share of the places where somebody was whose background was seen at another time, 0..1.
  double seen_behind() const;

 private:
  struct State;
  explicit FilmMatter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::avatar
