// The product's JSON: the public request and its rules beyond the schema, and the document that
// travels to the worker. Sources of the rules: contract/behaviour.md 3.1 and 3.2.
#include <set>

#include "base/text.h"
#include "compose/background.h"
#include "products/avatar_video/avatar_video.h"
#include "products/avatar_video/request_rules.h"

namespace understudy::avatar_video {
namespace {

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

// Documents of jobs from before photographs name a look alone.
Person person_from(std::string_view name, const avatar::Look* look) {
  for (const Person person : {Person::presenter, Person::photo, Person::composed, Person::twin})
    if (to_string(person) == name) return person;
  return look != nullptr ? Person::presenter : Person::nobody;
}

// Only what the script can need: a glossary may be long and a video may have fifty scenes.
json::array pronunciations_json(const Request& request) {
  json::array terms;
  // In markup a term may be written with character references: then all go along.
  const bool is_markup = speech_request(request).is_ssml;
  const speech::PronunciationFinder all(request.pronunciations);
  std::set<std::string_view> needed;
  for (const auto& match : all.matches(request.script)) needed.insert(*match.spoken);
  for (const auto& [term, spoken] : request.pronunciations) {
    if (!is_markup && !needed.contains(trimmed(spoken))) continue;
    terms.push_back(json::object{{"term", term}, {"spoken", spoken}});
  }
  return terms;
}

}  // namespace

Result<Request> parse(const json::object& body, const FindOwnLook& find_own) {
  const std::string type = string_or(body, "type");
  if (type != "avatar" && type != "image") {
    return invalid("type", "This server makes no videos of type '" + type + "'.");
  }
  Request request;
  if (type == "image") {
    request.person = Person::photo;
    request.photo = parse_source(body.at("image").get_object());
  } else {
    TRY(parse_look(body, request, find_own));
  }
  TRY(parse_sound(body, request));
  TRY(parse_engine(body, request, find_own));
  TRY(parse_canvas(body, request));
  request.has_fit = has(body, "fit");
  request.fit = string_or(body, "fit", "cover");
  TRY(parse_background(body, request));
  TRY(check_backdrop(body, request));
  parse_watermark(body, request);
  if (!request.script.empty()) TRY(parse_voice(body, request));
  parse_labels(body, request);
  return request;
}

json::object to_json(const Request& request) {
  json::object document{
      {"person", to_string(request.person)},
      {"look_id", request.look != nullptr ? json::value(request.look->id) : json::value(nullptr)},
      {"engine", to_string(request.engine)},
      {"script", request.script},
      {"voice_id", request.voice_id},
      {"speed", request.voice.speed},
      {"pitch", request.voice.pitch},
      {"volume", request.voice.volume},
      {"locale", request.voice.locale},
      {"fps", request.fps},
      {"width", request.width},
      {"height", request.height},
      {"fit", request.fit},
      {"has_fit", request.has_fit},
      {"output_format", request.output_format},
      {"is_transparent", request.is_transparent},
      {"are_captions_burned_in", request.are_captions_burned_in},
      {"title", request.title},
      {"callback_id", request.callback_id},
      {"glossary_id", request.glossary_id},
  };
  if (request.person != Person::presenter && request.person != Person::nobody) {
    document["expressiveness"] = request.expressiveness;
    document["motion_prompt"] = request.motion_prompt;
    document["auto_resolution"] = request.auto_resolution;
  }
  if (request.own_look) {
    document["own_look"] = json::object{{"id", request.own_look->id},
                                        {"prompt", request.own_look->prompt},
                                        {"seed", request.own_look->seed},
                                        {"matte", request.own_look->matte}};
  }
  if (!request.prefix.empty()) document["prefix"] = request.prefix;
  if (request.reference) document["reference_look_id"] = request.reference->id;
  if (auto terms = pronunciations_json(request); !terms.empty()) {
    document["pronunciations"] = std::move(terms);
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
  request.look = avatar::find_look(look_id);
  if (request.look == nullptr && !look_id.empty())
    return fail(ErrorCode::avatar_not_found, "The look of this video is not installed here.");
  request.person = person_from(string_or(document, "person"), request.look);
  if (const auto* own = object_or_null(document, "own_look")) {
    request.own_look.emplace();
    request.own_look->id = string_or(*own, "id");
    request.own_look->prompt = string_or(*own, "prompt");
    request.own_look->seed = int_or(*own, "seed", 0);
    if (const auto* matte = object_or_null(*own, "matte")) request.own_look->matte = *matte;
  }
  request.prefix = string_or(document, "prefix");
  request.expressiveness = string_or(document, "expressiveness");
  request.motion_prompt = string_or(document, "motion_prompt");
  request.auto_resolution = string_or(document, "auto_resolution");
  for (const Engine engine : {Engine::avatar_iii, Engine::avatar_v})
    if (to_string(engine) == string_or(document, "engine")) request.engine = engine;
  if (const auto id = string_or(document, "reference_look_id"); !id.empty())
    request.reference = OwnLook{.id = id};
  request.script = string_or(document, "script");
  request.voice_id = string_or(document, "voice_id");
  request.voice = {.speed = number_or(document, "speed", 1),
                   .pitch = number_or(document, "pitch", 0),
                   .volume = number_or(document, "volume", 1),
                   .locale = string_or(document, "locale")};
  request.fps = static_cast<int>(int_or(document, "fps", kFps));
  request.width = static_cast<int>(int_or(document, "width", 1920));
  request.height = static_cast<int>(int_or(document, "height", 1080));
  request.fit = string_or(document, "fit", "cover");
  request.has_fit = bool_or(document, "has_fit", false);
  request.output_format = string_or(document, "output_format", "mp4");
  request.is_transparent = bool_or(document, "is_transparent", false);
  request.are_captions_burned_in = bool_or(document, "are_captions_burned_in", false);
  request.title = string_or(document, "title");
  request.callback_id = string_or(document, "callback_id");
  request.glossary_id = string_or(document, "glossary_id");
  if (const auto* terms = array_or_null(document, "pronunciations")) {
    for (const auto& term : *terms) {
      request.pronunciations.push_back(
          {string_or(term.get_object(), "term"), string_or(term.get_object(), "spoken")});
    }
  }
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
