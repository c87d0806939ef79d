#include "cinema/staging.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {
namespace {

// Parallax: how far layers move when the camera moves by 1.
constexpr double kFar = 0.22, kFarGround = 0.12, kNear = 1.0, kNearest = 2.0;

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

double head_of(const Shot& shot, std::size_t count, int width, int height) {
  const double reference = std::min<double>(height, width * (count > 2   ? 0.62
                                                             : count > 1 ? 0.8
                                                                         : 1.1));
  return head_share(shot.size) * reference * (0.2 + 0.8 * shot.safe_height);
}

// Who is cut off early, as in a photograph of a head, is shown from nearer, and the others with
// them: else all would stand in the lower part of the picture. `below`: of a body under the eyes,
// heads. 1..1.5.
double nearness_of(const Shot& shot, double below, double head_px, int height) {
  const double wanted = height * (0.88 - eye_line(shot.size)) / std::max(below, 0.5);
  return std::clamp(wanted / head_px, 1.0, 1.5);
}
constexpr double kUsualBody = 2.3;  // heads under the eyes, of presenters

bool is_behind(std::size_t index, std::size_t count) { return count == 3 && index != 1; }

}  // namespace

int largest_head_px(const Shot& shot, int width, int height) {
  double zoom = 1;
  for (int frame = 0; frame < shot.frame_count; ++frame)
    zoom = std::max(zoom, camera_at(shot, frame).zoom);
  const double head = head_of(shot, std::max<std::size_t>(1, shot.subjects.size()), width, height);
  return static_cast<int>(std::ceil(head * zoom * nearness_of(shot, kUsualBody, head, height)));
}

Staging::Staging(const Shot& shot, std::vector<Figure> figures, int width, int height)
    : shot_(shot), figures_(std::move(figures)), width_(width), height_(height) {
  const double head = head_of(shot_, figures_.size(), width_, height_);
  for (const Figure& figure : figures_) {
    const double below = (figure.height - figure.stature.eyes_y) / figure.stature.head;
    nearness_ = std::max(nearness_, nearness_of(shot_, below, head, height_));
  }
  hold_heads_inside();
}

double Staging::head_px(std::size_t index, double zoom) const {
  const std::size_t count = figures_.size();
  return head_of(shot_, count, width_, height_) * (is_behind(index, count) ? 0.9 : 1) * zoom *
         nearness_;
}

double Staging::eyes_x(const Camera& camera, std::size_t index) const {
  const auto count = static_cast<double>(figures_.size());
  const double spread =
      count > 1 ? (static_cast<double>(index) - (count - 1) / 2) * (count > 2 ? 0.29 : 0.36) : 0;
  // One person stands a little off the middle where there is room for it.
  const double off =
      count == 1 && width_ > height_ && shot_.size != ShotSize::extreme_close_up ? 0.055 : 0;
  return width_ *
         (0.5 + spread + off - camera.x * kNear * (is_behind(index, figures_.size()) ? 0.8 : 1));
}

double Staging::eyes_y(const Camera& camera) const {
  // A push goes to the eyes: they come to the middle's height.
  return height_ * (eye_line(shot_.size) + 0.16 * (1 - shot_.safe_height) +
                    0.06 * (camera.zoom - 1) - camera.y * kNear) +
         shift_y_;
}

