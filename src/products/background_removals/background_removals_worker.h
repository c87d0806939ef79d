// The steps of a background removal, run by `understudy render` in the sandbox.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::background_removals {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

}  // namespace understudy::background_removals
