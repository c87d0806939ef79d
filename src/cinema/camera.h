// Camera: how a shot's camera moves. Its path is a function of the frame. Private to this folder.
#pragma once

#include "cinema/direction.h"

namespace understudy::cinema {

struct Camera {
  double zoom = 1;         // of the people
  double zoom_behind = 1;  // of what is behind them
  double zoom_before = 1;  // of what is out of focus before them
  double x = 0;            // how far the camera is to the right, of the canvas' width
  double y = 0;            // and down, of its height
  double whip = 0;         // how fast it turns, 0..1: everything is smeared
};

// `frame`: of the shot, 0 on.
Camera camera_at(const Shot& shot, int frame);

}  // namespace understudy::cinema
