#include "media/text_overlay.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include <cairo/cairo.h>
#include <pango/pangocairo.h>

namespace understudy::media {
namespace {

struct CairoDeleter {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
template <class T>
using CairoPtr = std::unique_ptr<T, CairoDeleter>;

// Everything that follows from the canvas, in pixels.
struct Measures {
  double font;
  double outline;
  double padding_x;
  double padding_y;
  double corner;
  int text_width_max;
  int bottom_margin;
};

bool is_upright(int width, int height) { return height > width; }

Measures measures_for(int width, int height) {
  const double side = std::min(width, height);
  const double font = side * 0.046;
  return {.font = font,
          .outline = font * 0.09,
          .padding_x = font * 0.55,
          .padding_y = font * 0.32,
          .corner = font * 0.35,
          .text_width_max = static_cast<int>(width * (is_upright(width, height) ? 0.84 : 0.88)),
          // Upright videos are watched in apps that cover the lowest part with buttons.
          .bottom_margin = static_cast<int>(height * (is_upright(width, height) ? 0.16 : 0.065))};
}

CairoPtr<PangoLayout> layout_text(cairo_t* context, std::string_view text,
                                  const Measures& measures) {
  CairoPtr<PangoLayout> layout(pango_cairo_create_layout(context));
  const CairoPtr<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family(font.get(),
                                    "DejaVu Sans, Liberation Sans, Noto Sans, sans-serif");
  pango_font_description_set_weight(font.get(), PANGO_WEIGHT_SEMIBOLD);
  pango_font_description_set_absolute_size(font.get(), measures.font * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width(layout.get(), measures.text_width_max * PANGO_SCALE);
  pango_layout_set_spacing(layout.get(), static_cast<int>(measures.font * 0.12 * PANGO_SCALE));
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

void rounded_box(cairo_t* context, double x, double y, double width, double height, double radius) {
  const double quarter = std::numbers::pi / 2;
  cairo_new_sub_path(context);
  cairo_arc(context, x + width - radius, y + radius, radius, -quarter, 0);
  cairo_arc(context, x + width - radius, y + height - radius, radius, 0, quarter);
  cairo_arc(context, x + radius, y + height - radius, radius, quarter, 2 * quarter);
  cairo_arc(context, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
  cairo_close_path(context);
}

// Cairo's premultiplied BGRA (little endian) to an Image.
Image to_straight(cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  Image image{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  const int stride = cairo_image_surface_get_stride(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  image.rgba.reserve(static_cast<std::size_t>(image.width) * image.height * 4);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const unsigned char* pixel = data + static_cast<std::ptrdiff_t>(y) * stride + x * 4;
      const int alpha = pixel[3];
      const auto straight = [&](int level) {
        return static_cast<std::uint8_t>(
            alpha == 0 ? 0 : std::min(255, (level * 255 + alpha / 2) / alpha));
      };
      image.rgba.insert(image.rgba.end(), {straight(pixel[2]), straight(pixel[1]),
                                           straight(pixel[0]), static_cast<std::uint8_t>(alpha)});
    }
  }
  return image;
}

void draw(cairo_t* context, PangoLayout* layout, const PangoRectangle& ink, double width,
          double height, const Measures& measures) {
  rounded_box(context, 0, 0, width, height, measures.corner);
  cairo_set_source_rgba(context, 0.04, 0.05, 0.07, 0.62);
  cairo_fill(context);
  cairo_move_to(context, measures.padding_x - ink.x, measures.padding_y);
  pango_cairo_layout_path(context, layout);
  cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width(context, measures.outline * 2);
  cairo_set_source_rgba(context, 0, 0, 0, 0.75);
  cairo_stroke_preserve(context);
  cairo_set_source_rgb(context, 1, 1, 1);
  cairo_fill(context);
}

}  // namespace

CaptionRules burned_caption_rules(int canvas_width, int canvas_height) {
  const Measures measures = measures_for(canvas_width, canvas_height);
  CaptionRules rules;
  // A mean character of this font is 0.62 of its size wide.
  rules.line_length_max =
      std::clamp(static_cast<int>(measures.text_width_max / (measures.font * 0.62)), 12, 42);
  return rules;
}

Result<Overlay> make_caption_overlay(std::string_view text, int canvas_width, int canvas_height) {
  if (text.empty()) return Overlay{};
  const Measures measures = measures_for(canvas_width, canvas_height);
  const CairoPtr<cairo_surface_t> probe(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
  const CairoPtr<cairo_t> probe_context(cairo_create(probe.get()));
  PangoRectangle logical{};
  const auto layout = layout_text(probe_context.get(), text, measures);
  pango_layout_get_pixel_extents(layout.get(), nullptr, &logical);

  const double width = logical.width + 2 * measures.padding_x;
  const double height = std::min(logical.height + 2 * measures.padding_y, canvas_height * 0.8);
  const CairoPtr<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(std::ceil(width)),
                                 static_cast<int>(std::ceil(height))));
  const CairoPtr<cairo_t> context(cairo_create(surface.get()));
  if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
    return fail_with_detail(ErrorCode::engine_failed, "A caption could not be drawn.",
                            cairo_status_to_string(cairo_status(context.get())));
  }
  draw(context.get(), layout.get(), logical, width, height, measures);
  const Image image = to_straight(surface.get());
  return make_overlay(image, (canvas_width - image.width) / 2,
                      canvas_height - measures.bottom_margin - image.height, canvas_width,
                      canvas_height);
}

Result<Overlay> make_test_mark(int canvas_width, int canvas_height) {
  const CairoPtr<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, canvas_width, canvas_height));
  const CairoPtr<cairo_t> context(cairo_create(surface.get()));
  if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
    return fail_with_detail(ErrorCode::engine_failed, "The test mark could not be drawn.",
                            cairo_status_to_string(cairo_status(context.get())));
  }
  Measures measures = measures_for(canvas_width, canvas_height);
  measures.font = std::min(canvas_width, canvas_height) * 0.16;
  measures.text_width_max = 4 * std::max(canvas_width, canvas_height);
  constexpr std::string_view kRow = "TEST  TEST  TEST  TEST  TEST";
  const auto layout = layout_text(context.get(), kRow, measures);
  PangoRectangle extent{};
  pango_layout_get_pixel_extents(layout.get(), nullptr, &extent);
  cairo_translate(context.get(), canvas_width / 2.0, canvas_height / 2.0);
  cairo_rotate(context.get(), -std::numbers::pi / 8);
  cairo_set_line_width(context.get(), std::max(1.5, measures.font * 0.03));
  const double pitch = measures.font * 2.1;
  for (int row = -3; row <= 3; ++row) {
    const double shift = row % 2 == 0 ? 0 : measures.font * 1.6;
    cairo_move_to(context.get(), shift - measures.text_width_max / 2.0,
                  row * pitch - extent.height / 2.0);
    pango_cairo_layout_path(context.get(), layout.get());
    // Light with a dark edge: it shows on any picture.
    cairo_set_source_rgba(context.get(), 0, 0, 0, 0.22);
    cairo_stroke_preserve(context.get());
    cairo_set_source_rgba(context.get(), 1, 1, 1, 0.24);
    cairo_fill(context.get());
  }
  return make_overlay(to_straight(surface.get()), 0, 0, canvas_width, canvas_height);
}

