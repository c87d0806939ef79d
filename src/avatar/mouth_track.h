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

// Drawn people and photographs articulate clearly: every sound has its own shape. People on film
// mumble: the jaw stays open through consonants that need no lips, opens 250 ms before the
// voice begins and closes 200 ms after it ends (Chandrasekaran et al. 2009, The natural statistics
// of audiovisual speech: 100 to 300 ms).
enum class MouthStyle { clear, filmed };

class MouthTrack {
 public:
  explicit MouthTrack(const std::vector<speech::Phone>& phones,
                      MouthStyle style = MouthStyle::clear);
  MouthShape at(double t_s) const;

 private:
  struct Segment {
    double start_s;
    double end_s;
    Viseme viseme;
    double strength;  // stressed vowels open wider
    double open;      // of the viseme, or of lips that part before and after the voice
  };
  void add_silence(double start_s, double end_s, bool is_first, bool is_last);

  std::vector<Segment> segments_;
  double sigma_s_;
};

}  // namespace understudy::avatar
