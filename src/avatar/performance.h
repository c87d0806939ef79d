// Performance: what a presenter does while a speech is heard, as a Pose for any time.
//
// The head nods on stresses and follows pitch and loudness, brows rise with the pitch, eyes blink
// every few seconds and at the ends of phrases, the gaze leaves the viewer now and then, the chest
// breathes, arms follow the GesturePlan. In silence the presenter idles. at() is pure: a time gives
// the same pose whatever was asked before.
#pragma once

#include <cstdint>
#include <vector>

#include "avatar/gesture_plan.h"
#include "avatar/mouth_track.h"
#include "avatar/pose.h"
#include "avatar/prosody.h"
#include "speech/speech.h"

namespace understudy::avatar {

class Performance {
 public:
  Performance(const speech::Speech& speech, std::uint32_t seed);
  Pose at(double t_s) const;
  const GesturePlan& gestures() const { return gestures_; }

 private:
  void plan_blinks(double duration_s);
  void plan_gaze(double duration_s);
  double blink_at(double t_s) const;
  Point gaze_at(double t_s) const;
  double nod_at(double t_s) const;
  double tilt_at(double t_s) const;

  struct Glance {
    double time_s;
    Point gaze;
  };
  std::uint32_t seed_;
  Prosody prosody_;
  MouthTrack mouth_;
  GesturePlan gestures_;
  std::vector<double> blinks_;
  std::vector<Glance> glances_;
};

}  // namespace understudy::avatar
