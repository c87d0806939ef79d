#include "products/hyperframes/composition_source.h"

#include "media/bgra.h"
#include "media/image.h"

namespace understudy::hyperframes {

CompositionSource::CompositionSource(browser::Player& player, browser::FrameLanes* lanes, int width,
                                     int height, bool has_alpha, bool keeps_rgba)
    : player_(player),
      lanes_(lanes),
      width_(width),
      height_(height),
      has_alpha_(has_alpha),
      keeps_rgba_(keeps_rgba) {}

Result<media::Rectangle> CompositionSource::draw(int index, media::Frame& canvas) {
  if (has_alpha_) {
    const media::Rectangle whole{0, 0, width_, height_};
    TRY_ASSIGN(auto image, player_.draw_image(index));
    if (!image) return media::Rectangle{};
    canvas = media::to_frame(*image, true);
    if (keeps_rgba_) canvas.rgba = std::move(image->rgba);
    return whole;
  }
  if (lanes_ != nullptr) return lanes_->draw(index, canvas);
  TRY_ASSIGN(const auto changed, player_.draw(index));
  if (changed.empty()) return media::Rectangle{};
  for (const auto& rows : changed) {
    media::write_bgra_rows(player_.picture().pixels, rows.first, rows.end, canvas);
  }
  return media::Rectangle{0, changed.front().first, width_,
                          changed.back().end - changed.front().first};
}

}  // namespace understudy::hyperframes
