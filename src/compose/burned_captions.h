// Captions as pictures: which overlay lies on the video at a time. Cues are broken anew for the
// shape of the canvas (an upright video has room for fewer characters), and drawn once each.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "media/captions.h"
#include "media/overlay.h"

namespace understudy::compose {

class BurnedCaptions {
 public:
  BurnedCaptions(std::span<const media::TimedWord> words, int width, int height);

  // Null between cues; valid until the next call. Times must not go back. Errors: engine_failed.
  Result<const media::Overlay*> at(double time_s);

 private:
  int width_;
  int height_;
  std::vector<media::Caption> captions_;
  std::size_t next_ = 0;  // first cue that has not ended
  std::size_t drawn_;     // cue that overlay_ shows
  media::Overlay overlay_;
};

}  // namespace understudy::compose
