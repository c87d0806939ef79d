#include "avatar/film_mouth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "avatar/donor_set.h"
#include "avatar/mouth_blend.h"
#include "avatar/unit_choice.h"

namespace understudy::avatar {
namespace {

using face::FacePoint;
using face::HeadPose;
using face::kTrusted;

constexpr int kGrid = 12;  // quads a side of the face that is re-posed
constexpr double kLeft = -1.05, kRight = 1.05, kTop = 0.35, kBottom = 2.45;  // face units
constexpr double kFade_s = 0.16;    // between the source's mouth and ours
constexpr double kIsland_s = 0.35;  // a shorter trusted stretch is left alone
constexpr double kSwitchAt = 0.04;  // radians that another donor must be nearer
constexpr double kHold_s = 0.4;     // a donor stays at least
constexpr double kCross_s = 0.2;    // between two donors
constexpr int kMaskSide = 128;      // of the mask's texture

struct Mix {  // one donor, or two while one goes over into the other
  int first = 0;
  int second = -1;
  double share = 0;  // of the second
};

double gap_of(const MouthMesh& mesh, const std::vector<Point>& line) {
  constexpr std::size_t kUp = MouthMesh::kRays / 4, kDown = MouthMesh::kRays * 3 / 4;
  return std::max(0.0, face::dot(line[kDown] - line[kUp], mesh.down())) / mesh.width();
}

double high_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() * 9 / 10];
}

std::vector<FacePoint> grid_places() {
  std::vector<FacePoint> places;
  for (int r = 0; r <= kGrid; ++r) {
    for (int c = 0; c <= kGrid; ++c) {
      const double x = kLeft + (kRight - kLeft) * c / kGrid;
      const double y = kTop + (kBottom - kTop) * r / kGrid;
      places.push_back({x, y, face::face_depth(x, y)});
    }
  }
  return places;
}

std::vector<Quad> grid_quads() {
  std::vector<Quad> quads;
  for (std::uint32_t r = 0; r < kGrid; ++r) {
    for (std::uint32_t c = 0; c < kGrid; ++c) {
      const std::uint32_t a = r * (kGrid + 1) + c;
      quads.push_back({{a, a + 1, a + kGrid + 2, a + kGrid + 1}});
    }
  }
  return quads;
}

PhotoTexture mask_texture(const face::FaceShape& shape) {
  const MouthMask mask(shape);
  media::Frame frame = media::Frame::make(kMaskSide, kMaskSide, false);
  for (int r = 0; r < kMaskSide; ++r) {
    for (int c = 0; c < kMaskSide; ++c) {
      const double x = kLeft + (kRight - kLeft) * (c + 0.5) / kMaskSide;
      const double y = kTop + (kBottom - kTop) * (r + 0.5) / kMaskSide;
      frame.y[static_cast<std::size_t>(r) * kMaskSide + static_cast<std::size_t>(c)] =
          static_cast<std::uint8_t>(std::lround(255 * mask.share(x, y)));
    }
  }
  return PhotoTexture(std::move(frame));
}

// What this person's mouth does otherwise than the table of visemes, learnt from the units.
struct Habits {
  std::array<double, 10> open{};  // beyond the table, of each viseme
  std::array<double, 10> width{};

  void apply(UnitTarget& target) const {
    constexpr std::array<double, 5> kShare = {0.1, 0.22, 0.36, 0.22, 0.1};  // coarticulation
    for (std::size_t k = 0; k < kShare.size(); ++k) {
      const auto viseme = static_cast<std::size_t>(target.heard.context[k]);
      target.open += kShare[k] * open[viseme];
      target.width += kShare[k] * width[viseme];
    }
    target.open = std::max(target.open, 0.0);
  }
};

double table_width(const MouthShape& shape) {
  return 1 + (shape.width < 0 ? 0.16 : 0.10) * shape.width;
}

