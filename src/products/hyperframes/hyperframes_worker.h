// The steps of a HyperFrames render, run by `understudy render` in the sandbox: unpack, open the
// composition in a browser, agree on the exact price, capture and encode.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "browser/stage.h"
#include "compose/video_output.h"
#include "jobs/render_protocol.h"
#include "products/hyperframes/hyperframes.h"

namespace understudy::hyperframes {

// Where the packages and fonts lie that are served in place of the internet; the worker names it.
inline constexpr const char* kLibrariesVariable = "UNDERSTUDY_HYPERFRAMES";

Result<jobs::RenderOutcome> render(jobs::RenderContext& context);

// Before the job is known: a browser of the commonest size, opened in the job's folder. The step
// uses it where it fits, and starts another one where not.
jobs::RenderStep prepare(const std::filesystem::path& folder);

// How the frames are taken; for prepare(), and for tests of what may fail.
struct CaptureChoice {
  std::unique_ptr<browser::Stage> stage = {};  // opened ahead; null: none
  browser::FrameSourceKind source = browser::FrameSourceKind::compositor_memory;
  std::function<void(int index, browser::Picture&)> tamper = {};
};
Result<jobs::RenderOutcome> render_with(jobs::RenderContext& context, CaptureChoice choice);

// The encoder's settings of a quality level.
compose::VideoOptions video_options(const Request& request, CanvasSize size);

}  // namespace understudy::hyperframes
