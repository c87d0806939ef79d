#include "avatar/photo_matte.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "avatar/chroma_key.h"
#include "avatar/matte_edges.h"
#include "avatar/matte_planes.h"
#include "avatar/matte_refine.h"
#include "avatar/matte_seeds.h"
#include "avatar/matte_segmenter.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr int kSide = 400;  // of the picture that is cut
constexpr int kRounds = 5;
constexpr double kReach = 0.8;  // of the colours that count as near, in widths of the face
constexpr double kStrayMax = 0.3;

tl::unexpected<Error> not_trusted(std::string reason) {
  return fail(
      ErrorCode::invalid_parameter,
      "The background of this photograph cannot be removed: " + std::move(reason) +
          " Use a photograph with a plain background of another tone, or a PNG that is transparent already.");
}

// A picture that comes with a matte: some of it is transparent, the face is not.
bool brings_alpha(const media::Image& photo, const face::Face& face) {
  if (!media::has_transparency(photo)) return false;
  std::size_t clear = 0;
  for (std::size_t i = 3; i < photo.rgba.size(); i += 4) clear += photo.rgba[i] < 128 ? 1 : 0;
  const int x = std::clamp(static_cast<int>(face.box.x + face.box.width / 2), 0, photo.width - 1);
  const int y = std::clamp(static_cast<int>(face.box.y + face.box.height / 2), 0, photo.height - 1);
  const std::size_t middle =
      (static_cast<std::size_t>(y) * photo.width + static_cast<std::size_t>(x)) * 4 + 3;
  return clear * 50 > photo.rgba.size() / 4 && photo.rgba[middle] > 200;
}

// Takes the background's share out of the pixels of the edge: C = a F + (1 - a) B.
void take_out_background(media::Image& photo, const SmallPicture& small, const BytePlane& mask) {
  std::array<FloatPlane, 3> behind;
  BytePlane known = grown(mask, 3);
  for (auto& value : known.data) value = value == 0 ? 255 : 0;
  for (std::size_t c = 0; c < 3; ++c) {
    behind[c] = FloatPlane::make(small.width, small.height);
    for (std::size_t i = 0; i < known.data.size(); ++i)
      behind[c].data[i] = small.bgr[i * 3 + 2 - c];
  }
  fill_unknown({&behind[0], &behind[1], &behind[2]}, known);
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      std::uint8_t* p =
          &photo
               .rgba[(static_cast<std::size_t>(y) * photo.width + static_cast<std::size_t>(x)) * 4];
      if (p[3] == 0 || p[3] == 255) continue;
      const int sx = std::min(static_cast<int>(x * small.scale), small.width - 1);
      const int sy = std::min(static_cast<int>(y * small.scale), small.height - 1);
      const double a = std::max(p[3] / 255.0, 0.15);
      for (std::size_t c = 0; c < 3; ++c) {
        const double own = (p[c] - (1 - a) * behind[c].at(sx, sy)) / a;
        p[c] = static_cast<std::uint8_t>(std::clamp(own, 0.0, 255.0));
      }
    }
  }
}

// Where nothing is seen the tones of the person go on: a picture that is scaled mixes neighbours.
void hide_background(media::Image& photo, const SmallPicture& small, const BytePlane& mask) {
  std::array<FloatPlane, 3> person;
  const BytePlane known = grown(mask, -2);
  for (std::size_t c = 0; c < 3; ++c) {
    person[c] = FloatPlane::make(small.width, small.height);
    for (std::size_t i = 0; i < known.data.size(); ++i)
      person[c].data[i] = small.bgr[i * 3 + 2 - c];
  }
  fill_unknown({&person[0], &person[1], &person[2]}, known);
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      std::uint8_t* p =
          &photo
               .rgba[(static_cast<std::size_t>(y) * photo.width + static_cast<std::size_t>(x)) * 4];
      if (p[3] > 8) continue;
      const int sx = std::min(static_cast<int>(x * small.scale), small.width - 1);
      const int sy = std::min(static_cast<int>(y * small.scale), small.height - 1);
      for (std::size_t c = 0; c < 3; ++c)
        p[c] = static_cast<std::uint8_t>(std::clamp(person[c].at(sx, sy), 0.0F, 255.0F));
    }
  }
}

