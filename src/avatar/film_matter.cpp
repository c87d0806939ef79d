#include "avatar/film_matter.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "avatar/chroma_key.h"
#include "avatar/film_evidence.h"
#include "avatar/film_learning.h"
#include "avatar/film_light.h"
#include "avatar/matte_edges.h"
#include "avatar/matte_flow.h"
#include "avatar/matte_refine.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr int kLookAgain = 12;  // frames from one search for the face to the next
constexpr int kBand = 5;        // small pixels on both sides of the followed outline
constexpr int kRounds = 2;
constexpr int kMeasureEvery = kLookAgain;  // frames between measurements of the edges

// Whether somebody is before the screen at all.
Result<void> check_keyed(const ChromaKey& key, std::span<const media::Frame> samples) {
  double covered = 0;
  media::Frame cut;
  for (const auto& frame : samples) {
    key.cut(frame, cut);
    for (const std::uint8_t a : cut.alpha) covered += a;
  }
  const double share = covered / (255.0 * static_cast<double>(samples.size()) *
                                  static_cast<double>(cut.alpha.size()));
  if (share < 0.004) return cannot_remove("nobody is before its screen.");
  return {};
}

}  // namespace

struct FilmMatter::State {
  face::HogDetector detector;
  std::optional<ChromaKey> key;
  FilmKnowledge known;

  // Of the frame before.
  int index = 0;
  BytePlane mask, gray;
  FloatPlane evidence;  // that the mask was cut with
  SmallPicture last;
  FloatPlane coverage;
  Behind behind;

  double edges_sum = 0;
  int edges_count = 0;
  double seen_sum = 0;
  bool has_lost_face = false;
  bool is_dressed_alike = false;  // in the screen's hue

  void cut_keyed(const media::Frame& frame, media::Frame& out);
  BytePlane mask_of(const media::Frame& frame, const SmallPicture& picture, const BytePlane& now);
  BytePlane segment(const media::Frame& frame, const SmallPicture& picture, const BytePlane& now);
  BytePlane look_again(const SmallPicture& picture, const Head& head);
  void settle_coverage(const SmallPicture& now);
};

// The whole picture anew, led by the head and by what was cut before.
BytePlane FilmMatter::State::look_again(const SmallPicture& picture, const Head& head) {
  evidence = evidence_of(head, picture.width, picture.height);
  known.face = face_of(head, picture.width, picture.height);
  if (!mask.data.empty()) {
    const FloatPlane near = band_evidence(mask, 3 * kBand);
    for (std::size_t i = 0; i < evidence.data.size(); ++i)
      if (evidence.data[i] < kSure) evidence.data[i] += near.data[i];
  }
  return known.segmenter.start(picture, evidence, kRounds, kReach * head.width);
}

BytePlane FilmMatter::State::segment(const media::Frame& frame, const SmallPicture& picture,
                                     const BytePlane& now) {
  if (!mask.data.empty()) mask = follow(mask, gray, now);
  if (index % kLookAgain == 0) {
    if (const auto head = find_head(detector, frame, picture.scale))
      return look_again(picture, *head);
    has_lost_face = true;
  }
  if (mask.data.empty()) mask = known.first;
  evidence = band_evidence(mask, kBand);
  return known.segmenter.go_on(picture, evidence);
}

// Where the picture stands still, the edge does too.
void FilmMatter::State::settle_coverage(const SmallPicture& now) {
  const FloatPlane fresh = soft(mask);
  if (coverage.data.empty()) {
    coverage = fresh;
    return;
  }
  for (std::size_t i = 0; i < fresh.data.size(); ++i) {
    int change = 0;
    for (std::size_t c = i * 3; c < i * 3 + 3; ++c) {
      change =
          std::max(change, std::abs(static_cast<int>(now.bgr[c]) - static_cast<int>(last.bgr[c])));
    }
    const float kept = change < 4 ? 0.6F : change < 8 ? 0.2F : 0.0F;
    coverage.data[i] = kept * coverage.data[i] + (1 - kept) * fresh.data[i];
  }
}

FilmMatter::FilmMatter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FilmMatter::~FilmMatter() = default;
FilmMatter::FilmMatter(FilmMatter&&) noexcept = default;
FilmMatter& FilmMatter::operator=(FilmMatter&&) noexcept = default;

Result<FilmMatter> FilmMatter::learn(std::span<const media::Frame> samples) {
  auto state = std::make_unique<State>();
  if (samples.empty()) return cannot_remove("it has no pictures.");
  state->key = ChromaKey::find(samples);
  if (state->key) {
    TRY(check_keyed(*state->key, samples));
  } else {
    TRY_ASSIGN(state->known, learn_film(samples, state->detector));
  }
  return FilmMatter(std::move(state));
}