void Staging::hold_heads_inside() {
  if (figures_.empty()) return;
  double x_low = 1e9, x_high = -1e9, y_low = 1e9, y_high = -1e9;  // of the camera
  double room_x = 1e9, top = -1e9, bottom = 1e9;
  for (int frame = 0; frame < shot_.frame_count; ++frame) {
    const Camera camera = cinema::camera_at(shot_, frame);
    x_low = std::min(x_low, camera.x), x_high = std::max(x_high, camera.x);
    y_low = std::min(y_low, camera.y), y_high = std::max(y_high, camera.y);
    Camera still = camera;
    still.x = still.y = 0;
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      const double head = head_px(i, camera.zoom), x = eyes_x(still, i), y = eyes_y(still);
      room_x = std::min(room_x, std::min(x, width_ - x) - 0.46 * head);
      // The crown below the upper rim of what is shown; the body's end below the lower one.
      const double bars = (1 - shot_.safe_height) / 2 * height_;
      const double scale = head / figures_[i].stature.head;
      const double below = (figures_[i].height - figures_[i].stature.eyes_y) * scale;
      const double crown = shot_.size == ShotSize::extreme_close_up ? 0.30 * height_ : 0.66 * head;
      top = std::max({top, bars + crown - y, height_ + 3 - below - y});
      const bool is_far = shot_.size == ShotSize::wide || shot_.size == ShotSize::medium;
      bottom = std::min(bottom, height_ - bars - (is_far ? 1.05 : 0.62) * head - y);
    }
  }
  middle_x_ = (x_low + x_high) / 2, middle_y_ = (y_low + y_high) / 2;
  if (shot_.move != Move::whip) {
    const double half = std::max(std::abs(x_low), std::abs(x_high)) * width_;
    share_x_ = half > room_x ? std::max(0.0, room_x) / half : 1;
  }
  // Between `top` and `bottom` everybody may be moved, the camera's own way included.
  const double way = (y_high - y_low) * height_;
  bottom = std::max(bottom, top);
  share_y_ = way > bottom - top ? (bottom - top) / std::max(way, 1e-9) : 1;
  const double half_way = way * share_y_ / 2, centre = -middle_y_ * height_;
  shift_y_ =
      std::clamp(centre, top + half_way, std::max(bottom - half_way, top + half_way)) - centre;
}

Camera Staging::camera_at(int frame) const {
  Camera camera = cinema::camera_at(shot_, frame);
  camera.x *= share_x_;
  camera.y = middle_y_ + (camera.y - middle_y_) * share_y_;
  return camera;
}

View Staging::backdrop(const Camera& camera, LayerSize layer) const {
  View view;
  view.scale = camera.zoom_behind;
  // Held inside of the picture: its rim is never seen.
  const double room_x = std::max(0.0, (layer.width - width_ / view.scale) / 2 - 4);
  const double room_y = std::max(0.0, (layer.height - height_ / view.scale) / 2 - 4);
  view.x = layer.width / 2.0 + std::clamp(camera.x * kFar * width_, -room_x, room_x);
  view.y = layer.height / 2.0 + std::clamp(camera.y * kFar * height_, -room_y, room_y);
  view.ground = camera.x * kFarGround * width_;
  return view;
}

View Staging::person(const Camera& camera, std::size_t index, int frame) const {
  const Figure& figure = figures_[index];
  View view;
  view.scale = head_px(index, camera.zoom) / figure.stature.head;
  double x = eyes_x(camera, index), y = eyes_y(camera);
  if (shot_.is_walking) {
    // Two steps a second, each of the people at their own.
    const double step = frame / static_cast<double>(kFps) * 5.4 + static_cast<double>(index) * 1.9;
    const double head = head_px(index, 1);
    y -= (std::abs(std::sin(step)) - 0.5) * 0.055 * head;
    x += std::sin(step) * 0.03 * head;
  }
  // Where the body is cut off stays below the canvas.
  const double below = (figure.height - figure.stature.eyes_y) * view.scale;
  y = std::max(y, height_ + 3 - below);
  view.x = figure.stature.eyes_x - (x - width_ / 2.0) / view.scale;
  view.y = figure.stature.eyes_y - (y - height_ / 2.0) / view.scale;
  return view;
}

View Staging::foreground(const Camera& camera, LayerSize layer) const {
  View view;
  view.scale = camera.zoom_before;
  view.x = layer.width * 0.5 + camera.x * kNearest * width_;
  view.y = layer.height * 0.5 + (camera.y - middle_y_) * kNearest * 0.6 * height_;
  return view;
}

LayerSize Staging::foreground_size() const {
  double x = 0, y = 0;
  for (int frame = 0; frame < shot_.frame_count; ++frame) {
    const Camera camera = camera_at(frame);
    x = std::max(x, std::abs(camera.x) * kNearest);
    y = std::max(y, std::abs(camera.y - middle_y_) * kNearest * 0.6);
  }
  const auto even = [](double length) { return static_cast<int>(std::lround(length / 2)) * 2; };
  return {even(width_ * (1.04 + 2 * std::min(x, 1.0))), even(height_ * (1.04 + 2 * y))};
}

}  // namespace understudy::cinema
