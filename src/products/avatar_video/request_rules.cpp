#include "products/avatar_video/request_rules.h"

#include <algorithm>
#include <array>

#include "avatar/default_voice.h"
#include "base/text.h"

namespace understudy::avatar_video {

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

bool has(const json::object& body, std::string_view key) {
  const auto* value = body.if_contains(key);
  return value != nullptr && !value->is_null();
}

bool has_sound(const json::object& body) {
  return has(body, "script") || has(body, "audio_url") || has(body, "audio_asset_id") ||
         has(body, "audio");
}

Result<void> parse_sound(const json::object& body, Request& request) {
  if (const auto* audio = object_or_null(body, "audio")) {  // of a template
    request.audio = parse_source(*audio);
    request.audio_param = "audio";
    return {};
  }
  constexpr std::array<std::string_view, 3> kSources = {"script", "audio_url", "audio_asset_id"};
  std::string_view chosen;
  for (const auto source : kSources) {
    if (!has(body, source)) continue;
    if (!chosen.empty()) {
      return invalid(std::string(source), "'" + std::string(source) + "' and '" +
                                              std::string(chosen) +
                                              "' exclude each other: give exactly one of 'script', "
                                              "'audio_url' and 'audio_asset_id'.");
    }
    chosen = source;
  }
  if (chosen.empty()) {
    return invalid("script", "Give exactly one of 'script', 'audio_url' and 'audio_asset_id'.");
  }
  if (chosen == "script") {
    request.script = string_or(body, "script");
    if (trimmed(request.script).empty()) {
      return invalid("script", "'script' must hold something to say.");
    }
    return {};
  }
  request.audio_param = chosen;
  (chosen == "audio_url" ? request.audio.url : request.audio.asset_id) = string_or(body, chosen);
  if (request.audio.is_empty()) {
    return invalid(request.audio_param, "'" + request.audio_param + "' must not be empty.");
  }
  return {};
}

Result<void> parse_voice(const json::object& body, Request& request) {
  std::string default_id;
  if (request.look != nullptr) default_id = avatar::default_voice_of(*request.look).id;
  if (request.own_look) default_id = request.own_look->default_voice_id;
  request.voice_id = string_or(body, "voice_id", default_id);
  if (request.voice_id.empty()) {
    return invalid("voice_id",
                   request.person == Person::nobody
                       ? "'voice_id' is needed with 'script': nobody is seen who has a voice."
                       : "'voice_id' is needed with 'script': this picture has no default voice.");
  }
  const auto* voice = speech::find_voice(request.voice_id);
  if (voice == nullptr) {
    return fail(ErrorCode::voice_not_found,
                "There is no voice with the id '" + request.voice_id + "'.", "voice_id");
  }
  const auto* settings = object_or_null(body, "voice_settings");
  if (settings == nullptr) return {};
  request.voice.speed = number_or(*settings, "speed", 1);
  request.voice.pitch = number_or(*settings, "pitch", 0);
  request.voice.volume = number_or(*settings, "volume", 1);
  request.voice.locale = string_or(*settings, "locale");
  const auto* engine = object_or_null(*settings, "engine_settings");
  if (engine != nullptr && string_or(*engine, "engine_type") != voice->engine) {
    return invalid("voice_settings.engine_settings",
                   "'voice_settings.engine_settings' must be of the voice's own engine, '" +
                       voice->engine + "'.");
  }
  return {};
}

namespace {

Result<Engine> wanted_engine(const json::object& body) {
  const auto* engine = object_or_null(body, "engine");
  if (engine == nullptr) return Engine::avatar_iv;
  const std::string type = string_or(*engine, "type");
  for (const Engine known : {Engine::avatar_iii, Engine::avatar_iv, Engine::avatar_v})
    if (to_string(known) == type) return known;
  return invalid("engine", "There is no engine '" + type + "'.");
}

bool supports(const Request& request, Engine engine) {
  if (!request.own_look) {
    // Looks of the catalogue have both; a raw picture is avatar_iv's alone.
    return engine == Engine::avatar_iv ||
           (engine == Engine::avatar_iii && request.person == Person::presenter);
  }
  const auto& engines = request.own_look->engines;
  return std::find(engines.begin(), engines.end(), to_string(engine)) != engines.end();
}

// Another twin of the same person, whose mouths may be used too.
Result<void> parse_reference(const json::object& body, Request& request,
                             const FindOwnLook& find_own) {
  const auto* engine = object_or_null(body, "engine");
  const std::string id = engine != nullptr ? string_or(*engine, "reference_look_id") : "";
  if (id.empty() || request.engine != Engine::avatar_v) return {};
  const std::string param = "engine.reference_look_id";
  if (request.own_look && request.own_look->id == id) return {};
  auto found = find_own ? find_own(id) : fail(ErrorCode::avatar_not_found, "");
  if (!found) {
    Error error = std::move(found).error();
    error.param = param;
    if (error.code == ErrorCode::avatar_not_found) {
      error.code = ErrorCode::invalid_parameter;
      error.message = "'" + param + "' is not a look of this account.";
    }
    return tl::make_unexpected(std::move(error));
  }
  if (found->kind != LookKind::twin || found->group_id != request.own_look->group_id) {
    return invalid(param, "'" + param + "' must be a digital twin of the same group.");
  }
  request.reference = *std::move(found);
  return {};
}

}  // namespace

Result<void> parse_engine(const json::object& body, Request& request, const FindOwnLook& find_own) {
  TRY_ASSIGN(request.engine, wanted_engine(body));
  if (!supports(request, request.engine)) {
    return invalid("engine", "'engine' " + std::string(to_string(request.engine)) +
                                 " is not among this look's supported_api_engines.");
  }
  TRY(parse_reference(body, request, find_own));
  const bool is_photo_look = request.person == Person::photo || request.person == Person::composed;
  if (is_photo_look && request.engine == Engine::avatar_iv) {
    request.motion_prompt = string_or(body, "motion_prompt");
    request.expressiveness = string_or(body, "expressiveness", "low");
    return {};
  }
  if (request.engine == Engine::avatar_v) {
    request.motion_prompt = string_or(body, "motion_prompt");
  } else if (has(body, "motion_prompt")) {
    return invalid(
        "motion_prompt",
        "'motion_prompt' applies to photo looks with avatar_iv and to twins with avatar_v.");
  }
  if (has(body, "expressiveness")) {
    return invalid("expressiveness",
                   "'expressiveness' applies to photo looks with avatar_iv only.");
  }
  return {};
}

Result<void> parse_canvas(const json::object& body, Request& request,
                          std::optional<compose::CanvasSize> source) {
  const std::string resolution = string_or(body, "resolution", "1080p");
  if (resolution == "4k") {
    return invalid("resolution", "'resolution' 4k has no price; use 1080p or 720p.");
  }
  if (!source && request.person == Person::composed && request.own_look->width > 0) {
    source = {request.own_look->width, request.own_look->height};
  }
  TRY_ASSIGN(const auto size,
             compose::canvas_size(string_or(body, "aspect_ratio", "16:9"), resolution, source));
  const bool has_shape = request.person == Person::photo || request.person == Person::twin;
  if (string_or(body, "aspect_ratio") == "auto" && has_shape) request.auto_resolution = resolution;
  request.width = size.width;
  request.height = size.height;
  return {};
}

InputSource parse_source(const json::object& input) {
  InputSource source{jobs::input_source_from(input)};
  if (const auto* stored = object_or_null(input, "stored")) source.stored = *stored;
  return source;
}

void parse_watermark(const json::object& body, Request& request) {
  const auto* watermark = object_or_null(body, "watermark");
  if (watermark == nullptr) return;
  Watermark parsed;
  parsed.image = parse_source(watermark->at("image").get_object());
  parsed.opacity = number_or(*watermark, "opacity", 1);
  parsed.scale = number_or(*watermark, "scale", 1);
  if (const auto* placement = object_or_null(*watermark, "placement")) {
    parsed.position = string_or(*placement, "position", "bottom_right");
    if (has(*placement, "offset_x")) parsed.offset_x = number_or(*placement, "offset_x", 0);
    if (has(*placement, "offset_y")) parsed.offset_y = number_or(*placement, "offset_y", 0);
  }
  request.watermark = std::move(parsed);
}

void parse_labels(const json::object& body, Request& request) {
  request.title = string_or(body, "title");
  request.folder_id = string_or(body, "folder_id");
  request.callback_id = string_or(body, "callback_id");
  request.callback_url = string_or(body, "callback_url");
  request.glossary_id = string_or(body, "brand_glossary_id");
  if (const auto* caption = object_or_null(body, "caption")) {
    request.are_captions_burned_in = string_or(*caption, "style") == "default";
  }
}

Result<void> parse_look(const json::object& body, Request& request, const FindOwnLook& find_own) {
  const std::string look_id = string_or(body, "avatar_id");
  request.look = avatar::find_look(look_id);
  if (request.look != nullptr) {
    request.person = Person::presenter;
    return {};
  }
  const auto unknown = fail(ErrorCode::avatar_not_found,
                            "There is no avatar look with the id '" + look_id + "'.", "avatar_id");
  if (!find_own) return unknown;
  auto own = find_own(look_id);
  if (!own && own.error().code == ErrorCode::avatar_not_found) return unknown;
  TRY_ASSIGN(request.own_look, std::move(own));
  switch (request.own_look->kind) {
    case LookKind::photo: request.person = Person::photo; break;
    case LookKind::prompt: request.person = Person::composed; break;
    case LookKind::twin: request.person = Person::twin; break;
  }
  return {};
}

Result<void> check_backdrop(const json::object& body, const Request& request) {
  if (request.person != Person::twin || !(request.background || request.is_transparent)) return {};
  const std::string why = string_or(request.own_look->matte, "refused");
  if (why.empty()) return {};
  const char* field = request.background ? "background" : "remove_background";
  if (!has(body, field)) field = "output_format";
  return invalid(field, "This digital twin cannot be cut out of its footage. " + why);
}

}  // namespace understudy::avatar_video
