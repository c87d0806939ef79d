// The steps that the renders of avatar videos and of studio videos share: speaking, reading
// pictures, naming outputs. They run in the sandbox.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compose/video_output.h"
#include "jobs/render_protocol.h"
#include "media/captions.h"
#include "media/frame.h"
#include "products/avatar_video/avatar_video.h"
#include "speech/speech.h"

namespace understudy::avatar_video {

struct SpeechStep {
  std::string file;   // in the work folder
  std::string input;  // the given sound, when there is no script
  double from = 0;    // of the progress bar
  double share = 0;
};

// What is said, spoken from the script or listened to, with its phones; from its file when an
// earlier attempt left it.
Result<speech::Speech> kept_speech(jobs::RenderContext& context, const Request& request,
                                   const SpeechStep& step);

// The input as a picture; empty when the job has none so named. Errors: invalid_parameter.
Result<std::optional<media::Image>> picture(jobs::RenderContext& context, std::string_view name);

std::vector<media::TimedWord> timed_words(const speech::Speech& speech, double from_s = 0);

// Which engine spoke, for the record.
std::string provider_of(const Request& request);

// `request`: the canvas, watermark and title. `engine`: for the file's tags.
Result<compose::VideoOptions> video_options(jobs::RenderContext& context, const Request& request,
                                            std::string_view engine);

// The files of a video, as the client will see them.
std::map<std::string, jobs::RenderOutput, std::less<>> outputs_of(const Request& request);
compose::OutputPaths paths_of(const jobs::RenderContext& context,
                              const jobs::RenderOutcome& outcome);

}  // namespace understudy::avatar_video
