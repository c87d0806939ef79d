#include "cinema/cinematic_source.h"

#include <algorithm>
#include <cmath>

#include "cinema/shot_film.h"
#include "cinema/staging.h"
#include "library/pictures.h"
#include "media/image.h"

namespace understudy::cinema {
namespace {

// Frames over which a transition goes on, half of them before the cut.
int length_of(Transition transition) {
  switch (transition) {
    case Transition::cut: return 0;
    case Transition::dissolve: return 18;
    case Transition::fade: return 22;
    case Transition::whip: return 0;  // the new shot's own arrival is the transition
    case Transition::flash: return 10;
  }
  return 0;
}

void dim(media::Frame& canvas, double share) {  // to black
  const int keep = static_cast<int>(256 * (1 - share));
  for (auto& p : canvas.y) p = static_cast<std::uint8_t>(16 + ((p - 16) * keep >> 8));
  for (auto* plane : {&canvas.u, &canvas.v})
    for (auto& p : *plane) p = static_cast<std::uint8_t>(128 + ((p - 128) * keep >> 8));
}

void brighten(media::Frame& canvas, double share) {  // to white
  const int part = static_cast<int>(256 * share);
  for (auto& p : canvas.y) p = static_cast<std::uint8_t>(p + ((235 - p) * part >> 8));
  for (auto* plane : {&canvas.u, &canvas.v})
    for (auto& p : *plane) p = static_cast<std::uint8_t>(p + ((128 - p) * part >> 8));
}

}  // namespace

CinematicSource::CinematicSource(Direction direction, Props props, int width, int height)
    : direction_(std::move(direction)),
      props_(std::move(props)),
      width_(width),
      height_(height),
      films_(direction_.shots.size()) {}
CinematicSource::~CinematicSource() = default;

Result<std::unique_ptr<CinematicSource>> CinematicSource::make(Direction direction, Props props,
                                                               int width, int height) {
  // A whip into a shot is the shot's own movement.
  for (auto& shot : direction.shots)
    if (shot.transition == Transition::whip) shot.move = Move::whip;
  std::unique_ptr<CinematicSource> source(
      new CinematicSource(std::move(direction), std::move(props), width, height));
  for (const auto& title : source->direction_.titles) {
    TRY_ASSIGN(auto art, TitleArt::make(title, width, height));
    source->titles_.push_back(std::move(art));
  }
  return source;
}

std::optional<int> CinematicSource::poster_index() const {
  const Shot& first = direction_.shots.front();
  return first.first_frame + first.frame_count / 2;
}

Result<void> CinematicSource::open(std::size_t index) {
  if (films_[index]) return {};
  const Shot& shot = direction_.shots[index];
  Backdrop backdrop;
  if (shot.reference >= 0) {
    TRY_ASSIGN(auto given, props_.reference(shot.reference));
    backdrop.picture = std::move(given.picture);
    backdrop.film = std::move(given.film);
  } else {
    TRY_ASSIGN(const auto* picture, library::find_picture(shot.picture));
    backdrop.picture = media::to_frame(library::draw_picture(*picture));
  }
  std::vector<std::unique_ptr<Subject>> people;
  for (const int look : shot.subjects) {
    // As sharp as the shot will show it, within reason.
    TRY_ASSIGN(auto subject,
               props_.subject(look, shot, std::min(largest_head_px(shot, width_, height_), 1400)));
    people.push_back(std::move(subject));
  }
  films_[index] = std::make_unique<ShotFilm>(
      shot, direction_.grain, static_cast<std::uint32_t>(index) * 7919 + 17, std::move(backdrop),
      std::move(people), width_, height_);
  return {};
}

void CinematicSource::draw_bars(media::Frame& canvas) const {
  const double ratio = width_ > height_ ? 2.39 : width_ == height_ ? 1.33 : 0.75;
  const int bar = std::max(0, static_cast<int>((height_ - width_ / ratio) / 2)) & ~1;
  if (bar == 0) return;
  const auto blacken = [&](int from, int to) {
    std::fill(canvas.y.begin() + static_cast<std::ptrdiff_t>(from) * width_,
              canvas.y.begin() + static_cast<std::ptrdiff_t>(to) * width_, std::uint8_t{16});
    for (auto* plane : {&canvas.u, &canvas.v})
      std::fill(plane->begin() + static_cast<std::ptrdiff_t>(from / 2) * (width_ / 2),
                plane->begin() + static_cast<std::ptrdiff_t>(to / 2) * (width_ / 2),
                std::uint8_t{128});
  };
  blacken(0, bar);
  blacken(height_ - bar, height_);
}

Result<media::Rectangle> CinematicSource::draw(int index, media::Frame& canvas) {
  const auto& shots = direction_.shots;
  std::size_t at = 0;
  while (at + 1 < shots.size() && shots[at + 1].first_frame <= index) ++at;
  // Past shots are let go of, but for the one that still fades away.
  for (std::size_t i = 0; i + 1 < at; ++i) films_[i].reset();
  TRY(open(at));
  TRY(films_[at]->draw(index - shots[at].first_frame, canvas));
  // What is left of the shot before, or seen already of the one behind.
  if (at > 0) {
    const int half = length_of(shots[at].transition) / 2, since = index - shots[at].first_frame;
    const double left =
        half == 0 || since >= half ? 0 : 0.5 * (1 - static_cast<double>(since) / half);
    if (left > 0) {
      if (shots[at].transition == Transition::dissolve) {
        TRY(open(at - 1));
        if (other_.y.empty()) other_ = media::Frame::make(width_, height_, false);
        TRY(films_[at - 1]->draw(index - shots[at - 1].first_frame, other_));
        mix(other_, left, canvas);
      } else if (shots[at].transition == Transition::fade) {
        dim(canvas, 2 * left);
      } else {
        brighten(canvas, 2 * left);
      }
    }
  }
  if (at + 1 < shots.size()) {
    const int half = length_of(shots[at + 1].transition) / 2,
              until = shots[at + 1].first_frame - index;
    const double come =
        half == 0 || until > half ? 0 : 0.5 * (1 - static_cast<double>(until) / half);
    if (come > 0) {
      if (shots[at + 1].transition == Transition::dissolve) {
        TRY(open(at + 1));
        if (other_.y.empty()) other_ = media::Frame::make(width_, height_, false);
        TRY(films_[at + 1]->draw(index - shots[at + 1].first_frame, other_));
        mix(other_, come, canvas);
      } else if (shots[at + 1].transition == Transition::fade) {
        dim(canvas, 2 * come);
      } else {
        brighten(canvas, 2 * come);
      }
    }
  }
  // The film begins and ends in black.
  const int last = direction_.frame_count - 1;
  if (index < 12) dim(canvas, 1 - index / 12.0);
  if (last - index < 12) dim(canvas, 1 - (last - index) / 12.0);
  if (direction_.has_letterbox) draw_bars(canvas);
  for (const auto& title : titles_) title.draw(index, canvas);
  return media::Rectangle{0, 0, width_, height_};
}

}  // namespace understudy::cinema
