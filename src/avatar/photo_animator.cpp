#include "avatar/photo_animator.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "avatar/motion_prompt.h"
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

// Where the photograph lies on the canvas.
face::Box photo_area(const media::Image& photo, const PhotoPlacement& placement) {
  return {placement.x, placement.y, photo.width * placement.scale, photo.height * placement.scale};
}

PhotoTexture texture_of(const media::Image& photo, const PhotoPlacement& placement, int width,
                        int height, bool keeps_alpha) {
  return PhotoTexture(media::to_frame(
      photo_on_canvas(photo, placement, width, height, PhotoTexture::kScale, keeps_alpha), keeps_alpha));
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
        texture_(texture_of(photo, placement_, options.width, options.height, options.is_transparent)),
        performance_(speech, options.seed),
        prompt_(options.motion_prompt, speech.duration_s()),
        motion_(points_, photo_area(photo, placement_), options.width, options.height),
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
    motion_.set(pose);
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
  std::vector<std::string> understood_motion() const { return prompt_.understood(); }

  MouthLandmarks mouth(int index) {
    const Pose pose = pose_of(index);
    motion_.set(pose);
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
    const double t_s = index / options_.fps;
    Pose pose = performance_.at(t_s);
    const double head = strength_.head * prompt_.liveliness();
    for (double* part : {&pose.head_x, &pose.head_y, &pose.head_roll, &pose.yaw, &pose.pitch})
      *part *= head;
    pose.brow_raise *= strength_.brow * prompt_.liveliness();
    // The performance smiles all the time; a photograph has its own mood.
    pose.mouth.smile = (pose.mouth.smile - 0.6) * 0.8 * strength_.brow;
    prompt_.apply(t_s, pose);
    // Further, and the background would be seen to stretch.
    pose.yaw = std::clamp(pose.yaw, -2.2, 2.2);
    pose.pitch = std::clamp(pose.pitch, -2.0, 2.0);
    pose.head_roll = std::clamp(pose.head_roll, -0.17, 0.17);
    pose.brow_raise = std::clamp(pose.brow_raise, -1.2, 1.8);
    pose.mouth.smile = std::clamp(pose.mouth.smile, -1.5, 2.2);
    pose.gaze_x = std::clamp(pose.gaze_x, -2.0, 2.0);
    pose.gaze_y = std::clamp(pose.gaze_y, -1.5, 1.5);
    return pose;
  }

  // Cells of the canvas; those that never move are drawn once.
  void lay_grid() {
    grid_.cell = std::clamp(options_.height / 30, 8, 64) & ~1;
    grid_.columns = (options_.width + grid_.cell - 1) / grid_.cell;
    grid_.rows = (options_.height + grid_.cell - 1) / grid_.cell;
    for (int r = 0; r <= grid_.rows; ++r) {
      for (int c = 0; c <= grid_.columns; ++c)
        grid_weights_.push_back(motion_.weights_at(grid_point(c, r)));
    }
    grid_.sources.resize(grid_weights_.size());
    shifts_.resize(grid_weights_.size());
    const auto is_moving = [&](int c, int r) {
      const MotionWeights& w = grid_weights_[grid_.index(c, r)];
      return w.head > kStill || w.breath > kStill || w.brow > kStill || w.cheek > kStill;
    };
    int x0 = options_.width, y0 = options_.height, x1 = 0, y1 = 0;
    for (int r = 0; r < grid_.rows; ++r) {
      for (int c = 0; c < grid_.columns; ++c) {
        const bool moves = is_moving(c, r) || is_moving(c + 1, r) || is_moving(c, r + 1) ||
                           is_moving(c + 1, r + 1);
        (moves ? moving_cells_ : still_cells_).push_back({c, r});
        if (!moves) continue;
        x0 = std::min(x0, c * grid_.cell), y0 = std::min(y0, r * grid_.cell);
        x1 = std::max(x1, (c + 1) * grid_.cell), y1 = std::max(y1, (r + 1) * grid_.cell);
      }
    }
    x1 = std::min(x1, options_.width), y1 = std::min(y1, options_.height);
    moving_ = {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
  }

  Point grid_point(int column, int row) const {
    return {static_cast<double>(column * grid_.cell), static_cast<double>(row * grid_.cell)};
  }

  // How far the picture moves at a place, from the grid.
  Point shift_at(Point p) const {
    const double x = std::clamp(p.x / grid_.cell, 0.0, grid_.columns - 1e-6);
    const double y = std::clamp(p.y / grid_.cell, 0.0, grid_.rows - 1e-6);
    const int c = static_cast<int>(x), r = static_cast<int>(y);
    return face::mix(
        face::mix(shifts_[grid_.index(c, r)], shifts_[grid_.index(c + 1, r)], x - c),
        face::mix(shifts_[grid_.index(c, r + 1)], shifts_[grid_.index(c + 1, r + 1)], x - c),
        y - r);
  }

  // The movement says where a place of the photograph goes; a cell asks where it comes from.
  void bend_grid() {
    for (int r = 0; r <= grid_.rows; ++r) {
      for (int c = 0; c <= grid_.columns; ++c) {
        const std::size_t i = grid_.index(c, r);
        shifts_[i] = motion_.at(grid_point(c, r), grid_weights_[i]) - grid_point(c, r);
      }
    }
    for (int r = 0; r <= grid_.rows; ++r) {
      for (int c = 0; c <= grid_.columns; ++c) {
        const Point p = grid_point(c, r);
        Point source = p;
        for (int pass = 0; pass < 3; ++pass) source = p - shift_at(source);
        grid_.sources[grid_.index(c, r)] = {static_cast<float>(source.x),
                                            static_cast<float>(source.y)};
      }
    }
  }

  static MeshVertex vertex(Point at, Point from) {
    return {static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(from.x),
            static_cast<float>(from.y)};
  }

  void draw_grid(bool with_still, media::Frame& canvas) {
    bend_grid();
    if (with_still) draw_cells(texture_, grid_, still_cells_, canvas);
    draw_cells(texture_, grid_, moving_cells_, canvas);
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
    const std::size_t rays = MouthMesh::kRays;
    mouth_vertices_.resize(placed.size() + rays);
    for (std::size_t i = 0; i < placed.size(); ++i)
      mouth_vertices_[i] = vertex(placed[i], mouth_.at_rest()[i]);
    // The lips overlap by a pixel, or the picture below would shine through where they meet.
    for (std::size_t k = 0; k < rays; ++k) {
      const Point inward = placed[k] - placed[rays + k];
      const double step = 1.0 / std::max(face::length(inward), 1.0);
      mouth_vertices_[placed.size() + k] = vertex(placed[k] + inward * step, mouth_.at_rest()[k]);
    }
    static const std::vector<Quad> quads = MouthMesh::quads();
    draw_mesh(texture_, mouth_vertices_, quads, moving_, canvas);
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
  MotionPrompt prompt_;
  PhotoMotion motion_;
  MouthMesh mouth_;
  MouthInterior interior_;
  PhotoEyes eyes_;
  bool can_blink_;
  int frame_count_;
  bool has_drawn_ = false;

  BendGrid grid_;
  std::vector<MotionWeights> grid_weights_;
  std::vector<Point> shifts_;  // of the grid's points, at this frame
  std::vector<GridCell> moving_cells_, still_cells_;
  std::vector<MotionWeights> mouth_weights_;
  std::vector<MeshVertex> mouth_vertices_;
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
std::vector<std::string> PhotoAnimator::understood_motion() const {
  return impl_->understood_motion();
}
MouthLandmarks PhotoAnimator::mouth(int index) const { return impl_->mouth(index); }

}  // namespace understudy::avatar
