// What is heard in the result: the new sound, cleaned when asked, over the film's own music.
#pragma once

#include <vector>

#include "base/result.h"
#include "jobs/render_protocol.h"
#include "products/lipsyncs/lipsyncs.h"
#include "speech/speech.h"

namespace understudy::lipsyncs {

struct NewSound {
  std::vector<float> samples;  // 48 kHz, interleaved when stereo
  int channels = 1;
  bool has_music = false;  // the film's own goes on under it
};

// `length_s`: of the result. Errors: those of decode_audio.
Result<NewSound> make_sound(jobs::RenderContext& context, const Request& request, const Span& span,
                            double length_s);

}  // namespace understudy::lipsyncs
