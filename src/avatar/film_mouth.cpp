#include "avatar/film_mouth.h"

#include <cmath>
#include <utility>

#include "avatar/donor_set.h"
#include "avatar/film_mouth_area.h"
#include "avatar/film_mouth_plan.h"
#include "avatar/mouth_blend.h"
#include "avatar/silhouette.h"

namespace understudy::avatar {

using face::FacePoint;
using face::HeadPose;

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

  media::Rectangle draw_on(int index, media::Frame& canvas) const {
    Coverage coverage = coverage_of(index);
    if (coverage.area.width < 2) return {};
    const HeadPose& pose = pose_at(index);
    const DonorMix& mix = plan_.mixes[static_cast<std::size_t>(index)];
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
    keep_silhouettes(layer, canvas, pose, coverage);
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
  const HeadPose& pose_at(int index) const {
    const int shown = options_.shows[static_cast<std::size_t>(index)];
    return track_.frames[static_cast<std::size_t>(shown)].pose;
  }

  media::Frame draw_donor(int index, int donor, const HeadPose& pose,
                          const media::Rectangle& area) const {
    const Donor& from = *set_.donors[static_cast<std::size_t>(donor)];
    media::Frame layer = media::Frame::make(area.width, area.height, false);
    const media::Rectangle all{0, 0, area.width, area.height};
    std::vector<MeshVertex> vertices;
    for (const FacePoint& p : area_.places())
      vertices.push_back(
          vertex(seen_in(pose, p, area), seen_in(from.face.pose, p, from.area) * from.uv_scale));
    draw_mesh(from.texture, vertices, area_.quads(), all, layer);
    if (from.mesh)
      draw_moved(from, plan_.shapes[static_cast<std::size_t>(index)], pose, area, layer);
    return layer;
  }

  // The mouth at rest, moved as a photograph's and seen as the head is turned.
  void draw_moved(const Donor& from, const MouthShape& shape, const HeadPose& pose,
                  const media::Rectangle& area, media::Frame& layer) const {
    const auto place = [&](Point p) {
      const Point at = p + Point{from.area.x - 0.5, from.area.y - 0.5};
      return seen_in(pose, from.face.pose.lift(at), area);
    };
    const auto displaced = from.mesh->displaced(shape, plan_.strength);
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
  FilmMouthArea area_;
  MouthPlan plan_;
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
