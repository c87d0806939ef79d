#include "avatar/film_mouth.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "avatar/donor_set.h"
#include "avatar/film_mouth_area.h"
#include "avatar/film_mouth_plan.h"
#include "avatar/mouth_blend.h"
#include "avatar/silhouette.h"

namespace understudy::avatar {

using face::FacePoint;
using face::HeadPose;
using face::HeadView;

namespace {

void fit_size(media::Frame& frame, const media::Rectangle& area) {
  frame.width = area.width;
  frame.height = area.height;
  const auto count = static_cast<std::size_t>(area.width) * area.height;
  frame.y.resize(count);
  frame.u.resize(count / 4);
  frame.v.resize(count / 4);
}

struct Box {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  void add(double x, double y) {
    x0 = std::min(x0, x), y0 = std::min(y0, y), x1 = std::max(x1, x), y1 = std::max(y1, y);
  }
  bool meets(const Box& other, double room) const {
    return x0 - room < other.x1 && other.x0 - room < x1 && y0 - room < other.y1 &&
           other.y0 - room < y1;
  }
};

bool is_inside(Point p, std::span<const Point> outline) {
  bool inside = false;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point a = outline[i], b = outline[(i + 1) % outline.size()];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
      inside = !inside;
  }
  return inside;
}

// The quads of the face that the rings of a mouth (MouthMesh, where they are drawn) do not cover
// wholly; to draw the others would be of no use.
std::vector<Quad> outside_of(std::span<const Point> rings, std::span<const MeshVertex> vertices,
                             const std::vector<Quad>& quads) {
  constexpr double kRoom = 3;  // pixels
  constexpr std::size_t kRays = MouthMesh::kRays;
  const auto rim = rings.last(kRays);
  std::vector<Box> edges(kRays);
  Box opening;
  for (std::size_t k = 0; k < kRays; ++k) {
    for (const Point& p : {rim[k], rim[(k + 1) % kRays]}) edges[k].add(p.x, p.y);
    opening.add(rings[k].x, rings[k].y);
  }
  std::vector<Quad> outside;
  for (const Quad& quad : quads) {
    Box box;
    for (const auto i : quad.corners) box.add(vertices[i].x, vertices[i].y);
    const Point middle{(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2};
    const bool is_covered = !box.meets(opening, kRoom) && is_inside(middle, rim) &&
                            std::none_of(edges.begin(), edges.end(),
                                         [&](const Box& edge) { return box.meets(edge, kRoom); });
    if (!is_covered) outside.push_back(quad);
  }
  return outside;
}

}  // namespace

class FilmMouth::Impl {
 public:
  Impl(const MouthDonors& donors, const face::FaceTrack& track, const speech::Speech& speech,
       FilmMouthOptions options)
      : set_(donors.set()),
        track_(track),
        options_(std::move(options)),
        area_(track.shape, track.width, track.height),
        plan_(plan_mouth(set_, track_, speech, options_)) {}

  int frame_count() const { return static_cast<int>(options_.shows.size()); }

  media::Rectangle draw_on(int index, media::Frame& canvas) {
    Coverage coverage = coverage_of(index);
    if (coverage.area.width < 2) return {};
    const HeadPose& pose = pose_at(index);
    const DonorMix& mix = plan_.mixes[static_cast<std::size_t>(index)];
    media::Frame &layer = layer_, &other = other_;
    draw_donor(index, mix.first, pose, coverage.area, layer);
    if (mix.second >= 0 && mix.share > 0) {
      draw_donor(index, mix.second, pose, coverage.area, other);
      const int share = static_cast<int>(std::lround(256 * mix.share));
      for (auto [to, from] : {std::pair{&layer.y, &other.y}, std::pair{&layer.u, &other.u},
                              std::pair{&layer.v, &other.v}}) {
        for (std::size_t i = 0; i < to->size(); ++i)
          (*to)[i] =
              static_cast<std::uint8_t>(((*to)[i] * (256 - share) + (*from)[i] * share + 128) >> 8);
      }
    }
    keep_silhouettes(layer, canvas, face_at(index), coverage);
    blend_mouth(layer, coverage, canvas);
    return coverage.area;
  }

