#include "products/avatar_video/studio.h"

#include <algorithm>
#include <array>
#include <utility>

#include "products/avatar_video/request_rules.h"

namespace understudy::avatar_video {
namespace {

constexpr std::array<std::pair<FilmPlayback, std::string_view>, 4> kPlaybacks = {
    {{FilmPlayback::freeze, "freeze"},
     {FilmPlayback::loop, "loop"},
     {FilmPlayback::fit_to_scene, "fit_to_scene"},
     {FilmPlayback::once, "once"}}};

FilmPlayback playback_from(std::string_view name) {
  for (const auto& [playback, text] : kPlaybacks) {
    if (text == name) return playback;
  }
  return FilmPlayback::freeze;
}

// An error of one scene, told with where the scene stands in the body.
tl::unexpected<Error> at_place(Error error, const std::string& place) {
  const std::string before = error.param;
  error.param = before.empty() ? place : place + "." + before;
  const std::string quoted = "'" + before + "'";
  if (const auto found = error.message.find(quoted); !before.empty() && found == 0) {
    error.message.replace(0, quoted.size(), "'" + error.param + "'");
  } else {
    error.message = "'" + place + "': " + error.message;
  }
  return tl::make_unexpected(std::move(error));
}

Result<void> parse_narration(const json::object& body, Scene& scene) {
  TRY(parse_sound(body, scene.spoken));
  if (!scene.spoken.script.empty()) return parse_voice(body, scene.spoken);
  scene.sound.source = scene.spoken.audio;
  return {};
}

// A person who speaks: a look, or a picture that talks.
Result<void> parse_presenter(const json::object& input, Scene& scene, const FindOwnLook& find_own) {
  Request& spoken = scene.spoken;
  if (string_or(input, "type") == "image") {
    spoken.person = Person::photo;
    const auto* image = object_or_null(input, "image");
    if (image == nullptr) return invalid("image", "'image' is required.");
    scene.picture.source = parse_source(*image);
  } else {
    TRY(parse_look(input, spoken, find_own));
    if (spoken.own_look) {
      scene.picture.width = spoken.own_look->width;
      scene.picture.height = spoken.own_look->height;
    }
  }
  TRY(parse_sound(input, spoken));
  TRY(parse_engine(input, spoken, find_own));
  if (!spoken.script.empty()) TRY(parse_voice(input, spoken));
  scene.sound.source = spoken.audio;
  // Of any picture the middle is shown, as of every scene.
  if (spoken.person == Person::photo) spoken.has_fit = true;  // "cover"
  if (const auto* background = object_or_null(input, "background"))
    spoken.background = Background{.color = string_or(*background, "color"), .image = {}};
  return check_backdrop(input, spoken);
}

Result<void> parse_image(const json::object& body, Scene& scene) {
  scene.picture.source = parse_source(body.at("source").get_object());
  if (!has(body, "duration")) {
    if (has_sound(body)) return parse_narration(body, scene);
    return invalid("duration",
                   "'duration' or exactly one of 'script', 'audio_url' and "
                   "'audio_asset_id' is needed.");
  }
  if (has_sound(body)) {
    return invalid("duration",
                   "'duration' and a sound exclude each other: the sound says how long "
                   "the scene is.");
  }
  scene.duration_s = number_or(body, "duration", 0);
  return {};
}

Result<void> parse_film(const json::object& body, Scene& scene) {
  scene.picture.source = parse_source(body.at("source").get_object());
  if (has_sound(body)) TRY(parse_narration(body, scene));
  const auto* playback = object_or_null(body, "playback");
  if (playback == nullptr) return {};
  scene.volume = bool_or(*playback, "mute", false) ? 0 : number_or(*playback, "volume", 1);
  const std::string mode = string_or(*playback, "mode", "freeze");
  scene.playback = playback_from(mode);
  scene.lasts_as_film = mode == "full_video";
  const bool is_of_template =
      body.contains("fit");  // where a mode without a narration is no mistake
  if (scene.playback != FilmPlayback::freeze && !scene.is_narrated() && !is_of_template) {
    return invalid(
        "playback.mode",
        "'playback.mode' says what the film does under a narration; this scene has none.");
  }
  return {};
}

Result<Scene> parse_scene(const json::object& body, const std::string& place,
                          const FindOwnLook& find_own) {
  Scene scene;
  const std::string type = string_or(body, "type");
  if (type == "avatar_video") {
    scene.kind = SceneKind::presenter;
    auto parsed = parse_presenter(body.at("input").get_object(), scene, find_own);
    if (!parsed) return at_place(std::move(parsed).error(), place + ".input");
    return scene;
  }
  scene.kind = type == "image" ? SceneKind::image : SceneKind::film;
  scene.fit = string_or(body, "fit", "cover");
  auto parsed = scene.kind == SceneKind::image ? parse_image(body, scene) : parse_film(body, scene);
  if (!parsed) return at_place(std::move(parsed).error(), place);
  return scene;
}

json::object file_json(const SceneFile& file) {
  return {{"input", file.input},       {"duration_ms", file.duration_ms},
          {"width", file.width},       {"height", file.height},
          {"channels", file.channels}, {"is_animation", file.is_animation}};
}

SceneFile file_from(const json::object& scene, std::string_view name) {
  SceneFile file;
  const auto* document = object_or_null(scene, name);
  if (document == nullptr) return file;
  file.input = string_or(*document, "input");
  file.duration_ms = int_or(*document, "duration_ms", 0);
  file.width = static_cast<int>(int_or(*document, "width", 0));
  file.height = static_cast<int>(int_or(*document, "height", 0));
  file.channels = static_cast<int>(int_or(*document, "channels", 0));
  file.is_animation = bool_or(*document, "is_animation", false);
  return file;
}

json::object scene_json(const Scene& scene) {
  json::object document{{"id", scene.id},
                        {"kind", to_string(scene.kind)},
                        {"spoken", to_json(scene.spoken)},
                        {"duration_s", scene.duration_s},
                        {"fit", scene.fit},
                        {"playback", to_string(scene.playback)},
                        {"lasts_as_film", scene.lasts_as_film},
                        {"volume", scene.volume}};
  if (scene.picture.is_given()) document["picture"] = file_json(scene.picture);
  if (scene.sound.is_given()) document["sound"] = file_json(scene.sound);
  return document;
}

Result<Scene> scene_from(const json::object& document) {
  Scene scene;
  scene.id = string_or(document, "id");
  for (const auto kind : {SceneKind::presenter, SceneKind::image, SceneKind::film}) {
    if (to_string(kind) == string_or(document, "kind")) scene.kind = kind;
  }
  const auto* spoken = object_or_null(document, "spoken");
  if (spoken == nullptr)
    return fail(ErrorCode::internal_error, "A scene of the job is unreadable.");
  TRY_ASSIGN(scene.spoken, from_json(*spoken));
  scene.picture = file_from(document, "picture");
  scene.sound = file_from(document, "sound");
  scene.duration_s = number_or(document, "duration_s", 0);
  scene.fit = string_or(document, "fit", "cover");
  scene.playback = playback_from(string_or(document, "playback"));
  scene.lasts_as_film = bool_or(document, "lasts_as_film", false);
  scene.volume = number_or(document, "volume", 1);
  return scene;
}

}  // namespace

std::string_view to_string(SceneKind kind) {
  switch (kind) {
    case SceneKind::presenter: return "presenter";
    case SceneKind::image: return "image";
    case SceneKind::film: return "film";
  }
  std::abort();
}

std::string_view to_string(FilmPlayback playback) {
  for (const auto& [known, text] : kPlaybacks) {
    if (known == playback) return text;
  }
  return "freeze";
}

Result<Studio> parse_studio(const json::object& body, const FindOwnLook& find_own) {
  Studio studio;
  studio.keeps_shape = string_or(body, "aspect_ratio", "16:9") == "auto";
  TRY(parse_canvas(body, studio.video));
  studio.video.fps = static_cast<int>(int_or(body, "fps", kFps));
  if (const auto* dimension = object_or_null(body, "dimension")) {
    studio.video.width = static_cast<int>(int_or(*dimension, "width", 0));
    studio.video.height = static_cast<int>(int_or(*dimension, "height", 0));
    studio.keeps_shape = false;
  }
  parse_watermark(body, studio.video);
  parse_labels(body, studio.video);
  const auto& scenes = body.at("scenes").get_array();
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    TRY_ASSIGN(auto scene,
               parse_scene(scenes[i].get_object(), "scenes[" + std::to_string(i) + "]", find_own));
    scene.id = string_or(scenes[i].get_object(), "scene_id", "scene_" + std::to_string(i + 1));
    scene.spoken.fps = studio.video.fps;
    scene.spoken.prefix = "scene" + std::to_string(i) + "_";
    studio.scenes.push_back(std::move(scene));
  }
  return studio;
}

