// Pictures: backgrounds made by the project, drawn by code when somebody first asks. Each is
// 1920 x 1080 and the same on every machine. The pictures are the project's own work and may be
// used for anything. Any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "library/ranking.h"
#include "media/frame.h"

namespace understudy::library {

inline constexpr int kPictureWidth = 1920;
inline constexpr int kPictureHeight = 1080;
inline constexpr int kPictureVersion = 1;  // changes when a picture is drawn differently

struct Picture {
  std::string_view id;  // "city-skyline-at-night"
  std::string_view name;
  std::string_view tags;  // separated by ", "
  std::string_view description;
};

std::span<const Picture> pictures();

// Errors: not_found.
Result<const Picture*> find_picture(std::string_view id);

// Takes up to about a second. Requires: one of pictures().
media::Image draw_picture(const Picture& picture);

// Over pictures(), in their order.
const Ranking& picture_ranking();

}  // namespace understudy::library
