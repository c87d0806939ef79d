// FilmCutter: the person of a twin's film without what is behind: the pictures of a loop, in the
// order in which they are shown, cut out by avatar/film_matter.h and laid on a canvas.
//
// The whole picture is cut, also where only a part of it is shown: what is behind is best known
// from all of it. It is cut at the size in which it is shown, at most the film's own.
#pragma once

#include <memory>

#include "avatar/film_matter.h"
#include "base/result.h"
#include "compose/framing.h"
#include "media/film_frames.h"
#include "media/frame.h"

namespace understudy::compose {

class FilmCutter {
 public:
  struct Options {
    // Fade where the film's rim cuts through the person and lies inside the canvas: always for
    // figures that are laid somewhere, else only beside rims that the canvas shows.
    bool has_soft_sides = false;
  };

  // `framing`: of the film on the canvas. A film that does not fill the canvas comes to stand on
  // its lower rim, so that nobody floats. Errors: invalid_parameter, why the person cannot be cut
  // out.
  static Result<FilmCutter> learn(media::FilmFrames& frames, const Framing& framing,
                                  CanvasSize canvas, const Options& options);

  media::Rectangle picture() const { return {0, 0, width_, height_}; }  // what cut_on() takes
  // The next picture that is shown, of the size of picture(), on a canvas that is transparent
  // beside it.
  void cut_on(const media::Frame& picture, media::Frame& canvas);

  const Framing& framing() const { return framing_; }  // as changed
  avatar::MatteReport report() const { return matter_.report(); }
  face::TrackedFace placed(const face::TrackedFace& face) const;

 private:
  FilmCutter(avatar::FilmMatter matter, const Framing& framing)
      : matter_(std::move(matter)), framing_(framing) {}
  void soften_sides(media::Frame& cut) const;

  avatar::FilmMatter matter_;
  Framing framing_;        // from the film to the canvas
  Framing scaling_;        // from the film to what is cut
  media::Rectangle part_;  // of what is cut that is shown
  int width_ = 0;          // of what is cut
  int height_ = 0;
  bool is_left_soft_ = false, is_right_soft_ = false, is_top_soft_ = false;
  media::Frame cut_;
};

}  // namespace understudy::compose
