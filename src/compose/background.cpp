#include "compose/background.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <vector>

#include "media/image.h"
#include "media/overlay.h"

namespace understudy::compose {
namespace {

int even(double value) { return std::max(2, static_cast<int>(std::lround(value / 2)) * 2); }

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

media::Image filled(Rgb colour, int width, int height) {
  media::Image image{width, height, {}};
  image.rgba.reserve(static_cast<std::size_t>(width) * height * 4);
  for (int i = 0; i < width * height; ++i) {
    image.rgba.insert(image.rgba.end(), {colour.red, colour.green, colour.blue, 255});
  }
  return image;
}

// The part of a picture that a canvas shows, taken before scaling: a wide panorama must not be
// enlarged as a whole.
media::Image cropped_to_shape(const media::Image& image, CanvasSize size) {
  const double shape = static_cast<double>(size.width) / size.height;
  int width = image.width;
  int height = image.height;
  if (width > height * shape) {
    width = std::clamp(static_cast<int>(std::lround(height * shape)), 1, image.width);
  } else {
    height = std::clamp(static_cast<int>(std::lround(width / shape)), 1, image.height);
  }
  const int left = (image.width - width) / 2;
  const int top = (image.height - height) / 2;
  media::Image out{width, height, {}};
  out.rgba.reserve(static_cast<std::size_t>(width) * height * 4);
  for (int y = top; y < top + height; ++y) {
    const auto start =
        image.rgba.begin() + (static_cast<std::ptrdiff_t>(y) * image.width + left) * 4;
    out.rgba.insert(out.rgba.end(), start, start + static_cast<std::ptrdiff_t>(width) * 4);
  }
  return out;
}

}  // namespace

Result<Rgb> parse_colour(std::string_view text) {
  std::vector<int> digits;
  for (const char c : text.substr(std::min<std::size_t>(1, text.size()))) {
    const auto digit = hex_digit(c);
    if (digit) digits.push_back(*digit);
  }
  const bool is_short = digits.size() == 3 && text.size() == 4;
  if (!text.starts_with('#') || !(is_short || (digits.size() == 6 && text.size() == 7))) {
    return fail(ErrorCode::invalid_parameter, "A colour must be written as #RRGGBB.");
  }
  const auto channel = [&](std::size_t i) {
    return static_cast<unsigned char>(is_short ? digits[i] * 17
                                               : digits[i * 2] * 16 + digits[i * 2 + 1]);
  };
  return Rgb{channel(0), channel(1), channel(2)};
}

media::Frame colour_background(Rgb colour, CanvasSize size) {
  const media::Frame sample = media::to_frame(filled(colour, 2, 2));
  media::Frame frame = media::Frame::make(size.width, size.height, false);
  std::fill(frame.y.begin(), frame.y.end(), sample.y[0]);
  std::fill(frame.u.begin(), frame.u.end(), sample.u[0]);
  std::fill(frame.v.begin(), frame.v.end(), sample.v[0]);
  return frame;
}

media::Rectangle fitted(CanvasSize source, Fit fit, CanvasSize canvas) {
  assert(source.width > 0 && source.height > 0);
  const double across = static_cast<double>(canvas.width) / source.width;
  const double down = static_cast<double>(canvas.height) / source.height;
  const double ratio = fit == Fit::cover ? std::max(across, down) : std::min(across, down);
  const int width = even(source.width * ratio);
  const int height = even(source.height * ratio);
  const auto centred = [](int room) { return static_cast<int>(std::floor(room / 4.0)) * 2; };
  return {centred(canvas.width - width), centred(canvas.height - height), width, height};
}

media::Frame image_background(const media::Image& image, Fit fit, CanvasSize size, Rgb behind) {
  const bool is_cover = fit == Fit::cover;
  const media::Rectangle place = is_cover ? media::Rectangle{0, 0, size.width, size.height}
                                          : fitted({image.width, image.height}, Fit::contain, size);
  const media::Image picture =
      media::scale(is_cover ? cropped_to_shape(image, size) : image, place.width, place.height);
  media::Frame frame = colour_background(behind, size);
  media::blend(frame, media::make_overlay(picture, place.x, place.y, size.width, size.height));
  return frame;
}

void lay_over(const media::Frame& figure, const media::Frame& background, const media::Rectangle& area, media::Frame& canvas) {
  const auto blend = [](std::uint8_t top, std::uint8_t below, int alpha) {
    return static_cast<std::uint8_t>((top * alpha + below * (255 - alpha) + 127) / 255);
  };
  const auto width = static_cast<std::size_t>(canvas.width);
  for (int y = area.y; y < area.y + area.height; ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * width;
    for (int x = area.x; x < area.x + area.width; ++x) {
      const std::size_t i = row + static_cast<std::size_t>(x);
      canvas.y[i] = blend(figure.y[i], background.y[i], figure.alpha[i]);
    }
  }
  for (int y = area.y / 2; y < (area.y + area.height) / 2; ++y) {
    for (int x = area.x / 2; x < (area.x + area.width) / 2; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * (width / 2) + static_cast<std::size_t>(x);
      const std::size_t j = static_cast<std::size_t>(2 * y) * width + static_cast<std::size_t>(2 * x);
      const int alpha = (figure.alpha[j] + figure.alpha[j + 1] + figure.alpha[j + width] + figure.alpha[j + width + 1] + 2) / 4;
      canvas.u[i] = blend(figure.u[i], background.u[i], alpha);
      canvas.v[i] = blend(figure.v[i], background.v[i], alpha);
    }
  }
}

}  // namespace understudy::compose
