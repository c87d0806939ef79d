#include <algorithm>
#include <memory>

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>

#include "products/top_ups/receipts.h"

namespace understudy::top_ups {
namespace {

// Points of A4, from the top left.
constexpr double kPageWidth = 595.28;
constexpr double kPageHeight = 841.89;
constexpr double kMargin = 54;
constexpr double kRight = kPageWidth - kMargin;
constexpr double kWidth = kRight - kMargin;
constexpr const char* kSans = "Liberation Sans, DejaVu Sans, sans-serif";
constexpr const char* kMono = "Liberation Mono, DejaVu Sans Mono, monospace";

struct Ink {
  double red;
  double green;
  double blue;
};
constexpr Ink kInk{0.106, 0.122, 0.141};
constexpr Ink kQuiet{0.349, 0.388, 0.431};
constexpr Ink kLine{0.82, 0.84, 0.87};
constexpr Ink kShade{0.953, 0.961, 0.969};

struct Style {
  double size = 10;
  bool is_bold = false;
  Ink ink = kInk;
  const char* family = kSans;
  double width = kWidth;
  PangoAlignment align = PANGO_ALIGN_LEFT;
  int lines_max = 1;  // then it ends with an ellipsis
};

template <class T>
struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
struct CairoEnd {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
  void operator()(PangoAttrList* attributes) const { pango_attr_list_unref(attributes); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

cairo_status_t append(void* target, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

class Sheet {
 public:
  explicit Sheet(const Receipt& receipt)
      : surface_(cairo_pdf_surface_create_for_stream(append, &bytes_, kPageWidth, kPageHeight)),
        context_(cairo_create(surface_.get())) {
    const std::string title = receipt.title + " " + receipt.id;
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATOR, "Understudy");
  }

  // Returns the height. `x` is the left edge, also of a text aligned to the right.
  double text(double x, double y, const std::string& words, const Style& style) {
    const auto layout = make_layout(words, style);
    cairo_set_source_rgb(context_.get(), style.ink.red, style.ink.green, style.ink.blue);
    cairo_move_to(context_.get(), x, y);
    pango_cairo_show_layout(context_.get(), layout.get());
    return height_of(layout.get());
  }
  double height(const std::string& words, const Style& style) {
    return height_of(make_layout(words, style).get());
  }

  void rule(double y, double thickness, Ink ink) {
    cairo_set_source_rgb(context_.get(), ink.red, ink.green, ink.blue);
    cairo_rectangle(context_.get(), kMargin, y, kWidth, thickness);
    cairo_fill(context_.get());
  }
  void shade(double y, double height) {
    cairo_set_source_rgb(context_.get(), kShade.red, kShade.green, kShade.blue);
    cairo_rectangle(context_.get(), kMargin, y, kWidth, height);
    cairo_fill(context_.get());
  }

  Result<std::string> finish() {
    cairo_show_page(context_.get());
    cairo_surface_finish(surface_.get());
    const auto status = cairo_surface_status(surface_.get());
    if (status == CAIRO_STATUS_SUCCESS) return std::move(bytes_);
    return fail_with_detail(ErrorCode::internal_error, "The receipt could not be drawn.",
                            cairo_status_to_string(status));
  }

 private:
  std::unique_ptr<PangoLayout, Unref<PangoLayout>> make_layout(const std::string& words,
                                                               const Style& style) {
    std::unique_ptr<PangoLayout, Unref<PangoLayout>> layout(
        pango_cairo_create_layout(context_.get()));
    // Letters stand where the font wants them, not on the pixels of some screen.
    const std::unique_ptr<cairo_font_options_t, CairoEnd> options(cairo_font_options_create());
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout.get()), options.get());
    const std::unique_ptr<PangoFontDescription, CairoEnd> font(pango_font_description_new());
    pango_font_description_set_family(font.get(), style.family);
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    if (style.is_bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>(style.width * PANGO_SCALE));
    pango_layout_set_height(layout.get(), -style.lines_max);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout.get(), style.align);
    pango_layout_set_line_spacing(layout.get(), 1.2F);
    // A hash that is broken at the end of a line must not get a hyphen.
    const std::unique_ptr<PangoAttrList, CairoEnd> attributes(pango_attr_list_new());
    pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout.get(), attributes.get());
    pango_layout_set_text(layout.get(), words.data(), static_cast<int>(words.size()));
    return layout;
  }
  static double height_of(PangoLayout* layout) {
    int height = 0;
    pango_layout_get_size(layout, nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }

  std::string bytes_;  // before the surface, which writes to it to the end
  std::unique_ptr<cairo_surface_t, CairoEnd> surface_;
  std::unique_ptr<cairo_t, CairoEnd> context_;
};

double draw_head(Sheet& sheet, const Receipt& receipt) {
  constexpr double kColumn = kWidth / 2 - 8;
  const double right = kMargin + kWidth / 2 + 8;
  const Style quiet{.ink = kQuiet, .width = kColumn};
  Style aside = quiet;
  aside.align = PANGO_ALIGN_RIGHT;
  double y = kMargin;
  y += sheet.text(kMargin, y, receipt.title,
                  {.size = 20, .is_bold = true, .width = kColumn, .lines_max = 2}) +
       4;
  y += sheet.text(kMargin, y, receipt.id, quiet) + 2;
  y += sheet.text(kMargin, y, "Status: " + receipt.status, quiet);
  double other = kMargin + 4;
  other += sheet.text(right, other, "UNDERSTUDY",
                      {.size = 12, .is_bold = true, .width = kColumn, .align = PANGO_ALIGN_RIGHT}) +
           4;
  Style owner = aside;
  owner.ink = kInk;
  other += sheet.text(right, other, receipt.account.name, owner) + 2;
  if (!receipt.account.email.empty()) {
    other += sheet.text(right, other, receipt.account.email, owner) + 2;
  }
  other += sheet.text(right, other, time_text(receipt), aside);
  y = std::max(y, other) + 14;
  sheet.rule(y, 1.5, kInk);
  return y + 22;
}

struct Cell {
  double x;
  double width;
  PangoAlignment align;
};
constexpr Cell kWhat{kMargin, 210, PANGO_ALIGN_LEFT};
constexpr Cell kQuantity{kMargin + 220, 80, PANGO_ALIGN_RIGHT};
constexpr Cell kRate{kMargin + 308, 90, PANGO_ALIGN_RIGHT};
constexpr Cell kAmount{kMargin + 406, kWidth - 406, PANGO_ALIGN_RIGHT};

double draw_cell(Sheet& sheet, const Cell& cell, double y, const std::string& words, Style style) {
  style.width = cell.width;
  style.align = cell.align;
  return sheet.text(cell.x, y, words, style);
}

double draw_line(Sheet& sheet, const Receipt& receipt, double y) {
  const Style head{.size = 8.5, .ink = kQuiet};
  draw_cell(sheet, kWhat, y, "What", head);
  draw_cell(sheet, kQuantity, y, "Quantity", head);
  draw_cell(sheet, kRate, y, "Rate", head);
  y += draw_cell(sheet, kAmount, y, "Amount", head) + 5;
  sheet.rule(y, 0.6, kLine);
  y += 8;
  const std::string amount = amount_text(money::to_text(receipt.amount), receipt.currency);
  draw_cell(sheet, kQuantity, y, receipt.quantity, {});
  draw_cell(sheet, kRate, y, receipt.rate, {.lines_max = 2});
  draw_cell(sheet, kAmount, y, amount, {});
  y += draw_cell(sheet, kWhat, y, receipt.what, {.lines_max = 4}) + 10;
  sheet.rule(y, 1.5, kInk);
  y += 8;
  const Style total{.size = 13, .is_bold = true, .width = 300};
  sheet.text(kMargin, y, total_title(receipt), total);
  return y + draw_cell(sheet, {kMargin + 300, kWidth - 300, PANGO_ALIGN_RIGHT}, y, amount, total) +
         24;
}

double draw_formula(Sheet& sheet, const Receipt& receipt, double y) {
  if (receipt.formula.empty()) return y;
  const Style style{.size = 9, .family = kMono, .width = kWidth - 24, .lines_max = 4};
  const double height = sheet.height(receipt.formula, style);
  sheet.shade(y, height + 20);
  sheet.text(kMargin + 12, y + 10, receipt.formula, style);
  return y + height + 20 + 20;
}

double draw_facts(Sheet& sheet, const Receipt& receipt, double y) {
  constexpr double kNames = 190;
  for (const auto& fact : receipt.facts) {
    if (fact.label.empty()) continue;
    const double name =
        sheet.text(kMargin, y, fact.label, {.size = 9.5, .ink = kQuiet, .width = kNames - 10});
    const double value = sheet.text(kMargin + kNames, y, fact_text(fact),
                                    {.size = 9.5, .width = kWidth - kNames, .lines_max = 2});
    y += std::max(name, value) + 5;
    sheet.rule(y, 0.4, kLine);
    y += 5;
  }
  return y;
}

}  // namespace

Result<std::string> receipt_pdf(const Receipt& receipt) {
  Sheet sheet(receipt);
  double y = draw_head(sheet, receipt);
  y = draw_line(sheet, receipt, y);
  y = draw_formula(sheet, receipt, y);
  y = draw_facts(sheet, receipt, y);
  sheet.text(kMargin, y + 14, receipt.remark, {.size = 9, .ink = kQuiet, .lines_max = 4});
  return sheet.finish();
}

}  // namespace understudy::top_ups
