#include "avatar/hand_poses.h"

#include <array>
#include <numbers>

namespace understudy::avatar {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

using Finger = HandShape::Finger;

HandShape make(std::array<Finger, 5> fingers, std::array<Point, 8> palm, double back,
               double thumb_over) {
  return {fingers, palm, back, thumb_over};
}

// Clockwise from the wrist's left side; the thumb is on the right.
constexpr std::array<Point, 8> kOpenPalm = {
    {{-25, 6}, {-36, -30}, {-44, -70}, {-37, -97}, {0, -108}, {38, -101}, {44, -58}, {27, 6}}};
// The back of the hand: the thumb is on the left.
constexpr std::array<Point, 8> kBack = {
    {{-27, 6}, {-42, -56}, {-38, -96}, {-4, -106}, {34, -98}, {42, -72}, {35, -32}, {25, 6}}};

HandShape open_palm() {
  return make({{{{{{28, -26}, {56, -56}, {72, -80}, {82, -103}}}, 27},
                {{{{29, -94}, {38, -134}, {42, -159}, {44, -180}}}, 22},
                {{{{8, -101}, {11, -146}, {12, -174}, {12, -197}}}, 23},
                {{{{-13, -98}, {-19, -140}, {-22, -166}, {-25, -187}}}, 22},
                {{{{-32, -89}, {-44, -120}, {-51, -139}, {-56, -157}}}, 19}}},
              kOpenPalm, 0, 0);
}

HandShape present() {
  return make(
      {{{{{{24, -22}, {50, -48}, {66, -68}, {76, -88}}}, 26},
        {{{{22, -90}, {27, -130}, {27, -155}, {24, -177}}}, 22},
        {{{{4, -98}, {5, -142}, {3, -170}, {-2, -192}}}, 23},
        {{{{-13, -96}, {-15, -138}, {-19, -163}, {-26, -183}}}, 22},
        {{{{-29, -88}, {-34, -117}, {-39, -136}, {-46, -152}}}, 19}}},
      {{{-24, 6}, {-33, -34}, {-39, -70}, {-34, -95}, {-4, -105}, {31, -97}, {38, -58}, {26, 6}}},
      0, 0);
}

HandShape point() {
  return make({{{{{{28, -26}, {46, -52}, {34, -74}, {8, -82}}}, 26},
                {{{{27, -92}, {31, -136}, {32, -164}, {32, -187}}}, 22},
                {{{{8, -98}, {10, -124}, {8, -104}, {6, -82}}}, 24},
                {{{{-13, -96}, {-14, -120}, {-13, -99}, {-12, -78}}}, 23},
                {{{{-31, -88}, {-33, -109}, {-31, -90}, {-28, -72}}}, 20}}},
              kOpenPalm, 0, 1);
}

HandShape pinch() {
  return make({{{{{{28, -26}, {54, -48}, {66, -70}, {66, -92}}}, 26},
                {{{{28, -93}, {50, -122}, {64, -116}, {68, -97}}}, 22},
                {{{{8, -101}, {18, -142}, {28, -162}, {40, -174}}}, 22},
                {{{{-13, -98}, {-11, -140}, {-4, -164}, {5, -181}}}, 22},
                {{{{-32, -89}, {-36, -121}, {-35, -142}, {-31, -160}}}, 19}}},
              kOpenPalm, 0, 0);
}

// Seen from the back, fingers together and softly bent: for clasped hands and for the chest.
HandShape fold() {
  return make({{{{{{-28, -30}, {-44, -60}, {-40, -86}, {-30, -106}}}, 25},
                {{{{-26, -92}, {-28, -128}, {-23, -150}, {-15, -168}}}, 22},
                {{{{-6, -99}, {-4, -139}, {3, -163}, {12, -181}}}, 23},
                {{{{13, -97}, {18, -133}, {25, -155}, {33, -170}}}, 22},
                {{{{30, -88}, {38, -115}, {44, -132}, {50, -146}}}, 19}}},
              kBack, 1, 1);
}

HandShape relaxed() {
  return make({{{{{{-26, -30}, {-46, -62}, {-50, -86}, {-46, -106}}}, 25},
                {{{{-26, -92}, {-30, -126}, {-26, -148}, {-18, -164}}}, 22},
                {{{{-6, -99}, {-5, -138}, {2, -160}, {11, -175}}}, 23},
                {{{{13, -97}, {18, -132}, {25, -152}, {34, -164}}}, 22},
                {{{{30, -88}, {38, -114}, {45, -130}, {52, -141}}}, 19}}},
              kBack, 1, 0);
}

ArmPose place(Point elbow, Point wrist, double degrees, Hand hand) {
  return {elbow, wrist, degrees * kDegree, hand_shape(hand)};
}

}  // namespace

const HandShape& hand_shape(Hand hand) {
  static const std::array<HandShape, 6> kShapes = {fold(),  open_palm(), present(),
                                                   point(), pinch(),     relaxed()};
  return kShapes[static_cast<std::size_t>(hand)];
}

HandShape blend(const HandShape& a, const HandShape& b, double t) {
  HandShape result;
  for (std::size_t f = 0; f < a.fingers.size(); ++f) {
    for (std::size_t j = 0; j < a.fingers[f].joints.size(); ++j)
      result.fingers[f].joints[j] = lerp(a.fingers[f].joints[j], b.fingers[f].joints[j], t);
    result.fingers[f].width = a.fingers[f].width + (b.fingers[f].width - a.fingers[f].width) * t;
  }
  for (std::size_t i = 0; i < a.palm.size(); ++i) result.palm[i] = lerp(a.palm[i], b.palm[i], t);
  result.back = a.back + (b.back - a.back) * t;
  result.thumb_over = a.thumb_over + (b.thumb_over - a.thumb_over) * t;
  return result;
}

const ArmPose& arm_place(ArmPlace where) {
  static const std::array<ArmPose, 9> kPlaces = {
      place({-298, 640}, {-108, 748}, 84, Hand::fold),        // rest
      place({-312, 622}, {-404, 512}, -46, Hand::present),    // present_out
      place({-316, 630}, {-318, 492}, -10, Hand::open_palm),  // open_up
      place({-298, 652}, {-352, 590}, -56, Hand::present),    // offer
      place({-314, 632}, {-306, 492}, -4, Hand::point),       // point_up
      place({-306, 640}, {-250, 560}, 4, Hand::pinch),        // pinch
      place({-306, 632}, {-168, 566}, 62, Hand::fold),        // chest
      place({-322, 606}, {-366, 420}, -8, Hand::open_palm),   // wave
      place({-304, 650}, {-286, 900}, 176, Hand::relaxed),    // low
  };
  return kPlaces[static_cast<std::size_t>(where)];
}

ArmPose mirrored(ArmPose pose) {
  pose.elbow.x = -pose.elbow.x;
  pose.wrist.x = -pose.wrist.x;
  return pose;
}

ArmPose blend(const ArmPose& a, const ArmPose& b, double t) {
  ArmPose result;
  result.elbow = lerp(a.elbow, b.elbow, t);
  result.wrist = lerp(a.wrist, b.wrist, t);
  result.hand_angle = a.hand_angle + (b.hand_angle - a.hand_angle) * t;
  result.hand = blend(a.hand, b.hand, t);
  return result;
}

}  // namespace understudy::avatar
