// GET /v3/audio/sounds, and the library's sounds as files:
// /understudy/v1/library/sounds/{id}.mp3 and .wav.
#pragma once

#include <vector>

#include "api/http.h"
#include "library/render_cache.h"

namespace understudy::sounds {

std::vector<api::Route> routes(library::RenderCache& cache);  // which outlives the server

}  // namespace understudy::sounds
