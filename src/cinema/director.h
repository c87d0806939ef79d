// The director: a prompt becomes a Direction. Deterministic: words decide, by the table of
// vocabulary.cpp; what they leave open follows from the rest (the light of a mood, the setting of a
// light). Words that are not in the table change nothing, and Direction::understood tells what was
// read. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "cinema/direction.h"

namespace understudy::cinema {

struct Brief {
  std::string prompt;
  int looks = 1;               // 1..3
  int picture_references = 0;  // pictures and films to be used as settings, in order
  int seconds = 10;            // 4..15; 0: as long as the prompt needs
  bool is_enhanced = false;    // what the prompt leaves open is chosen more boldly
};

Direction direct(const Brief& brief);

// 4..15: what direct() takes when seconds is 0.
int seconds_for(std::string_view prompt, int looks);

}  // namespace understudy::cinema
