// TwinFilmSource: the film of a digital twin as an endless one that says something: its pictures in
// the order of its loop (avatar/film_loop.h), mixed at the joins, cut to the canvas, with the mouth
// of what is said (avatar/film_mouth.h).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "avatar/film_loop.h"
#include "avatar/film_mouth.h"
#include "base/result.h"
#include "compose/background.h"
#include "compose/film_cutter.h"
#include "compose/framing.h"
#include "compose/video_output.h"
#include "face/face_track.h"
#include "media/film_frames.h"
#include "speech/speech.h"

namespace understudy::compose {

// The loop that a step kept. Errors: storage_failed.
Result<avatar::FilmLoop> read_loop(const std::filesystem::path& file);

struct TwinFilm {
  std::filesystem::path film;              // FilmFrames can read it, 25 pictures a second
  const face::FaceTrack* track = nullptr;  // of it; outlives the source
  const avatar::FilmLoop* loop = nullptr;  // of it
  int width = 1280;                        // of the canvas
  int height = 720;
  int fps = 25;  // of the result
  std::optional<Fit> fit = std::nullopt;
  // Turns of the head (motion_prompt.h); acts as far as the footage has such movements.
  std::string motion_prompt = {};
  // The person alone: over `background`, a picture of the canvas, or with transparency on a canvas
  // that has it.
  bool is_cut = false;
  std::optional<media::Frame> background = std::nullopt;
  bool has_soft_sides = false;  // of a person who is cut out (film_cutter.h)
};

class TwinFilmSource final : public FrameSource {
 public:
  // `speech` is read while opening; without sound and phones the twin is silent. `donors`: of the
  // twin's footage, outlives the source; null: it keeps the mouth of its footage. Errors:
  // invalid_parameter (the film cannot be read; why the person cannot be cut out).
  static Result<std::unique_ptr<TwinFilmSource>> open(const TwinFilm& film,
                                                      const speech::Speech& speech, int frame_count,
                                                      const avatar::MouthDonors* donors);

  int frame_count() const override { return static_cast<int>(shown_.size()); }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

  std::vector<std::string> understood_motion() const { return understood_; }
  // What is shown, for measurements.
  const std::vector<avatar::ShownPicture>& shown() const { return shown_; }
  const face::FaceTrack& base() const { return base_; }  // on the canvas, one entry a frame
  const avatar::FilmMouth* mouth() const { return mouth_.get(); }
  const FilmCutter* cutter() const { return cutter_ ? &*cutter_ : nullptr; }

 private:
  TwinFilmSource(TwinFilm film, media::FilmFrames frames);
  Result<void> draw_rims(media::Frame& canvas);
  Result<void> learn_to_cut();
  media::Rectangle place() const { return cutter_ ? cutter_->framing().to : framing_.to; }
  Result<void> draw_film(const avatar::ShownPicture& shown, const media::Rectangle& from,
                         const media::Rectangle& to, media::Frame& canvas);
  Result<media::Rectangle> draw_cut(int index, media::Frame& canvas);
  void plan(const speech::Speech& speech, int frame_count);
  void place_faces();

  TwinFilm film_;
  media::FilmFrames frames_;
  Framing framing_;
  std::vector<std::string> understood_;      // of the motion prompt
  std::vector<avatar::ShownPicture> shown_;  // of each frame of the result
  face::FaceTrack base_;
  std::unique_ptr<avatar::FilmMouth> mouth_;
  std::optional<FilmCutter> cutter_;
  media::Frame one_, other_, mixed_;  // of the picture's place on the canvas
  media::Frame whole_, figure_;       // of somebody who is cut out
};

}  // namespace understudy::compose
