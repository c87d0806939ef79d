// The steps of making a look, run by `understudy render` in the sandbox: find the face of the
// photograph (or compose the presenter of the prompt) and draw the previews.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::avatars {

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

}  // namespace understudy::avatars
