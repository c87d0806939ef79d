// The product's JSON: the public request and its rules beyond the schema, and the document that
// travels to the worker. Sources of the rules: contract/behaviour.md 3.1 and 3.2.
#include <array>

#include "avatar/default_voice.h"
#include "base/text.h"
#include "compose/background.h"
#include "compose/canvas.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {
namespace {

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

bool has(const json::object& body, std::string_view key) {
  const auto* value = body.if_contains(key);
  return value != nullptr && !value->is_null();
}

Result<void> parse_sound(const json::object& body, Request& request) {
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

// Errors: invalid_parameter, voice_not_found.
Result<void> parse_voice(const json::object& body, Request& request) {
  std::string usual;
  if (request.look != nullptr) usual = avatar::default_voice_of(*request.look).id;
  if (request.own_look) usual = request.own_look->default_voice_id;
  request.voice_id = string_or(body, "voice_id", usual);
  if (request.voice_id.empty()) {
    return invalid("voice_id",
                   "'voice_id' is needed with 'script': this picture has no default voice.");
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

Result<void> parse_engine(const json::object& body, Request& request) {
  if (const auto* engine = object_or_null(body, "engine")) {
    const std::string type = string_or(*engine, "type");
    if (type == "avatar_iii") {
      request.engine = Engine::avatar_iii;
    } else if (type != "avatar_iv") {
      return invalid("engine",
                     "'engine' " + type + " is not among this look's supported_api_engines.");
    }
  }
  if (request.look == nullptr && request.engine == Engine::avatar_iv) {
    request.motion_prompt = string_or(body, "motion_prompt");
    request.expressiveness = string_or(body, "expressiveness", "low");
    return {};
  }
  // Studio looks are video looks: neither field applies to them with any engine.
  if (has(body, "motion_prompt")) {
    return invalid("motion_prompt",
                   "'motion_prompt' applies to photo looks with the engine avatar_iv only.");
  }
  if (has(body, "expressiveness")) {
    return invalid("expressiveness",
                   "'expressiveness' applies to photo looks with the engine avatar_iv only.");
  }
  return {};
}

Result<void> parse_canvas(const json::object& body, Request& request) {
  const std::string resolution = string_or(body, "resolution", "1080p");
  if (resolution == "4k") {
    return invalid("resolution", "'resolution' 4k has no price; use 1080p or 720p.");
  }
  // Studio looks are drawn for any canvas; their own shape is 16:9.
  const std::string aspect_ratio = string_or(body, "aspect_ratio", "16:9");
  TRY_ASSIGN(const auto size, compose::canvas_size(aspect_ratio, resolution));
  if (aspect_ratio == "auto" && request.is_of_photo()) request.auto_resolution = resolution;
  request.width = size.width;
  request.height = size.height;
  request.has_fit = has(body, "fit");
  request.fit = string_or(body, "fit", "cover");
  return {};
}

Result<void> parse_background(const json::object& body, Request& request) {
  request.output_format = string_or(body, "output_format", "mp4");
  request.is_transparent =
      request.output_format == "webm" || bool_or(body, "remove_background", false);
  const auto* background = object_or_null(body, "background");
  if (background == nullptr) return {};
  if (request.output_format == "webm") {
    return invalid(
        "background",
        "'background' and 'output_format' webm exclude each other: a webm is transparent.");
  }
  Background parsed;
  if (string_or(*background, "type") == "color") {
    parsed.color = lower_case(string_or(*background, "value"));
    if (!compose::parse_colour(parsed.color))
      return invalid("background.value", "'background.value' must be a colour such as #1a2b3c.");
    if (has(*background, "url") || has(*background, "asset_id")) {
      return invalid("background", "A 'background' of type color takes 'value' only.");
    }
  } else {
    parsed.image.url = string_or(*background, "url");
    parsed.image.asset_id = string_or(*background, "asset_id");
    if (parsed.image.url.empty() == parsed.image.asset_id.empty()) {
      return invalid("background",
                     "A 'background' of type image needs exactly one of 'url' and 'asset_id'.");
    }
  }
  request.background = std::move(parsed);
  return {};
}

InputSource parse_source(const json::object& input) {
  return {.url = string_or(input, "url"),
          .asset_id = string_or(input, "asset_id"),
          .base64 = string_or(input, "data")};
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

Result<void> parse_labels(const json::object& body, Request& request) {
  request.title = string_or(body, "title");
  request.folder_id = string_or(body, "folder_id");
  request.callback_id = string_or(body, "callback_id");
  request.callback_url = string_or(body, "callback_url");
  if (has(body, "brand_glossary_id")) {
    return fail(ErrorCode::resource_not_found,
                "There is no glossary with the id '" + string_or(body, "brand_glossary_id") + "'.",
                "brand_glossary_id");
  }
  if (const auto* caption = object_or_null(body, "caption")) {
    request.are_captions_burned_in = string_or(*caption, "style") == "default";
  }
  return {};
}

// Who speaks. Errors: avatar_not_found, resource_not_ready.
Result<void> parse_person(const json::object& body, const FindOwnLook& find_own,
                          Request& request) {
  if (string_or(body, "type") == "image") {
    request.photo = parse_source(body.at("image").get_object());
    return {};
  }
  const std::string look_id = string_or(body, "avatar_id");
  request.look = avatar::find_look(look_id);
  if (request.look != nullptr) return {};
  const auto unknown = fail(ErrorCode::avatar_not_found,
                            "There is no avatar look with the id '" + look_id + "'.", "avatar_id");
  if (!find_own) return unknown;
  auto own = find_own(look_id);
  if (!own && own.error().code == ErrorCode::avatar_not_found) return unknown;
  TRY_ASSIGN(request.own_look, std::move(own));
  return {};
}

}  // namespace

Result<Request> parse(const json::object& body, const FindOwnLook& find_own) {
  const std::string type = string_or(body, "type");
  if (type != "avatar" && type != "image") {
    return fail(ErrorCode::not_implemented,
                "Videos of type '" + type + "' are not built yet; types avatar and image are.",
                "type");
  }
  Request request;
  TRY(parse_person(body, find_own, request));
  TRY(parse_sound(body, request));
  TRY(parse_engine(body, request));
  TRY(parse_canvas(body, request));
  TRY(parse_background(body, request));
  parse_watermark(body, request);
  if (!request.script.empty()) TRY(parse_voice(body, request));
  TRY(parse_labels(body, request));
  return request;
}

json::object to_json(const Request& request) {
  json::object document{
      {"look_id", request.look == nullptr ? std::string() : request.look->id},
      {"expressiveness", request.expressiveness},
      {"motion_prompt", request.motion_prompt},
      {"auto_resolution", request.auto_resolution},
      {"engine", to_string(request.engine)},
      {"script", request.script},
      {"voice_id", request.voice_id},
      {"speed", request.voice.speed},
      {"pitch", request.voice.pitch},
      {"volume", request.voice.volume},
      {"locale", request.voice.locale},
      {"width", request.width},
      {"height", request.height},
      {"fit", request.fit},
      {"has_fit", request.has_fit},
      {"output_format", request.output_format},
      {"is_transparent", request.is_transparent},
      {"are_captions_burned_in", request.are_captions_burned_in},
      {"title", request.title},
      {"callback_id", request.callback_id},
  };
  if (request.own_look) {
    document["own_look"] = json::object{{"id", request.own_look->id},
                                        {"prompt", request.own_look->prompt},
                                        {"seed", request.own_look->seed}};
  }
  if (request.background)
    document["background"] = json::object{{"color", request.background->color}};
  if (request.watermark) {
    json::object watermark{{"opacity", request.watermark->opacity},
                           {"scale", request.watermark->scale},
                           {"position", request.watermark->position}};
    if (request.watermark->offset_x) watermark["offset_x"] = *request.watermark->offset_x;
    if (request.watermark->offset_y) watermark["offset_y"] = *request.watermark->offset_y;
    document["watermark"] = std::move(watermark);
  }
  return document;
}

Result<Request> from_json(const json::object& document) {
  Request request;
  const std::string look_id = string_or(document, "look_id");
  if (!look_id.empty()) {
    request.look = avatar::find_look(look_id);
    if (request.look == nullptr)
      return fail(ErrorCode::avatar_not_found, "The look of this video is not installed here.");
  }
  if (const auto* own = object_or_null(document, "own_look")) {
    request.own_look.emplace();
    request.own_look->id = string_or(*own, "id");
    request.own_look->prompt = string_or(*own, "prompt");
    request.own_look->seed = int_or(*own, "seed", 0);
  }
  request.expressiveness = string_or(document, "expressiveness");
  request.motion_prompt = string_or(document, "motion_prompt");
  request.auto_resolution = string_or(document, "auto_resolution");
  request.engine =
      string_or(document, "engine") == "avatar_iii" ? Engine::avatar_iii : Engine::avatar_iv;
  request.script = string_or(document, "script");
  request.voice_id = string_or(document, "voice_id");
  request.voice = {.speed = number_or(document, "speed", 1),
                   .pitch = number_or(document, "pitch", 0),
                   .volume = number_or(document, "volume", 1),
                   .locale = string_or(document, "locale")};
  request.width = static_cast<int>(int_or(document, "width", 1920));
  request.height = static_cast<int>(int_or(document, "height", 1080));
  request.fit = string_or(document, "fit", "cover");
  request.has_fit = bool_or(document, "has_fit", false);
  request.output_format = string_or(document, "output_format", "mp4");
  request.is_transparent = bool_or(document, "is_transparent", false);
  request.are_captions_burned_in = bool_or(document, "are_captions_burned_in", false);
  request.title = string_or(document, "title");
  if (const auto* background = object_or_null(document, "background")) {
    request.background = Background{.color = string_or(*background, "color"), .image = {}};
  }
  if (const auto* watermark = object_or_null(document, "watermark")) {
    Watermark parsed;
    parsed.opacity = number_or(*watermark, "opacity", 1);
    parsed.scale = number_or(*watermark, "scale", 1);
    parsed.position = string_or(*watermark, "position", "bottom_right");
    if (has(*watermark, "offset_x")) parsed.offset_x = number_or(*watermark, "offset_x", 0);
    if (has(*watermark, "offset_y")) parsed.offset_y = number_or(*watermark, "offset_y", 0);
    request.watermark = std::move(parsed);
  }
  return request;
}

}  // namespace understudy::avatar_video
