#include "server/render_steps.h"

#include "products/avatar_video/avatar_video_worker.h"
#include "products/avatars/avatars_worker.h"
#include "products/background_removals/background_removals_worker.h"
#include "products/hyperframes/hyperframes_worker.h"
#include "products/lipsyncs/lipsyncs_worker.h"
#include "products/voices/voices_worker.h"

namespace understudy::server {

jobs::RenderSteps render_steps() {
  return {
      {"avatar_video", avatar_video::render},
      {"avatars", avatars::render},
      {"background_removals", background_removals::render},
      {"hyperframes", hyperframes::render},
      {"lipsyncs", lipsyncs::render},
      {"voices", voices::render},
  };
}

jobs::PrepareSteps prepare_steps() { return {{"hyperframes", hyperframes::prepare}}; }

}  // namespace understudy::server
