#include "media/palette.h"

#include <algorithm>
#include <cassert>

namespace understudy::media {
namespace {

constexpr std::size_t kBins = 32 * 32 * 32;

struct Bin {
  std::array<std::int64_t, 3> sum{};  // of the exact values, so that flat colours stay exact
  std::int64_t count = 0;
  double mean(std::size_t channel) const {
    return static_cast<double>(sum[channel]) / static_cast<double>(count);
  }
};

std::size_t bin_of(int red, int green, int blue) {
  return static_cast<std::size_t>((red >> 3) << 10 | (green >> 3) << 5 | blue >> 3);
}

std::vector<Bin> histogram(std::span<const Image> images) {
  std::vector<Bin> bins(kBins);
  for (const Image& image : images) {
    for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
      Bin& bin = bins[bin_of(image.rgba[i], image.rgba[i + 1], image.rgba[i + 2])];
      for (std::size_t c = 0; c < 3; ++c) bin.sum[c] += image.rgba[i + c];
      ++bin.count;
    }
  }
  std::erase_if(bins, [](const Bin& bin) { return bin.count == 0; });
  return bins;
}

// A run of bins, with the channel along which they differ most.
struct Box {
  std::span<Bin> bins;
  std::size_t channel = 0;
  double error = 0;  // squared error along that channel: what a cut can save

  explicit Box(std::span<Bin> contents) : bins(contents) {
    std::int64_t total = 0;
    for (const Bin& bin : bins) total += bin.count;
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      double squares = 0;
      for (const Bin& bin : bins) {
        const auto weight = static_cast<double>(bin.count);
        sum += bin.mean(c) * weight;
        squares += bin.mean(c) * bin.mean(c) * weight;
      }
      const double spread = squares - sum * sum / static_cast<double>(total);
      if (spread > error) {
        error = spread;
        channel = c;
      }
    }
  }

  Colour average() const {
    Bin all;
    for (const Bin& bin : bins) {
      for (std::size_t c = 0; c < 3; ++c) all.sum[c] += bin.sum[c];
      all.count += bin.count;
    }
    const auto level = [&](std::size_t c) { return static_cast<std::uint8_t>(all.mean(c) + 0.5); };
    return {level(0), level(1), level(2)};
  }
};

// Cuts at the weighted mean of the widest channel; both halves keep at least one bin.
std::size_t cut_position(Box& box) {
  const auto channel = box.channel;
  std::sort(box.bins.begin(), box.bins.end(),
            [channel](const Bin& a, const Bin& b) { return a.mean(channel) < b.mean(channel); });
  double sum = 0;
  double total = 0;
  for (const Bin& bin : box.bins) {
    sum += static_cast<double>(bin.sum[channel]);
    total += static_cast<double>(bin.count);
  }
  const double middle = sum / total;
  std::size_t at = 1;
  while (at + 1 < box.bins.size() && box.bins[at].mean(channel) < middle) ++at;
  return at;
}

// Bayer's 8 x 8 matrix, 0..63.
int bayer(int x, int y) {
  int value = 0;
  for (int bit = 0; bit < 3; ++bit) {
    const int xb = x >> bit & 1;
    const int yb = y >> bit & 1;
    value |= ((xb ^ yb) << 1 | yb) << (2 * (2 - bit));
  }
  return value;
}

}  // namespace

std::vector<Colour> make_palette(std::span<const Image> images, std::size_t count) {
  auto bins = histogram(images);
  assert(!bins.empty() && count > 0);
  std::vector<Box> boxes{Box(bins)};
  while (boxes.size() < count) {
    const auto worst = std::max_element(
        boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.error < b.error; });
    if (worst->bins.size() < 2 || worst->error <= 0) break;
    const auto at = cut_position(*worst);
    const Box low(worst->bins.first(at));
    const Box high(worst->bins.subspan(at));
    *worst = low;
    boxes.push_back(high);
  }
  std::vector<Colour> palette;
  for (const Box& box : boxes) palette.push_back(box.average());
  return palette;
}

PaletteMapper::PaletteMapper(std::vector<Colour> palette)
    : palette_(std::move(palette)), table_(kBins, -1) {}

std::uint8_t PaletteMapper::nearest(int red, int green, int blue) {
  auto& slot = table_[bin_of(red, green, blue)];
  if (slot >= 0) return static_cast<std::uint8_t>(slot);
  const int r = (red & ~7) + 4;
  const int g = (green & ~7) + 4;
  const int b = (blue & ~7) + 4;
  int best = 1 << 30;
  for (std::size_t i = 0; i < palette_.size(); ++i) {
    const int dr = palette_[i].red - r;
    const int dg = palette_[i].green - g;
    const int db = palette_[i].blue - b;
    const int distance = 2 * dr * dr + 4 * dg * dg + db * db;  // roughly what eyes weigh
    if (distance < best) {
      best = distance;
      slot = static_cast<std::int16_t>(i);
    }
  }
  return static_cast<std::uint8_t>(slot);
}

std::vector<std::uint8_t> PaletteMapper::map(const Image& image) {
  std::vector<std::uint8_t> out(image.rgba.size() / 4);
  constexpr int kStrength = 8;  // levels; one bin is 8 wide
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const auto at = static_cast<std::size_t>(y) * image.width + x;
      const int shift = (bayer(x, y) - 32) * kStrength / 64;
      const auto level = [&](std::size_t c) {
        return std::clamp(image.rgba[at * 4 + c] + shift, 0, 255);
      };
      out[at] = nearest(level(0), level(1), level(2));
    }
  }
  return out;
}

}  // namespace understudy::media
