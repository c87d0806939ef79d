// MouthViews: what a film shows between its person's lips, taken from pictures in which the mouth
// is open and laid into openings of other shapes. The upper teeth keep their distance to the upper
// lip, the lower ones to the lower lip; only the dark between them grows and shrinks. Nothing is
// scaled along the lips, unless an opening is wider than what was seen. Private to this folder.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "avatar/soft_paint.h"
#include "avatar/textured_mesh.h"
#include "face/face_track.h"

namespace understudy::avatar {

// The edges of an opening in the mouth's own axes: x along the lips from the middle between the
// corners, y down, both in widths of the mouth at rest.
class OpeningEdges {
 public:
  static constexpr int kColumns = 48;
  // Points from the left corner to the right one, x growing.
  OpeningEdges(std::span<const face::Point> upper, std::span<const face::Point> lower);

  double left() const { return left_; }
  double right() const { return right_; }
  double top(double x) const { return at(top_, x); }
  double bottom(double x) const { return at(bottom_, x); }
  double tallest() const;

 private:
  using Columns = std::array<float, kColumns + 1>;
  void lay(std::span<const face::Point> points, Columns& columns) const;
  double at(const Columns& columns, double x) const;

  double left_ = 0, right_ = 0;
  Columns top_{}, bottom_{};
};

class MouthViews {
 public:
  // The part of `picture` round the mouth is kept, enlarged. Requires: the face lies in it.
  void add(const media::Frame& picture, const face::TrackedFace& face);
  bool is_empty() const { return views_.empty(); }

  // Which views an opening is drawn from: one, or two while one goes over into the other.
  struct Choice {
    int first = 0;
    int second = -1;
    double share = 0;  // of the second
  };
  Choice choose(double tallest) const;

  // At a place of an opening; `skin`: of the face that gets it, whose light what is shown takes.
  Yuv colour(const Choice& choice, const OpeningEdges& opening, double x, double y,
             const Yuv& skin) const;

 private:
  struct View {
    PhotoTexture texture;
    face::Point middle;  // between the corners, in the texture
    face::Point along;   // a width of the mouth at rest
    face::Point down;
    OpeningEdges edges;
    double tallest = 0;
    Yuv skin;
  };
  static Yuv colour_of(const View& view, const OpeningEdges& opening, double x, double y,
                       const Yuv& skin);
  std::vector<View> views_;  // the most closed first
};

// The mean colour of the skin beside the mouth, at places given in the mouth's axes.
Yuv skin_beside(const PhotoTexture& texture, face::Point middle, face::Point along,
                face::Point down);

}  // namespace understudy::avatar
