#include "compose/scene_sources.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/overlay.h"

namespace understudy::compose {

Result<media::Rectangle> StillSource::draw(int index, media::Frame& canvas) {
  if (index > 0) return media::Rectangle{};
  media::copy_area(frame_, canvas, media::whole(canvas));
  return media::whole(canvas);
}

FilmSource::FilmSource(media::VideoReader reader, const FilmOptions& options)
    : reader_(std::move(reader)), options_(options) {
  const CanvasSize film{reader_.width(), reader_.height()};
  place_ = options.fit == Fit::contain ? fitted(film, Fit::contain, options.size)
                                       : media::Rectangle{0, 0, options.size.width, options.size.height};
}

Result<std::unique_ptr<FilmSource>> FilmSource::open(const std::filesystem::path& path,
                                                     const FilmOptions& options) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(path));
  return std::unique_ptr<FilmSource>(new FilmSource(std::move(reader), options));
}

Result<media::Rectangle> FilmSource::draw(int index, media::Frame& canvas) {
  // The middle of a picture's time: rounding never picks a neighbour.
  double time_s = (index + 0.5) / options_.fps;
  const double film_s = options_.film_s;
  if (film_s > 0 && options_.playback == Playback::fit && options_.scene_s > 0) {
    time_s *= film_s / options_.scene_s;
  } else if (film_s > 0 && options_.playback == Playback::loop) {
    time_s = std::fmod(time_s, film_s);
  }
  TRY_ASSIGN(const bool is_new, reader_.draw(time_s, place_, canvas));
  return is_new ? place_ : media::Rectangle{};
}

}  // namespace understudy::compose
