#include "library/icons.h"

#include <algorithm>

#include "library/icon_text.h"
#include "library/svg_path.h"

namespace understudy::library {
namespace {

constexpr double kSide = 24;
constexpr double kLineWidth = 2;

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

struct CairoEnd {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};

}  // namespace

std::span<const Icon> icons() {
  static const std::vector<Icon> kAll = [] {
    std::vector<Icon> all;
    for (const auto line : parts_of(icon_text(), '\n')) {
      const auto name_end = line.find('\t');
      const auto tags_end = line.find('\t', name_end + 1);
      all.push_back({.name = line.substr(0, name_end),
                     .tags = parts_of(line.substr(name_end + 1, tags_end - name_end - 1), '|'),
                     .paths = parts_of(line.substr(tags_end + 1), ';')});
    }
    return all;
  }();
  return kAll;
}

Result<const Icon*> find_icon(std::string_view name) {
  const auto all = icons();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const Icon& icon, std::string_view n) { return icon.name < n; });
  if (found == all.end() || found->name != name) {
    return fail(ErrorCode::not_found, "There is no icon with this name.");
  }
  return &*found;
}

std::string icon_svg(const Icon& icon) {
  std::string svg =
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" )"
      R"(stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">)";
  for (const auto path : icon.paths) {
    const bool is_filled = path.starts_with('!');
    svg += is_filled ? R"(<path fill="currentColor" d=")" : R"(<path d=")";
    svg += is_filled ? path.substr(1) : path;
    svg += R"("/>)";
  }
  return svg + "</svg>\n";
}

Result<media::Image> draw_icon(const Icon& icon, int side) {
  const std::unique_ptr<cairo_surface_t, CairoEnd> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, side, side));
  const std::unique_ptr<cairo_t, CairoEnd> cairo(cairo_create(surface.get()));
  cairo_scale(cairo.get(), side / kSide, side / kSide);
  cairo_set_line_width(cairo.get(), kLineWidth);
  cairo_set_line_cap(cairo.get(), CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo.get(), CAIRO_LINE_JOIN_ROUND);
  for (const auto path : icon.paths) {
    const bool is_filled = path.starts_with('!');
    cairo_new_path(cairo.get());
    TRY(add_svg_path(*cairo, is_filled ? path.substr(1) : path));
    if (is_filled) cairo_fill_preserve(cairo.get());
    cairo_stroke(cairo.get());
  }
  cairo_surface_flush(surface.get());
  const auto* alpha = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  media::Image image{.width = side, .height = side, .rgba = {}};
  image.rgba.reserve(static_cast<std::size_t>(side) * side * 4);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      image.rgba.insert(image.rgba.end(),
                        {0, 0, 0, alpha[static_cast<std::ptrdiff_t>(y) * stride + x]});
    }
  }
  return image;
}

const Ranking& icon_ranking() {
  static const Ranking kRanking(
      [] {
        std::vector<Tagged> rows;
        for (const Icon& icon : icons()) {
          rows.push_back({.name = std::string(icon.name),
                          .tags = {icon.tags.begin(), icon.tags.end()},
                          .description = {}});
        }
        return rows;
      }(),
      {"icon", "icons", "symbol", "symbols", "pictogram", "glyph", "svg", "button", "buttons"});
  return kRanking;
}

}  // namespace understudy::library
