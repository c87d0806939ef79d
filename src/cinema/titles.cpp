#include "cinema/titles.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <cairo/cairo.h>
#include <pango/pangocairo.h>

#include "media/image.h"

namespace understudy::cinema {
namespace {

struct Closer {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(PangoLayout* l) const { g_object_unref(l); }
  void operator()(PangoFontDescription* f) const { pango_font_description_free(f); }
};
template <class T>
using Owned = std::unique_ptr<T, Closer>;

Owned<PangoLayout> layout_of(cairo_t* c, const std::string& text, const char* family, double size,
                             bool is_bold, double spacing, double width) {
  Owned<PangoLayout> layout(pango_cairo_create_layout(c));
  const Owned<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), family);
  pango_font_description_set_weight(font.get(), is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes,
                         pango_attr_letter_spacing_new(static_cast<int>(spacing * PANGO_SCALE)));
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

std::string upper(const std::string& text) {
  gchar* raised = g_utf8_strup(text.data(), static_cast<gssize>(text.size()));
  std::string result(raised);
  g_free(raised);
  return result;
}

// The shade that keeps letters readable over anything, then the letters.
void ink(cairo_t* c, PangoLayout* layout, double x, double y, double size) {
  for (const auto& [offset, alpha] : {std::pair{0.05, 0.20}, std::pair{0.025, 0.35}}) {
    cairo_move_to(c, x, y + size * offset);
    pango_cairo_layout_path(c, layout);
    cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(c, size * offset * 2.4);
    cairo_set_source_rgba(c, 0, 0, 0, alpha);
    cairo_stroke(c);
  }
  cairo_move_to(c, x, y);
  cairo_set_source_rgb(c, 0.985, 0.975, 0.95);
  pango_cairo_show_layout(c, layout);
}

// A shade that fades to all sides, so that letters are read over anything.
void shade_behind(cairo_t* c, double x, double y, double half_width, double half_height) {
  cairo_save(c);
  cairo_translate(c, x, y);
  cairo_scale(c, half_width, half_height);
  cairo_pattern_t* shade = cairo_pattern_create_radial(0, 0, 0, 0, 0, 1);
  for (const auto& [at, alpha] : {std::pair{0.0, 0.50}, {0.35, 0.42}, {0.7, 0.16}, {1.0, 0.0}})
    cairo_pattern_add_color_stop_rgba(shade, at, 0, 0, 0, alpha);
  cairo_set_source(c, shade);
  cairo_arc(c, 0, 0, 1, 0, 6.2832);
  cairo_fill(c);
  cairo_pattern_destroy(shade);
  cairo_restore(c);
}

// A hair line that fades at both ends.
void rule(cairo_t* c, double x, double y, double half_width, double thickness) {
  cairo_pattern_t* line = cairo_pattern_create_linear(x - half_width, 0, x + half_width, 0);
  for (const auto& [at, alpha] : {std::pair{0.0, 0.0}, {0.3, 0.9}, {0.7, 0.9}, {1.0, 0.0}})
    cairo_pattern_add_color_stop_rgba(line, at, 0.985, 0.975, 0.95, alpha);
  cairo_set_source(c, line);
  cairo_rectangle(c, x - half_width, y, half_width * 2, thickness);
  cairo_fill(c);
  cairo_pattern_destroy(line);
}

void draw_card(cairo_t* c, const std::string& text, double middle, int width, int height) {
  const double side = std::min<double>(height, width * 0.75);
  double size = side * (text.size() < 14 ? 0.118 : text.size() < 28 ? 0.088 : 0.066);
  const std::string capitals = upper(text);
  auto layout = layout_of(c, capitals, "Liberation Serif, DejaVu Serif, Noto Serif, serif", size,
                          false, size * 0.24, width * 0.86);
  pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
  PangoRectangle ink_area, area;
  pango_layout_get_pixel_extents(layout.get(), &ink_area, &area);
  // The space behind the last letter is none to be centred.
  const double x = width * 0.07 + size * 0.12, y = height * middle - area.height / 2.0;
  const double thickness = std::max(1.5, side * 0.003),
               half = std::max(side * 0.16, ink_area.width * 0.36);
  shade_behind(c, width / 2.0, height * middle, ink_area.width * 0.5 + side * 0.42,
               area.height * 0.5 + side * 0.17);
  rule(c, width / 2.0, y - size * 0.30, half, thickness);
  rule(c, width / 2.0, y + area.height + size * 0.24, half, thickness);
  ink(c, layout.get(), x, y, size);
}

void draw_lower_third(cairo_t* c, const std::string& text, int width, int height) {
  const double side = std::min<double>(height, width * 0.9);
  const double size = side * 0.056;
  // "Name, what they are" or "Name - what they are" has two lines.
  std::string name = text, role;
  for (const char* mark : {" - ", " \xE2\x80\x94 ", " | ", ", "}) {
    const auto at = text.find(mark);
    if (at == std::string::npos) continue;
    name = text.substr(0, at);
    role = text.substr(at + std::string_view(mark).size());
    break;
  }
  const char* kSans = "DejaVu Sans, Liberation Sans, Noto Sans, sans-serif";
  const auto first = layout_of(c, name, kSans, size, true, size * 0.01, width * 0.8);
  PangoRectangle ignored, area;
  pango_layout_get_pixel_extents(first.get(), &ignored, &area);
  const double x = width * 0.075, bottom = height * (height > width ? 0.80 : 0.86);
  const auto second =
      layout_of(c, upper(role), kSans, size * 0.52, false, size * 0.09, width * 0.8);
  PangoRectangle small{};
  if (!role.empty()) pango_layout_get_pixel_extents(second.get(), &ignored, &small);
  const double top = bottom - area.height - small.height * 1.25;
  // A soft shade from the left, and the rule beside the letters.
  cairo_pattern_t* shade = cairo_pattern_create_linear(0, 0, width * 0.62, 0);
  cairo_pattern_add_color_stop_rgba(shade, 0, 0, 0, 0, 0.5);
  cairo_pattern_add_color_stop_rgba(shade, 1, 0, 0, 0, 0);
  cairo_set_source(c, shade);
  cairo_rectangle(c, 0, top - size * 0.5, width * 0.62, bottom - top + size);
  cairo_fill(c);
  cairo_pattern_destroy(shade);
  cairo_set_source_rgb(c, 0.95, 0.72, 0.30);
  cairo_rectangle(c, x - size * 0.42, top + size * 0.12, size * 0.11, bottom - top - size * 0.16);
  cairo_fill(c);
  ink(c, first.get(), x, top, size);
  if (!role.empty()) ink(c, second.get(), x, top + area.height + small.height * 0.2, size * 0.5);
}

}  // namespace