Result<void> settle_canvas(const json::object& body, Studio& studio) {
  if (!studio.keeps_shape) return {};
  const Scene& scene = studio.scenes.front();
  compose::CanvasSize first{scene.picture.width, scene.picture.height};
  if (scene.spoken.own_look) first = {scene.spoken.own_look->width, scene.spoken.own_look->height};
  std::optional<compose::CanvasSize> source;
  if (first.width > 0 && first.height > 0) source = first;
  return parse_canvas(body, studio.video, source);
}

compose::SceneLength length_of(const Scene& scene, double speech_s) {
  const double film_s = static_cast<double>(scene.picture.duration_ms) / 1000;
  if (scene.kind == SceneKind::film && (!scene.is_narrated() || scene.lasts_as_film)) {
    if (film_s >= speech_s) return {.seconds = film_s, .is_sound = false};
  }
  if (scene.is_narrated()) return {.seconds = speech_s, .is_sound = true};
  return {.seconds = scene.duration_s, .is_sound = false};
}

Result<double> estimated_speech_s(const Scene& scene) {
  if (!scene.spoken.script.empty()) {
    TRY_ASSIGN(const auto estimate, estimate_script(scene.spoken));
    return static_cast<double>(estimate.duration_ms) / 1000;
  }
  return static_cast<double>(scene.sound.duration_ms) / 1000;
}

