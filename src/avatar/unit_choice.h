// Which picture of the footage stands for each frame of the result: the cheapest path through all
// units (Viterbi), with target costs (what is said, how far the mouth is open, how the head is
// turned) and join costs (lips that jump). Pure numbers. Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "avatar/donor_set.h"

namespace understudy::avatar {

struct UnitTarget {
  double open = 0;         // wanted, in the person's own openings
  double width = 1;        // wanted
  double sound_trust = 1;  // 0..1, how far the recognised sounds are believed
  bool is_closed = false;  // m, b, p: lips that do not touch are heard as wrong
  Heard heard;
  face::HeadPose pose;  // of the head that gets the mouth
  int shown = -1;       // picture of footage 0 that is shown, for `exclude_frames`
};

// One unit (an index of `units`) for each target. Units of footage 0 nearer than `exclude_frames`
// to the shown picture are not taken. Requires: units and targets are not empty.
std::vector<int> choose_path(std::span<const Unit> units, std::span<const UnitTarget> targets,
                             int exclude_frames);

}  // namespace understudy::avatar