void FilmMatter::State::cut_keyed(const media::Frame& frame, media::Frame& out) {
  is_dressed_alike = key->cut(frame, out) || is_dressed_alike;
  const SmallPicture picture = small_picture(frame, kFilmSide);
  mask = BytePlane::make(picture.width, picture.height);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      mask.at(x, y) = out.alpha[static_cast<std::size_t>(y * frame.height / mask.height) *
                                    static_cast<std::size_t>(frame.width) +
                                static_cast<std::size_t>(x * frame.width / mask.width)] > 16
                          ? 255
                          : 0;
  behind = behind_person(picture, mask, nullptr);
}

BytePlane FilmMatter::State::mask_of(const media::Frame& frame, const SmallPicture& picture,
                                     const BytePlane& now) {
  if (known.plate)
    evidence = plate_evidence(*known.plate, picture, known.usual, known.figure, known.face);
  const BytePlane fresh =
      known.plate ? known.segmenter.go_on(picture, evidence) : segment(frame, picture, now);
  const BytePlane& weight = !known.face.data.empty() ? known.face : fresh;
  return with_closed_head(grown(grown(main_part(fresh, weight, 0.0005, 0.15), 1), -1), known.face);
}

void FilmMatter::cut(const media::Frame& frame, media::Frame& out) {
  State& s = *state_;
  if (s.key) {
    s.cut_keyed(frame, out);
  } else {
    const SmallPicture picture = small_picture(frame, kFilmSide);
    const BytePlane now = gray_of(picture);
    s.mask = s.mask_of(frame, picture, now);
    s.settle_coverage(picture);
    s.gray = now;
    s.last = picture;
    if (s.index % kMeasureEvery == 0) {
      s.edges_sum += clear_edges(picture, s.mask);
      ++s.edges_count;
    }
    out = frame;
    out.alpha =
        coverage_at_full_size(guide(now, s.coverage, 2), frame.y.data(), frame.width, frame.height)
            .data;
    s.behind = behind_person(picture, s.mask, s.known.plate ? &*s.known.plate : nullptr);
    take_out_background(s.behind.picture, out);
  }
  s.seen_sum += s.behind.seen;
  ++s.index;
}

void FilmMatter::background(const media::Frame& frame, const media::Frame& cut, media::Frame& out) {
  const State& s = *state_;
  const media::Frame fill = media::scale(frame_of(s.behind.picture), frame.width, frame.height);
  const bool has_plate = s.known.plate.has_value();
  // The fill reaches a little beyond the person, so that no rim of them is left.
  const int reach = std::max(2, frame.width / 200);
  BytePlane hidden{frame.width, frame.height, cut.alpha};
  for (auto& value : hidden.data) value = value > 8 ? 255 : 0;
  hidden = grown(hidden, reach);
  out = frame;
  out.alpha.clear();
  const auto put = [&](const std::vector<std::uint8_t>& from,
                       const std::vector<std::uint8_t>& plate, std::vector<std::uint8_t>& to,
                       int step) {
    const int w = frame.width / step, h = frame.height / step;
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        if (hidden.at(x * step, y * step) == 0) continue;
        const std::size_t i =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
        const bool is_seen =
            has_plate && s.known.plate->known.at(x * step * s.mask.width / frame.width,
                                                 y * step * s.mask.height / frame.height) != 0;
        to[i] = is_seen ? plate[i] : from[i];
      }
    }
  };
  const media::Frame& plate = has_plate ? s.known.plate->full : fill;
  put(fill.y, plate.y, out.y, 1);
  put(fill.u, plate.u, out.u, 2);
  put(fill.v, plate.v, out.v, 2);
}

MatteReport FilmMatter::report() const {
  const State& s = *state_;
  MatteReport report;
  report.method = s.key           ? MatteMethod::chroma_key
                  : s.known.plate ? MatteMethod::plate
                                  : MatteMethod::segments;
  report.clear_edges = s.edges_count == 0 ? 1 : s.edges_sum / s.edges_count;
  report.stability = s.known.stability;
  if (report.clear_edges < kClearEdgesGood || report.stability < kStabilityGood)
    report.problems.emplace_back(
        "Parts of the outline have the tones of the background: look at the edges of the result.");
  if (s.is_dressed_alike)
    report.problems.emplace_back(
        "Clothes have the hue of the screen: look at their edges, where they may have been cut or kept too much.");
  if (report.method == MatteMethod::segments && s.known.stray > kStrayMax / 2)
    report.problems.emplace_back(
        "Parts of the background have the tones of the person and may have been kept.");
  if (s.has_lost_face && report.method == MatteMethod::segments)
    report.problems.emplace_back(
        "In parts of the video no face was found; the cut follows the movement alone there.");
  if (report.method == MatteMethod::segments)
    report.problems.emplace_back(
        "The camera or the background moves: a still camera or a green screen gives cleaner edges.");
  return report;
}

double FilmMatter::seen_behind() const {
  return state_->index == 0 ? 0 : state_->seen_sum / state_->index;
}

}  // namespace understudy::avatar
