#include "avatar/film_matter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "avatar/chroma_key.h"
#include "avatar/film_labels.h"
#include "avatar/film_plate.h"
#include "avatar/matte_planes.h"
#include "avatar/matte_refine.h"
#include "avatar/matte_seeds.h"
#include "avatar/matte_segmenter.h"
#include "face/dlib_face.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr int kSide = 320;      // of the picture that is cut
constexpr int kFaceSide = 480;  // of the picture in which faces are looked for
constexpr int kRoundsFirst = 4;
constexpr int kLookAgain = 12;  // frames from one search for the face to the next
constexpr int kBand = 5;        // small pixels on both sides of the followed outline
constexpr double kStrayMax = 0.35;
constexpr int kMeasureEvery = 10;  // frames between measurements of the edges

tl::unexpected<Error> cannot(std::string reason) {
  return fail(ErrorCode::invalid_parameter,
              "The background of this video cannot be removed: " + std::move(reason));
}

// The largest head of a frame, in pixels of its small picture.
std::optional<Head> find_head(face::HogDetector& detector, const media::Frame& frame,
                              double small_scale) {
  const BytePlane gray = gray_of(small_picture(frame, kFaceSide));
  const auto faces = detector.find({gray.data.data(), gray.width, gray.height, gray.width});
  if (faces.empty()) return std::nullopt;
  const auto largest =
      std::max_element(faces.begin(), faces.end(),
                       [](const auto& a, const auto& b) { return a.box.height < b.box.height; });
  return head_of(largest->box, small_scale * frame.width / gray.width);
}

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
  if (share < 0.004) return cannot("nobody is before its screen.");
  return {};
}

std::uint8_t byte(double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); }

}  // namespace

struct FilmMatter::State {
  face::HogDetector detector;
  std::optional<ChromaKey> key;
  std::optional<FilmPlate> plate;
  Segmenter segmenter;
  BytePlane usual;  // how many of the samples have somebody here, 0..255
  BytePlane face;   // of the last head that was found
  BytePlane crown;  // where the head may be, with its hair

  // Of the frame before.
  int index = 0;
  BytePlane mask, gray;
  SmallPicture last;
  FloatPlane coverage;
  SmallPicture behind;  // the background of the last frame, filled in

  double edges_sum = 0;
  int edges_count = 0;
  double seen_sum = 0;
  bool has_lost_face = false;

  double stray = 0;  // mean of the samples

  BytePlane labels_of(const SmallPicture& picture) const {
    return plate_labels(*plate, picture, {usual, crown, face, mask});
  }
  BytePlane segment(const media::Frame& frame, const SmallPicture& picture, const BytePlane& now);
  BytePlane look_again(const SmallPicture& picture, const Head& head);
  void settle_coverage(const SmallPicture& now);
  void look_behind(const SmallPicture& picture);
  void take_out_background(media::Frame& out) const;
};

// The whole picture anew, led by the head and by what was cut before.
BytePlane FilmMatter::State::look_again(const SmallPicture& picture, const Head& head) {
  BytePlane labels = seeds_of(head, picture.width, picture.height);
  face = face_of(head, picture.width, picture.height);
  if (mask.data.empty()) return segmenter.start(picture, labels, kRoundsFirst + 1);
  const BytePlane inner = grown(mask, -2 * kBand), outer = grown(mask, 3 * kBand);
  for (std::size_t i = 0; i < labels.data.size(); ++i) {
    if (labels.data[i] == kSurePerson) continue;
    if (inner.data[i] != 0)
      labels.data[i] = kSurePerson;
    else if (outer.data[i] == 0)
      labels.data[i] = kSureBackground;
    else
      labels.data[i] = mask.data[i] != 0 ? kMaybePerson : kMaybeBackground;
  }
  return segmenter.start(picture, labels, 1);
}

BytePlane FilmMatter::State::segment(const media::Frame& frame, const SmallPicture& picture,
                                     const BytePlane& now) {
  if (!mask.data.empty()) mask = follow(mask, gray, now);
  if (index % kLookAgain == 0) {
    if (const auto head = find_head(detector, frame, picture.scale))
      return look_again(picture, *head);
    has_lost_face = true;
  }
  const BytePlane inner = grown(mask, -kBand), outer = grown(mask, kBand);
  BytePlane labels = BytePlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < labels.data.size(); ++i)
    labels.data[i] = inner.data[i] != 0   ? kSurePerson
                     : outer.data[i] == 0 ? kSureBackground
                     : mask.data[i] != 0  ? kMaybePerson
                                          : kMaybeBackground;
  return segmenter.go_on(picture, labels);
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

