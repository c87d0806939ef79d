// The steps of an avatar video, run by `understudy render` in the sandbox: speak (or listen to the
// given sound), agree on the exact price, draw and encode. Each step leaves a file in the job's
// folder, so a job that lost its worker goes on where it stopped.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::avatar_video {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

}  // namespace understudy::avatar_video
