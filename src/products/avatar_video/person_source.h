// The pictures of whoever is seen in a video or a scene: a presenter, a photograph or a digital
// twin.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "compose/video_output.h"
#include "jobs/render_protocol.h"
#include "products/avatar_video/avatar_video.h"
#include "speech/speech.h"

namespace understudy::avatar_video {

// What can refuse the person before anything is spoken. Errors: invalid_parameter: why a picture
// cannot be used or cut out.
Result<void> prepare_person(jobs::RenderContext& context, const Request& request);

// Requires: prepare_person(). What was found and understood goes into `facts`, for the job's
// record.
Result<std::unique_ptr<compose::FrameSource>> open_person(jobs::RenderContext& context,
                                                          const Request& request,
                                                          const speech::Speech& speech,
                                                          json::object& facts);

// {"presenter": "vector rig"}, {"photo": "mesh"} or {"twin": "..."}: which engine drew.
void add_provider(const Request& request, json::object& providers);

}  // namespace understudy::avatar_video
