// The sound of a composition: every audible element decoded, cut, looped, brought to its rate and
// volume, and added up. 48 kHz stereo. The rules are the HyperFrames contract's: a plain sum
// without a limiter, mono on both channels as it is, volumes as piecewise-linear curves. Any
// thread.
#pragma once

#include <vector>

#include "base/result.h"
#include "browser/player.h"

namespace understudy::browser {

// Interleaved, exactly frames / fps long; empty when nothing is heard.
// Errors: hyperframes_project_invalid (a file that cannot be decoded).
Result<std::vector<float>> mix_audio(const std::vector<MediaElement>& media, double duration_s);

}  // namespace understudy::browser
