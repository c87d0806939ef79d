#include "products/hyperframes/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "media/image.h"

namespace understudy::hyperframes {
namespace {

constexpr int kStillSide = 480;
constexpr int kGap = 8;

media::Image image_of(const std::vector<std::uint32_t>& pixels, int width, int height) {
  media::Image image{.width = width, .height = height, .rgba = {}};
  image.rgba.reserve(pixels.size() * 4);
  for (const auto pixel : pixels) {
    for (const int shift : {16, 8, 0}) {
      image.rgba.push_back(static_cast<std::uint8_t>(pixel >> shift));
    }
    image.rgba.push_back(255);
  }
  return image;
}

void place(const media::Image& still, int x, int y, media::Image& sheet) {
  for (int row = 0; row < still.height; ++row) {
    const auto from = static_cast<std::size_t>(row) * static_cast<std::size_t>(still.width) * 4;
    const auto to = (static_cast<std::size_t>(y + row) * static_cast<std::size_t>(sheet.width) +
                     static_cast<std::size_t>(x)) *
                    4;
    std::memcpy(sheet.rgba.data() + to, still.rgba.data() + from,
                static_cast<std::size_t>(still.width) * 4);
  }
}

}  // namespace

Result<int> write_contact_sheet(browser::Player& player, int width, int height, int stills,
                                const std::filesystem::path& file) {
  const int frames = player.facts().frames;
  const int count = std::clamp(stills, 1, std::min(frames, 100));
  const double factor = std::min(1.0, static_cast<double>(kStillSide) / std::max(width, height));
  const int still_width = std::max(1, static_cast<int>(width * factor));
  const int still_height = std::max(1, static_cast<int>(height * factor));
  const int columns = static_cast<int>(std::ceil(std::sqrt(count)));
  const int rows = (count + columns - 1) / columns;
  media::Image sheet{.width = columns * (still_width + kGap) + kGap,
                     .height = rows * (still_height + kGap) + kGap,
                     .rgba = {}};
  sheet.rgba.assign(
      static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 4, 90);
  for (int i = 0; i < count; ++i) {
    const int index = count == 1 ? 0 : static_cast<int>(std::int64_t{frames - 1} * i / (count - 1));
    TRY(player.draw(index));
    const auto still =
        media::scale(image_of(player.picture().pixels, width, height), still_width, still_height);
    place(still, kGap + i % columns * (still_width + kGap),
          kGap + i / columns * (still_height + kGap), sheet);
  }
  TRY(media::write_jpeg(file, sheet));
  return count;
}

}  // namespace understudy::hyperframes