Habits habits_of(const std::vector<Unit>& units, double reach) {
  constexpr double kDoubt = 12;  // units that say the table is right
  std::array<double, 10> open{}, width{}, count{};
  double seen = 0, expected = 0;
  for (const Unit& unit : units) {
    if (!unit.is_heard) continue;
    const auto viseme = static_cast<std::size_t>(unit.viseme);
    open[viseme] += unit.open, width[viseme] += unit.width, ++count[viseme];
    seen += unit.open;
    expected += reach * shape_of(unit.viseme).open;
  }
  Habits habits;
  if (expected <= 0) return habits;
  for (std::size_t v = 0; v < open.size(); ++v) {
    const MouthShape& shape = shape_of(static_cast<Viseme>(v));
    const double trust = count[v] / (count[v] + kDoubt), n = std::max(count[v], 1.0);
    // Neighbours flatten what a single viseme would be.
    habits.open[v] = trust * (open[v] / n - reach * shape.open * seen / expected);
    habits.width[v] = trust * (width[v] / n - table_width(shape));
  }
  return habits;
}

MeshVertex vertex(Point at, Point from) {
  return {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(from.x),
          static_cast<float>(from.y)};
}

// Where a place of the face is seen in a picture, in the mesh's coordinates: pixel i is i .. i + 1.
Point seen_in(const HeadPose& pose, const FacePoint& place, const media::Rectangle& area) {
  return pose.project(place) + Point{0.5 - area.x, 0.5 - area.y};
}

}  // namespace

class FilmMouth::Impl {
 public:
  Impl(const MouthDonors& donors, const face::FaceTrack& track, const speech::Speech& speech,
       FilmMouthOptions options)
      : set_(donors.set()),
        track_(track),
        options_(std::move(options)),
        places_(grid_places()),
        quads_(grid_quads()),
        mask_(mask_texture(track.shape)) {
    plan_shares();
    const MouthTrack lips(speech.phones, set_.style);
    for (std::size_t i = 0; i < options_.shows.size(); ++i)
      shapes_.push_back(lips.at(static_cast<double>(i) / options_.fps));
    if (set_.quality == MouthQuality::unit_selection) {
      plan_units(speech);
    } else {
      plan_strength(speech);
      plan_donors();
    }
  }

  int frame_count() const { return static_cast<int>(options_.shows.size()); }

  media::Rectangle draw_on(int index, media::Frame& canvas) const {
    const Coverage coverage = coverage_of(index);
    if (coverage.area.width < 2) return {};
    const HeadPose& pose = pose_at(index);
    const Mix& mix = mixes_[static_cast<std::size_t>(index)];
    media::Frame layer = draw_donor(index, mix.first, pose, coverage.area);
    if (mix.second >= 0 && mix.share > 0) {
      const media::Frame other = draw_donor(index, mix.second, pose, coverage.area);
      const int share = static_cast<int>(std::lround(256 * mix.share));
      for (auto [to, from] : {std::pair{&layer.y, &other.y}, std::pair{&layer.u, &other.u},
                              std::pair{&layer.v, &other.v}}) {
        for (std::size_t i = 0; i < to->size(); ++i)
          (*to)[i] =
              static_cast<std::uint8_t>(((*to)[i] * (256 - share) + (*from)[i] * share + 128) >> 8);
      }
    }
    blend_mouth(layer, coverage, canvas);
    return coverage.area;
  }

  PlacedMouth placed(int index) const {
    const auto i = static_cast<std::size_t>(index);
    PlacedMouth result;
    result.share = shares_[i];
    const auto open = [&](int donor) {
      if (set_.quality == MouthQuality::unit_selection)
        return set_.units[static_cast<std::size_t>(donor)].open;
      const MouthMesh& mesh = *set_.donors[static_cast<std::size_t>(donor)]->mesh;
      return gap_of(mesh, mesh.displaced(shapes_[i], strength_));
    };
    const Mix& mix = mixes_[i];
    result.open = open(mix.first);
    if (mix.second >= 0) result.open += (open(mix.second) - result.open) * mix.share;
    return result;
  }

