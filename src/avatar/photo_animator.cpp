#include "avatar/photo_animator.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "avatar/mouth_interior.h"
#include "avatar/mouth_mesh.h"
#include "avatar/performance.h"
#include "avatar/photo_eyes.h"
#include "avatar/photo_motion.h"
#include "avatar/textured_mesh.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr float kStill = 1e-3F;  // a weight below which nothing is seen to move

struct Strength {
  double head = 1;
  double mouth = 1;
  double brow = 1;
};

Strength strength_of(Expressiveness expressiveness) {
  switch (expressiveness) {
    case Expressiveness::low: return {0.75, 0.92, 0.7};
    case Expressiveness::medium: return {1.1, 1.0, 1.0};
    case Expressiveness::high: return {1.6, 1.15, 1.5};
  }
  return {};
}

face::Landmarks on_canvas(const face::Landmarks& points, const PhotoPlacement& placement) {
  face::Landmarks moved{};
  for (std::size_t i = 0; i < points.size(); ++i) {
    // The middle of a pixel is half a pixel from its corner, on the photograph and the canvas.
    moved[i] = {(points[i].x + 0.5) * placement.scale + placement.x,
                (points[i].y + 0.5) * placement.scale + placement.y};
  }
  return moved;
}

PhotoTexture texture_of(const media::Image& photo, const PhotoPlacement& placement, int width,
                        int height) {
  return PhotoTexture(media::to_frame(
      photo_on_canvas(photo, placement, width, height, PhotoTexture::kScale)));
}

}  // namespace

class PhotoAnimator::Impl {
 public:
  Impl(const media::Image& photo, const face::Face& face, const speech::Speech& speech,
       const PhotoOptions& options)
      : options_(options),
        strength_(strength_of(options.expressiveness)),
        placement_(place_photo(photo.width, photo.height, face, options.width, options.height,
                               options.fit)),
        points_(on_canvas(face.landmarks, placement_)),
        texture_(texture_of(photo, placement_, options.width, options.height)),
        performance_(speech, options.seed),
        motion_(points_, options.width, options.height),
        mouth_(points_, texture_),
        interior_(mouth_, texture_),
        eyes_(points_, texture_),
        can_blink_(face.are_lids_sure),
        frame_count_(
            std::max(1, static_cast<int>(std::lround(speech.duration_s() * options.fps)))) {
    lay_grid();
    for (const Point& p : mouth_.at_rest()) mouth_weights_.push_back(motion_.weights_at(p));
  }

  media::Rectangle draw_on(int index, media::Frame& canvas) {
    const Pose pose = pose_of(index);
    motion_.set(pose, strength_.head);
    const bool is_first = !std::exchange(has_drawn_, true);
    draw_grid(is_first, canvas);
    draw_mouth(pose, canvas);
    if (can_blink_) {
      const auto place = [this](Point p) { return motion_.at(p, motion_.weights_at(p)); };
      eyes_.draw(pose.blink, {pose.gaze_x * 0.06, pose.gaze_y * 0.04}, place, texture_, moving_,
                 canvas);
    }
    return is_first ? whole() : moving_;
  }

  int frame_count() const { return frame_count_; }

  MouthLandmarks mouth(int index) {
    const Pose pose = pose_of(index);
    motion_.set(pose, strength_.head);
    const auto placed = placed_mouth(mouth_.displaced(pose.mouth, strength_.mouth));
    constexpr std::size_t kQuarter = MouthMesh::kRays / 4;
    const Point left = placed[0], right = placed[2 * kQuarter];
    const Point up = placed[kQuarter], down = placed[3 * kQuarter];
    const Point middle = face::middle(up, down);
    return {middle.x, middle.y, face::length(right - left),
            std::max(0.0, face::dot(down - up, mouth_.down()))};
  }

 private:
  media::Rectangle whole() const { return {0, 0, options_.width, options_.height}; }

  Pose pose_of(int index) const {
    Pose pose = performance_.at(index / options_.fps);
    pose.brow_raise *= strength_.brow;
    // The performance smiles all the time; a photograph has its own mood.
    pose.mouth.smile = (pose.mouth.smile - 0.6) * 0.8 * strength_.brow;
    return pose;
  }

