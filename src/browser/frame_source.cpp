#include "browser/frame_source.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/log.h"
#include "browser/compositor_memory.h"
#include "browser/frame_memory.h"
#include "media/image.h"

namespace understudy::browser {
namespace {

constexpr double kFrameMs = 1000.0 / 60;
constexpr std::uint32_t kTestColours[] = {0xFF123457, 0xFF765431};

class Screenshots final : public FrameSource {
 public:
  FrameSourceKind kind() const override { return FrameSourceKind::screenshots; }
  ScreenshotFormat screenshot() const override { return ScreenshotFormat::png; }
  Result<std::vector<RowSpan>> read(const FrameDrawn& drawn, Picture& picture) override {
    pixels_.resize(picture.pixels.size());
    TRY(decode_screenshot(drawn, pixels_));
    std::vector<RowSpan> changed;
    picture.take_rows(0, picture.height, pixels_.data(), changed);
    return changed;
  }

 private:
  std::vector<std::uint32_t> pixels_;
};

// The page in one colour. A begin-frame may be needed to lay out, one to draw, one to show.
Result<FrameDrawn> paint(Page& page, std::uint32_t colour, ScreenshotFormat screenshot,
                         SteadyTime deadline) {
  TRY(page.evaluate(fmt::format("void (document.documentElement.style.background = '#{:06x}')",
                                colour & 0xFFFFFF),
                    deadline));
  for (int i = 0; i < 2; ++i) TRY(page.draw_frame({}, kFrameMs, deadline));
  return page.draw_frame({.screenshot = screenshot}, kFrameMs, deadline);
}

// Whether it shows what the page was painted with.
Result<void> prove(FrameSource& source, Page& page, int width, int height, SteadyTime deadline) {
  auto picture = Picture::make(width, height);
  for (const auto colour : kTestColours) {
    TRY_ASSIGN(const auto drawn, paint(page, colour, source.screenshot(), deadline));
    TRY(source.read(drawn, picture));
    const bool is_right = std::all_of(picture.pixels.begin(), picture.pixels.end(),
                                      [&](auto pixel) { return pixel == colour; });
    if (!is_right) return fail(ErrorCode::engine_failed, "it does not show what was painted");
  }
  return {};
}

Result<std::unique_ptr<FrameSource>> open_one(BrowserProcess& browser, Page& page, int width,
                                              int height, FrameSourceKind kind,
                                              SteadyTime deadline) {
  if (kind == FrameSourceKind::compositor_memory) {
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    return find_compositor_memory(browser.pid(), count, [&](std::uint32_t colour) -> Result<void> {
      TRY(paint(page, colour, ScreenshotFormat::none, deadline));
      return {};
    });
  }
  std::unique_ptr<FrameSource> source;
  if (kind == FrameSourceKind::frame_tap) {
    if (browser.frame_memory() == nullptr) {
      return fail(ErrorCode::engine_failed, "the library for it is not installed");
    }
    source = make_frame_tap(*browser.frame_memory());
  } else {
    source = make_screenshots();
  }
  TRY(prove(*source, page, width, height, deadline));
  return source;
}

}  // namespace

std::string_view to_string(FrameSourceKind kind) {
  switch (kind) {
    case FrameSourceKind::compositor_memory: return "compositor memory";
    case FrameSourceKind::frame_tap: return "frame tap";
    case FrameSourceKind::screenshots: return "screenshots";
  }
  return "";
}

std::optional<FrameSourceKind> frame_source_from(std::string_view name) {
  for (const auto kind : {FrameSourceKind::compositor_memory, FrameSourceKind::frame_tap,
                          FrameSourceKind::screenshots}) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<FrameSourceKind> next_after(FrameSourceKind kind) {
  switch (kind) {
    case FrameSourceKind::compositor_memory: return FrameSourceKind::frame_tap;
    case FrameSourceKind::frame_tap: return FrameSourceKind::screenshots;
    case FrameSourceKind::screenshots: return std::nullopt;
  }
  return std::nullopt;
}

Picture Picture::make(int width, int height) {
  Picture picture{.width = width, .height = height, .pixels = {}};
  picture.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  return picture;
}

void Picture::take_rows(int first, int count, const std::uint32_t* from,
                        std::vector<RowSpan>& changed) {
  const std::size_t stride = static_cast<std::size_t>(width) * 4;
  auto* to = pixels.data() + static_cast<std::size_t>(first) * static_cast<std::size_t>(width);
  for (int row = first; row < first + count; ++row, from += width, to += width) {
    if (std::memcmp(to, from, stride) == 0) continue;
    std::memcpy(to, from, stride);
    const int even = row / 2 * 2;
    if (!changed.empty() && changed.back().end >= even) {
      changed.back().end = even + 2;
    } else {
      changed.push_back({even, even + 2});
    }
  }
}

std::unique_ptr<FrameSource> make_screenshots() { return std::make_unique<Screenshots>(); }

Result<media::Image> screenshot_image(const FrameDrawn& drawn) {
  if (drawn.screenshot.empty()) {
    return fail(ErrorCode::engine_failed, "The browser gave no picture of a frame.");
  }
  auto image = media::decode_image(drawn.screenshot);
  if (!image) {
    return fail_with_detail(ErrorCode::engine_failed, "The browser gave a broken picture.",
                            image.error().message);
  }
  return image;
}

Result<void> decode_screenshot(const FrameDrawn& drawn, std::span<std::uint32_t> pixels) {
  TRY_ASSIGN(const auto image, screenshot_image(drawn));
  if (image.rgba.size() != pixels.size_bytes()) {
    return fail_with_detail(ErrorCode::engine_failed, "The browser gave a picture of another size.",
                            fmt::format("{} x {}", image.width, image.height));
  }
  const std::uint8_t* from = image.rgba.data();
  for (auto& pixel : pixels) {
    pixel = static_cast<std::uint32_t>(from[2]) | static_cast<std::uint32_t>(from[1]) << 8 |
            static_cast<std::uint32_t>(from[0]) << 16 | static_cast<std::uint32_t>(from[3]) << 24;
    from += 4;
  }
  return {};
}

Result<std::unique_ptr<FrameSource>> open_frame_source(BrowserProcess& browser, Page& page,
                                                       const PageSize& size, FrameSourceKind first,
                                                       SteadyTime deadline) {
  const int width = static_cast<int>(std::lround(size.width * size.scale));
  const int height = static_cast<int>(std::lround(size.height * size.scale));
  for (std::optional<FrameSourceKind> kind = first;; kind = next_after(*kind)) {
    auto source = open_one(browser, page, width, height, *kind, deadline);
    if (source || !next_after(*kind)) return source;
    log::warn("hyperframes: frames cannot be taken by {}: {} {}", to_string(*kind),
              source.error().message, source.error().detail);
  }
}

}  // namespace understudy::browser
