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

// The texture's luma alone, into a plane of this width. Requires: whole rows.
void draw_luma(const PhotoTexture& texture, std::span<const MeshVertex> vertices,
               std::span<const Quad> quads, int width, std::span<std::uint8_t> out);

// A smooth bend of the canvas as a grid of square cells: where each grid point takes its picture
// from. Cells are drawn in place, so they can neither gap nor overlap; cheaper than a mesh.
struct BendGrid {
  int cell = 16;  // canvas pixels, even
  int columns = 0;
  int rows = 0;
  std::vector<std::array<float, 2>> sources;  // (columns + 1) x (rows + 1), canvas pixels

  std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns + 1) +
           static_cast<std::size_t>(column);
  }
};

struct GridCell {
  int column = 0;
  int row = 0;
};

// Draws the named cells, cut off at the canvas.
void draw_cells(const PhotoTexture& texture, const BendGrid& grid, std::span<const GridCell> cells,
                media::Frame& out);

}  // namespace understudy::avatar
