// Icons: the Lucide set (ISC and MIT, icons/LICENSE), built into the program from
// icons/lucide.txt, which tools/make_icons.py makes from the npm package. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "library/ranking.h"
#include "media/frame.h"

namespace understudy::library {

struct Icon {
  std::string_view name;  // "shopping-cart"
  std::vector<std::string_view> tags;
  std::vector<std::string_view> paths;  // SVG path data on a square of 24; "!": filled too
};

std::span<const Icon> icons();

Result<const Icon*> find_icon(std::string_view name);  // Errors: not_found

// An SVG of 24 x 24 in the colour of the text around it.
std::string icon_svg(const Icon& icon);

// Black on transparent, `side` pixels wide and high. Errors: engine_failed (a path that is none).
Result<media::Image> draw_icon(const Icon& icon, int side);

// Over icons(), in their order.
const Ranking& icon_ranking();

}  // namespace understudy::library
