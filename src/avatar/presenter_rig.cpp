#include "avatar/presenter_rig.h"

#include <algorithm>
#include <cmath>

#include "avatar/body_art.h"
#include "avatar/hair_art.h"
#include "avatar/hand_poses.h"
#include "avatar/head_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

// Layers hold a little more detail than the canvas shows, so that turning them costs no sharpness.
constexpr double kOversampling = 1.2;
constexpr Point kHips{0, 900};
constexpr double kHeadLower = 30;  // the head is drawn round (0, 0); it sits a little lower

double smooth_step(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// The face below the nose follows the jaw.
double stretched(double y, double drop) { return y + drop * smooth_step((y - 62) / 92); }

// The inverse of stretched(), by three Newton-like steps.
double source_row(double y, double drop) {
  double source = y - drop * smooth_step((y - 62) / 92);
  for (int i = 0; i < 4; ++i) source -= 0.8 * (stretched(source, drop) - y);
  return source;
}

}  // namespace

PresenterRig::PresenterRig(const Character& who, const Outfit& outfit, const Affine& to_canvas,
                           int canvas_height)
    : who_(who), outfit_(outfit), to_canvas_(to_canvas), scale_(to_canvas.xx) {
  const double k = scale_ * kOversampling;
  const double bottom = std::min(
      kBodyBottom, to_canvas.inverse().apply({0, static_cast<double>(canvas_height)}).y + 40);
  back_hair_ = make_layer({-300, -330, 300, 560}, k, [&](cairo_t* c) { draw_hair_back(c, who_); });
  body_ = make_layer({-360, 80, 360, bottom}, k, [&](cairo_t* c) { draw_body(c, who_, outfit_); });
  face_ = make_layer({-180, -230, 180, 260}, k, [&](cairo_t* c) {
    draw_face(c, who_);
    draw_beard(c, who_);
  });
  nose_ = make_layer({-60, -60, 60, 110}, k, [&](cairo_t* c) { draw_nose(c, who_); });
  glasses_ = make_layer({-160, -80, 160, 90}, k, [&](cairo_t* c) { draw_glasses(c, who_); });
  front_hair_ =
      make_layer({-300, -330, 300, 560}, k, [&](cairo_t* c) { draw_hair_front(c, who_); });
}

PresenterRig::Placement PresenterRig::placement_of(const Pose& pose) const {
  const Affine body = to_canvas_.after(Affine::rotation_about(kHips, pose.body_lean))
                          .after(Affine::shift(pose.body_x, pose.body_y));
  const Affine head = body.after(Affine::shift(pose.head_x, pose.head_y + kHeadLower))
                          .after(Affine::rotation_about(kHeadPivot, pose.head_roll));
  // Parallax: what is nearer to the viewer moves further when the head turns.
  const auto near = [&](double depth) {
    return head.after(Affine::shift(depth * 6.5 * pose.yaw, depth * 5 * pose.pitch));
  };
  return {body, head, near(-.45), near(1), near(1.55), near(.25)};
}

Box PresenterRig::arms_box(const Pose& pose) const {
  Box box;
  for (const ArmPose* arm : {&pose.left, &pose.right}) {
    const double side = arm == &pose.left ? -1 : 1;
    const Point shoulder = shoulder_of(who_.build, side);
    constexpr double kReach = 225;  // of the hand from the wrist
    for (const Point& p : {shoulder, arm->elbow})
      box = united(box, {p.x - 95, p.y - 95, p.x + 95, p.y + 95});
    box = united(box, {arm->wrist.x - kReach, arm->wrist.y - kReach, arm->wrist.x + kReach,
                       arm->wrist.y + kReach});
  }
  return box;
}

Box PresenterRig::changed_box(const Pose& pose, const std::optional<Pose>& before) const {
  const auto boxes = [&](const Pose& p) {
    const Placement at = placement_of(p);
    Box face = face_.box;
    face.y1 += 40;
    Box head = mapped(face, at.head);
    head = united(head, mapped(back_hair_.box, at.back_hair));
    head = united(head, mapped(front_hair_.box, at.front_hair));
    head = united(head, mapped(glasses_.box, at.features));
    return std::array<Box, 2>{head,
                              united(mapped(body_.box, at.body), mapped(arms_box(p), at.body))};
  };
  const std::array<Box, 2> now = boxes(pose);
  if (!before) return united(now[0], now[1]);
  if (pose == *before) return {};
  const std::array<Box, 2> then = boxes(*before);
  const bool has_body_moved = pose.body_x != before->body_x || pose.body_y != before->body_y ||
                              pose.body_lean != before->body_lean;
  Box box = united(now[0], then[0]);
  if (has_body_moved) return united(box, united(now[1], then[1]));
  if (!(pose.left == before->left) || !(pose.right == before->right)) {
    const Affine body = placement_of(pose).body;
    box = united(box, united(mapped(arms_box(pose), body), mapped(arms_box(*before), body)));
  }
  return box;
}

