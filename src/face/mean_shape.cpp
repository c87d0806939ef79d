#include "face/mean_shape.h"

#include <utility>
#include <vector>

namespace understudy::face {
namespace {

// The left half and what lies on the axis; the right half is its mirror image.
Landmarks authored() {
  Landmarks points{};
  const auto set = [&](std::size_t left, std::size_t right, double x, double y) {
    points[left] = {-x, y};
    points[right] = {x, y};
  };
  // Jaw: temple to chin.
  set(0, 16, 1.13, 0.06);
  set(1, 15, 1.11, 0.36);
  set(2, 14, 1.06, 0.66);
  set(3, 13, 0.98, 0.94);
  set(4, 12, 0.84, 1.20);
  set(5, 11, 0.66, 1.42);
  set(6, 10, 0.45, 1.59);
  set(7, 9, 0.23, 1.71);
  points[8] = {0, 1.755};
  // Brows.
  set(17, 26, 0.96, -0.22);
  set(18, 25, 0.82, -0.355);
  set(19, 24, 0.62, -0.395);
  set(20, 23, 0.42, -0.36);
  set(21, 22, 0.23, -0.285);
  // Nose.
  points[27] = {0, -0.04};
  points[28] = {0, 0.17};
  points[29] = {0, 0.38};
  points[30] = {0, 0.575};
  set(31, 35, 0.245, 0.70);
  set(32, 34, 0.125, 0.745);
  points[33] = {0, 0.77};
  // Eyes: outer corner, upper lid, inner corner, lower lid.
  set(36, 45, 0.73, 0.01);
  set(37, 44, 0.59, -0.075);
  set(38, 43, 0.42, -0.075);
  set(39, 42, 0.28, 0.025);
  set(40, 47, 0.41, 0.06);
  set(41, 46, 0.58, 0.06);
  // Lips.
  set(48, 54, 0.385, 1.10);
  set(49, 53, 0.245, 1.015);
  set(50, 52, 0.095, 0.97);
  points[51] = {0, 0.99};
  set(59, 55, 0.25, 1.20);
  set(58, 56, 0.11, 1.25);
  points[57] = {0, 1.26};
  set(60, 64, 0.345, 1.10);
  set(61, 63, 0.12, 1.085);
  points[62] = {0, 1.09};
  set(67, 65, 0.12, 1.10);
  points[66] = {0, 1.10};
  return points;
}

}  // namespace

const Landmarks& mean_shape() {
  static const Landmarks shape = authored();
  return shape;
}

}  // namespace understudy::face
