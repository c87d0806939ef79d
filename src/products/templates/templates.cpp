#include "products/templates/templates.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compose/canvas.h"
#include "products/templates/template_parts.h"
#include "products/templates/template_text.h"

namespace understudy::templates {
namespace {

// The values of one video: the template's own with the request's over them. A text without a value
// stays as it is written.
struct Values {
  json::object all;

  std::string text(std::string_view name) const {
    const auto* value = object_or_null(all, name);
    return value != nullptr ? string_or(*value, "content") : std::string();
  }
};

class Expansion {
 public:
  Expansion(const json::object& kept, Values values) : kept_(kept), values_(std::move(values)) {}

  Result<void> add_scene(const json::object& scene) {
    const std::string place = "scenes[" + std::to_string(scenes_.size()) + "]";
    json::object made = scene;
    const std::string type = string_or(scene, "type");
    if (type == "avatar_video") {
      TRY(fill_speaker(made.at("input").get_object(), place + ".input"));
    } else {
      fill_source(made, place);
      TRY(fill_speaker(made, place));
      if (!made.contains("fit")) made["fit"] = "cover";
    }
    scenes_.push_back(std::move(made));
    return {};
  }

  Expanded finish() {
    Expanded expanded;
    expanded.places = std::move(places_);
    expanded.body = {{"type", "studio"},
                     {"aspect_ratio", string_or(kept_, "aspect_ratio", "16:9")},
                     {"resolution", string_or(kept_, "resolution", "1080p")},
                     {"scenes", std::move(scenes_)}};
    if (const auto* dimension = object_or_null(kept_, "dimension"))
      expanded.body["dimension"] = *dimension;
    return expanded;
  }

 private:
  void note(std::string place, std::string_view name) {
    places_.emplace_back(std::move(place), "variables." + std::string(name));
  }

  const json::object* value_of(const json::object& input) const {
    if (string_or(input, "type") != "variable") return nullptr;
    return object_or_null(values_.all, string_or(input, "name"));
  }

  void fill_source(json::object& scene, const std::string& place) {
    const auto* source = object_or_null(scene, "source");
    const auto* value = source != nullptr ? value_of(*source) : nullptr;
    if (value == nullptr) return;
    note(place + ".source", string_or(*source, "name"));
    const std::string fit = string_or(*value, "fit", "contain");
    scene["fit"] = fit == "crop" ? "cover" : fit;
    if (string_or(scene, "type") == "video") {
      scene["playback"] = json::object{{"volume", number_or(*value, "volume", 1)},
                                       {"mode", string_or(*value, "play_style", "loop")}};
    }
    scene["source"] = value->at("asset");
  }

  Result<void> fill_speaker(json::object& holder, const std::string& place) {
    if (const auto* audio = object_or_null(holder, "audio")) {
      if (const auto* value = value_of(*audio)) {
        note(place + ".audio", string_or(*audio, "name"));
        holder["audio"] = value->at("asset");
      }
    }
    if (const auto* image = object_or_null(holder, "image")) {
      if (const auto* value = value_of(*image)) {
        note(place + ".image", string_or(*image, "name"));
        holder["image"] = value->at("asset");
      }
    }
    fill_character(holder, place);
    if (const auto name = sole_variable(string_or(holder, "voice_id"))) {
      const auto* value = object_or_null(values_.all, *name);
      if (value != nullptr) fill_voice(holder, *value);
      note(place + ".voice_id", *name);
    }
    if (holder.contains("script")) {
      const std::string script = string_or(holder, "script");
      for (const auto& name : variables_in(script)) note(place + ".script", name);
      holder["script"] =
          with_values(script, [&](std::string_view name) -> std::optional<std::string> {
            if (!values_.all.contains(name)) return std::nullopt;
            return values_.text(name);
          });
    }
    return {};
  }

  // A look, also one that was made from a photograph (character_type talking_photo).
  void fill_character(json::object& holder, const std::string& place) {
    const auto name = sole_variable(string_or(holder, "avatar_id"));
    if (!name) return;
    const auto* value = object_or_null(values_.all, *name);
    note(place + ".avatar_id", *name);
    if (value == nullptr) return;
    holder["avatar_id"] = string_or(*value, "character_id");
  }