// Whether the cut can be a person at all.
Result<void> check_shape(const BytePlane& mask, const BytePlane& face) {
  std::size_t person = 0, inside = 0, face_area = 0, top = 0;
  for (std::size_t i = 0; i < mask.data.size(); ++i) {
    person += mask.data[i] != 0 ? 1 : 0;
    face_area += face.data[i] != 0 ? 1 : 0;
    inside += mask.data[i] != 0 && face.data[i] != 0 ? 1 : 0;
  }
  for (int x = 0; x < mask.width; ++x) top += mask.at(x, 0) != 0 ? 1 : 0;
  if (inside * 10 < face_area * 9 || person < face_area)
    return not_trusted("the person does not stand out from what is behind.");
  if (person * 100 > mask.data.size() * 93)
    return not_trusted("nothing of a background was found.");
  if (top * 2 > static_cast<std::size_t>(mask.width))
    return not_trusted("parts of the background have the tones of the person.");
  return {};
}

}  // namespace

Result<PhotoMatte> cut_out_photo(const media::Image& photo, const face::Face& face) {
  PhotoMatte matte{photo, {}};
  if (brings_alpha(photo, face)) {
    matte.report.method = MatteMethod::own_alpha;
    return matte;
  }
  media::Frame frame = media::to_frame(photo);
  if (const auto key = ChromaKey::find({&frame, 1})) {
    media::Frame cut;
    if (key->cut(frame, cut))
      matte.report.problems.emplace_back(
          "Clothes have the hue of the screen: look at their edges, where they may have been cut or kept too much.");
    media::Image keyed = media::to_image(cut);
    for (int y = 0; y < cut.height; ++y)
      for (int x = 0; x < cut.width; ++x) {
        const std::size_t to =
            (static_cast<std::size_t>(y) * photo.width + static_cast<std::size_t>(x)) * 4;
        const std::size_t from =
            static_cast<std::size_t>(y) * cut.width + static_cast<std::size_t>(x);
        std::copy_n(&keyed.rgba[from * 4], 3, &matte.cut.rgba[to]);
        matte.cut.rgba[to + 3] = cut.alpha[from];
      }
    matte.report.method = MatteMethod::chroma_key;
    return matte;
  }
  const SmallPicture small = small_picture(photo, kSide);
  const Head head = head_of(face.landmarks, small.scale);
  const FloatPlane evidence = evidence_of(head, small.width, small.height);
  const BytePlane face_area = face_of(head, small.width, small.height);
  Segmenter segmenter;
  BytePlane mask = main_part(segmenter.start(small, evidence, kRounds, kReach * head.width),
                             face_area, 0.0005, 2);
  mask = grown(grown(mask, 1), -1);
  TRY(check_shape(mask, face_area));
  const double stray = stray_share(mask, head);
  if (stray > kStrayMax)
    return not_trusted("parts of the background have the tones of the person.");
  matte.report.clear_edges = clear_edges(small, mask);
  matte.report.stability = segmenter.stability(small, evidence);
  if (matte.report.clear_edges < kClearEdgesMin)
    return not_trusted(
        "along much of the outline the person and the background have the same tones.");
  if (matte.report.clear_edges < kClearEdgesGood || matte.report.stability < kStabilityGood ||
      stray > kStrayMax / 2)
    matte.report.problems.emplace_back(
        "Parts of the outline have the tones of the background: look at the edges of the result.");
  // The whole picture at its own size, also where its sides are odd.
  BytePlane luma = BytePlane::make(photo.width, photo.height);
  for (std::size_t i = 0; i < luma.data.size(); ++i) {
    const std::uint8_t* p = &photo.rgba[i * 4];
    luma.data[i] = static_cast<std::uint8_t>(16 + (0.1826 * p[0] + 0.6142 * p[1] + 0.0620 * p[2]));
  }
  const GuidedCoverage guided = guide(gray_of(small), soft(mask), 2);
  const BytePlane coverage =
      coverage_at_full_size(guided, luma.data.data(), photo.width, photo.height);
  for (std::size_t i = 0; i < coverage.data.size(); ++i)
    matte.cut.rgba[i * 4 + 3] = coverage.data[i];
  take_out_background(matte.cut, small, mask);
  hide_background(matte.cut, small, mask);
  return matte;
}

}  // namespace understudy::avatar
