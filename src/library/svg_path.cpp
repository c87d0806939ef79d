#include "library/svg_path.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace understudy::library {
namespace {

struct Point {
  double x = 0;
  double y = 0;
};
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point mirrored(Point at, Point control) { return {2 * at.x - control.x, 2 * at.y - control.y}; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<char> command() {
    skip();
    const bool is_letter =
        !text_.empty() && std::isalpha(static_cast<unsigned char>(text_[0])) != 0;
    if (!is_letter) return std::nullopt;
    const char letter = text_[0];
    text_.remove_prefix(1);
    return letter;
  }
  bool has_number() {
    skip();
    return !text_.empty() && (std::isdigit(static_cast<unsigned char>(text_[0])) != 0 ||
                              text_[0] == '-' || text_[0] == '.' || text_[0] == '+');
  }
  double number() {
    skip();
    if (text_.starts_with('+')) text_.remove_prefix(1);
    double value = 0;
    const auto parsed = std::from_chars(text_.data(), text_.data() + text_.size(), value,
                                        std::chars_format::general);
    is_broken_ = is_broken_ || parsed.ec != std::errc();
    text_.remove_prefix(static_cast<std::size_t>(parsed.ptr - text_.data()));
    return value;
  }
  bool flag() {  // of an arc: one digit, the next number may follow at once
    skip();
    if (text_.empty() || (text_[0] != '0' && text_[0] != '1')) is_broken_ = true;
    if (is_broken_) return false;
    const bool value = text_[0] == '1';
    text_.remove_prefix(1);
    return value;
  }
  bool is_at_end() {
    skip();
    return text_.empty();
  }
  bool is_broken() const { return is_broken_; }

 private:
  void skip() {
    const auto from = text_.find_first_not_of(" ,\t\r\n");
    text_.remove_prefix(std::min(from, text_.size()));
  }

  std::string_view text_;
  bool is_broken_ = false;
};

class Pen {
 public:
  Pen(cairo_t& cairo, Reader& reader) : cairo_(cairo), reader_(reader) {}

  // One set of a command's arguments. False: there is no such command.
  bool draw(char letter) {
    is_relative_ = std::islower(static_cast<unsigned char>(letter)) != 0;
    const char kind = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const Point before = at_;
    Point control = at_;
    switch (kind) {
      case 'M':
        at_ = start_ = point();
        cairo_move_to(&cairo_, at_.x, at_.y);
        break;
      case 'L': line_to(point()); break;
      case 'H': line_to({reader_.number() + (is_relative_ ? at_.x : 0), at_.y}); break;
      case 'V': line_to({at_.x, reader_.number() + (is_relative_ ? at_.y : 0)}); break;
      case 'C':
      case 'S': {
        const Point first = kind == 'C'         ? point()
                            : last_kind_ == 'C' ? mirrored(at_, control_)
                                                : at_;
        control = point();
        curve_to(first, control, point());
        break;
      }
      case 'Q':
      case 'T': {
        control = kind == 'Q' ? point() : last_kind_ == 'Q' ? mirrored(at_, control_) : at_;
        const Point end = point();
        curve_to(
            {before.x + (control.x - before.x) * 2 / 3, before.y + (control.y - before.y) * 2 / 3},
            {end.x + (control.x - end.x) * 2 / 3, end.y + (control.y - end.y) * 2 / 3}, end);
        break;
      }
      case 'A': arc(); break;
      case 'Z':
        cairo_close_path(&cairo_);
        at_ = start_;
        break;
      default: return false;
    }
    control_ = control;
    last_kind_ = kind == 'S' ? 'C' : kind == 'T' ? 'Q' : kind;
    return true;
  }

 private:
  Point point() {
    const Point base = is_relative_ ? at_ : Point{};
    const double x = reader_.number();
    const double y = reader_.number();
    return base + Point{x, y};
  }
  void line_to(Point to) {
    cairo_line_to(&cairo_, to.x, to.y);
    at_ = to;
  }
  void curve_to(Point a, Point b, Point to) {
    cairo_curve_to(&cairo_, a.x, a.y, b.x, b.y, to.x, to.y);
    at_ = to;
  }

  void arc() {
    double rx = std::abs(reader_.number());
    double ry = std::abs(reader_.number());
    const double turn = reader_.number() * std::numbers::pi / 180;
    const bool is_large = reader_.flag();
    const bool is_sweep = reader_.flag();
    const Point to = point();
    if (reader_.is_broken() || (to.x == at_.x && to.y == at_.y)) return;
    if (rx == 0 || ry == 0) return line_to(to);
    const double half_x = (at_.x - to.x) / 2;
    const double half_y = (at_.y - to.y) / 2;
    const double x = std::cos(turn) * half_x + std::sin(turn) * half_y;
    const double y = -std::sin(turn) * half_x + std::cos(turn) * half_y;
    const double excess = std::hypot(x / rx, y / ry);
    rx *= std::max(1.0, excess);
    ry *= std::max(1.0, excess);
    const double below = rx * rx * y * y + ry * ry * x * x;
    const double above = std::max(0.0, rx * rx * ry * ry - below);
    const double factor = (is_large == is_sweep ? -1 : 1) * std::sqrt(above / below);
    const double cx = factor * rx * y / ry;
    const double cy = -factor * ry * x / rx;
    const double from_angle = std::atan2((y - cy) / ry, (x - cx) / rx);
    const double to_angle = std::atan2((-y - cy) / ry, (-x - cx) / rx);
    cairo_save(&cairo_);
    cairo_translate(&cairo_, (at_.x + to.x) / 2, (at_.y + to.y) / 2);
    cairo_rotate(&cairo_, turn);
    cairo_translate(&cairo_, cx, cy);
    cairo_scale(&cairo_, rx, ry);
    (is_sweep ? cairo_arc : cairo_arc_negative)(&cairo_, 0, 0, 1, from_angle, to_angle);
    cairo_restore(&cairo_);
    at_ = to;
  }

  cairo_t& cairo_;
  Reader& reader_;
  Point at_;
  Point start_;
  Point control_;
  char last_kind_ = 'M';
  bool is_relative_ = false;
};

}  // namespace

Result<void> add_svg_path(cairo_t& cairo, std::string_view data) {
  const auto broken = [&] {
    return fail_with_detail(ErrorCode::engine_failed, "The icon could not be drawn.",
                            "SVG path: " + std::string(data));
  };
  Reader reader(data);
  Pen pen(cairo, reader);
  while (!reader.is_at_end()) {
    const auto letter = reader.command();
    if (!letter || !pen.draw(*letter)) return broken();
    // Further arguments repeat the command; after a move they are lines.
    const char repeated = *letter == 'M' ? 'L' : *letter == 'm' ? 'l' : *letter;
    while (!reader.is_broken() && reader.has_number()) {
      if (repeated == 'z' || repeated == 'Z' || !pen.draw(repeated)) return broken();
    }
    if (reader.is_broken()) return broken();
  }
  return {};
}

}  // namespace understudy::library
