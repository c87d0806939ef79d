// MouthTrack: phones in, the shape of the mouth at any time out.
//
// Ten visemes, each a MouthShape. The shape at a time is the average of the visemes round it,
// weighted with a Gaussian window (sigma 45 ms): neighbours colour each other as in real speech
// (coarticulation). Closures are what viewers check, so m, b and p also close a gate that forces
// the opening to 0 for at least 60 ms, whatever the neighbours want. Method: research of this
// project on photographs and vector faces; visemes after the usual ten-class tables for English.
#pragma once

#include <vector>

#include "avatar/pose.h"
#include "speech/speech.h"

namespace understudy::avatar {

enum class Viseme {
  rest,
  closed,
  lip_teeth,
  rounded,
  open_round,
  open,
  mid,
  spread,
  narrow,
  lateral
};

Viseme viseme_of(const std::string& phone);  // ARPAbet in lower case; unknown ones count as narrow
const MouthShape& shape_of(Viseme viseme);

class MouthTrack {
 public:
  explicit MouthTrack(const std::vector<speech::Phone>& phones);
  MouthShape at(double t_s) const;

 private:
  struct Segment {
    double start_s;
    double end_s;
    Viseme viseme;
    double strength;  // stressed vowels open wider
  };
  std::vector<Segment> segments_;
};

}  // namespace understudy::avatar
