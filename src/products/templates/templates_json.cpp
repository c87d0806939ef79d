#include "products/templates/templates_json.h"

#include "products/templates/templates.h"

namespace understudy::templates {
namespace {

json::value link_to(const json::object& file, const api::LinkFunction& link) {
  const auto* stored = object_or_null(file, "stored");
  const auto* blob = stored != nullptr ? object_or_null(*stored, "blob") : nullptr;
  const auto reference = blob != nullptr ? jobs::blob_ref_from(*blob)
                                         : Result<jobs::BlobRef>(fail(ErrorCode::not_found, ""));
  return reference ? json::value(link(*reference)) : json::value(nullptr);
}

// The value with {"type": "url", "url": link} in place of every stored file.
json::value shown(const json::value& value, const api::LinkFunction& link) {
  if (const auto* object = value.if_object()) {
    if (object->contains("stored"))
      return json::object{{"type", "url"}, {"url", link_to(*object, link)}};
    json::object out;
    for (const auto& member : *object) out[member.key()] = shown(member.value(), link);
    return out;
  }
  if (const auto* array = value.if_array()) {
    json::array out;
    for (const auto& item : *array) out.push_back(shown(item, link));
    return out;
  }
  return value;
}

json::object scene_json(const json::object& scene, const json::object& kept) {
  json::array variables;
  for (const auto& [name, type] : variables_of_scene(scene, kept)) {
    variables.push_back(json::object{{"name", name}, {"variable_type", type}});
  }
  const auto* input = object_or_null(scene, "input");
  const std::string script = string_or(input != nullptr ? *input : scene, "script");
  return {{"scene_id", string_or(scene, "scene_id")},
          {"script", string_or_null(script)},
          {"variables", std::move(variables)}};
}

}  // namespace

json::object summary_json(const accounts::Document& document, const api::LinkFunction& link) {
  const auto* thumbnail = object_or_null(document.body, "thumbnail");
  return {
      {"id", document.id},
      {"name", document.name},
      {"aspect_ratio", string_or(document.body, "aspect_ratio", "16:9")},
      {"created_at", document.created_at_ms / 1000},
      {"updated_at", document.updated_at_ms / 1000},
      {"thumbnail_url", thumbnail != nullptr ? link_to(*thumbnail, link) : json::value(nullptr)}};
}

json::object template_json(const accounts::Document& document, const api::LinkFunction& link) {
  json::object made = summary_json(document, link);
  json::array ids;
  json::array scenes;
  for (const auto& entry : document.body.at("scenes").get_array()) {
    const json::object& scene = entry.get_object();
    ids.emplace_back(string_or(scene, "scene_id"));
    scenes.push_back(scene_json(scene, document.body));
  }
  made["scene_ids"] = std::move(ids);
  made["scenes"] = std::move(scenes);
  made["variables"] = shown(document.body.at("variables"), link);
  return made;
}

json::object document_json(const accounts::Document& document, const api::LinkFunction& link) {
  json::object made = summary_json(document, link);
  for (const auto& member : document.body) {
    if (member.key() != "thumbnail") made[member.key()] = shown(member.value(), link);
  }
  return made;
}

}  // namespace understudy::templates
