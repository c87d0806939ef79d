// GesturePlan: which gesture the arms make when. The stroke of a gesture falls on a stressed word,
// the hand is up about 0.4 s before it, stays to the end of the phrase and goes back to rest; near
// gestures follow each other without a rest between. The word chooses the gesture where it can
// ("hello" waves, "you" offers, "first" points), else the speaker's habit does.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "avatar/hand_poses.h"
#include "avatar/prosody.h"

namespace understudy::avatar {

class GesturePlan {
 public:
  GesturePlan(const Prosody& prosody, const std::vector<speech::Word>& words, double duration_s,
              std::uint32_t seed);

  struct Arms {
    ArmPose left;
    ArmPose right;
    double raised = 0;  // 0 at rest .. 1 gesturing
  };
  Arms at(double t_s) const;

  struct Stroke {
    double time_s;
    bool uses_left;
    bool uses_right;
    ArmPlace place;
  };
  const std::vector<Stroke>& strokes() const { return strokes_; }

 private:
  struct Key {
    double time_s;
    ArmPlace place;
  };
  using Track = std::vector<Key>;
  ArmPose sample(const Track& track, double t_s, double& raised) const;
  void add_gesture(const Stroke& stroke, double hold_until_s, double next_s);

  std::vector<Stroke> strokes_;
  std::vector<Stress> beats_;
  Track left_;
  Track right_;
};

}  // namespace understudy::avatar
