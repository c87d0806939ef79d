#include "cinema/shot_film.h"

#include <algorithm>
#include <cmath>

#include "cinema/foreground.h"
#include "media/image.h"

namespace understudy::cinema {
namespace {

constexpr double kBackdropRoom = 1.34;  // how much larger than the canvas the backdrop is laid out

double nearness(ShotSize size) {  // beside a medium shot
  switch (size) {
    case ShotSize::wide: return 0.65;
    case ShotSize::medium: return 1;
    case ShotSize::close_up: return 1.55;
    case ShotSize::extreme_close_up: return 2.4;
  }
  return 1;
}

// Whether a shadow of the people can fall on what is behind them: on a wall, not on a far hill.
bool is_wall(const Shot& shot) {
  for (const char* word : {"studio", "brick", "concrete", "curtain", "gradient", "planks", "paper",
                           "linen", "chalkboard"})
    if (shot.picture.find(word) != std::string::npos)
      return shot.picture.find("news") == std::string::npos;
  return false;
}

// A whip's smear along the rows.
void smear(media::Frame& canvas, double share) {
  const int reach = static_cast<int>(share * canvas.width * 0.12);
  if (reach < 2) return;
  const auto rows = [&](std::vector<std::uint8_t>& plane, int width, int radius) {
    std::vector<std::uint8_t> row(static_cast<std::size_t>(width));
    for (auto at = plane.begin(); at != plane.end(); at += width) {
      int sum = 0;
      const int window = 2 * radius + 1;
      for (int x = -radius; x <= radius; ++x) sum += at[std::clamp(x, 0, width - 1)];
      for (int x = 0; x < width; ++x) {
        row[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(sum / window);
        sum += at[std::min(x + radius + 1, width - 1)] - at[std::max(x - radius, 0)];
      }
      std::copy(row.begin(), row.end(), at);
    }
  };
  rows(canvas.y, canvas.width, reach);
  rows(canvas.u, canvas.width / 2, std::max(1, reach / 2));
  rows(canvas.v, canvas.width / 2, std::max(1, reach / 2));
}

media::Frame fitted(const media::Frame& picture, int width, int height) {
  const double k = std::max(static_cast<double>(width) / picture.width,
                            static_cast<double>(height) / picture.height) *
                   kBackdropRoom;
  const auto even = [](double length) {
    return std::max(2, static_cast<int>(std::lround(length / 2)) * 2);
  };
  return media::scale(picture, even(picture.width * k), even(picture.height * k));
}

std::vector<Staging::Figure> figures_of(const std::vector<std::unique_ptr<Subject>>& people) {
  std::vector<Staging::Figure> figures;
  for (const auto& one : people) figures.push_back({one->stature(), one->at(0).height});
  return figures;
}

}  // namespace

ShotFilm::ShotFilm(const Shot& shot, double grain, std::uint32_t seed, Backdrop backdrop,
                   std::vector<std::unique_ptr<Subject>> people, int width, int height)
    : shot_(shot),
      width_(width),
      height_(height),
      look_(shot, grain, width, height),
      weather_(shot.weather, seed, width, height),
      more_weather_(shot.more_weather, seed + 1, width, height),
      backdrop_(std::move(backdrop)),
      people_(std::move(people)),
      staging_(shot, figures_of(people_), width, height) {
  const LayerSize before = staging_.foreground_size();
  foreground_ = draw_foreground(shot, seed, before.width, before.height, width, height);
  // The nearer the people, the less is in focus behind them.
  backdrop_blur_ =
      look_.tone().backdrop_blur * std::min(height_, width_) * std::pow(nearness(shot.size), 1.2);
  backdrop_.picture.alpha.clear();
  backdrop_.picture = fitted(backdrop_.picture, width, height);
  if (!backdrop_.film) {
    blur(backdrop_.picture, backdrop_blur_);
    look_.light_backdrop(backdrop_.picture);
  }
  figures_ = media::Frame::make(width, height, true);
}

Result<void> ShotFilm::refresh_film(int frame) {
  if (!backdrop_.film) return {};
  auto& picture = backdrop_.picture;
  TRY_ASSIGN(const bool is_new,
             backdrop_.film->draw((shot_.first_frame + frame) / static_cast<double>(kFps),
                                  {0, 0, picture.width, picture.height}, picture));
  if (is_new) {
    blur(picture, backdrop_blur_ * 0.5);
    look_.light_backdrop(picture);
  }
  return {};
}

// Blurred, to the side away from the light, and down.
void ShotFilm::drop_shadow(const SoftMask& soft, media::Frame& canvas) {
  SoftMask shadow = soft;
  shadow.blur(std::max(2, height_ / 8 / 22));
  const float dx = static_cast<float>(height_) * 0.035F / 2,
              dy = static_cast<float>(height_) * 0.02F / 2;
  row_.resize(static_cast<std::size_t>(width_ / 2));
  for (int y = 0; y < height_ / 2; ++y) {
    shadow.row(y, 0, dx, -dy, row_);
    for (int k = 0; k < 2; ++k) {
      std::uint8_t* p = canvas.y.data() + static_cast<std::ptrdiff_t>(2 * y + k) * width_;
      for (int x = 0; x < width_ / 2; ++x) {
        const int keep = 256 - static_cast<int>(row_[static_cast<std::size_t>(x)] * 92);
        p[2 * x] = static_cast<std::uint8_t>(16 + ((p[2 * x] - 16) * keep >> 8));
        p[2 * x + 1] = static_cast<std::uint8_t>(16 + ((p[2 * x + 1] - 16) * keep >> 8));
      }
    }
  }
}

void ShotFilm::draw_people(const Camera& camera, int frame, media::Frame& canvas) {
  if (people_.empty()) return;
  SoftMask soft(width_, height_);
  std::vector<View> views;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    views.push_back(staging_.person(camera, i, frame));
    soft.add(people_[i]->at(frame), views[i]);
  }
  if (is_wall(shot_)) drop_shadow(soft, canvas);
  behind_ = canvas;
  std::fill(figures_.alpha.begin(), figures_.alpha.end(), std::uint8_t{0});
  // The middle one last: they stand before the others.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (people_.size() != 3 || i != 1) order.push_back(i);
  if (people_.size() == 3) order.push_back(1);
  for (const std::size_t i : order) draw_over(people_[i]->at(frame), views[i], canvas, &figures_);
  soft.blur(std::max(1, height_ / 8 / 60));
  look_.light_people(soft, behind_, figures_, canvas);
}

Result<void> ShotFilm::draw(int frame, media::Frame& canvas) {
  const Camera camera = staging_.camera_at(frame);
  const double t_s = (shot_.first_frame + frame) / static_cast<double>(kFps);
  TRY(refresh_film(frame));
  const auto& picture = backdrop_.picture;
  draw_backdrop(picture, staging_.backdrop(camera, {picture.width, picture.height}), canvas);
  weather_.draw_behind(t_s, camera.x * width_, canvas);
  more_weather_.draw_behind(t_s, camera.x * width_, canvas);
  draw_people(camera, frame, canvas);
  for (const auto& person : people_) TRY(person->problem());
  draw_over(foreground_, staging_.foreground(camera, {foreground_.width, foreground_.height}),
            canvas);
  weather_.draw_before(t_s, camera.x * width_, canvas);
  more_weather_.draw_before(t_s, camera.x * width_, canvas);
  if (camera.whip > 0) smear(canvas, camera.whip);
  look_.finish(frame, canvas);
  return {};
}

}  // namespace understudy::cinema
