#include "browser/frame_reader.h"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include <sys/uio.h>

#include "base/log.h"
#include "browser/process_tree.h"
#include "media/image.h"

namespace understudy::browser {
namespace {

constexpr double kFrameMs = 1000.0 / 60;
constexpr std::uint32_t kFirstColour = 0xFF123457;
constexpr std::uint32_t kSecondColour = 0xFF765431;

bool read_memory(pid_t process, std::uint64_t address, void* to, std::size_t size) {
  auto* out = static_cast<std::uint8_t*>(to);
  while (size > 0) {
    iovec local{out, size};
    iovec remote{reinterpret_cast<void*>(address), size};
    const auto count = ::process_vm_readv(process, &local, 1, &remote, 1, 0);
    if (count <= 0) return false;
    out += count;
    address += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

struct Place {
  pid_t process = 0;
  std::uint64_t address = 0;
};

struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

std::vector<Mapping> writable_mappings(pid_t process, std::size_t size_min) {
  std::vector<Mapping> mappings;
  std::ifstream in("/proc/" + std::to_string(process) + "/maps");
  std::string line;
  while (std::getline(in, line)) {
    Mapping mapping;
    char rights[8] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %7s", &mapping.start, &mapping.end,
                    rights) != 3) {
      continue;
    }
    if (rights[0] == 'r' && rights[1] == 'w' && mapping.end - mapping.start >= size_min) {
      mappings.push_back(mapping);
    }
  }
  return mappings;
}

// A run of `count` pixels of one colour. A run that long covers one of the points that are half a
// run apart, so only those are looked at, and what is around a hit.
std::optional<std::uint64_t> find_run(pid_t process, const Mapping& mapping, std::uint32_t colour,
                                      std::size_t count) {
  const std::uint64_t size = count * 4;
  std::vector<std::uint32_t> pixels;
  const std::uint64_t step = size / 2 / 4 * 4;
  for (std::uint64_t at = mapping.start; at + 4 <= mapping.end; at += step) {
    std::uint32_t pixel = 0;
    if (!read_memory(process, at, &pixel, 4) || pixel != colour) continue;
    const std::uint64_t first = at - std::min(at - mapping.start, size);
    const std::uint64_t last = std::min(mapping.end, at + size);
    pixels.resize((last - first) / 4);
    if (!read_memory(process, first, pixels.data(), pixels.size() * 4)) continue;
    std::size_t run = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      run = pixels[i] == colour ? run + 1 : 0;
      if (run == count) return first + (i + 1 - count) * 4;
    }
  }
  return std::nullopt;
}

std::vector<Place> find_surfaces(pid_t browser, std::uint32_t colour, std::size_t count) {
  std::vector<Place> places;
  for (const pid_t process : process_tree(browser)) {
    for (const auto& mapping : writable_mappings(process, count * 4)) {
      if (const auto address = find_run(process, mapping, colour, count)) {
        places.push_back({process, *address});
      }
    }
  }
  return places;
}

bool has_colour(const Place& place, std::uint32_t colour, std::size_t count) {
  std::vector<std::uint32_t> pixels(count);
  return read_memory(place.process, place.address, pixels.data(), count * 4) &&
         std::all_of(pixels.begin(), pixels.end(), [&](auto pixel) { return pixel == colour; });
}

class CompositorMemory : public FrameReader {
 public:
  explicit CompositorMemory(Place place) : place_(place) {}
  std::string_view name() const override { return "compositor memory"; }
  bool needs_screenshot() const override { return false; }
  Result<void> read(const FrameDrawn& /*drawn*/, std::span<std::uint32_t> pixels) override {
    if (!read_memory(place_.process, place_.address, pixels.data(), pixels.size_bytes())) {
      return fail_with_detail(ErrorCode::engine_failed, "A frame could not be read.",
                              "the compositor's memory is gone");
    }
    return {};
  }

 private:
  Place place_;
};

class Screenshots : public FrameReader {
 public:
  std::string_view name() const override { return "screenshots"; }
  bool needs_screenshot() const override { return true; }
  Result<void> read(const FrameDrawn& drawn, std::span<std::uint32_t> pixels) override {
    return decode_screenshot(drawn, pixels);
  }
};

Result<void> paint(Page& page, const char* colour, SteadyTime deadline) {
  TRY(page.evaluate(
      "void (document.documentElement.style.background = '" + std::string(colour) + "')",
      deadline));
  for (int i = 0; i < 3; ++i) TRY(page.draw_frame({}, kFrameMs, deadline));
  return {};
}

}  // namespace

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

Result<std::unique_ptr<FrameReader>> open_frame_reader(BrowserProcess& browser, Page& page,
                                                       const PageSize& size, ReaderChoice choice,
                                                       SteadyTime deadline) {
  if (choice == ReaderChoice::screenshots) return std::make_unique<Screenshots>();
  const auto count = static_cast<std::size_t>(std::lround(size.width * size.scale)) *
                     static_cast<std::size_t>(std::lround(size.height * size.scale));
  TRY(paint(page, "#123457", deadline));
  auto places = find_surfaces(browser.pid(), kFirstColour, count);
  TRY(paint(page, "#765431", deadline));
  std::erase_if(places,
                [&](const Place& place) { return !has_colour(place, kSecondColour, count); });
  if (places.size() == 1) return std::make_unique<CompositorMemory>(places.front());
  log::warn("hyperframes: {} places hold the compositor's picture; frames are taken as screenshots",
            places.size());
  return std::make_unique<Screenshots>();
}

}  // namespace understudy::browser
