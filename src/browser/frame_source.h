// FrameSource: how the pixels of a drawn frame get out of the browser. Three ways, the fastest
// first:
//   compositor memory  viz paints into one raster surface of its GPU process that stays where it is
//                      (software compositing); it is found by painting a colour into the page and
//                      read with process_vm_readv. No screenshot, no encoding.
//   frame tap          a preloaded library (frame_tap/) takes the rows that Debian's Chromium is
//                      about to encode as a JPEG screenshot. Needs a redraw, no encoding.
//   screenshots        beginFrame's own, a lossless PNG with alpha. Works always.
// open_frame_source() proves the one it gives by painting two colours; see also Capture, which goes
// on checking. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "browser/page.h"
#include "media/frame.h"

namespace understudy::browser {

enum class FrameSourceKind { compositor_memory, frame_tap, screenshots };
std::string_view to_string(FrameSourceKind kind);
std::optional<FrameSourceKind> frame_source_from(std::string_view name);  // as to_string() says
std::optional<FrameSourceKind> next_after(FrameSourceKind kind);          // the slower one

// Rows [first, end) of a picture, both even.
struct RowSpan {
  int first = 0;
  int end = 0;
  friend bool operator==(const RowSpan&, const RowSpan&) = default;
};

// The frame read last. Rows are packed, pixels 0xAARRGGBB.
struct Picture {
  int width = 0;   // even
  int height = 0;  // even
  std::vector<std::uint32_t> pixels;

  static Picture make(int width, int height);
  // Copies rows from elsewhere; those that differ are added to `changed`, which is in order.
  void take_rows(int first, int count, const std::uint32_t* from, std::vector<RowSpan>& changed);
};

class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual FrameSourceKind kind() const = 0;
  // What beginFrame has to be asked for.
  virtual ScreenshotFormat screenshot() const = 0;
  // The frame drawn last; returns the rows that changed. Errors: engine_failed.
  virtual Result<std::vector<RowSpan>> read(const FrameDrawn& drawn, Picture& picture) = 0;
};

// The fastest that works here, from `first` on. The page must be blank; it is left painted over.
// Errors: engine_failed (none works), deadline_exceeded.
Result<std::unique_ptr<FrameSource>> open_frame_source(BrowserProcess& browser, Page& page,
                                                       const PageSize& size, FrameSourceKind first,
                                                       SteadyTime deadline);

// With alpha, for transparent videos: always screenshots.
std::unique_ptr<FrameSource> make_screenshots();

// The pixels of a screenshot, for comparison. Errors: engine_failed.
Result<void> decode_screenshot(const FrameDrawn& drawn, std::span<std::uint32_t> pixels);
Result<media::Image> screenshot_image(const FrameDrawn& drawn);

}  // namespace understudy::browser
