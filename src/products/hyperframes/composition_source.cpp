#include "products/hyperframes/composition_source.h"

#include "media/bgra.h"
#include "media/image.h"

namespace understudy::hyperframes {

CompositionSource::CompositionSource(browser::Player& player, int width, int height, bool has_alpha,
                                     bool keeps_rgba)
    : player_(player),
      width_(width),
      height_(height),
      has_alpha_(has_alpha),
      keeps_rgba_(keeps_rgba) {
  if (!has_alpha_)
    pixels_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
}

Result<media::Rectangle> CompositionSource::draw(int index, media::Frame& canvas) {
  const media::Rectangle whole{0, 0, width_, height_};
  if (has_alpha_) {
    TRY_ASSIGN(auto image, player_.draw_image(index));
    if (!image) return media::Rectangle{};
    canvas = media::to_frame(*image, true);
    if (keeps_rgba_) canvas.rgba = std::move(image->rgba);
    return whole;
  }
  TRY_ASSIGN(const bool is_new, player_.draw(index, pixels_));
  if (!is_new) return media::Rectangle{};
  media::write_bgra(pixels_, canvas);
  return whole;
}

}  // namespace understudy::hyperframes
