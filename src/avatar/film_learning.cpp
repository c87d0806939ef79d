#include "avatar/film_learning.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "avatar/film_evidence.h"
#include "face/face_finder.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr std::size_t kFitsMax = 4;  // samples in which landmarks are looked for
constexpr int kRoundsFirst = 4;
constexpr std::size_t kStabilityEvery = 4;  // samples of which it is measured
constexpr int kRounds = 3;
// The picture is searched for faces with a shorter side of the first length; a face that is not
// found there is small, and looked for once more.
constexpr int kSearchSide = 280, kSearchSideAgain = 540;

struct Samples {
  std::span<const media::Frame> frames;
  std::vector<SmallPicture> pictures;
  std::vector<std::optional<Head>> heads;
  std::size_t with_face = 0;
  BytePlane change;   // empty: so much changes that it says nothing
  FloatPlane figure;  // of all heads together
  FilmPlate steadiest;
};

// A detector's boxes come in steps, and small ones for faces under much hair: where landmarks can
// be fitted in some of the samples, all heads are corrected by what they say.
void correct_heads(std::span<const media::Frame> frames, double scale,
                   std::vector<std::optional<Head>>& heads) {
  auto finder = face::FaceFinder::open(face::Providers::from_environment());
  if (!finder) return;
  std::size_t tries = 0;
  for (std::size_t k = 0; k < frames.size() && tries < kFitsMax;
       k += frames.size() / kFitsMax + 1) {
    if (!heads[k]) continue;
    ++tries;
    const auto face = finder->find(media::to_image(frames[k]), face::Turned::fitted);
    if (!face) continue;
    const Head fitted = head_of(face->landmarks, scale), boxed = *heads[k];
    if (std::abs(fitted.x - boxed.x) > boxed.width || fitted.width > 2 * boxed.width ||
        boxed.width > 2 * fitted.width)
      continue;
    const double wider = fitted.width / boxed.width, tall = boxed.chin_y - boxed.y;
    const double down = (fitted.y - boxed.y) / tall, taller = (fitted.chin_y - fitted.y) / tall;
    for (auto& head : heads) {
      if (!head) continue;
      const double own = head->chin_y - head->y;
      head->y += down * own;
      head->chin_y = head->y + taller * own;
      head->width *= wider;
    }
    return;
  }
}

Samples look_at(std::span<const media::Frame> frames, face::HogDetector& detector) {
  Samples samples{frames, {}, {}, 0, {}, {}, {}};
  for (const auto& frame : frames) {
    samples.pictures.push_back(small_picture(frame, kFilmSide));
    samples.heads.push_back(find_head(detector, frame, samples.pictures.back().scale));
    samples.with_face += samples.heads.back() ? 1 : 0;
  }
  correct_heads(frames, samples.pictures[0].scale, samples.heads);
  for (const auto& head : samples.heads) {
    if (!head) continue;
    const FloatPlane figure =
        evidence_of(*head, samples.pictures[0].width, samples.pictures[0].height);
    if (samples.figure.data.empty()) samples.figure = figure;
    for (std::size_t i = 0; i < figure.data.size(); ++i)
      samples.figure.data[i] = std::min(samples.figure.data[i], figure.data[i]);
  }
  if (frames.size() < 3) return samples;
  const int width = samples.pictures[0].width, height = samples.pictures[0].height;
  samples.change = changing(frames, width, height);
  const auto changed = std::count(samples.change.data.begin(), samples.change.data.end(), 255);
  if (static_cast<std::size_t>(changed) * 10 > samples.change.data.size() * 6) samples.change = {};
  if (!samples.change.data.empty() && !samples.figure.data.empty())
    samples.steadiest = steadiest(samples.pictures, samples.change,
                                  never_entered(samples.change, samples.figure), samples.figure);
  return samples;
}

// Where no face was found the head is taken from the nearest time at which one was.
const Head& head_near(const Samples& samples, std::size_t k) {
  for (std::size_t off = 0;; ++off) {
    if (k >= off && samples.heads[k - off]) return *samples.heads[k - off];
    if (k + off < samples.heads.size() && samples.heads[k + off]) return *samples.heads[k + off];
  }
}

// The samples, each by itself: what a head tells, and what moves.
std::vector<BytePlane> first_masks(const Samples& samples, FilmKnowledge& known) {
  std::vector<BytePlane> masks;
  double stability_sum = 0;
  int stability_count = 0;
  for (std::size_t k = 0; k < samples.pictures.size(); ++k) {
    const SmallPicture& picture = samples.pictures[k];
    const Head& head = head_near(samples, k);
    known.reach = kReach * head.width;
    known.face = face_of(head, picture.width, picture.height);
    FloatPlane evidence = evidence_of(head, picture.width, picture.height);
    if (!samples.change.data.empty())
      evidence = head_evidence(evidence, samples.change, samples.steadiest, picture);
    masks.push_back(main_part(
        known.segmenter.start(picture, evidence, k == 0 ? kRoundsFirst : kRounds, known.reach),
        known.face, 0.0005, 2));
    if (k % kStabilityEvery == 0) {
      stability_sum += known.segmenter.stability(picture, evidence);
      ++stability_count;
    }
    known.stray += stray_share(masks.back(), head) / static_cast<double>(samples.pictures.size());
  }
  known.stability = stability_sum / stability_count;
  return masks;
}

