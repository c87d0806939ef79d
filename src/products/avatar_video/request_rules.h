// Rules that avatar videos and the scenes of studio videos share, each for the part of a body that
// it reads. The schema has accepted the body. Sources: contract/behaviour.md 3.1 and 3.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "compose/canvas.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

tl::unexpected<Error> invalid(std::string param, std::string message);

// Whether the field is there and not null.
bool has(const json::object& body, std::string_view key);

// One of script, audio_url and audio_asset_id. Errors: invalid_parameter.
Result<void> parse_sound(const json::object& body, Request& request);
bool has_sound(const json::object& body);

// Requires: the script was read, and the look when there is one: its voice is the default. Errors:
// invalid_parameter, voice_not_found.
Result<void> parse_voice(const json::object& body, Request& request);

// avatar_id; `find_own`: looks that the catalogue does not have, or empty. Errors:
// avatar_not_found; those of find_own.
Result<void> parse_look(const json::object& body, Request& request,
                        const FindOwnLook& find_own = {});

// engine with its reference look, motion_prompt, expressiveness. Requires: the look was read.
// Errors: invalid_parameter; those of find_own for the reference.
Result<void> parse_engine(const json::object& body, Request& request,
                          const FindOwnLook& find_own = {});

// Footage whose person could not be told from what is behind when the twin was made. Errors:
// invalid_parameter.
Result<void> check_backdrop(const json::object& body, const Request& request);

// aspect_ratio and resolution; `source`: whose shape "auto" keeps. Studio looks are drawn for any
// canvas; their own shape is 16:9. Errors: invalid_parameter.
Result<void> parse_canvas(const json::object& body, Request& request,
                          std::optional<compose::CanvasSize> source = std::nullopt);

InputSource parse_source(const json::object& input);
void parse_watermark(const json::object& body, Request& request);

// Title, folder, callback, glossary, captions.
void parse_labels(const json::object& body, Request& request);

}  // namespace understudy::avatar_video
