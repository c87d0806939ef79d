// The 68 points of a face in the order of the iBUG 300-W annotation, which most landmark models
// share (https://ibug.doc.ic.ac.uk/resources/300-W): "left" is the left of the picture.
//   0-16 jaw, left ear to right ear    17-21, 22-26 brows     27-30 ridge of the nose, 31-35 below
//   36-41, 42-47 eyes, from their left corners over the upper lid
//   48-59 outer lip, from the left corner over the upper lip   60-67 inner lip, the same way
#pragma once

#include <array>

#include "face/geometry.h"

namespace understudy::face {

using Landmarks = std::array<Point, 68>;

inline constexpr int kChin = 8;
inline constexpr int kNoseTip = 30;
inline constexpr int kLeftEye = 36;   // first of six
inline constexpr int kRightEye = 42;  // first of six
inline constexpr int kLeftCorner = 48;
inline constexpr int kRightCorner = 54;

inline Point eye_centre(const Landmarks& points, int first) {
  Point sum;
  for (int i = first; i < first + 6; ++i) sum = sum + points[static_cast<std::size_t>(i)];
  return sum * (1.0 / 6);
}

inline double eye_distance(const Landmarks& points) {
  return length(eye_centre(points, kRightEye) - eye_centre(points, kLeftEye));
}

inline double mouth_width(const Landmarks& points) {
  return length(points[kRightCorner] - points[kLeftCorner]);
}

}  // namespace understudy::face