  Coverage coverage_of(int index) const {
    const double share = shares_[static_cast<std::size_t>(index)];
    if (share <= 0) return {};
    const HeadPose& pose = pose_at(index);
    Coverage coverage;
    coverage.area = area_of(pose, track_.width, track_.height);
    const auto& area = coverage.area;
    if (area.width < 8 || area.height < 8) return {};
    media::Frame drawn = media::Frame::make(area.width, area.height, false);
    std::fill(drawn.y.begin(), drawn.y.end(), std::uint8_t{0});
    std::vector<MeshVertex> vertices;
    constexpr double kSide = static_cast<double>(kMaskSide) / PhotoTexture::kScale;
    for (const FacePoint& p : places_) {
      vertices.push_back(vertex(seen_in(pose, p, area), {(p.x - kLeft) / (kRight - kLeft) * kSide,
                                                         (p.y - kTop) / (kBottom - kTop) * kSide}));
    }
    draw_mesh(mask_, vertices, quads_, {0, 0, area.width, area.height}, drawn);
    coverage.share = std::move(drawn.y);
    if (share < 1) {
      for (auto& value : coverage.share) value = static_cast<std::uint8_t>(value * share);
    }
    return coverage;
  }

 private:
  const face::TrackedFace& face_at(int index) const {
    return track_.frames[static_cast<std::size_t>(options_.shows[static_cast<std::size_t>(index)])];
  }
  const HeadPose& pose_at(int index) const { return face_at(index).pose; }

