// The steps of a lipsync, run by `understudy render` in the sandbox: listen to the new sound,
// follow the face, agree on the exact price, draw and encode. Each step leaves a file in the job's
// folder, so a job that lost its worker goes on where it stopped.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::lipsyncs {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

}  // namespace understudy::lipsyncs
