// The making of a digital twin: footage from outside in, a film of one form with its face followed,
// its sound read and its loop planned out. Runs in the sandboxed render process.
#pragma once

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::avatars {

// Errors: invalid_parameter (the footage cannot be used: why, for the user).
Result<jobs::RenderOutcome> make_twin_look(jobs::RenderContext& context);

}  // namespace understudy::avatars
