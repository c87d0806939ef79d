#include "cinema/camera.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {
namespace {

double eased(double t) { return t * t * (3 - 2 * t); }
double wave(double t, double a, double b, double c) {
  return std::sin(t * a) * 0.5 + std::sin(t * b + 1.3) * 0.32 + std::sin(t * c + 2.1) * 0.18;
}

// Nearer by `share`: what is far hardly grows, what is before the people leaves to the sides.
void dolly(double share, Camera& camera) {
  camera.zoom = 1 + 0.36 * share;
  camera.zoom_behind = 1 + 0.022 * share;
  camera.zoom_before = 1 + 0.7 * share;
}

// Somebody who walks towards the camera, which moves back before them at their pace: they keep
// their size, and everything else goes away from it.
void walk(double t, double length_s, Camera& camera) {
  const double behind = std::min(0.3, 0.035 * length_s), before = std::min(1.2, 0.16 * length_s);
  camera.zoom_behind *= 1 + behind * (1 - t);
  camera.zoom_before *= 1 + before * (1 - t);
}

}  // namespace

Camera camera_at(const Shot& shot, int frame) {
  const double t = shot.frame_count < 2 ? 0 : static_cast<double>(frame) / (shot.frame_count - 1);
  const double e = eased(t), s = shot.strength, t_s = frame / static_cast<double>(kFps);
  Camera camera;
  switch (shot.move) {
    case Move::still: break;
    case Move::drift:
      dolly(0.22 * t, camera);
      camera.x = 0.03 * (t - 0.5);
      break;
    case Move::push_in: dolly(s * e, camera); break;
    case Move::pull_out: dolly(s * (1 - e), camera); break;
    case Move::pan_left: camera.x = (0.5 - e) * 0.34 * s; break;
    case Move::pan_right: camera.x = (e - 0.5) * 0.34 * s; break;
    case Move::tilt_up: camera.y = (0.5 - e) * 0.24 * s; break;
    case Move::tilt_down: camera.y = (e - 0.5) * 0.24 * s; break;
    case Move::orbit:
      camera.x = (e - 0.5) * 0.30 * s;
      dolly(0.2 * std::sin(3.14159 * t), camera);
      break;
    case Move::crane_up:
      camera.y = (0.5 - e) * 0.28 * s;
      dolly(0.25 * (1 - e), camera);
      break;
    case Move::crane_down:
      camera.y = (e - 0.5) * 0.28 * s;
      dolly(0.25 * e, camera);
      break;
    case Move::handheld:
      dolly(0.12 * t, camera);
      camera.x = 0.024 * s * wave(t_s, 1.9, 3.3, 6.1);
      camera.y = 0.026 * s * wave(t_s + 7, 2.2, 3.9, 7.3);
      break;
    case Move::dolly_zoom:
      camera.zoom = 1 + 0.05 * e, camera.zoom_behind = 1.02 + 0.62 * s * e;
      camera.zoom_before = 1 + 0.2 * e;
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
  if (shot.is_walking) walk(t, shot.frame_count / static_cast<double>(kFps), camera);
  return camera;
}

}  // namespace understudy::cinema
