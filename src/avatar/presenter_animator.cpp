#include "avatar/presenter_animator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "avatar/backdrop_art.h"
#include "avatar/motion_prompt.h"
#include "avatar/noise.h"
#include "avatar/performance.h"
#include "avatar/picture_blend.h"
#include "avatar/presenter_rig.h"

namespace understudy::avatar {
namespace {

// Rig units to canvas pixels: head and gestures in sight, the body cut off by the lower edge.
Affine framing(int width, int height, Fit fit) {
  constexpr double kTop = -385;      // of the picture in a wide frame: a little air over the hair
  constexpr double kTall = 1225;     // rig units over the height of a wide frame
  constexpr double kHalfWide = 405;  // what a narrow frame must hold on each side
  double tall = std::max(kTall, 2 * kHalfWide * height / width);
  if (fit == Fit::cover) tall *= 0.84;
  const double scale = height / tall;
  // A tall frame shares its extra height: more air above, more body below.
  const double spare = tall - (fit == Fit::cover ? kTall * 0.84 : kTall);
  const double top = (fit == Fit::cover ? kTop + 60 : kTop) - 0.42 * spare;
  return {scale, 0, width / 2.0, 0, scale, -top * scale};
}

// Positions are kept to 1/16 of a pixel or so: what moves less is not worth a redraw.
double rounded_to(double value, double step) { return std::round(value / step) * step; }

Pose settled(Pose pose, double scale) {
  const double step = 0.0625 / scale;
  pose.body_x = rounded_to(pose.body_x, step);
  pose.body_y = rounded_to(pose.body_y, step);
  pose.body_lean = rounded_to(pose.body_lean, step / 900);
  pose.head_x = rounded_to(pose.head_x, step);
  pose.head_y = rounded_to(pose.head_y, step);
  pose.head_roll = rounded_to(pose.head_roll, step / 300);
  pose.yaw = rounded_to(pose.yaw, step / 8);
  pose.pitch = rounded_to(pose.pitch, step / 8);
  pose.brow_raise = rounded_to(pose.brow_raise, 0.01);
  pose.brow_tilt = rounded_to(pose.brow_tilt, 0.01);
  pose.squint = rounded_to(pose.squint, 0.02);
  pose.gaze_x = rounded_to(pose.gaze_x, 0.01);
  pose.gaze_y = rounded_to(pose.gaze_y, 0.01);
  MouthShape& mouth = pose.mouth;
  mouth.smile = rounded_to(mouth.smile, 0.02);
  for (double* part : {&mouth.open, &mouth.width, &mouth.pucker, &mouth.upper_raise,
                       &mouth.lower_tuck, &mouth.tongue, &mouth.press})
    *part = rounded_to(*part, 0.004);
  return pose;
}

media::Rectangle even_rectangle(const Box& box, int width, int height) {
  if (box.is_empty()) return {};
  const int x0 = std::clamp(static_cast<int>(std::floor(box.x0)) - 2, 0, width) & ~1;
  const int y0 = std::clamp(static_cast<int>(std::floor(box.y0)) - 2, 0, height) & ~1;
  const int x1 = (std::clamp(static_cast<int>(std::ceil(box.x1)) + 2, 0, width) + 1) & ~1;
  const int y1 = (std::clamp(static_cast<int>(std::ceil(box.y1)) + 2, 0, height) + 1) & ~1;
  return {x0, y0, std::max(x1 - x0, 0), std::max(y1 - y0, 0)};
}

void clear(cairo_surface_t* surface, const media::Rectangle& box) {
  cairo_surface_flush(surface);
  unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = box.y; y < box.y + box.height; ++y)
    std::memset(data + static_cast<std::ptrdiff_t>(y) * stride + box.x * 4, 0,
                static_cast<std::size_t>(box.width) * 4);
  cairo_surface_mark_dirty(surface);
}

}  // namespace

class PresenterAnimator::Impl {
 public:
  Impl(const Presenter& presenter, const Look& look, const speech::Speech& speech,
       const AnimatorOptions& options)
      : options_(options),
        to_canvas_(framing(options.width, options.height, options.fit)),
        rig_(presenter.character, look.outfit, to_canvas_, options.height),
        performance_(speech, hash(presenter.seed, options.seed)),
        prompt_(options.motion_prompt, speech.duration_s()),
        figure_(make_surface(options.width, options.height)),
        frame_count_(
            std::max(1, static_cast<int>(std::lround(speech.duration_s() * options.fps)))) {
    if (options.is_transparent) {
      master_ = blank_frame(options.width, options.height, true);
    } else if (options.background != nullptr) {
      background_ = *options.background;
      background_.alpha.clear();
    } else {
      const SurfacePtr picture = make_surface(options.width, options.height);
      draw_backdrop(make_context(picture.get()).get(), look.backdrop, options.width,
                    options.height);
      to_frame(picture.get(), background_);
    }
    if (!options.is_transparent) master_ = background_;
    options_.background = nullptr;
  }

