#include <algorithm>
#include <numeric>

#include "jobs/charge_json.h"
#include "products/avatar_video/avatar_video_json.h"

namespace understudy::avatar_video {
namespace {

json::value seconds_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return time_ms / 1000;
}

// Of the file that `document` holds under `group` and `name`.
json::value link_in(const json::object& document, std::string_view group, std::string_view name,
                    const LinkFunction& link) {
  const auto* files = object_or_null(document, group);
  const auto* file = files != nullptr ? object_or_null(*files, name) : nullptr;
  if (file == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*file);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

json::value output_link(const jobs::Job& job, std::string_view name, const LinkFunction& link) {
  return link_in(job.result, "outputs", name, link);
}

json::value input_link(const jobs::Job& job, std::string_view name, const LinkFunction& link) {
  return link_in(job.request, "inputs", name, link);
}

// A cancelled video has no state of its own in the contract.
json::value failure_code(const jobs::Job& job) {
  if (job.state == jobs::JobState::cancelled) return "cancelled";
  return string_or_null(job.failure_code);
}

json::value failure_message(const jobs::Job& job) {
  if (job.state == jobs::JobState::cancelled)
    return "The video was cancelled; nothing was charged.";
  return string_or_null(job.failure_message);
}

}  // namespace

std::string_view video_status(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued: return "pending";
    case jobs::JobState::running: return "processing";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

std::string_view item_status(jobs::JobState state) {
  return state == jobs::JobState::queued ? "queued" : video_status(state);
}

json::object video_json(const jobs::Job& job, const LinkFunction& link,
                        const money::PriceBook& prices) {
  json::value duration = nullptr;
  if (job.state == jobs::JobState::completed) duration = decimal(job.charge.quantity, 3);
  json::object video{
      {"id", job.id},
      {"title", string_or_null(job.title)},
      {"status", video_status(job.state)},
      {"created_at", seconds_or_null(job.created_at_ms)},
      {"completed_at",
       job.state == jobs::JobState::completed ? seconds_or_null(job.finished_at_ms) : nullptr},
      {"duration", std::move(duration)},
      {"video_url", output_link(job, "video", link)},
      {"captioned_video_url", output_link(job, "captioned_video", link)},
      {"subtitle_url", output_link(job, "subtitle", link)},
      {"thumbnail_url", output_link(job, "thumbnail", link)},
      {"gif_url", output_link(job, "gif", link)},
      {"video_page_url", nullptr},
      {"folder_id", string_or_null(job.folder_id)},
      {"output_language", string_or_null(string_or(job.result, "output_language"))},
      {"failure_code", failure_code(job)},
      {"failure_message", failure_message(job)},
  };
  if (const auto callback_id = string_or(job.request, "callback_id"); !callback_id.empty()) {
    video["callback_id"] = callback_id;
  }
  video["charge"] = jobs::charge_json(job, prices);
  video["progress"] = job.progress;
  video["stage"] = string_or_null(job.stage);
  if (job.queue_position > 0) video["queue_position"] = job.queue_position;
  video["eta_seconds"] = job.eta_ms >= 0 && job.state == jobs::JobState::running
                             ? decimal(job.eta_ms, 3)
                             : json::value(nullptr);
  return video;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "avatar_video", "video_id", prices);
  event.data["title"] = string_or_null(job.title);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = output_link(job, "video", link);
  event.data["gif_download_url"] = output_link(job, "gif", link);
  event.data["video_page_url"] = nullptr;  // there are no pages for single videos
  event.data["video_share_page_url"] = nullptr;
  event.data["captioned_video_url"] = output_link(job, "captioned_video", link);
  event.data["subtitle_url"] = output_link(job, "subtitle", link);
  event.data["thumbnail_url"] = output_link(job, "thumbnail", link);
  event.data["duration"] = decimal(job.charge.quantity, 3);
  return event;
}

namespace {

json::value scene_background(const jobs::Job& job, const LinkFunction& link) {
  if (auto image = input_link(job, "background", link); !image.is_null()) {
    return json::object{{"type", "image"}, {"url", std::move(image)}};
  }
  const auto* background = object_or_null(job.request, "background");
  if (background == nullptr) return nullptr;
  return json::object{{"type", "color"}, {"color", string_or(*background, "color")}};
}

json::object scene_speech(const jobs::Job& job, const LinkFunction& link) {
  if (auto sound = input_link(job, "audio", link); !sound.is_null()) {
    return {{"type", "audio"}, {"id", "speech_1"}, {"audio_url", std::move(sound)}};
  }
  json::object voice{{"speed", number_or(job.request, "speed", 1)},
                     {"pitch", number_or(job.request, "pitch", 0)},
                     {"volume", number_or(job.request, "volume", 1)},
                     {"locale", string_or_null(string_or(job.request, "locale"))}};
  return {{"type", "text"},
          {"id", "speech_1"},
          {"text", string_or(job.request, "script")},
          {"voice_id", string_or_null(string_or(job.request, "voice_id"))},
          {"voice_settings", std::move(voice)}};
}

std::string aspect_ratio_of(std::int64_t width, std::int64_t height) {
  const std::int64_t common = std::max<std::int64_t>(std::gcd(width, height), 1);
  return std::to_string(width / common) + ":" + std::to_string(height / common);
}

}  // namespace

json::object scenes_json(const jobs::Job& job, const LinkFunction& link) {
  const auto width = int_or(job.request, "width", 1920);
  const auto height = int_or(job.request, "height", 1080);
  json::object presenter{{"type", "avatar"},
                         {"id", "avatar_1"},
                         {"avatar_id", string_or(job.request, "look_id")},
                         {"engine", string_or(job.request, "engine")}};
  json::object scene{{"id", "scene_1"},
                     {"background", scene_background(job, link)},
                     {"elements", json::array{std::move(presenter)}},
                     {"script", json::array{scene_speech(job, link)}}};
  const bool has_captions = bool_or(job.request, "are_captions_burned_in", false);
  return {{"video_id", job.id},
          {"video", json::object{{"title", string_or_null(job.title)},
                                 {"aspect_ratio", aspect_ratio_of(width, height)},
                                 {"resolution", std::to_string(std::min(width, height)) + "p"},
                                 {"caption", json::object{{"enabled", has_captions}}},
                                 {"brand_glossary_id", nullptr}}},
          {"scenes", json::array{std::move(scene)}}};
}

json::object status_entry(const jobs::Job& job) {
  json::object entry{{"video_id", job.id}, {"status", item_status(job.state)}};
  entry["batch_id"] = string_or_null(job.batch_id);
  entry["item_index"] = job.batch_id.empty() ? json::value(nullptr) : json::value(job.batch_index);
  if (const auto code = failure_code(job); !code.is_null()) {
    entry["error"] = json::object{{"code", code}, {"message", failure_message(job)}};
  } else {
    entry["error"] = nullptr;
  }
  return entry;
}

json::object missing_entry(std::string_view name, std::string_view id) {
  return {{name, id}, {"status", "not_found"}, {"error", nullptr}};
}

}  // namespace understudy::avatar_video