void FilmMatter::State::look_behind(const SmallPicture& picture) {
  BytePlane known = grown(mask, 3);
  std::array<FloatPlane, 3> planes;
  std::size_t hidden = 0, seen = 0;
  for (auto& plane : planes) plane = FloatPlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < known.data.size(); ++i) {
    const bool is_free = known.data[i] == 0;
    const bool is_plate = !is_free && plate && plate->known.data[i] != 0;
    hidden += is_free ? 0 : 1;
    seen += is_plate ? 1 : 0;
    known.data[i] = is_free || is_plate ? 255 : 0;
    for (std::size_t c = 0; c < 3; ++c)
      planes[c].data[i] = is_plate ? plate->small.bgr[i * 3 + c] : picture.bgr[i * 3 + c];
  }
  seen_sum += hidden == 0 ? 1 : static_cast<double>(seen) / static_cast<double>(hidden);
  fill_unknown({&planes[0], &planes[1], &planes[2]}, known);
  behind = picture;
  for (std::size_t i = 0; i < known.data.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c) behind.bgr[i * 3 + c] = byte(planes[c].data[i] + 0.5);
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

// C = a F + (1 - a) B, solved for F, in every plane.
void FilmMatter::State::take_out_background(media::Frame& out) const {
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

FilmMatter::FilmMatter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FilmMatter::~FilmMatter() = default;
FilmMatter::FilmMatter(FilmMatter&&) noexcept = default;
FilmMatter& FilmMatter::operator=(FilmMatter&&) noexcept = default;

Result<FilmMatter> FilmMatter::learn(std::span<const media::Frame> samples) {
  auto state = std::make_unique<State>();
  if (samples.empty()) return cannot("it has no pictures.");
  state->key = ChromaKey::find(samples);
  if (state->key) {
    TRY(check_keyed(*state->key, samples));
    return FilmMatter(std::move(state));
  }
  std::vector<SmallPicture> pictures;
  std::vector<BytePlane> people, masks;
  std::size_t with_face = 0;
  BytePlane core = BytePlane::make(2, 2);
  for (const auto& frame : samples) {
    pictures.push_back(small_picture(frame, kSide));
    const SmallPicture& picture = pictures.back();
    const auto head = find_head(state->detector, frame, picture.scale);
    masks.push_back(BytePlane::make(picture.width, picture.height));
    if (head) {
      ++with_face;
      state->face = face_of(*head, picture.width, picture.height);
      const BytePlane labels = seeds_of(*head, picture.width, picture.height);
      if (state->crown.data.empty())
        state->crown = core = BytePlane::make(picture.width, picture.height);
      for (std::size_t i = 0; i < labels.data.size(); ++i) {
        if (labels.data[i] == kSurePerson) core.data[i] = 255;
        const int y = static_cast<int>(i) / picture.width;
        if (labels.data[i] == kMaybePerson && y < head->chin_y) state->crown.data[i] = 255;
      }
      masks.back() =
          main_part(state->segmenter.start(picture, labels, kRoundsFirst), state->face, 0.002, 2);
      state->stray += stray_share(masks.back(), *head);
    }
    people.push_back(grown(masks.back(), 7));
  }
  // Where no face was seen somebody may be anywhere.
  if (with_face > 0) {
    for (std::size_t k = 0; k < masks.size(); ++k)
      if (std::all_of(masks[k].data.begin(), masks[k].data.end(),
                      [](std::uint8_t v) { return v == 0; }))
        std::fill(people[k].data.begin(), people[k].data.end(), std::uint8_t{255});
  }
  if (with_face == 0) core = BytePlane::make(pictures[0].width, pictures[0].height);
  state->usual = share_of(masks, with_face);
  if (samples.size() >= 3) state->plate = find_plate(samples, pictures, people, core);
  if (state->plate && with_face > 0) {
    // With what the plate knows the colours of both sides are told apart better than by the head
    // alone, and with that again more of the plate is known.
    for (std::size_t k = 0; k < pictures.size(); ++k) {
      masks[k] = main_part(state->segmenter.start(pictures[k], state->labels_of(pictures[k]), 1),
                           state->face, 0.002, 0.15);
      people[k] = grown(masks[k], 3);
    }
    state->usual = share_of(masks, masks.size());
    if (auto better = find_plate(samples, pictures, people, core)) state->plate = std::move(better);
  }
  if (with_face > 0) state->stray /= static_cast<double>(with_face);
  if (!state->plate && state->stray > kStrayMax)
    return cannot("much of what is behind the person has the tones of the person.");
  if (with_face * 3 < samples.size() && !state->plate)
    return cannot("no face was found in it, its camera moves, and no single hue stands behind.");
  if (with_face == 0) {
    std::size_t moving = 0;
    for (const auto& picture : pictures)
      for (const float distance : distance_from(*state->plate, picture).data)
        moving += distance > 30 ? 1 : 0;
    if (moving < pictures.size() * pictures[0].bgr.size() / 3 / 60)
      return cannot("no face was found in it and nothing moves.");
    state->segmenter.start(pictures[0], state->labels_of(pictures[0]), kRoundsFirst);
  }
  return FilmMatter(std::move(state));
}

void FilmMatter::cut(const media::Frame& frame, media::Frame& out) {
  State& s = *state_;
  if (s.key) {
    s.key->cut(frame, out);
    s.behind = small_picture(frame, kSide);
    BytePlane mask = BytePlane::make(s.behind.width, s.behind.height);
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x)
        mask.at(x, y) = out.alpha[static_cast<std::size_t>(y * frame.height / mask.height) *
                                      static_cast<std::size_t>(frame.width) +
                                  static_cast<std::size_t>(x * frame.width / mask.width)] > 16
                            ? 255
                            : 0;
    s.mask = std::move(mask);
    s.look_behind(s.behind);
    ++s.index;
    return;
  }
  const SmallPicture picture = small_picture(frame, kSide);
  const BytePlane now = gray_of(picture);
  BytePlane mask =
      s.plate ? s.segmenter.go_on(picture, s.labels_of(picture)) : s.segment(frame, picture, now);
  const BytePlane weight = !s.face.data.empty() ? s.face : mask;
  s.mask = grown(grown(main_part(mask, weight, 0.002, 0.15), 1), -1);
  s.settle_coverage(picture);
  s.gray = now;
  s.last = picture;
  if (s.index % kMeasureEvery == 0) {
    s.edges_sum += clear_edges(picture, s.mask);
    ++s.edges_count;
  }
  const BytePlane coverage =
      coverage_at_full_size(guide(now, s.coverage, 2), frame.y.data(), frame.width, frame.height);
  out.width = frame.width;
  out.height = frame.height;
  out.y = frame.y;
  out.u = frame.u;
  out.v = frame.v;
  out.alpha = coverage.data;
  s.look_behind(picture);
  s.take_out_background(out);
  ++s.index;
}

