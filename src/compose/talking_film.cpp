#include "compose/talking_film.h"

#include <algorithm>
#include <utility>

#include "media/overlay.h"

namespace understudy::compose {
namespace {

constexpr std::size_t kBehindBytes = 128 << 20;

}  // namespace

Result<std::unique_ptr<TalkingFilmSource>> TalkingFilmSource::open(
    TalkingFilm film, std::unique_ptr<avatar::FilmMouth> mouth) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(film.film));
  const auto colours = reader.keep_colours();
  return std::unique_ptr<TalkingFilmSource>(
      new TalkingFilmSource(std::move(film), std::move(reader), colours, std::move(mouth)));
}

TalkingFilmSource::TalkingFilmSource(TalkingFilm film, media::VideoReader reader,
                                     media::ColourCoding colours,
                                     std::unique_ptr<avatar::FilmMouth> mouth)
    : film_(std::move(film)),
      reader_(std::move(reader)),
      colours_(colours),
      mouth_(std::move(mouth)) {}

Result<media::ShownPicture> TalkingFilmSource::look(int picture) {
  return reader_.look(film_.start_s + picture / film_.track->fps, film_.track->width,
                      film_.track->height);
}

// Decoders run forwards only: going back, a stretch is decoded once and kept.
Result<void> TalkingFilmSource::read_back(int picture) {
  const int width = film_.track->width, height = film_.track->height;
  const auto bytes = static_cast<std::size_t>(width) * height * 3 / 2;
  const int count = static_cast<int>(std::clamp<std::size_t>(kBehindBytes / bytes, 8, 100));
  behind_first_ = std::max(0, picture - count + 1);
  behind_.clear();
  for (int i = behind_first_; i <= picture; ++i) {
    TRY_ASSIGN(const auto shown, look(i));
    behind_.push_back(media::Frame::make(width, height, false));
    media::copy_area(shown.rows, behind_.back(), media::whole(behind_.back()));
  }
  return {};
}

// Makes `clean_` the picture; false when it was already.
Result<bool> TalkingFilmSource::read(int picture) {
  if (picture == shown_) return false;
  const bool is_back = picture < shown_;
  shown_ = picture;
  const auto is_kept = [&] {
    return picture >= behind_first_ && picture < behind_first_ + static_cast<int>(behind_.size());
  };
  if (is_back && !is_kept()) TRY(read_back(picture));
  if (is_kept()) {
    clean_ = media::rows_of(behind_[static_cast<std::size_t>(picture - behind_first_)]);
    return true;
  }
  const bool was_kept = !behind_.empty();
  behind_.clear();
  TRY_ASSIGN(const auto shown, look(picture));
  clean_ = shown.rows;
  return shown.is_new || was_kept;
}

Result<media::Rectangle> TalkingFilmSource::draw(int index, media::Frame& canvas) {
  TRY_ASSIGN(const bool is_new, read(film_.shows[static_cast<std::size_t>(index)]));
  if (film_.keeps_picture_times && !is_new && index > 0) return media::Rectangle{};
  media::Rectangle changed = is_new || index == 0 ? media::whole(canvas) : changed_;
  media::copy_area(clean_, canvas, changed);
  changed_ = mouth_ ? mouth_->draw_on(index, canvas) : media::Rectangle{};
  if (changed_.width == 0) return changed;
  return changed.width == 0 ? changed_ : media::united(changed, changed_);
}

}  // namespace understudy::compose
