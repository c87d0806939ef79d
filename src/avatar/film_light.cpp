#include "avatar/film_light.h"

#include <algorithm>
#include <array>

#include "avatar/matte_refine.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

std::uint8_t byte(double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); }

}  // namespace

Behind behind_person(const SmallPicture& picture, const BytePlane& mask, const FilmPlate* plate) {
  BytePlane known = grown(mask, 3);
  std::array<FloatPlane, 3> planes;
  std::size_t hidden = 0, seen = 0;
  for (auto& plane : planes) plane = FloatPlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < known.data.size(); ++i) {
    const bool is_free = known.data[i] == 0;
    const bool is_plate = !is_free && plate != nullptr && plate->known.data[i] != 0;
    hidden += is_free ? 0 : 1;
    seen += is_plate ? 1 : 0;
    known.data[i] = is_free || is_plate ? 255 : 0;
    for (std::size_t c = 0; c < 3; ++c)
      planes[c].data[i] = is_plate ? plate->small.bgr[i * 3 + c] : picture.bgr[i * 3 + c];
  }
  fill_unknown({&planes[0], &planes[1], &planes[2]}, known);
  Behind behind{picture, hidden == 0 ? 1 : static_cast<double>(seen) / static_cast<double>(hidden)};
  for (std::size_t i = 0; i < known.data.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c)
      behind.picture.bgr[i * 3 + c] = byte(planes[c].data[i] + 0.5);
  return behind;
}

media::Frame frame_of(const SmallPicture& picture) {
  media::Image image{picture.width, picture.height, {}};
  image.rgba.resize(static_cast<std::size_t>(picture.width) *
                    static_cast<std::size_t>(picture.height) * 4);
  for (std::size_t i = 0, j = 0; j < picture.bgr.size(); i += 4, j += 3) {
    image.rgba[i] = picture.bgr[j + 2];
    image.rgba[i + 1] = picture.bgr[j + 1];
    image.rgba[i + 2] = picture.bgr[j];
    image.rgba[i + 3] = 255;
  }
  return media::to_frame(image);
}

void take_out_background(const SmallPicture& behind, media::Frame& out) {
  const media::Frame small = frame_of(behind);
  const auto clean = [&](std::vector<std::uint8_t>& plane, const std::vector<std::uint8_t>& back,
                         int step) {
    const int w = out.width / step, h = out.height / step, sw = small.width / step,
              sh = small.height / step;
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        const std::size_t a_at =
            static_cast<std::size_t>(y * step) * static_cast<std::size_t>(out.width) +
            static_cast<std::size_t>(x * step);
        const int a = out.alpha[a_at];
        if (a == 0 || a == 255) continue;
        const std::size_t i =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
        const std::size_t b = static_cast<std::size_t>(y * sh / h) * static_cast<std::size_t>(sw) +
                              static_cast<std::size_t>(x * sw / w);
        const double share = std::max(a / 255.0, 0.25);
        plane[i] = byte(std::clamp((plane[i] - (1 - share) * back[b]) / share, 16.0, 240.0));
      }
    }
  };
  clean(out.y, small.y, 1);
  clean(out.u, small.u, 2);
  clean(out.v, small.v, 2);
}

}  // namespace understudy::avatar
