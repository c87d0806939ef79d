// MotionPrompt: what a sentence asks a head to do, as movements in time.
//
// "Nod slowly, then look left and smile" becomes three movements: clauses follow each other (then,
// next, after, before, comma) and share the time of the speech; words of one clause act together.
// Understood are English words for nodding, shaking, tilting, leaning, turning, looking, smiling,
// frowning, brows, blinking, closed eyes, swaying, stillness and liveliness, with left, right, up,
// down, slowly, quickly, slightly, strongly, twice, "at the end" and the like. What is not
// understood has no effect; understood() tells what has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "avatar/pose.h"

namespace understudy::avatar {

class MotionPrompt {
 public:
  // Of a speech of `duration_s`. An empty text moves nothing.
  MotionPrompt(std::string_view text, double duration_s);

  // Adds what is asked for at a time.
  void apply(double t_s, Pose& pose) const;

  // How lively the rest of the performance is: 1 as usual, 0.25 "stand still", 1.5 "energetic".
  double liveliness() const { return liveliness_; }

  std::vector<std::string> understood() const;  // "nod", "look left", ...

 private:
  enum class Kind {
    nod,
    shake,
    tilt,
    lean,
    turn,
    look,
    smile,
    frown,
    brows,
    eyes_shut,
    blink,
    sway
  };
  struct Movement {
    Kind kind = Kind::nod;
    double direction = 0;  // of the picture: -1 left or back or up, +1 right or forward or down
    bool is_vertical = false;
    double strength = 1;
    double tempo = 1;
    int times = 0;  // 0: as often as its time holds
    double start_s = 0;
    double end_s = 0;
    std::string name;
  };
  void read_clause(const std::vector<std::string>& words, std::vector<Movement>& found);
  static void add(const Movement& movement, double t_s, Pose& pose);

  std::vector<Movement> movements_;
  double liveliness_ = 1;
};

}  // namespace understudy::avatar