  static void fill_voice(json::object& holder, const json::object& value) {
    holder["voice_id"] = string_or(value, "voice_id");
    const std::string locale = string_or(value, "locale");
    if (locale.empty()) return;
    if (object_or_null(holder, "voice_settings") == nullptr)
      holder["voice_settings"] = json::object();
    holder["voice_settings"].get_object()["locale"] = locale;
  }

  const json::object& kept_;
  Values values_;
  json::array scenes_;
  std::vector<std::pair<std::string, std::string>> places_;
};

const json::object& variables_of(const json::object& kept) {
  static const json::object kNone;
  const auto* variables = object_or_null(kept, "variables");
  return variables != nullptr ? *variables : kNone;
}

// Texts have no default: one that is left out stays in the script as it is written.
json::object own_values(const json::object& kept) {
  json::object values;
  for (const auto& [name, value] : variables_of(kept)) {
    if (string_or(value.get_object(), "type") != "text") values[name] = value;
  }
  return values;
}

Result<Values> values_of(const json::object& kept, const Generate& generate) {
  Values values{own_values(kept)};
  const auto* given = object_or_null(generate.body, "variables");
  if (given == nullptr) return values;
  for (const auto& [name, value] : *given) {
    const std::string type = type_of(variables_of(kept), name);
    if (type.empty()) {
      return invalid("variables",
                     "The template has no variable '" + std::string(name).substr(0, 64) + "'.");
    }
    const std::string param = "variables." + std::string(name);
    const json::object& variable = value.get_object();
    if (string_or(variable, "type") != type) {
      return invalid(param + ".type",
                     "'" + param + ".type' must be " + type + ", as in the template.");
    }
    TRY_ASSIGN(values.all[name], read_variable(variable, param, generate.store));
  }
  return values;
}

// The scenes that are wanted, in their order; a scene may come several times.
Result<std::vector<const json::object*>> wanted_scenes(const json::object& kept,
                                                       const json::object& body) {
  std::vector<const json::object*> wanted;
  const json::array& scenes = kept.at("scenes").get_array();
  const auto* ids = array_or_null(body, "scene_ids");
  if (ids == nullptr) {
    for (const auto& scene : scenes) wanted.push_back(&scene.get_object());
    return wanted;
  }
  if (ids->empty() || ids->size() > kScenesMax) {
    return invalid("scene_ids", "'scene_ids' must name 1 to 50 scenes.");
  }
  for (std::size_t i = 0; i < ids->size(); ++i) {
    const std::string id((*ids)[i].get_string().c_str());
    const auto found = std::find_if(scenes.begin(), scenes.end(), [&](const auto& scene) {
      return string_or(scene.get_object(), "scene_id") == id;
    });
    if (found == scenes.end()) {
      return invalid("scene_ids[" + std::to_string(i) + "]",
                     "The template has no scene '" + id.substr(0, 64) + "'.");
    }
    wanted.push_back(&found->get_object());
  }
  return wanted;
}

Result<compose::CanvasSize> own_size(const json::object& kept) {
  if (const auto* dimension = object_or_null(kept, "dimension")) {
    return compose::CanvasSize{static_cast<int>(int_or(*dimension, "width", 1920)),
                               static_cast<int>(int_or(*dimension, "height", 1080))};
  }
  return compose::canvas_size(string_or(kept, "aspect_ratio", "16:9"),
                              string_or(kept, "resolution", "1080p"));
}

// Another size must have the template's shape; sides are even, so it may be off by less than two
// pixels.
Result<void> set_dimension(const json::object& kept, const json::object& body,
                           json::object& video) {
  const auto* dimension = object_or_null(body, "dimension");
  if (dimension == nullptr) return {};
  const auto width = int_or(*dimension, "width", 0);
  const auto height = int_or(*dimension, "height", 0);
  TRY_ASSIGN(const auto own, own_size(kept));
  const double expected = static_cast<double>(height) * own.width / own.height;
  if (std::abs(static_cast<double>(width) - expected) >= 2) {
    return invalid("dimension", "'dimension' must have the template's aspect ratio, such as " +
                                    std::to_string(own.width) + " x " + std::to_string(own.height) +
                                    ".");
  }
  video["dimension"] = *dimension;
  return {};
}

void set_labels(const json::object& body, json::object& video) {
  for (const char* field : {"title", "folder_id", "callback_id", "callback_url"}) {
    if (const auto text = string_or(body, field); !text.empty()) video[field] = text;
  }
  // brand_voice_id is the older name.
  const std::string glossary =
      string_or(body, "brand_glossary_id", string_or(body, "brand_voice_id"));
  if (!glossary.empty()) video["brand_glossary_id"] = glossary;
  const bool has_captions =
      bool_or(body, "caption", false) || object_or_null(body, "subtitles") != nullptr;
  if (has_captions) video["caption"] = json::object{{"style", "default"}};
  video["fps"] = static_cast<std::int64_t>(number_or(body, "fps", 25));
}

}  // namespace

Result<Expanded> expand(const json::object& kept, const Generate& generate) {
  TRY_ASSIGN(auto values, values_of(kept, generate));
  TRY_ASSIGN(const auto scenes, wanted_scenes(kept, generate.body));
  Expansion expansion(kept, std::move(values));
  for (const auto* scene : scenes) TRY(expansion.add_scene(*scene));
  Expanded expanded = expansion.finish();
  TRY(set_dimension(kept, generate.body, expanded.body));
  set_labels(generate.body, expanded.body);
  return expanded;
}

Result<Expanded> expand_defaults(const json::object& kept) {
  Expansion expansion(kept, Values{own_values(kept)});
  for (const auto& scene : kept.at("scenes").get_array()) {
    TRY(expansion.add_scene(scene.get_object()));
  }
  return expansion.finish();
}

Error in_words_of_request(Error error, const Expanded& expanded) {
  for (const auto& [place, field] : expanded.places) {
    if (!error.param.starts_with(place)) continue;
    const std::string quoted = "'" + error.param + "'";
    if (const auto at = error.message.find(quoted); at != std::string::npos) {
      error.message.replace(at, quoted.size(), "'" + field + "'");
    } else {
      error.message = "'" + field + "': " + error.message;
    }
    error.param = field;
    break;
  }
  return error;
}

std::vector<std::pair<std::string, std::string>> variables_of_scene(const json::object& scene,
                                                                    const json::object& kept) {
  std::vector<std::pair<std::string, std::string>> used;
  const auto add = [&](const std::string& name) {
    const auto is_same = [&](const auto& one) { return one.first == name; };
    if (std::none_of(used.begin(), used.end(), is_same)) {
      used.emplace_back(name, type_of(variables_of(kept), name));
    }
  };
  const auto* input = object_or_null(scene, "input");
  const json::object& speaker = input != nullptr ? *input : scene;
  for (const auto& name : variables_in(string_or(speaker, "script"))) add(name);
  for (const char* field : {"avatar_id", "voice_id"}) {
    if (const auto name = sole_variable(string_or(speaker, field))) add(*name);
  }
  for (const char* field : {"source", "audio"}) {
    const auto* file = object_or_null(speaker, field);
    if (file != nullptr && string_or(*file, "type") == "variable") add(string_or(*file, "name"));
  }
  return used;
}

json::object contract_view(const json::object& expanded_body) {
  const json::object any_asset{{"type", "asset_id"}, {"asset_id", "stored"}};
  json::object view = expanded_body;
  view.erase("dimension");
  view.erase("fps");
  for (auto& entry : view["scenes"].get_array()) {
    json::object& scene = entry.get_object();
    scene.erase("scene_id");
    scene.erase("fit");
    if (auto* playback = scene.if_contains("playback");
        playback != nullptr && playback->is_object()) {
      const std::string mode = string_or(playback->get_object(), "mode");
      if (mode == "once" || mode == "full_video") playback->get_object()["mode"] = "freeze";
    }
    auto* input = scene.if_contains("input");
    json::object& speaker = input != nullptr && input->is_object() ? input->get_object() : scene;
    if (speaker.erase("audio") > 0) speaker["audio_asset_id"] = "stored";
    for (const char* file : {"source", "image"}) {
      json::object& holder = std::string_view(file) == "source" ? scene : speaker;
      const auto* stored = object_or_null(holder, file);
      if (stored != nullptr && stored->contains("stored")) holder[file] = any_asset;
    }
  }
  return view;
}

bool has_variables(const json::object& kept) { return !variables_of(kept).empty(); }

}  // namespace understudy::templates
