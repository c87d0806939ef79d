// The steps of a HyperFrames render, run by `understudy render` in the sandbox: unpack, open the
// composition in a browser, agree on the exact price, capture and encode.
#pragma once

#include "base/result.h"
#include "compose/video_output.h"
#include "jobs/render_protocol.h"
#include "products/hyperframes/hyperframes.h"

namespace understudy::hyperframes {

// Where the packages and fonts lie that are served in place of the internet; the worker names it.
inline constexpr const char* kLibrariesVariable = "UNDERSTUDY_HYPERFRAMES";

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

// The encoder's settings of a quality level.
compose::VideoOptions video_options(const Request& request, CanvasSize size);

}  // namespace understudy::hyperframes
