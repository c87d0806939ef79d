// TalkingFilmSource: a film whose person says something else, as a source of frames: reads the
// picture that each frame shows and puts the mouth on it (avatar/film_mouth.h).
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "avatar/film_mouth.h"
#include "base/result.h"
#include "compose/video_output.h"
#include "media/video_reader.h"

namespace understudy::compose {

struct TalkingFilm {
  std::filesystem::path film;
  double start_s = 0;                      // where the track's picture 0 is
  const face::FaceTrack* track = nullptr;  // outlives the source
  std::vector<int> shows;                  // of each frame: the picture of the track
  // Frames for which the film has no new picture stay as they are, mouth included.
  bool keeps_picture_times = false;
};

class TalkingFilmSource final : public FrameSource {
 public:
  // The canvas has the track's size. `mouth` was made for the same `shows`; null: the film as it
  // is. Errors: invalid_parameter (the film cannot be read).
  static Result<std::unique_ptr<TalkingFilmSource>> open(TalkingFilm film,
                                                         std::unique_ptr<avatar::FilmMouth> mouth);

  // How what is drawn is coded: as the film is.
  const media::ColourCoding& colours() const { return colours_; }

  int frame_count() const override { return static_cast<int>(film_.shows.size()); }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  TalkingFilmSource(TalkingFilm film, media::VideoReader reader, media::ColourCoding colours,
                    std::unique_ptr<avatar::FilmMouth> mouth);
  Result<media::ShownPicture> look(int picture);
  Result<void> read_back(int picture);
  Result<bool> read(int picture);

  TalkingFilm film_;
  media::VideoReader reader_;
  media::ColourCoding colours_;
  std::unique_ptr<avatar::FilmMouth> mouth_;
  media::PictureRows clean_;          // the last picture without a mouth: the reader's, or kept
  int shown_ = -1;                    // the picture that `clean_` is
  std::vector<media::Frame> behind_;  // pictures kept for a film that runs backwards
  int behind_first_ = 0;              // the first of them
  media::Rectangle changed_;          // what the last mouth drew over
};

}  // namespace understudy::compose
