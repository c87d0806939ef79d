// A textured triangle mesh in YUV 4:2:0: the one way in which photographs are bent.
//
// Positions and texture places are canvas pixels, pixel (i, j) covers [i, i + 1) x [j, j + 1). The
// texture is a Frame that is kScale times as large as the canvas in both directions, so that
// bilinear sampling at any fraction of a pixel stays about as sharp as bicubic sampling would.
// Triangles that share an edge leave no gap and overdraw nothing; later ones cover earlier ones.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/frame.h"

namespace understudy::avatar {

struct MeshVertex {
  float x = 0;  // where it is drawn
  float y = 0;
  float u = 0;  // what is drawn there
  float v = 0;
};

struct Quad {
  std::array<std::uint32_t, 4> corners;  // round it
};

class PhotoTexture {
 public:
  static constexpr int kScale = 2;
  // `frame`: kScale times the canvas; with an alpha plane, what is drawn gets one.
  explicit PhotoTexture(media::Frame frame) : frame_(std::move(frame)) {}
  const media::Frame& frame() const { return frame_; }
  int canvas_width() const { return frame_.width / kScale; }
  int canvas_height() const { return frame_.height / kScale; }

  // One sample at a place of the canvas, 0..255.
  double luma(double x, double y) const;
  double alpha(double x, double y) const;
  std::array<double, 3> colour(double x, double y) const;  // Y, U, V

 private:
  media::Frame frame_;
};

// Draws into `out`, which has the canvas' size, inside `clip` only. Requires: finite vertices.
void draw_mesh(const PhotoTexture& texture, std::span<const MeshVertex> vertices,
               std::span<const Quad> quads, const media::Rectangle& clip, media::Frame& out);

}  // namespace understudy::avatar