void FilmMatter::background(const media::Frame& frame, const media::Frame& cut, media::Frame& out) {
  const State& s = *state_;
  const media::Frame fill = media::scale(frame_of(s.behind), frame.width, frame.height);
  const bool has_plate = s.plate.has_value();
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
            has_plate && s.plate->known.at(x * step * s.mask.width / frame.width,
                                           y * step * s.mask.height / frame.height) != 0;
        to[i] = is_seen ? plate[i] : from[i];
      }
    }
  };
  const media::Frame& plate = has_plate ? s.plate->full : fill;
  put(fill.y, plate.y, out.y, 1);
  put(fill.u, plate.u, out.u, 2);
  put(fill.v, plate.v, out.v, 2);
}

MatteReport FilmMatter::report() const {
  const State& s = *state_;
  MatteReport report;
  report.method = s.key     ? MatteMethod::chroma_key
                  : s.plate ? MatteMethod::plate
                            : MatteMethod::segments;
  report.clear_edges = s.edges_count == 0 ? 1 : s.edges_sum / s.edges_count;
  if (report.clear_edges < kClearEdgesGood)
    report.problems.emplace_back(
        "Parts of the outline have the tones of the background: look at the edges of the result.");
  if (report.method == MatteMethod::segments && s.stray > kStrayMax / 2)
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