std::vector<BytePlane> all_grown(const std::vector<BytePlane>& masks, int radius) {
  std::vector<BytePlane> out;
  for (const auto& mask : masks) out.push_back(grown(mask, radius));
  return out;
}

// Nobody's face was seen: what moves is the person.
Result<void> learn_from_movement(const Samples& samples, FilmKnowledge& known) {
  const SmallPicture& first = samples.pictures[0];
  if (samples.change.data.empty())
    return cannot_remove(
        "no face was found in it, its camera moves, and no single hue stands behind.");
  known.plate = find_plate(
      samples.frames, samples.pictures,
      std::vector<BytePlane>(samples.pictures.size(), BytePlane::make(first.width, first.height)),
      FloatPlane{});
  if (!known.plate)
    return cannot_remove(
        "no face was found in it, its camera moves, and no single hue stands behind.");
  std::vector<BytePlane> masks;
  std::size_t moving = 0;
  for (const auto& picture : samples.pictures) {
    masks.push_back(BytePlane::make(first.width, first.height));
    const FloatPlane distance = distance_from(*known.plate, picture);
    for (std::size_t i = 0; i < distance.data.size(); ++i)
      if (distance.data[i] > 30) masks.back().data[i] = 255, ++moving;
  }
  if (moving < samples.pictures.size() * first.bgr.size() / 3 / 60)
    return cannot_remove("no face was found in it and nothing moves.");
  known.usual = share_of(masks);
  for (float& share : known.usual.data) share = 0.5F;
  known.segmenter.learn(samples.pictures, masks, known.reach);
  return {};
}

}  // namespace

tl::unexpected<Error> cannot_remove(std::string reason) {
  return fail(ErrorCode::invalid_parameter,
              "The background of this video cannot be removed: " + std::move(reason));
}

std::optional<Head> find_head(face::HogDetector& detector, const media::Frame& frame,
                              double small_scale) {
  const int shorter = std::min(frame.width, frame.height),
            longer = std::max(frame.width, frame.height);
  for (const int side : {kSearchSide, kSearchSideAgain}) {
    const BytePlane gray = gray_of(small_picture(frame, std::min(longer, longer * side / shorter)));
    const auto faces = detector.find({gray.data.data(), gray.width, gray.height, gray.width});
    if (faces.empty()) continue;
    const auto largest =
        std::max_element(faces.begin(), faces.end(),
                         [](const auto& a, const auto& b) { return a.box.height < b.box.height; });
    return head_of(largest->box, small_scale * frame.width / gray.width);
  }
  return std::nullopt;
}

Result<FilmKnowledge> learn_film(std::span<const media::Frame> frames,
                                 face::HogDetector& detector) {
  const Samples samples = look_at(frames, detector);
  FilmKnowledge known;
  if (samples.with_face == 0) {
    TRY(learn_from_movement(samples, known));
    return known;
  }
  std::vector<BytePlane> masks = first_masks(samples, known);
  known.figure = samples.figure;
  if (frames.size() >= 3)
    known.plate = find_plate(frames, samples.pictures, all_grown(masks, 5), samples.figure);
  known.usual = share_of(masks);
  if (known.plate) {
    // With what the plate knows more of the background is seen, and with that again more is known.
    known.segmenter.learn(samples.pictures, masks, known.reach);
    for (std::size_t k = 0; k < masks.size(); ++k)
      masks[k] =
          main_part(known.segmenter.go_on(samples.pictures[k],
                                          plate_evidence(*known.plate, samples.pictures[k],
                                                         known.usual, known.figure, known.face)),
                    known.face, 0.0005, 0.15);
    known.usual = share_of(masks);
    if (auto better = find_plate(frames, samples.pictures, all_grown(masks, 3), samples.figure))
      known.plate = std::move(better);
  }
  known.segmenter.learn(samples.pictures, masks, known.reach);
  known.first = masks.front();
  if (!known.plate && known.stray > kStrayMax)
    return cannot_remove("much of what is behind the person has the tones of the person.");
  if (!known.plate && samples.with_face * 3 < frames.size())
    return cannot_remove(
        "no face was found in it, its camera moves, and no single hue stands behind.");
  return known;
}

}  // namespace understudy::avatar