Result<Overlay> make_corner_mark(std::string_view text, int canvas_width, int canvas_height) {
  Measures measures = measures_for(canvas_width, canvas_height);
  measures.font = std::max(9.0, std::min(canvas_width, canvas_height) * 0.026);
  measures.text_width_max = canvas_width;
  const CairoPtr<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, canvas_width, canvas_height));
  const CairoPtr<cairo_t> context(cairo_create(surface.get()));
  if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
    return fail_with_detail(ErrorCode::engine_failed, "The mark could not be drawn.",
                            cairo_status_to_string(cairo_status(context.get())));
  }
  const auto layout = layout_text(context.get(), text, measures);
  pango_layout_set_width(layout.get(), -1);
  PangoRectangle extent{};
  pango_layout_get_pixel_extents(layout.get(), nullptr, &extent);
  const double margin = measures.font * 0.9, pad = measures.font * 0.4;
  const double x = canvas_width - margin - extent.width, y = canvas_height - margin - extent.height;
  cairo_set_source_rgba(context.get(), 0, 0, 0, 0.45);
  cairo_rectangle(context.get(), x - pad, y - pad / 2, extent.width + 2 * pad, extent.height + pad);
  cairo_fill(context.get());
  cairo_move_to(context.get(), x - extent.x, y - extent.y);
  cairo_set_source_rgba(context.get(), 1, 1, 1, 0.85);
  pango_cairo_show_layout(context.get(), layout.get());
  return make_overlay(to_straight(surface.get()), 0, 0, canvas_width, canvas_height);
}

}  // namespace understudy::media