  media::Rectangle area_of(const HeadPose& pose, int width, int height) const {
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    const double chin = track_.shape[face::kChin].y + 0.45;
    for (const FacePoint& p : places_) {
      if (std::abs(p.x) > 0.95 || p.y < 0.5 || p.y > chin + 0.2) continue;
      const Point at = pose.project(p);
      x0 = std::min(x0, at.x), y0 = std::min(y0, at.y);
      x1 = std::max(x1, at.x), y1 = std::max(y1, at.y);
    }
    if (!(std::isfinite(x0 + x1 + y0 + y1))) return {};
    const auto whole = [](double value, int most) {
      return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most))) & ~1;
    };
    const int left = whole(x0 - 2, width), top = whole(y0 - 2, height);
    const int right = whole(x1 + 4, width), bottom = whole(y1 + 4, height);
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
  }

  // Soft in time: from 0 at an untrusted frame to 1 after kFade_s.
  void plan_shares() {
    const int count = frame_count();
    std::vector<bool> good(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      good[static_cast<std::size_t>(i)] = face_at(i).trust >= kTrusted;
    const int island = static_cast<int>(std::lround(kIsland_s * options_.fps));
    for (int i = 0; i < count;) {
      int end = i;
      while (end < count && good[static_cast<std::size_t>(end)]) ++end;
      const bool is_whole = i == 0 && end == count;
      if (end - i < island && !is_whole) std::fill(good.begin() + i, good.begin() + end, false);
      i = std::max(end, i + 1);
    }
    const double step = 1 / std::max(1.0, kFade_s * options_.fps);
    shares_.assign(static_cast<std::size_t>(count), 0);
    double share = 1;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      share = good[i] ? std::min(1.0, share + step) : 0;
      shares_[i] = share;
    }
    share = 1;
    for (std::size_t i = shares_.size(); i-- > 0;) {
      share = good[i] ? std::min(1.0, share + step) : 0;
      shares_[i] = std::min(shares_[i], share);
    }
  }

  // The person opens the mouth as far as in the footage.
  void plan_strength(const speech::Speech& speech) {
    if (!set_.is_talking || set_.donors.empty()) return;
    const MouthMesh& mesh = *set_.donors.front()->mesh;
    std::vector<double> gaps;
    for (int i = 0; i < frame_count(); ++i) {
      if (heard_at(speech, i / options_.fps).viseme != Viseme::rest)
        gaps.push_back(gap_of(mesh, mesh.displaced(shapes_[static_cast<std::size_t>(i)], 1)));
    }
    const double high = high_of(gaps);
    if (high > 0.01) strength_ = std::clamp(set_.open_high / high, 0.6, 1.6);
  }

  double away(int donor, int index) const {
    const HeadPose& a = set_.donors[static_cast<std::size_t>(donor)]->face.pose;
    const HeadPose& b = pose_at(index);
    return std::hypot(a.yaw - b.yaw, a.pitch - b.pitch);
  }

  void plan_donors() {
    const int count = frame_count(), hold = static_cast<int>(kHold_s * options_.fps);
    const int cross = std::max(1, static_cast<int>(kCross_s * options_.fps));
    int now = 0, before = -1, since = hold;
    for (int i = 0; i < count; ++i, ++since) {
      int nearest = now;
      for (int d = 0; d < static_cast<int>(set_.donors.size()); ++d) {
        if (away(d, i) < away(nearest, i)) nearest = d;
      }
      if (i == 0) {
        now = nearest;
      } else if (nearest != now && since >= hold && away(now, i) - away(nearest, i) > kSwitchAt) {
        before = std::exchange(now, nearest);
        since = 0;
      }
      Mix mix{now, -1, 0};
      if (before >= 0 && since < cross) mix = {now, before, 1 - (since + 1.0) / (cross + 1.0)};
      mixes_.push_back(mix);
    }
  }

  void plan_units(const speech::Speech& speech) {
    std::vector<double> opened;
    for (int i = 0; i < frame_count(); ++i) {
      if (heard_at(speech, i / options_.fps).viseme != Viseme::rest)
        opened.push_back(shapes_[static_cast<std::size_t>(i)].open);
    }
    const double reach = set_.open_high / std::max(0.1, high_of(opened));
    const Habits habits = habits_of(set_.units, reach);
    std::vector<UnitTarget> targets;
    for (int i = 0; i < frame_count(); ++i) {
      const MouthShape& shape = shapes_[static_cast<std::size_t>(i)];
      UnitTarget target;
      target.open = shape.open * reach;
      target.width = table_width(shape);
      target.is_closed = shape.press > 0.6;
      target.heard = heard_at(speech, i / options_.fps);
      if (!target.is_closed) habits.apply(target);
      target.pose = pose_at(i);
      target.shown = options_.shows[static_cast<std::size_t>(i)];
      targets.push_back(target);
    }
    spread_targets(targets);
    const auto path = choose_path(set_.units, targets,
                                  static_cast<int>(std::lround(options_.exclude_s * track_.fps)));
    const auto next = [&](int unit, int by) {
      const int at = unit + by, last = static_cast<int>(set_.units.size()) - 1;
      if (at > last) return unit;
      const Unit& a = set_.units[static_cast<std::size_t>(unit)];
      const Unit& b = set_.units[static_cast<std::size_t>(at)];
      return a.footage == b.footage && b.frame == a.frame + by ? at : unit;
    };
    for (std::size_t i = 0; i < path.size(); ++i) {
      Mix mix{path[i], -1, 0};
      // A join is softened by what would have followed.
      if (i > 0 && path[i] != next(path[i - 1], 1)) {
        mix = {path[i], next(path[i - 1], 1), 0.4};
      } else if (i > 1 && path[i - 1] != next(path[i - 2], 1)) {
        mix = {path[i], next(path[i - 2], 2), 0.15};
      }
      if (mix.second == mix.first) mix.second = -1;
      mixes_.push_back(mix);
    }
  }

  // Averages over visemes flatten speech: what is wanted spans what the person's own speech spans.
  void spread_targets(std::vector<UnitTarget>& targets) const {
    std::vector<double> wanted, own;
    for (const UnitTarget& target : targets) {
      if (target.heard.viseme != Viseme::rest) wanted.push_back(target.open);
    }
    for (const Unit& unit : set_.units) {
      if (unit.is_heard && unit.viseme != Viseme::rest) own.push_back(unit.open);
    }
    if (wanted.size() < 10 || own.size() < 10) return;
    const double grown = std::clamp(high_of(own) / std::max(0.02, high_of(wanted)), 0.7, 1.6);
    for (UnitTarget& target : targets) target.open *= grown;
  }

  media::Frame draw_donor(int index, int donor, const HeadPose& pose,
                          const media::Rectangle& area) const {
    const Donor& from = *set_.donors[static_cast<std::size_t>(donor)];
    media::Frame layer = media::Frame::make(area.width, area.height, false);
    const media::Rectangle all{0, 0, area.width, area.height};
    std::vector<MeshVertex> vertices;
    for (const FacePoint& p : places_)
      vertices.push_back(
          vertex(seen_in(pose, p, area), seen_in(from.face.pose, p, from.area) * from.uv_scale));
    draw_mesh(from.texture, vertices, quads_, all, layer);
    if (from.mesh) draw_moved(from, shapes_[static_cast<std::size_t>(index)], pose, area, layer);
    return layer;
  }

  // The mouth at rest, moved as a photograph's and seen as the head is turned.
  void draw_moved(const Donor& from, const MouthShape& shape, const HeadPose& pose,
                  const media::Rectangle& area, media::Frame& layer) const {
    const auto place = [&](Point p) {
      const Point at = p + Point{from.area.x - 0.5, from.area.y - 0.5};
      return seen_in(pose, from.face.pose.lift(at), area);
    };
    const auto displaced = from.mesh->displaced(shape, strength_);
    std::vector<Point> placed;
    placed.reserve(displaced.size());
    for (const Point& p : displaced) placed.push_back(place(p));
    constexpr std::size_t kRays = MouthMesh::kRays;
    std::vector<MeshVertex> vertices(placed.size() + kRays);
    for (std::size_t i = 0; i < placed.size(); ++i)
      vertices[i] = vertex(placed[i], from.mesh->at_rest()[i]);
    for (std::size_t k = 0; k < kRays; ++k) {
      const Point inward = placed[k] - placed[kRays + k];
      const double step = 1.0 / std::max(face::length(inward), 1.0);
      vertices[placed.size() + k] = vertex(placed[k] + inward * step, from.mesh->at_rest()[k]);
    }
    static const std::vector<Quad> quads = MouthMesh::quads();
    const media::Rectangle all{0, 0, area.width, area.height};
    draw_mesh(from.texture, vertices, quads, all, layer);
    from.interior->draw({.line = {displaced.data(), kRays},
                         .placed = {placed.data(), kRays},
                         .tongue = shape.tongue},
                        all, layer);
  }

  const MouthDonors::Set& set_;
  const face::FaceTrack& track_;
  FilmMouthOptions options_;
  std::vector<FacePoint> places_;
  std::vector<Quad> quads_;
  PhotoTexture mask_;
  std::vector<double> shares_;      // of each frame of the result
  std::vector<MouthShape> shapes_;  // what is said in it
  std::vector<Mix> mixes_;          // what it is drawn from
  double strength_ = 0.85;  // of the mouth's movement; a film's people speak less than photographs
};

FilmMouth::FilmMouth(const MouthDonors& donors, const face::FaceTrack& track,
                     const speech::Speech& speech, FilmMouthOptions options)
    : impl_(std::make_unique<Impl>(donors, track, speech, std::move(options))) {}
FilmMouth::~FilmMouth() = default;
FilmMouth::FilmMouth(FilmMouth&&) noexcept = default;
FilmMouth& FilmMouth::operator=(FilmMouth&&) noexcept = default;
int FilmMouth::frame_count() const { return impl_->frame_count(); }
media::Rectangle FilmMouth::draw_on(int index, media::Frame& canvas) {
  return impl_->draw_on(index, canvas);
}
PlacedMouth FilmMouth::placed(int index) const { return impl_->placed(index); }
std::vector<std::uint8_t> FilmMouth::mask(int index, media::Rectangle& area) const {
  auto coverage = impl_->coverage_of(index);
  area = coverage.area;
  return std::move(coverage.share);
}

}  // namespace understudy::avatar