  // Cells of the canvas; those that never move are drawn once.
  void lay_grid() {
    const int cell = std::clamp(options_.height / 45, 8, 48) & ~1;
    const int columns = (options_.width + cell - 1) / cell, rows = (options_.height + cell - 1) / cell;
    for (int r = 0; r <= rows; ++r) {
      for (int c = 0; c <= columns; ++c) {
        const Point p{static_cast<double>(c * cell), static_cast<double>(r * cell)};
        grid_.push_back(p);
        grid_weights_.push_back(motion_.weights_at(p));
      }
    }
    const auto is_moving = [&](std::uint32_t i) {
      const MotionWeights& w = grid_weights_[i];
      return w.head > kStill || w.breath > kStill || w.brow > kStill || w.cheek > kStill;
    };
    int x0 = options_.width, y0 = options_.height, x1 = 0, y1 = 0;
    const auto stride = static_cast<std::uint32_t>(columns + 1);
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < columns; ++c) {
        const auto a = static_cast<std::uint32_t>(r) * stride + static_cast<std::uint32_t>(c);
        const Quad quad{{a, a + 1, a + stride + 1, a + stride}};
        const bool moves = std::any_of(quad.corners.begin(), quad.corners.end(), is_moving);
        (moves ? moving_quads_ : still_quads_).push_back(quad);
        if (!moves) continue;
        x0 = std::min(x0, c * cell), y0 = std::min(y0, r * cell);
        x1 = std::max(x1, (c + 1) * cell), y1 = std::max(y1, (r + 1) * cell);
      }
    }
    x1 = std::min(x1, options_.width), y1 = std::min(y1, options_.height);
    moving_ = {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
  }

  static MeshVertex vertex(Point at, Point from) {
    return {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(from.x),
            static_cast<float>(from.y)};
  }

  void draw_grid(bool with_still, media::Frame& canvas) {
    grid_vertices_.resize(grid_.size());
    for (std::size_t i = 0; i < grid_.size(); ++i)
      grid_vertices_[i] = vertex(motion_.at(grid_[i], grid_weights_[i]), grid_[i]);
    if (with_still) draw_mesh(texture_, grid_vertices_, still_quads_, whole(), canvas);
    draw_mesh(texture_, grid_vertices_, moving_quads_, moving_, canvas);
  }

  std::vector<Point> placed_mouth(const std::vector<Point>& displaced) const {
    std::vector<Point> placed(displaced.size());
    for (std::size_t i = 0; i < placed.size(); ++i)
      placed[i] = motion_.at(displaced[i], mouth_weights_[i]);
    return placed;
  }

  void draw_mouth(const Pose& pose, media::Frame& canvas) {
    const auto displaced = mouth_.displaced(pose.mouth, strength_.mouth);
    const auto placed = placed_mouth(displaced);
    mouth_vertices_.resize(placed.size());
    for (std::size_t i = 0; i < placed.size(); ++i)
      mouth_vertices_[i] = vertex(placed[i], mouth_.at_rest()[i]);
    static const std::vector<Quad> quads = MouthMesh::quads();
    draw_mesh(texture_, mouth_vertices_, quads, moving_, canvas);
    const std::size_t rays = MouthMesh::kRays;
    interior_.draw({.line = {displaced.data(), rays},
                    .placed = {placed.data(), rays},
                    .tongue = pose.mouth.tongue},
                   moving_, canvas);
  }

  PhotoOptions options_;
  Strength strength_;
  PhotoPlacement placement_;
  face::Landmarks points_;
  PhotoTexture texture_;
  Performance performance_;
  PhotoMotion motion_;
  MouthMesh mouth_;
  MouthInterior interior_;
  PhotoEyes eyes_;
  bool can_blink_;
  int frame_count_;
  bool has_drawn_ = false;

  std::vector<Point> grid_;
  std::vector<MotionWeights> grid_weights_;
  std::vector<MotionWeights> mouth_weights_;
  std::vector<Quad> moving_quads_, still_quads_;
  std::vector<MeshVertex> grid_vertices_, mouth_vertices_;
  media::Rectangle moving_;
};

PhotoAnimator::PhotoAnimator(const media::Image& photo, const face::Face& face,
                             const speech::Speech& speech, const PhotoOptions& options)
    : impl_(std::make_unique<Impl>(photo, face, speech, options)) {}
PhotoAnimator::~PhotoAnimator() = default;
PhotoAnimator::PhotoAnimator(PhotoAnimator&&) noexcept = default;
PhotoAnimator& PhotoAnimator::operator=(PhotoAnimator&&) noexcept = default;

media::Rectangle PhotoAnimator::draw_on(int index, media::Frame& canvas) {
  return impl_->draw_on(index, canvas);
}
int PhotoAnimator::frame_count() const { return impl_->frame_count(); }
MouthLandmarks PhotoAnimator::mouth(int index) const { return impl_->mouth(index); }

}  // namespace understudy::avatar
