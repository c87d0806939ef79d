#include "server/render_steps.h"

#include "products/avatar_video/avatar_video_worker.h"

namespace understudy::server {

jobs::RenderSteps render_steps() {
  return {
      {"avatar_video", avatar_video::render},
  };
}

}  // namespace understudy::server
