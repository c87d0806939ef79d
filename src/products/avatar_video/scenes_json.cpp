// GET /v3/videos/{id}/scenes: VideoScenes of the contract, from the job's own document.
#include "money/credit_prices.h"
#include "money/price_lines.h"
#include "products/avatar_video/avatar_video_json.h"
#include "products/avatar_video/cinematic.h"
#include "products/avatar_video/studio.h"

namespace understudy::avatar_video {
namespace {

// The link to one of the job's inputs.
json::value input_link(const jobs::Job& job, std::string_view name, const api::LinkFunction& link) {
  const auto* inputs = object_or_null(job.request, "inputs");
  const auto* input = inputs != nullptr && !name.empty() ? object_or_null(*inputs, name) : nullptr;
  const auto blob = input != nullptr ? jobs::blob_ref_from(*input) : fail(ErrorCode::not_found, "");
  if (!blob || blob->hash.empty()) return nullptr;
  return json::value(link(*blob));
}

json::object voice_json(const Request& spoken) {
  json::object settings{{"speed", spoken.voice.speed},
                        {"pitch", spoken.voice.pitch},
                        {"volume", spoken.voice.volume}};
  if (!spoken.voice.locale.empty()) settings["locale"] = spoken.voice.locale;
  return settings;
}

json::object element_json(const jobs::Job& job, const Scene& scene, const api::LinkFunction& link) {
  const std::string id = scene.id + "_element_1";
  const Request& spoken = scene.spoken;
  if (spoken.look != nullptr || spoken.own_look) {
    return {{"type", "avatar"},
            {"id", id},
            {"avatar_id", spoken.look != nullptr ? spoken.look->id : spoken.own_look->id},
            {"engine", to_string(spoken.engine)},
            {"expressiveness", string_or_null(spoken.expressiveness)},
            {"motion_prompt", string_or_null(spoken.motion_prompt)}};
  }
  if (spoken.person == Person::photo)
    return {{"type", "image"}, {"id", id}, {"url", input_link(job, spoken.prefix + "photo", link)}};
  json::object element{{"type", scene.kind == SceneKind::image ? "image" : "video"},
                       {"id", id},
                       {"url", input_link(job, scene.picture.input, link)}};
  if (scene.kind == SceneKind::image) return element;
  element["playback"] = to_string(scene.playback);
  element["volume"] = scene.volume;
  element["trim"] = nullptr;
  element["speed_multiplier"] = nullptr;
  return element;
}

json::object speech_json(const jobs::Job& job, const Scene& scene, const api::LinkFunction& link,
                         std::int64_t length_ms) {
  const std::string id = scene.id + "_speech_1";
  if (!scene.spoken.script.empty()) {
    return {{"type", "text"},
            {"id", id},
            {"text", scene.spoken.script},
            {"voice_id", scene.spoken.voice_id},
            {"voice_settings", voice_json(scene.spoken)},
            {"trim_to_speech", true}};
  }
  if (scene.sound.is_given()) {
    return {{"type", "audio"}, {"id", id}, {"audio_url", input_link(job, scene.sound.input, link)}};
  }
  const std::int64_t silent_ms =
      scene.kind == SceneKind::image ? std::int64_t(scene.duration_s * 1000 + 0.5) : length_ms;
  return {{"type", "silence"}, {"id", id}, {"duration", decimal(silent_ms, 3)}};
}

json::value background_json(const jobs::Job& job, const Request& spoken,
                            const api::LinkFunction& link) {
  if (!spoken.background) return nullptr;
  if (!spoken.background->color.empty()) {
    return json::object{{"type", "color"}, {"color", spoken.background->color}};
  }
  return json::object{
      {"type", "image"}, {"id", nullptr}, {"url", input_link(job, "background", link)}};
}

// What the scene costs: while the video is not finished, what is held for it.
json::object scene_charge(const money::PriceLine& line, const money::PriceBook& book,
                          std::string_view unit) {
  const auto price = book.find(line.item);
  const auto amount = money::charge(book, line);
  json::object charge{{"price_item", string_or_null(line.item)}, {"quantity", line.quantity}};
  charge["rate_" + std::string(unit)] = price ? money::to_json(price->rate) : json::value(nullptr);
  charge["amount_" + std::string(unit)] = money::to_json(amount.value_or(money::Money{}));
  return charge;
}

// An avatar video as its only scene.
Result<Studio> studio_of(const json::object& document) {
  if (is_studio(document)) return studio_from_json(document);
  Studio studio;
  TRY_ASSIGN(studio.video, from_json(document));
  Scene scene;
  scene.id = "scene_1";
  scene.kind = SceneKind::presenter;
  scene.spoken = studio.video;
  if (scene.spoken.script.empty()) scene.sound.input = "audio";
  studio.scenes.push_back(std::move(scene));
  return studio;
}

// A cinematic video is one scene with everybody in it.
json::object cinematic_scenes_json(const jobs::Job& job, const money::PriceBook& prices) {
  json::array elements;
  if (const auto* looks = array_or_null(job.request, "looks")) {
    for (const auto& look : *looks) {
      const std::string id = "scene_1_element_" + std::to_string(elements.size() + 1);
      elements.push_back(json::object{
          {"type", "avatar"}, {"id", id}, {"avatar_id", string_or(look.get_object(), "id")}});
    }
  }
  const auto own_book = money::PriceBook::of_version(job.charge.price_version);
  const std::string unit = money::is_credit_version(job.charge.price_version) ? "credits" : "usd";
  const json::object silence{{"type", "silence"},
                             {"id", "scene_1_speech_1"},
                             {"duration", decimal(int_or(job.request, "estimate_ms", 0), 3)}};
  return {{"video_id", job.id},
          {"video",
           json::object{{"title", string_or_null(job.title)},
                        {"aspect_ratio", string_or_null(string_or(job.request, "aspect_ratio"))},
                        {"resolution", string_or_null(string_or(job.request, "resolution"))},
                        {"caption", json::object{{"enabled", false}}},
                        {"brand_glossary_id", nullptr}}},
          {"scenes", json::array{json::object{
                         {"id", "scene_1"},
                         {"background", nullptr},
                         {"elements", std::move(elements)},
                         {"script", json::array{silence}},
                         {"charge", scene_charge({job.charge.price_item, job.charge.quantity},
                                                 own_book ? **own_book : prices, unit)}}}}};
}

}  // namespace

Result<json::object> scenes_json(const jobs::Job& job, const api::LinkFunction& link,
                                 const money::PriceBook& prices) {
  if (is_cinematic(job.request)) return cinematic_scenes_json(job, prices);
  TRY_ASSIGN(const Studio studio, studio_of(job.request));
  std::vector<money::PriceLine> lines = job.charge.price_lines;
  if (lines.size() != studio.scenes.size()) {
    lines = {{job.charge.price_item, job.charge.quantity}};
    lines.resize(studio.scenes.size());
  }
  const bool is_credits = money::is_credit_version(job.charge.price_version);
  const auto own_book = money::PriceBook::of_version(job.charge.price_version);
  json::array scenes;
  for (std::size_t i = 0; i < studio.scenes.size(); ++i) {
    const Scene& scene = studio.scenes[i];
    scenes.push_back(json::object{
        {"id", scene.id},
        {"background", background_json(job, scene.spoken, link)},
        {"elements", json::array{element_json(job, scene, link)}},
        {"script", json::array{speech_json(job, scene, link, lines[i].quantity)}},
        {"charge",
         scene_charge(lines[i], own_book ? **own_book : prices, is_credits ? "credits" : "usd")}});
  }
  const Request& video = studio.video;
  return json::object{
      {"video_id", job.id},
      {"video",
       json::object{{"title", string_or_null(video.title)},
                    {"aspect_ratio", string_or_null(string_or(job.request, "aspect_ratio"))},
                    {"resolution", string_or_null(string_or(job.request, "resolution"))},
                    {"caption", json::object{{"enabled", video.are_captions_burned_in}}},
                    {"brand_glossary_id", string_or_null(video.glossary_id)}}},
      {"scenes", std::move(scenes)}};
}

}  // namespace understudy::avatar_video
