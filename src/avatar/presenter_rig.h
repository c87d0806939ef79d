// PresenterRig: one presenter in one outfit at one size, as layers, and the drawing of a Pose with
// them.
#pragma once

#include <array>
#include <optional>

#include "avatar/character.h"
#include "avatar/feature_art.h"
#include "avatar/layer.h"
#include "avatar/pose.h"

namespace understudy::avatar {

class PresenterRig {
 public:
  // `to_canvas` maps rig units to canvas pixels: a scale and a shift. What lies below the canvas is
  // not drawn.
  PresenterRig(const Character& who, const Outfit& outfit, const Affine& to_canvas,
               int canvas_height);

  // The canvas box in which a picture of `pose` differs from one of `before`; of the whole figure
  // when there is no picture before. Pixels.
  Box changed_box(const Pose& pose, const std::optional<Pose>& before) const;

  // Draws the part of the figure inside `clip` over what is on `canvas` (ARGB32, premultiplied).
  void draw(const Pose& pose, const media::Rectangle& clip, cairo_surface_t* canvas);

  // Canvas pixels.
  MouthOpening mouth(const Pose& pose) const;

 private:
  struct Placement {
    Affine body, head, back_hair, features, nose, front_hair;
  };
  Placement placement_of(const Pose& pose) const;
  void place_features(const Pose& pose, const Placement& at, const media::Rectangle& clip,
                      cairo_surface_t* canvas);
  void draw_arms(const Pose& pose, const Placement& at, const media::Rectangle& clip,
                 cairo_surface_t* canvas);
  Box arms_box(const Pose& pose) const;

  Character who_;
  Outfit outfit_;
  Affine to_canvas_;
  double scale_;
  // What a feature was last drawn for, and what came of it.
  struct Drawn {
    std::optional<Pose> key;
    Layer layer;
  };
  void refresh(Drawn& drawn, const Pose& key, const Box& bounds,
               void (*draw_feature)(cairo_t*, const Character&, const Pose&));
  Drawn eyes_, brows_, mouth_;
  struct DrawnHand {
    std::optional<HandShape> key;
    Layer layer;
  };
  std::array<DrawnHand, 2> hands_;  // left, right
  Layer back_hair_, body_, face_, nose_, glasses_, front_hair_;
  std::array<ArmPose, 2> rest_;  // left, right: these have layers, other poses are drawn anew
  std::array<Layer, 2> rest_arms_;
};

}  // namespace understudy::avatar
