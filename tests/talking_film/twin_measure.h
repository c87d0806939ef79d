// How well a digital twin says a sentence that its footage does not hold: a film of a known mouth
// is made (talking_film.h), learnt as footage, driven by a new sentence with each engine, and its
// pictures are measured against the photo engine's own film of that sentence. Both films are seen
// through the same face tracker.
#pragma once

#include <filesystem>
#include <string>

#include "avatar/film_mouth.h"
#include "base/result.h"
#include "talking_film.h"

namespace understudy::testing {

struct TwinQuality {
  double correlation = 0;  // over time, of the mouth's opening with the truth
  double range = 0;        // its deviation over the truth's
  int lag = 0;             // frames at which the correlation is best
  double landmarks = 0;    // mean distance of the lips' points, eye distances
  double picture = 0;      // of the mouth's region with the truth's, grey levels, root mean square
  double intended = 0;     // correlation of what the engine chose to show with the truth
  double reach = 0;  // deviation of what it chose to show over the truth's, both known exactly
};

struct TwinMeasures {
  TwinQuality one_donor, by_pose, units;
  TwinQuality still;      // a mouth that stays shut
  TwinQuality random;     // the right mouths at wrong times
  double worst_step = 0;  // the largest difference of pictures that follow each other in the
                          // result, outside the mouth, over the largest in the footage
  double join_step = 0;   // the same of what is drawn where the loop joins two stretches, over the
                          // 99th of a hundred steps elsewhere; 0: it never joins
  double video_ms = 0;    // a frame of the whole video with units, CPU
  double draw_ms = 0;     // of it what is not encoding
};

// `folder` keeps the films. Errors: those of the engines.
Result<TwinMeasures> measure_twin(const std::filesystem::path& folder,
                                  const FilmSettings& settings);

}  // namespace understudy::testing