void PresenterRig::draw_arms(const Pose& pose, const Placement& at, const media::Rectangle& clip,
                             cairo_surface_t* canvas) {
  // The right one first: the left hand lies on it when they are folded.
  for (const int i : {1, 0}) {
    const ArmPose& arm = i == 0 ? pose.left : pose.right;
    if (arm == rest_[i]) {
      place(rest_arms_[i], at.body, clip, canvas);
      continue;
    }
    const ContextPtr c = make_context(canvas);
    cairo_rectangle(c.get(), clip.x, clip.y, clip.width, clip.height);
    cairo_clip(c.get());
    at.body.use(c.get());
    const double side = i == 0 ? -1 : 1;
    draw_arm(c.get(), who_, outfit_, arm, side, true, [&] {
      // A hand keeps its shape for most of a gesture: it is a layer, too.
      if (hands_[i].key != arm.hand) {
        redraw_layer(hands_[i].layer, {-90, -225, 120, 20}, scale_ * kOversampling,
                     [&](cairo_t* h) { draw_hand(h, who_.complexion, arm.hand); });
        hands_[i].key = arm.hand;
      }
      place(hands_[i].layer, at.body.after(hand_to_body(who_.build, arm, side)), clip, canvas);
    });
    cairo_surface_flush(canvas);
  }
}

void PresenterRig::draw(const Pose& pose, const media::Rectangle& clip, cairo_surface_t* canvas) {
  const Placement at = placement_of(pose);
  place(back_hair_, at.back_hair, clip, canvas);
  place(body_, at.body, clip, canvas);
  const double drop = jaw_drop(pose.mouth);
  if (drop > .05)
    place(face_, at.head, clip, canvas, [drop](double y) { return source_row(y, drop); });
  else
    place(face_, at.head, clip, canvas);
  place(nose_, at.nose, clip, canvas);
  place_features(pose, at, clip, canvas);
  place(glasses_, at.features, clip, canvas);
  place(front_hair_, at.front_hair, clip, canvas);
  draw_arms(pose, at, clip, canvas);
}

void PresenterRig::refresh(Drawn& drawn, const Pose& key, const Box& bounds,
                           void (*draw_feature)(cairo_t*, const Character&, const Pose&)) {
  if (drawn.key && *drawn.key == key) return;
  redraw_layer(drawn.layer, bounds, scale_ * kOversampling,
               [&](cairo_t* c) { draw_feature(c, who_, key); });
  drawn.key = key;
}

// Eyes, brows and mouth are drawn upright and placed like any layer; each is drawn anew only when
// its own part of the pose changes by something one could see.
void PresenterRig::place_features(const Pose& pose, const Placement& at,
                                  const media::Rectangle& clip, cairo_surface_t* canvas) {
  const auto step = [](double value, double size) { return std::round(value / size) * size; };
  Pose eyes, brows, mouth;
  eyes.blink = step(pose.blink, .02);
  eyes.brow_raise = step(pose.brow_raise, .1);
  eyes.squint = step(pose.squint, .1);
  eyes.gaze_x = step(pose.gaze_x, .03);
  eyes.gaze_y = step(pose.gaze_y, .04);
  brows.brow_tilt = step(pose.brow_tilt, .1);
  mouth.mouth = pose.mouth;
  refresh(eyes_, eyes, {-125, -70, 125, 40}, draw_eyes);
  refresh(brows_, brows, {-130, -100, 130, -20}, draw_brows);
  refresh(mouth_, mouth, {-90, 60, 90, 205}, draw_mouth);
  place(eyes_.layer, at.features, clip, canvas);
  const double lift = brow_lift(pose);
  place(brows_.layer, at.features.after(Affine::shift(0, -lift)), clip, canvas);
  place(mouth_.layer, at.features, clip, canvas);
}

MouthOpening PresenterRig::mouth(const Pose& pose) const {
  MouthOpening opening = mouth_opening(who_.face, pose.mouth);
  opening.centre = placement_of(pose).features.apply(opening.centre);
  opening.width *= scale_;
  opening.gap *= scale_;
  return opening;
}

}  // namespace understudy::avatar