  PlacedMouth placed(int index) const {
    const auto i = static_cast<std::size_t>(index);
    PlacedMouth result;
    result.share = plan_.shares[i];
    const auto open = [&](int donor) {
      if (set_.quality == MouthQuality::unit_selection)
        return set_.units[static_cast<std::size_t>(donor)].open;
      const MouthMesh& mesh = *set_.donors[static_cast<std::size_t>(donor)]->mesh;
      return gap_of(mesh, mesh.displaced(plan_.shapes[i], plan_.strength));
    };
    const DonorMix& mix = plan_.mixes[i];
    result.open = open(mix.first);
    if (mix.second >= 0) result.open += (open(mix.second) - result.open) * mix.share;
    return result;
  }

  media::Rectangle area_of(int index) const {
    if (plan_.shares[static_cast<std::size_t>(index)] <= 0) return {};
    return area_.rectangle(pose_at(index));
  }

  Coverage coverage_of(int index) const {
    return area_.coverage(pose_at(index), plan_.shares[static_cast<std::size_t>(index)]);
  }

 private:
  const face::TrackedFace& face_at(int index) const {
    const int shown = options_.shows[static_cast<std::size_t>(index)];
    return track_.frames[static_cast<std::size_t>(shown)];
  }
  const HeadPose& pose_at(int index) const { return face_at(index).pose; }

  // Only where the mask is; elsewhere `layer` keeps what it held.
  void draw_donor(int index, int donor, const HeadPose& pose, const media::Rectangle& area,
                  media::Frame& layer) const {
    const Donor& from = *set_.donors[static_cast<std::size_t>(donor)];
    fit_size(layer, area);
    const HeadView view(pose), from_view(from.face.pose);
    std::vector<MeshVertex> vertices;
    for (const FacePoint& p : area_.places())
      vertices.push_back(
          vertex(seen_in(view, p, area), seen_in(from_view, p, from.area) * from.uv_scale));
    const media::Rectangle all{0, 0, area.width, area.height};
    if (!from.mesh) return draw_mesh(from.texture, vertices, area_.quads(), all, layer);
    const MouthShape& shape = plan_.shapes[static_cast<std::size_t>(index)];
    const auto displaced = from.mesh->displaced(shape, plan_.strength);
    const auto placed = placed_mesh(from, displaced, view, area);
    draw_mesh(from.texture, vertices, outside_of(placed, vertices, area_.quads()), all, layer);
    draw_moved(from, shape, displaced, placed, all, layer);
  }

  // The mouth at rest, moved as a photograph's and seen as the head is turned.
  static std::vector<Point> placed_mesh(const Donor& from, const std::vector<Point>& displaced,
                                        const HeadView& view, const media::Rectangle& area) {
    const HeadView from_view(from.face.pose);
    const Point corner{from.area.x - 0.5, from.area.y - 0.5};
    std::vector<Point> placed;
    placed.reserve(displaced.size());
    for (const Point& p : displaced)
      placed.push_back(seen_in(view, from_view.lift(p + corner), area));
    return placed;
  }

  static void draw_moved(const Donor& from, const MouthShape& shape,
                         const std::vector<Point>& displaced, const std::vector<Point>& placed,
                         const media::Rectangle& all, media::Frame& layer) {
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
    draw_mesh(from.texture, vertices, quads, all, layer);
    from.interior->draw({.line = {displaced.data(), kRays},
                         .placed = {placed.data(), kRays},
                         .tongue = shape.tongue},
                        all, layer);
  }

  const MouthDonors::Set& set_;
  const face::FaceTrack& track_;
  FilmMouthOptions options_;
  FilmMouthArea area_;
  MouthPlan plan_;
  media::Frame layer_, other_;  // kept, as memory for them is dear to get anew for each picture
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
media::Rectangle FilmMouth::area(int index) const { return impl_->area_of(index); }
std::vector<std::uint8_t> FilmMouth::mask(int index, media::Rectangle& area) const {
  auto coverage = impl_->coverage_of(index);
  area = coverage.area;
  return std::move(coverage.share);
}

}  // namespace understudy::avatar
