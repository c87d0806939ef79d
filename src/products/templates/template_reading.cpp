// Template documents as clients write them: checked closely, their files stored.
#include <algorithm>
#include <array>
#include <set>

#include "compose/canvas.h"
#include "products/templates/template_parts.h"
#include "products/templates/template_text.h"
#include "products/templates/templates.h"

namespace understudy::templates {
namespace {

constexpr std::size_t kVariablesMax = 200;

constexpr std::array<std::string_view, 6> kKinds = {"text",  "image",     "video",
                                                    "audio", "character", "voice"};

}  // namespace

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

Result<json::object> read_variable(const json::object& variable, const std::string& param,
                                   const StoreFile& store) {
  const std::string type = string_or(variable, "type");
  if (std::find(kKinds.begin(), kKinds.end(), type) == kKinds.end()) {
    return invalid(param + ".type", "'" + param +
                                        ".type' must be text, image, video, audio, "
                                        "character or voice.");
  }
  json::object kept = variable;
  const bool is_file = type == "image" || type == "video" || type == "audio";
  if (!is_file) return kept;
  const auto* asset = object_or_null(variable, "asset");
  if (asset == nullptr) return invalid(param + ".asset", "'" + param + ".asset' is required.");
  TRY_ASSIGN(kept["asset"], store(*asset, type, param + ".asset"));
  return kept;
}

std::string type_of(const json::object& variables, std::string_view name) {
  const auto* variable = object_or_null(variables, name);
  return variable != nullptr ? string_or(*variable, "type") : std::string();
}

namespace {

Result<void> check_name(std::string_view name) {
  if (is_variable_name(name)) return {};
  return invalid("variables",
                 "'" + std::string(name.substr(0, 64)) +
                     "' is no name for a variable: 1 to 64 letters, digits, '_' or '-'.");
}

Result<json::object> read_variables(const json::object& variables, const StoreFile& store) {
  if (variables.size() > kVariablesMax) {
    return invalid("variables", "A template has at most 200 variables.");
  }
  json::object kept;
  for (const auto& [name, value] : variables) {
    TRY(check_name(name));
    const std::string param = "variables." + std::string(name);
    const auto* variable = value.if_object();
    if (variable == nullptr) return invalid(param, "'" + param + "' must be an object.");
    TRY_ASSIGN(kept[name], read_variable(*variable, param, store));
  }
  return kept;
}

Result<void> check_use(const json::object& variables, std::string_view name, std::string_view type,
                       const std::string& place) {
  const std::string found = type_of(variables, name);
  if (found == type) return {};
  if (found.empty()) {
    return invalid(place, "'" + place + "' names the variable '" + std::string(name) +
                              "', which the template does not have.");
  }
  return invalid(place, "'" + place + "' needs a variable of type " + std::string(type) + "; '" +
                            std::string(name) + "' is of type " + found + ".");
}

// A file of a scene: stored, or named by a variable.
Result<void> read_file(json::object& holder, const char* key, std::string_view type,
                       const json::object& variables, const std::string& place,
                       const StoreFile& store) {
  const auto* input = object_or_null(holder, key);
  if (input == nullptr) return {};
  const std::string param = place + "." + key;
  if (string_or(*input, "type") == "variable") {
    return check_use(variables, string_or(*input, "name"), type, param);
  }
  TRY_ASSIGN(auto stored, store(*input, type, param));
  holder[key] = std::move(stored);
  return {};
}

// audio_url and audio_asset_id become `audio`, the form in which a variable can stand.
Result<void> gather_audio(json::object& holder, const std::string& place) {
  for (const char* field : {"audio_url", "audio_asset_id"}) {
    const std::string given = string_or(holder, field);
    if (given.empty()) continue;
    if (holder.contains("audio")) {
      return invalid(place + "." + field,
                     "'" + place + "." + field + "' and another sound exclude each other.");
    }
    const bool is_url = std::string_view(field) == "audio_url";
    holder["audio"] =
        json::object{{"type", is_url ? "url" : "asset_id"}, {is_url ? "url" : "asset_id", given}};
    holder.erase(field);
  }
  return {};
}

Result<void> read_speaker(json::object& holder, const json::object& variables,
                          const std::string& place, const StoreFile& store) {
  TRY(gather_audio(holder, place));
  TRY(read_file(holder, "audio", "audio", variables, place, store));
  TRY(read_file(holder, "image", "image", variables, place, store));
  const std::array<std::pair<const char*, std::string_view>, 2> ids = {
      {{"avatar_id", "character"}, {"voice_id", "voice"}}};
  for (const auto& [field, type] : ids) {
    const auto name = sole_variable(string_or(holder, field));
    if (name) TRY(check_use(variables, *name, type, place + "." + field));
  }
  for (const auto& name : variables_in(string_or(holder, "script"))) {
    TRY(check_use(variables, name, "text", place + ".script"));
  }
  return {};
}

Result<json::object> read_scene(const json::object& scene, std::size_t index,
                                const json::object& variables, const StoreFile& store) {
  const std::string place = "scenes[" + std::to_string(index) + "]";
  json::object kept = scene;
  std::string id = string_or(scene, "scene_id", "scene_" + std::to_string(index + 1));
  if (id.empty() || id.size() > 64) {
    return invalid(place + ".scene_id", "'" + place + ".scene_id' has 1 to 64 characters.");
  }
  kept["scene_id"] = id;
  const std::string type = string_or(scene, "type");
  if (type == "avatar_video") {
    auto* given = kept.if_contains("input");
    auto* input = given != nullptr ? given->if_object() : nullptr;
    if (input == nullptr) return invalid(place + ".input", "'" + place + ".input' is required.");
    TRY(read_speaker(*input, variables, place + ".input", store));
    return kept;
  }
  if (type != "image" && type != "video") {
    return invalid(place + ".type", "'" + place + ".type' must be avatar_video, image or video.");
  }
  if (object_or_null(scene, "source") == nullptr) {
    return invalid(place + ".source", "'" + place + ".source' is required.");
  }
  TRY(read_file(kept, "source", type, variables, place, store));
  TRY(read_speaker(kept, variables, place, store));
  return kept;
}

Result<json::array> read_scenes(const json::array& scenes, const json::object& variables,
                                const StoreFile& store) {
  if (scenes.empty() || scenes.size() > kScenesMax) {
    return invalid("scenes", "A template has 1 to 50 'scenes'.");
  }
  json::array kept;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::string place = "scenes[" + std::to_string(i) + "]";
    const auto* scene = scenes[i].if_object();
    if (scene == nullptr) return invalid(place, "'" + place + "' must be an object.");
    TRY_ASSIGN(auto made, read_scene(*scene, i, variables, store));
    if (!ids.insert(string_or(made, "scene_id")).second) {
      return invalid(place + ".scene_id", "'" + place + ".scene_id' is another scene's already.");
    }
    kept.push_back(std::move(made));
  }
  return kept;
}

Result<void> read_canvas(const json::object& fields, json::object& kept) {
  for (const char* field : {"aspect_ratio", "resolution"}) {
    if (fields.contains(field)) kept[field] = string_or(fields, field);
  }
  const auto size = compose::canvas_size(string_or(kept, "aspect_ratio", "16:9"),
                                         string_or(kept, "resolution", "1080p"));
  if (!size) return tl::make_unexpected(size.error());
  if (string_or(kept, "aspect_ratio") == "auto" || string_or(kept, "resolution") == "4k") {
    return invalid("aspect_ratio", "A template has a shape of its own, at 720p or 1080p.");
  }
  if (fields.contains("aspect_ratio") || fields.contains("resolution")) kept.erase("dimension");
  return {};
}

}  // namespace

Result<json::object> read_template(const json::object& fields, const json::object& kept,
                                   const StoreFile& store) {
  if (has_stored_files(fields)) {
    return invalid("stored", "A document names its files by 'url', 'asset_id' or 'base64'.");
  }
  json::object made = kept;
  TRY(read_canvas(fields, made));
  if (const auto* variables = object_or_null(fields, "variables")) {
    TRY_ASSIGN(made["variables"], read_variables(*variables, store));
  }
  if (!made.contains("variables")) made["variables"] = json::object();
  const json::object variables = made["variables"].get_object();
  const auto* scenes = array_or_null(fields, "scenes");
  if (scenes == nullptr) scenes = array_or_null(made, "scenes");
  if (scenes == nullptr) return invalid("scenes", "A template has 1 to 50 'scenes'.");
  TRY_ASSIGN(auto read, read_scenes(json::array(*scenes), variables, store));
  made["scenes"] = std::move(read);
  return made;
}

}  // namespace understudy::templates
