// The files that a video is made of: fetched, looked at in the sandbox and kept, a few at a time,
// each once however often it is named. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jobs/input_resolver.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

struct InputWish {
  InputSource source;
  jobs::InputRules rules;
};

struct FoundInput {
  std::string name;  // "input3": the same for wishes that name the same thing
  jobs::ResolvedInput input;
};

// In the order of the wishes, all or none. Errors: those of InputResolver, of the first wish that
// has one.
Result<std::vector<FoundInput>> find_inputs(jobs::InputResolver& resolver,
                                            std::string_view account_id,
                                            const std::vector<InputWish>& wishes, jobs::Keep keep);

jobs::InputRules audio_rules(std::string param);
jobs::InputRules image_rules(std::string param);
jobs::InputRules film_rules(std::string param);

// The length of a given sound, ms. Errors: no_audio_track, video_too_long.
Result<std::int64_t> sound_ms(const jobs::ResolvedInput& sound, const std::string& param);

}  // namespace understudy::avatar_video
