#include "compose/talking_film.h"

#include <utility>

#include "media/overlay.h"

namespace understudy::compose {

Result<std::unique_ptr<TalkingFilmSource>> TalkingFilmSource::open(
    TalkingFilm film, std::unique_ptr<avatar::FilmMouth> mouth) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(film.film));
  return std::unique_ptr<TalkingFilmSource>(
      new TalkingFilmSource(std::move(film), std::move(reader), std::move(mouth)));
}

TalkingFilmSource::TalkingFilmSource(TalkingFilm film, media::VideoReader reader,
                                     std::unique_ptr<avatar::FilmMouth> mouth)
    : film_(std::move(film)),
      reader_(std::move(reader)),
      mouth_(std::move(mouth)),
      clean_(media::Frame::make(film_.track->width, film_.track->height, false)) {}

Result<media::Rectangle> TalkingFilmSource::draw(int index, media::Frame& canvas) {
  const int wanted = film_.shows[static_cast<std::size_t>(index)];
  const media::Rectangle all = media::whole(clean_);
  media::Rectangle changed = changed_;
  bool is_new = false;
  if (wanted != shown_) {
    TRY_ASSIGN(is_new, reader_.draw(film_.start_s + wanted / film_.track->fps, all, clean_));
    shown_ = wanted;
  }
  if (is_new || index == 0) changed = all;
  media::copy_area(clean_, canvas, changed);
  changed_ = mouth_ ? mouth_->draw_on(index, canvas) : media::Rectangle{};
  if (changed_.width == 0) return changed;
  return changed.width == 0 ? changed_ : media::united(changed, changed_);
}

}  // namespace understudy::compose
