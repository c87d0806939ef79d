#include "browser/compositor_memory.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include <sys/uio.h>

#include "browser/process_tree.h"

namespace understudy::browser {
namespace {

constexpr std::uint32_t kFirstColour = 0xFF123457;
constexpr std::uint32_t kSecondColour = 0xFF765431;
// Read in portions that stay in the processor's cache until they are compared.
constexpr std::size_t kPortionBytes = 256U << 10;

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

class CompositorMemory final : public FrameSource {
 public:
  explicit CompositorMemory(Place place) : place_(place) {}
  FrameSourceKind kind() const override { return FrameSourceKind::compositor_memory; }
  ScreenshotFormat screenshot() const override { return ScreenshotFormat::none; }

  Result<std::vector<RowSpan>> read(const FrameDrawn& /*drawn*/, Picture& picture) override {
    const auto width = static_cast<std::size_t>(picture.width);
    const int rows = std::max(2, static_cast<int>(kPortionBytes / (width * 4)) / 2 * 2);
    portion_.resize(width * static_cast<std::size_t>(rows));
    std::vector<RowSpan> changed;
    for (int first = 0; first < picture.height; first += rows) {
      const int count = std::min(rows, picture.height - first);
      const std::size_t offset = static_cast<std::size_t>(first) * width * 4;
      const std::size_t size = static_cast<std::size_t>(count) * width * 4;
      if (!read_memory(place_.process, place_.address + offset, portion_.data(), size)) {
        return fail_with_detail(ErrorCode::engine_failed, "A frame could not be read.",
                                "the compositor's memory is gone");
      }
      picture.take_rows(first, count, portion_.data(), changed);
    }
    return changed;
  }

 private:
  Place place_;
  std::vector<std::uint32_t> portion_;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> find_compositor_memory(
    pid_t browser, std::size_t pixel_count,
    const std::function<Result<void>(std::uint32_t)>& paint) {
  // A browser that has just started may still move its surface between the two pictures.
  constexpr int kTries = 3;
  std::size_t count = 0;
  for (int i = 0; i < kTries; ++i) {
    TRY(paint(kFirstColour));
    auto places = find_surfaces(browser, kFirstColour, pixel_count);
    TRY(paint(kSecondColour));
    std::erase_if(
        places, [&](const Place& place) { return !has_colour(place, kSecondColour, pixel_count); });
    if (places.size() == 1) return std::make_unique<CompositorMemory>(places.front());
    count = places.size();
  }
  return fail(ErrorCode::engine_failed,
              std::to_string(count) + " places hold the compositor's picture");
}

}  // namespace understudy::browser