  media::Rectangle draw(int index, media::Frame& out) {
    media::Rectangle box = redraw_figure(index);
    if (std::exchange(is_master_stale_, false)) box = whole();
    if (box.width > 0 && box.height > 0) put_figure(box, master_);
    out = master_;
    const bool is_first = !std::exchange(has_drawn_, true);
    return is_first ? whole() : box;
  }

  media::Rectangle draw_on(int index, media::Frame& canvas) {
    if (!has_drawn_) return draw(index, canvas);
    const media::Rectangle box = redraw_figure(index);
    if (box.width > 0 && box.height > 0) put_figure(box, canvas);
    return box;
  }

  media::Rectangle draw_over(int index, const media::Frame& background, media::Frame& out) {
    redraw_figure(index);
    is_master_stale_ = true;
    out = background;
    out.alpha.clear();
    // The figure may be anywhere in the box it filled so far; outside of it nothing was ever drawn.
    blend_over(
        figure_.get(), background,
        even_rectangle(rig_.changed_box(*last_, std::nullopt), options_.width, options_.height),
        out);
    return whole();
  }

  int frame_count() const { return frame_count_; }

  MouthLandmarks mouth(int index) const {
    const MouthOpening opening = rig_.mouth(pose_of(index));
    return {opening.centre.x, opening.centre.y, opening.width, opening.gap};
  }

 private:
  void put_figure(const media::Rectangle& box, media::Frame& picture) {
    if (options_.is_transparent)
      cut_out(figure_.get(), box, picture);
    else
      blend_over(figure_.get(), background_, box, picture);
  }

  media::Rectangle whole() const { return {0, 0, options_.width, options_.height}; }

  Pose pose_of(int index) const {
    const double t_s = index / options_.fps;
    return settled(prompted(performance_.at(t_s), t_s), to_canvas_.xx);
  }

  Pose prompted(Pose pose, double t_s) const {
    const double liveliness = options_.liveliness * prompt_.liveliness();
    for (double* part : {&pose.head_x, &pose.head_y, &pose.head_roll, &pose.yaw, &pose.pitch})
      *part *= liveliness;
    prompt_.apply(t_s, pose);
    pose.yaw = std::clamp(pose.yaw, -1.0, 1.0);
    pose.pitch = std::clamp(pose.pitch, -1.0, 1.0);
    pose.brow_raise = std::clamp(pose.brow_raise, -1.0, 1.0);
    pose.squint = std::clamp(pose.squint, 0.0, 1.0);
    pose.gaze_x = std::clamp(pose.gaze_x, -1.0, 1.0);
    pose.gaze_y = std::clamp(pose.gaze_y, -1.0, 1.0);
    pose.mouth.smile = std::clamp(pose.mouth.smile, -1.0, 1.0);
    return pose;
  }

  media::Rectangle redraw_figure(int index) {
    const Pose pose = pose_of(index);
    const media::Rectangle box =
        even_rectangle(rig_.changed_box(pose, last_), options_.width, options_.height);
    if (box.width > 0 && box.height > 0) {
      clear(figure_.get(), box);
      rig_.draw(pose, box, figure_.get());
    }
    last_ = pose;
    return box;
  }

  AnimatorOptions options_;
  Affine to_canvas_;
  PresenterRig rig_;
  Performance performance_;
  MotionPrompt prompt_;
  SurfacePtr figure_;  // premultiplied; transparent round the presenter
  media::Frame background_;
  media::Frame master_;  // the picture of the last call
  std::optional<Pose> last_;
  int frame_count_;
  bool has_drawn_ = false;
  bool is_master_stale_ = false;  // draw_over() moved the figure on without it
};

PresenterAnimator::PresenterAnimator(const Look& look, const speech::Speech& speech,
                                     const AnimatorOptions& options)
    : PresenterAnimator(presenter_of(look), look, speech, options) {}
PresenterAnimator::PresenterAnimator(const Presenter& presenter, const Look& look,
                                     const speech::Speech& speech, const AnimatorOptions& options)
    : impl_(std::make_unique<Impl>(presenter, look, speech, options)) {}
PresenterAnimator::~PresenterAnimator() = default;
PresenterAnimator::PresenterAnimator(PresenterAnimator&&) noexcept = default;
PresenterAnimator& PresenterAnimator::operator=(PresenterAnimator&&) noexcept = default;

media::Rectangle PresenterAnimator::draw(int index, media::Frame& out) {
  return impl_->draw(index, out);
}
media::Rectangle PresenterAnimator::draw_on(int index, media::Frame& canvas) {
  return impl_->draw_on(index, canvas);
}
media::Rectangle PresenterAnimator::draw_over(int index, const media::Frame& background,
                                              media::Frame& out) {
  return impl_->draw_over(index, background, out);
}
int PresenterAnimator::frame_count() const { return impl_->frame_count(); }
MouthLandmarks PresenterAnimator::mouth(int index) const { return impl_->mouth(index); }

}  // namespace understudy::avatar