std::string price_item(const Scene& scene) {
  if (scene.kind == SceneKind::presenter) return price_item(scene.spoken);
  return scene.spoken.script.empty() ? "" : "speech.starfish";
}

std::vector<std::int64_t> scene_ms(const std::vector<compose::ScenePlace>& places, int fps) {
  std::vector<std::int64_t> lengths;
  for (const auto& place : places) {
    lengths.push_back(billable_ms(place.first_frame + place.frame_count, fps) -
                      billable_ms(place.first_frame, fps));
  }
  return lengths;
}

json::object to_json(const Studio& studio) {
  json::object document = to_json(studio.video);
  json::array scenes;
  for (const auto& scene : studio.scenes) scenes.push_back(scene_json(scene));
  document["type"] = "studio";
  document["scenes"] = std::move(scenes);
  return document;
}

Result<Studio> studio_from_json(const json::object& document) {
  Studio studio;
  TRY_ASSIGN(studio.video, from_json(document));
  const auto* scenes = array_or_null(document, "scenes");
  if (scenes == nullptr || scenes->empty()) {
    return fail(ErrorCode::internal_error, "The job has no scenes.");
  }
  for (const auto& entry : *scenes) {
    if (!entry.is_object()) return fail(ErrorCode::internal_error, "A scene is unreadable.");
    TRY_ASSIGN(auto scene, scene_from(entry.get_object()));
    studio.scenes.push_back(std::move(scene));
  }
  return studio;
}

bool is_studio(const json::object& document) { return string_or(document, "type") == "studio"; }

}  // namespace understudy::avatar_video