Result<TitleArt> TitleArt::make(const Title& title, int width, int height) {
  TitleArt made;
  made.title_ = title;
  const Owned<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
    return fail(ErrorCode::engine_failed, "There is not enough memory for the title.");
  const Owned<cairo_t> c(cairo_create(surface.get()));
  if (title.is_lower_third)
    draw_lower_third(c.get(), title.text, width, height);
  else
    draw_card(c.get(), title.text, title.middle, width, height);
  cairo_surface_flush(surface.get());
  media::Image image{width, height, {}};
  image.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const unsigned char* p = data + static_cast<std::ptrdiff_t>(y) * stride + x * 4;
      std::uint8_t* to =
          &image.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                       static_cast<std::size_t>(x)) *
                      4];
      const int a = p[3];
      for (int k = 0; k < 3; ++k)
        to[k] =
            static_cast<std::uint8_t>(a == 0 ? 235 : std::min(255, (p[2 - k] * 255 + a / 2) / a));
      to[3] = static_cast<std::uint8_t>(a);
    }
  made.art_ = media::to_frame(image, true);
  made.top_ = height, made.bottom_ = 0;
  for (int y = 0; y < height; ++y) {
    const auto row = made.art_.alpha.begin() + static_cast<std::ptrdiff_t>(y) * width;
    if (std::all_of(row, row + width, [](std::uint8_t a) { return a == 0; })) continue;
    made.top_ = std::min(made.top_, y), made.bottom_ = y + 1;
  }
  return made;
}

void TitleArt::draw(int frame, media::Frame& canvas) const {
  const int at = frame - title_.first_frame;
  if (at < 0 || at >= title_.frame_count) return;
  const double in = std::clamp(at / 14.0, 0.0, 1.0),
               out = std::clamp((title_.frame_count - at) / 12.0, 0.0, 1.0);
  const double shown = std::min(in * in * (3 - 2 * in), out);
  // It comes up by a hair, and the lower third slides in.
  const double away = (1 - in) * (1 - in);
  const int dx = title_.is_lower_third ? static_cast<int>(-away * canvas.width * 0.03) & ~1 : 0;
  const int dy = title_.is_lower_third ? 0 : static_cast<int>(away * canvas.height * 0.02) & ~1;
  const int share = static_cast<int>(shown * 256);
  const int w = canvas.width, h = canvas.height;
  for (int y = std::max(0, top_ + dy); y < std::min(h, bottom_ + dy); ++y) {
    for (int x = std::max(0, dx); x < std::min(w, w + dx); ++x) {
      const std::size_t from = static_cast<std::size_t>(y - dy) * static_cast<std::size_t>(w) +
                               static_cast<std::size_t>(x - dx);
      const int a = art_.alpha[from] * share >> 8;
      if (a == 0) continue;
      const std::size_t to =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
      canvas.y[to] =
          static_cast<std::uint8_t>((art_.y[from] * a + canvas.y[to] * (255 - a) + 127) / 255);
      if (((x | y) & 1) != 0) continue;
      const std::size_t cf =
          static_cast<std::size_t>((y - dy) / 2) * static_cast<std::size_t>(w / 2) +
          static_cast<std::size_t>((x - dx) / 2);
      const std::size_t ct = static_cast<std::size_t>(y / 2) * static_cast<std::size_t>(w / 2) +
                             static_cast<std::size_t>(x / 2);
      canvas.u[ct] =
          static_cast<std::uint8_t>((art_.u[cf] * a + canvas.u[ct] * (255 - a) + 127) / 255);
      canvas.v[ct] =
          static_cast<std::uint8_t>((art_.v[cf] * a + canvas.v[ct] * (255 - a) + 127) / 255);
    }
  }
}

}  // namespace understudy::cinema
