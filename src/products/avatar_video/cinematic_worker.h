// The steps of a cinematic video, run by `understudy render` in the sandbox.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::avatar_video {

Result<jobs::RenderOutcome> render_cinematic(jobs::RenderContext& context);

}  // namespace understudy::avatar_video
