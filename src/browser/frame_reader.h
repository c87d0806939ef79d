// FrameReader: how the pixels of a drawn frame get out of the browser. Three ways would do; two are
// here, the faster first:
//   compositor memory  viz paints into one raster surface of its GPU process that stays where it is
//                      (software compositing); it is found by painting a colour into the page and
//                      read with process_vm_readv. No screenshot, no encoding: 2 ms for 1080p.
//   screenshots        beginFrame's own, a lossless PNG with alpha. Works always.
// open_frame_reader() proves by two paints that the first one works here, else takes the second.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "browser/page.h"
#include "media/frame.h"

namespace understudy::browser {

class FrameReader {
 public:
  virtual ~FrameReader() = default;
  virtual std::string_view name() const = 0;
  virtual bool needs_screenshot() const = 0;
  // The frame that was drawn last. `pixels`: 0xAARRGGBB, packed rows. Errors: engine_failed.
  virtual Result<void> read(const FrameDrawn& drawn, std::span<std::uint32_t> pixels) = 0;
};

enum class ReaderChoice { automatic, screenshots };

// The page must be blank; it is left painted over. Errors: engine_failed, deadline_exceeded.
Result<std::unique_ptr<FrameReader>> open_frame_reader(BrowserProcess& browser, Page& page,
                                                       const PageSize& size, ReaderChoice choice,
                                                       SteadyTime deadline);

// The pixels of a screenshot, for comparison. Errors: engine_failed.
Result<void> decode_screenshot(const FrameDrawn& drawn, std::span<std::uint32_t> pixels);
Result<media::Image> screenshot_image(const FrameDrawn& drawn);

}  // namespace understudy::browser
