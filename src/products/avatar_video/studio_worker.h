// The steps of a studio video, run by `understudy render` in the sandbox: speak every scene, agree
// on the exact price, mix the sound, draw and encode all scenes in one pass.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::avatar_video {

Result<jobs::RenderOutcome> render_studio(jobs::RenderContext& context);

}  // namespace understudy::avatar_video
