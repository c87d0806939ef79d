// How well the person of a twin's film can be cut out of it (avatar/film_matter.h), so that a video
// that asks for it is refused at once, not after it was spoken and half drawn.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace understudy::avatars {

// {method, clear_edges, problems}, or {refused: why}. `film`: FilmFrames can read it. Errors:
// invalid_parameter (it cannot be read).
Result<json::object> matte_of(const std::filesystem::path& film);

}  // namespace understudy::avatars
