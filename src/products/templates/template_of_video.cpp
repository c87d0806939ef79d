// Templates made of studio videos, and the files that templates keep.
#include "jobs/job.h"
#include "products/templates/template_text.h"
#include "products/templates/templates.h"

namespace understudy::templates {
namespace {

// A file of the job as a template keeps it: the bytes and what was found out about them.
json::object stored_file(const json::object& request, const json::object& file,
                         std::string_view kind) {
  json::object facts{{"kind", kind},
                     {"duration_ms", int_or(file, "duration_ms", 0)},
                     {"width", int_or(file, "width", 0)},
                     {"height", int_or(file, "height", 0)},
                     {"channels", int_or(file, "channels", 0)},
                     {"has_audio", int_or(file, "channels", 0) > 0 || kind == "audio"}};
  if (bool_or(file, "is_animation", false)) facts["mime"] = "image/gif";
  json::object blob;
  if (const auto* inputs = object_or_null(request, "inputs")) {
    if (const auto* input = object_or_null(*inputs, string_or(file, "input"))) blob = *input;
  }
  return {{"stored", json::object{{"blob", std::move(blob)}, {"facts", std::move(facts)}}}};
}

class VideoReading {
 public:
  explicit VideoReading(const json::object& request) : request_(request) {}

  json::object read() {
    json::array scenes;
    for (const auto& scene : request_.at("scenes").get_array()) {
      ++number_;
      scenes.push_back(read_scene(scene.get_object()));
    }
    return {{"dimension", json::object{{"width", int_or(request_, "width", 1920)},
                                       {"height", int_or(request_, "height", 1080)}}},
            {"aspect_ratio", string_or(request_, "aspect_ratio", "16:9")},
            {"resolution", string_or(request_, "resolution", "1080p")},
            {"variables", std::move(variables_)},
            {"scenes", std::move(scenes)}};
  }

 private:
  std::string add(std::string_view what, json::object variable) {
    std::string name = std::string(what) + "_" + std::to_string(number_);
    variables_[name] = std::move(variable);
    return name;
  }

  void add_voice(const json::object& spoken, json::object& holder) {
    const std::string voice = string_or(spoken, "voice_id");
    holder["voice_id"] = "{{" + add("voice", {{"type", "voice"}, {"voice_id", voice}}) + "}}";
    holder["voice_settings"] = json::object{{"speed", number_or(spoken, "speed", 1)},
                                            {"pitch", number_or(spoken, "pitch", 0)},
                                            {"volume", number_or(spoken, "volume", 1)}};
  }

  void read_sound(const json::object& scene, json::object& holder) {
    const json::object& spoken = scene.at("spoken").get_object();
    if (const std::string script = string_or(spoken, "script"); !script.empty()) {
      holder["script"] = script;
      for (const auto& name : variables_in(script)) {
        variables_[name] = json::object{{"type", "text"}, {"content", "{{" + name + "}}"}};
      }
      return add_voice(spoken, holder);
    }
    const auto* sound = object_or_null(scene, "sound");
    if (sound == nullptr) return;
    const std::string name =
        add("audio", {{"type", "audio"}, {"asset", stored_file(request_, *sound, "audio")}});
    holder["audio"] = json::object{{"type", "variable"}, {"name", name}};
  }

  // A look is a character; a picture without one is an image.
  json::object read_person(const json::object& scene, const json::object& spoken) {
    const auto* own = object_or_null(spoken, "own_look");
    const std::string look_id =
        own != nullptr ? string_or(*own, "id") : string_or(spoken, "look_id");
    if (look_id.empty()) {
      const auto& picture = scene.at("picture").get_object();
      const std::string name =
          add("image", {{"type", "image"}, {"asset", stored_file(request_, picture, "image")}});
      return {{"type", "image"}, {"image", json::object{{"type", "variable"}, {"name", name}}}};
    }
    const std::string host =
        add("character", {{"type", "character"},
                          {"character_id", look_id},
                          {"character_type", own != nullptr ? "talking_photo" : "avatar"}});
    return {{"type", "avatar"},
            {"avatar_id", "{{" + host + "}}"},
            {"engine", json::object{{"type", string_or(spoken, "engine")}}}};
  }

  json::object read_scene(const json::object& scene) {
    const json::object& spoken = scene.at("spoken").get_object();
    const std::string kind = string_or(scene, "kind");
    json::object made{{"scene_id", string_or(scene, "id")}};
    if (kind == "presenter") {
      json::object input = read_person(scene, spoken);
      if (const auto* background = object_or_null(spoken, "background")) {
        input["background"] =
            json::object{{"type", "color"}, {"color", string_or(*background, "color")}};
      }
      read_sound(scene, input);
      made["type"] = "avatar_video";
      made["input"] = std::move(input);
      return made;
    }
    const bool is_image = kind == "image";
    made["type"] = is_image ? "image" : "video";
    made["source"] = json::object{{"type", "variable"}, {"name", add_picture(scene, is_image)}};
    if (const double duration_s = number_or(scene, "duration_s", 0); duration_s > 0) {
      made["duration"] = duration_s;
    }
    read_sound(scene, made);
    return made;
  }

  std::string add_picture(const json::object& scene, bool is_image) {
    const std::string_view type = is_image ? "image" : "video";
    json::object variable{{"type", type},
                          {"asset", stored_file(request_, scene.at("picture").get_object(), type)},
                          {"fit", string_or(scene, "fit", "cover")}};
    if (!is_image) {
      variable["volume"] = number_or(scene, "volume", 1);
      variable["play_style"] = bool_or(scene, "lasts_as_film", false)
                                   ? "full_video"
                                   : string_or(scene, "playback", "freeze");
    }
    return add(type, std::move(variable));
  }

  const json::object& request_;
  json::object variables_;
  int number_ = 0;
};

// Visits every object below a value.
void each_object(const json::value& value, const std::function<void(const json::object&)>& visit) {
  if (const auto* object = value.if_object()) {
    visit(*object);
    for (const auto& member : *object) each_object(member.value(), visit);
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) each_object(item, visit);
  }
}

}  // namespace

Result<json::object> template_of_video(const json::object& job_request) {
  if (string_or(job_request, "type") != "studio" || !job_request.contains("scenes")) {
    return fail(ErrorCode::invalid_parameter,
                "'video_id' must be a studio video: its scenes become the template's.", "video_id");
  }
  return VideoReading(job_request).read();
}

bool has_stored_files(const json::object& document) {
  bool has_one = false;
  each_object(document,
              [&](const json::object& object) { has_one = has_one || object.contains("stored"); });
  return has_one;
}

std::vector<std::string> blobs_of(const json::object& kept) {
  std::vector<std::string> hashes;
  each_object(kept, [&](const json::object& object) {
    const auto* stored = object_or_null(object, "stored");
    const auto* blob = stored != nullptr ? object_or_null(*stored, "blob") : nullptr;
    const std::string hash = blob != nullptr ? string_or(*blob, "hash") : std::string();
    if (jobs::is_blob_hash(hash)) hashes.push_back(hash);
  });
  return hashes;
}

}  // namespace understudy::templates
