#include "products/avatars/avatars_json.h"

#include "api/job_json.h"
#include "avatar/default_voice.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars.h"

namespace understudy::avatars {
namespace {

constexpr std::int64_t kCatalogueMade = 1'760'000'000;  // s since 1970; the catalogue is fixed

std::string_view status_of(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued:
    case jobs::JobState::running: return "processing";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

// A twin is ready when the person has agreed.
std::string_view status_of(const jobs::AvatarLook& look, const jobs::AvatarGroup& group) {
  const bool waits =
      look.kind == "digital_twin" && !group.is_consented && look.state == jobs::JobState::completed;
  return waits ? "pending_consent" : status_of(look.state);
}

json::value consent_status_of(const jobs::AvatarGroup& group) {
  if (group.twins_count == 0) return nullptr;  // not needed
  return group.is_consented ? "approved" : "pending";
}

// While a twin is made, all that it may be able to do.
json::array engines_of(const jobs::AvatarLook& look) {
  if (look.kind != "digital_twin") return {"avatar_iv", "avatar_iii"};
  if (const auto* engines = array_or_null(look.result, "engines")) return *engines;
  return {"avatar_v", "avatar_iv", "avatar_iii"};
}

// What went wrong, as the contract names it.
json::value error_of(const jobs::AvatarLook& look) {
  if (look.state == jobs::JobState::cancelled) {
    return json::object{{"code", "cancelled"},
                        {"message", "It was cancelled; nothing was charged."}};
  }
  if (look.state != jobs::JobState::failed) return nullptr;
  const bool is_unusable =
      look.failure_code == "invalid_parameter" || look.failure_code == "no_audio_track";
  return json::object{{"code", is_unusable ? "training_failed" : look.failure_code},
                      {"message", look.failure_message}};
}

json::value size_of(const json::object& result, std::string_view side) {
  const std::int64_t size = int_or(result, side, 0);
  return size > 0 ? json::value(size) : json::value(nullptr);
}

json::value orientation_of(const json::object& result) {
  const std::int64_t width = int_or(result, "width", 0), height = int_or(result, "height", 0);
  if (width == 0 || height == 0) return nullptr;
  if (width == height) return "square";
  return width > height ? "landscape" : "portrait";
}

}  // namespace

json::object group_json(const avatar::Presenter& group, const PreviewUrls& previews) {
  const auto looks = looks_of(group);
  return {{"id", group.id},
          {"name", group.name},
          {"created_at", kCatalogueMade},
          {"looks_count", static_cast<std::int64_t>(looks.size())},
          {"gender", group.gender},
          {"preview_image_url", previews.picture},
          {"preview_video_url", previews.video},
          {"default_voice_id", avatar::default_voice_of(*looks.front()).id},
          // Of trained avatars only, as the two below.
          {"consent_status", nullptr},
          {"status", nullptr},
          {"error", nullptr}};
}

json::object look_json(const avatar::Look& look, const PreviewUrls& previews) {
  json::array tags;
  for (const std::string& tag : look.tags) tags.push_back(json::value(tag));
  return {{"id", look.id},
          {"name", look.name},
          {"avatar_type", "studio_avatar"},
          {"group_id", look.group_id},
          {"gender", avatar::presenter_of(look).gender},
          {"tags", std::move(tags)},
          {"preview_image_url", previews.picture},
          {"preview_video_url", previews.video},
          {"image_width", kPictureWidth},
          {"image_height", kPictureHeight},
          {"preferred_orientation", "landscape"},
          {"default_voice_id", avatar::default_voice_of(look).id},
          {"supported_api_engines", json::array{"avatar_iv", "avatar_iii"}},
          {"status", nullptr},
          {"error", nullptr}};
}

json::object group_json(const jobs::AvatarGroup& group, std::span<const jobs::AvatarLook> looks,
                        const api::LinkFunction& link) {
  // A group is ready when one of its looks is; its picture is the first that was.
  const jobs::AvatarLook* ready = nullptr;
  for (const auto& look : looks)
    if (look.state == jobs::JobState::completed) ready = &look;
  const jobs::AvatarLook* shown = ready != nullptr ? ready
                                  : looks.empty()  ? nullptr
                                                   : &looks.front();
  json::object json{{"id", group.id},
                    {"name", group.name},
                    {"created_at", group.created_at_ms / 1000},
                    {"looks_count", group.looks_count},
                    {"gender", nullptr},
                    {"preview_image_url", nullptr},
                    {"preview_video_url", nullptr},
                    {"default_voice_id", string_or_null(group.default_voice_id)},
                    {"consent_status", consent_status_of(group)},
                    {"status", nullptr},
                    {"error", nullptr}};
  if (shown == nullptr) return json;
  json["gender"] = string_or_null(string_or(shown->result, "gender"));
  json["preview_image_url"] = api::output_link(shown->result, "preview_image", link);
  json["preview_video_url"] = api::output_link(shown->result, "preview_video", link);
  json["status"] = status_of(*shown, group);
  json["error"] = error_of(*shown);
  return json;
}

json::object look_json(const jobs::AvatarLook& look, const jobs::AvatarGroup& group,
                       const api::LinkFunction& link) {
  json::object json{{"id", look.id},
                    {"name", look.name},
                    {"avatar_type", look.kind == "digital_twin" ? "digital_twin" : "photo_avatar"},
                    {"group_id", look.group_id},
                    {"gender", string_or_null(string_or(look.result, "gender"))},
                    {"tags", json::array{}},
                    {"preview_image_url", api::output_link(look.result, "preview_image", link)},
                    {"preview_video_url", api::output_link(look.result, "preview_video", link)},
                    {"image_width", size_of(look.result, "width")},
                    {"image_height", size_of(look.result, "height")},
                    {"preferred_orientation", orientation_of(look.result)},
                    {"default_voice_id", string_or_null(group.default_voice_id)},
                    {"supported_api_engines", engines_of(look)},
                    {"status", status_of(look, group)},
                    {"error", error_of(look)}};
  // What was found in the picture, or understood of the prompt.
  for (const char* member : {"found", "understood"}) {
    if (const auto* value = look.result.if_contains(member)) json[member] = *value;
  }
  return json;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices) {
  const bool is_twin = string_or(job.request, "type") == "digital_twin";
  const char* subject = is_twin ? "instant_avatar" : "photo_avatar_generation";
  jobs::JobEvent event = jobs::plain_job_event(job, subject, "job_id", prices);
  event.data["avatar_id"] = string_or(job.request, "look_id");
  event.data["group_id"] = string_or(job.request, "group_id");
  event.data["name"] = string_or_null(job.title);
  event.data["preview_image_url"] = api::output_link(job.result, "preview_image", link);
  return event;
}

}  // namespace understudy::avatars
