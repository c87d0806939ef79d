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

media::Frame still_frame(const media::Image& image, std::optional<Fit> fit, CanvasSize size) {
  if (fit) return image_background(image, *fit, size);
  media::Frame frame = colour_background({}, size);
  media::blend(frame,
               media::make_overlay(image, (size.width - image.width) / 2,
                                   (size.height - image.height) / 2, size.width, size.height));
  return frame;
}

FilmSource::FilmSource(media::VideoReader reader, const FilmOptions& options)
    : reader_(std::move(reader)), options_(options) {
  const CanvasSize film{reader_.width(), reader_.height()};
  const CanvasSize canvas = options.size;
  place_ = {0, 0, canvas.width, canvas.height};
  if (options.fit == Fit::contain) place_ = fitted(film, Fit::contain, canvas);
  if (!options.fit && film.width <= canvas.width && film.height <= canvas.height) {
    place_ = {(canvas.width - film.width) / 4 * 2, (canvas.height - film.height) / 4 * 2,
              std::max(2, film.width & ~1), std::max(2, film.height & ~1)};
  }
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
  if (options_.playback == Playback::once && film_s > 0 && time_s > film_s) {
    if (std::exchange(has_ended_, true)) return media::Rectangle{};
    media::copy_area(media::Frame::make(canvas.width, canvas.height, false), canvas,
                     media::whole(canvas));
    return media::whole(canvas);
  }
  TRY_ASSIGN(const bool is_new, reader_.draw(time_s, place_, canvas));
  return is_new ? place_ : media::Rectangle{};
}

}  // namespace understudy::compose
