#include "cinema/shot_film.h"

#include <algorithm>
#include <cmath>

#include "cinema/foreground.h"
#include "media/image.h"

namespace understudy::cinema {
namespace {

constexpr double kBackdropRoom = 1.34;  // how much larger than the canvas the backdrop is laid out
// Parallax: how far layers move when the camera moves by 1.
constexpr double kFar = 0.32, kNear = 1.0, kNearest = 2.3;

double eased(double t) { return t * t * (3 - 2 * t); }
double wave(double t, double a, double b, double c) {
  return std::sin(t * a) * 0.5 + std::sin(t * b + 1.3) * 0.32 + std::sin(t * c + 2.1) * 0.18;
}

double head_share(ShotSize size) {
  switch (size) {
    case ShotSize::wide: return 0.235;
    case ShotSize::medium: return 0.36;
    case ShotSize::close_up: return 0.56;
    case ShotSize::extreme_close_up: return 0.86;
  }
  return 0.36;
}

double eye_line(ShotSize size) {
  switch (size) {
    case ShotSize::wide: return 0.45;
    case ShotSize::medium: return 0.36;
    case ShotSize::close_up: return 0.40;
    case ShotSize::extreme_close_up: return 0.45;
  }
  return 0.36;
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
      foreground_(draw_foreground(shot, seed, width, height)) {
  // The nearer the people, the less is in focus behind them.
  const double nearness = head_share(shot.size) / head_share(ShotSize::medium);
  backdrop_blur_ = look_.tone().backdrop_blur * std::min(height_, width_) * std::pow(nearness, 1.2);
  backdrop_.picture.alpha.clear();
  backdrop_.picture = fitted(backdrop_.picture, width, height);
  if (!backdrop_.film) blur(backdrop_.picture, backdrop_blur_);
  figures_ = media::Frame::make(width, height, true);
}

ShotFilm::Camera ShotFilm::camera_at(int frame) const {
  const double t = shot_.frame_count < 2 ? 0 : static_cast<double>(frame) / (shot_.frame_count - 1);
  const double e = eased(t), s = shot_.strength, t_s = frame / static_cast<double>(kFps);
  Camera camera;
  switch (shot_.move) {
    case Move::still: break;
    case Move::drift:
      camera.zoom = 1 + 0.05 * t, camera.zoom_behind = 1 + 0.018 * t,
      camera.x = 0.012 * std::sin(t_s * 0.5);
      break;
    case Move::push_in:
      camera.zoom = 1 + 0.34 * s * e, camera.zoom_behind = 1 + 0.11 * s * e;
      break;
    case Move::pull_out:
      camera.zoom = 1 + 0.34 * s * (1 - e), camera.zoom_behind = 1 + 0.11 * s * (1 - e);
      break;
    case Move::pan_left: camera.x = (0.5 - e) * 0.34 * s; break;
    case Move::pan_right: camera.x = (e - 0.5) * 0.34 * s; break;
    case Move::tilt_up: camera.y = (0.5 - e) * 0.22 * s; break;
    case Move::tilt_down: camera.y = (e - 0.5) * 0.22 * s; break;
    case Move::orbit:
      camera.x = (e - 0.5) * 0.30 * s, camera.zoom = 1.04 + 0.06 * std::sin(3.14159 * t);
      break;
    case Move::crane_up:
      camera.y = (0.45 - e) * 0.28 * s, camera.zoom = 1.06 - 0.10 * e,
      camera.zoom_behind = 1.03 - 0.03 * e;
      break;
    case Move::crane_down: camera.y = (e - 0.55) * 0.30 * s, camera.zoom = 0.97 + 0.10 * e; break;
    case Move::handheld:
      camera.x = 0.022 * s * wave(t_s, 1.9, 3.3, 6.1),
      camera.y = 0.024 * s * wave(t_s + 7, 2.2, 3.9, 7.3);
      camera.roll = 0.011 * s * wave(t_s + 3, 1.5, 2.7, 5.1), camera.zoom = 1.04 + 0.03 * t;
      break;
    case Move::dolly_zoom:
      camera.zoom = 1 + 0.05 * e, camera.zoom_behind = 1.02 + 0.62 * s * e;
      break;
    case Move::whip: {
      // It hurries in from the side and comes to rest.
      const double arrive = std::clamp(t_s / 0.55, 0.0, 1.0);
      camera.x = -1.1 * (1 - arrive) * (1 - arrive) * (1 - arrive);
      camera.whip = (1 - arrive) * (1 - arrive);
      camera.zoom = 1 + 0.06 * t;
      break;
    }
  }
  if (shot_.is_walking) camera.x += 0.10 * (t - 0.5) * (shot_.frame_count / 150.0);
  return camera;
}

View ShotFilm::backdrop_view(const Camera& camera) const {
  View view;
  view.scale = camera.zoom_behind;
  const double walked = shot_.is_walking ? 2.2 : 1.0;
  // Held inside of the picture: its rim is never seen.
  const double room_x = std::max(0.0, (backdrop_.picture.width - width_ / view.scale) / 2 - 4);
  const double room_y = std::max(0.0, (backdrop_.picture.height - height_ / view.scale) / 2 - 4);
  view.x = backdrop_.picture.width / 2.0 +
           std::clamp(camera.x * kFar * walked * width_, -room_x, room_x);
  view.y = backdrop_.picture.height / 2.0 + std::clamp(camera.y * kFar * height_, -room_y, room_y);
  view.ground = camera.x * 0.16 * width_;
  view.roll = camera.roll;
  return view;
}

View ShotFilm::person_view(const Camera& camera, std::size_t index, int frame) const {
  const Stature& stature = people_[index]->stature();
  const auto count = static_cast<double>(people_.size());
  const double reference = std::min<double>(height_, width_ * (count > 2   ? 0.62
                                                               : count > 1 ? 0.8
                                                                           : 1.1));
  const bool is_behind = people_.size() == 3 && index != 1;
  const double head = head_share(shot_.size) * reference * (0.2 + 0.8 * shot_.safe_height) *
                      (is_behind ? 0.9 : 1) * camera.zoom;
  View view;
  view.scale = head / stature.head;
  const double spread =
      count > 1 ? (static_cast<double>(index) - (count - 1) / 2) * (count > 2 ? 0.29 : 0.36) : 0;
  // One person stands a little off the middle where there is room for it.
  const double off =
      count == 1 && width_ > height_ && shot_.size != ShotSize::extreme_close_up ? 0.055 : 0;
  double bob = 0;
  if (shot_.is_walking)
    bob = std::abs(std::sin(frame / static_cast<double>(kFps) * 5.2)) * 0.012 * height_;
  const double x =
      width_ / 2.0 + (spread + off) * width_ - camera.x * kNear * width_ * (is_behind ? 0.8 : 1);
  // A push goes to the eyes: they come to the middle's height.
  double y =
      height_ * (eye_line(shot_.size) + 0.16 * (1 - shot_.safe_height) + 0.06 * (camera.zoom - 1)) -
      camera.y * kNear * height_ - bob;
  // Where the body is cut off stays below the canvas.
  const double below = (people_[index]->at(frame).height - stature.eyes_y) * view.scale;
  y = std::max(y, height_ + 3 - below);
  view.x = stature.eyes_x - (x - width_ / 2.0) / view.scale;
  view.y = stature.eyes_y - (y - height_ / 2.0) / view.scale;
  view.roll = camera.roll;
  return view;
}

View ShotFilm::foreground_view(const Camera& camera) const {
  View view;
  view.scale = 1 + (camera.zoom - 1) * 1.5;
  view.x = foreground_.width / 2.0 + camera.x * kNearest * width_;
  view.y = foreground_.height * 0.5 - 0.03 * height_ + camera.y * kNearest * 0.6 * height_;
  view.roll = camera.roll;
  return view;
}

Result<void> ShotFilm::refresh_film(int frame) {
  if (!backdrop_.film) return {};
  auto& picture = backdrop_.picture;
  TRY_ASSIGN(const bool is_new,
             backdrop_.film->draw((shot_.first_frame + frame) / static_cast<double>(kFps),
                                  {0, 0, picture.width, picture.height}, picture));
  if (is_new) blur(picture, backdrop_blur_ * 0.5);
  return {};
}

void ShotFilm::draw_people(const Camera& camera, int frame, media::Frame& canvas) {
  if (people_.empty()) return;
  SmallMask soft = small_mask(width_, height_);
  std::vector<View> views;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    views.push_back(person_view(camera, i, frame));
    add_alpha(people_[i]->at(frame), views[i], soft);
  }
  // Their shadow on what is behind: blurred, to the side away from the light, and down.
  SmallMask shadow = soft;
  blur(shadow, std::max(2, height_ / 8 / 22));
  const auto width = static_cast<std::size_t>(width_);
  const float dx = static_cast<float>(height_) * 0.035F / 8,
              dy = static_cast<float>(height_) * 0.02F / 8;
  for (int y = 0; y < height_ / 2; ++y)
    for (int x = 0; x < width_ / 2; ++x) {
      const float dark = sample(shadow, (static_cast<float>(2 * x) - 3.5F) / 8 + dx,
                                (static_cast<float>(2 * y) - 3.5F) / 8 - dy);
      if (dark < 0.02F) continue;
      const int keep = 256 - static_cast<int>(dark * 92);
      const std::size_t j =
          static_cast<std::size_t>(2 * y) * width + static_cast<std::size_t>(2 * x);
      for (const std::size_t k : {j, j + 1, j + width, j + width + 1})
        canvas.y[k] = static_cast<std::uint8_t>(16 + ((canvas.y[k] - 16) * keep >> 8));
    }
  behind_ = canvas;
  std::fill(figures_.alpha.begin(), figures_.alpha.end(), std::uint8_t{0});
  // The middle one last: they stand before the others.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (people_.size() != 3 || i != 1) order.push_back(i);
  if (people_.size() == 3) order.push_back(1);
  for (const std::size_t i : order)
    draw_over(people_[i]->at(frame), views[i], 1, canvas, &figures_);
  SmallMask wide = soft;
  blur(wide, std::max(1, height_ / 8 / 40));
  look_.light_people(wide, behind_, figures_, canvas);
}

Result<void> ShotFilm::draw(int frame, media::Frame& canvas) {
  const Camera camera = camera_at(frame);
  const double t_s = (shot_.first_frame + frame) / static_cast<double>(kFps);
  TRY(refresh_film(frame));
  draw_backdrop(backdrop_.picture, backdrop_view(camera), canvas);
  look_.light_backdrop(canvas);
  weather_.draw_behind(t_s, camera.x * width_, canvas);
  more_weather_.draw_behind(t_s, camera.x * width_, canvas);
  draw_people(camera, frame, canvas);
  for (const auto& person : people_) TRY(person->problem());
  draw_over(foreground_, foreground_view(camera), 0.96, canvas);
  weather_.draw_before(t_s, camera.x * width_, canvas);
  more_weather_.draw_before(t_s, camera.x * width_, canvas);
  if (camera.whip > 0) smear(canvas, camera.whip);
  look_.finish(frame, canvas);
  return {};
}

}  // namespace understudy::cinema
