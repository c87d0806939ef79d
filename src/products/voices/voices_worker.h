// The step of a speech job, run by `understudy render` in the sandbox: speak, agree on the exact
// price, write the sound.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::voices {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

}  // namespace understudy::voices
