// What `understudy render` can do, by job kind. A product with jobs has one line here.
#pragma once

#include "jobs/render_protocol.h"

namespace understudy::server {

jobs::RenderSteps render_steps();
jobs::PrepareSteps prepare_steps();

}  // namespace understudy::server
