#include "jobs/charge_json.h"
#include "products/avatar_video/avatar_video_json.h"
#include "products/avatar_video/cinematic.h"

namespace understudy::avatar_video {
namespace {

json::value seconds_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return time_ms / 1000;
}

json::value output_link(const jobs::Job& job, std::string_view name, const LinkFunction& link) {
  const auto* outputs = object_or_null(job.result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*output);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

// A cinematic video is billed as one, whatever its length.
json::value duration_of(const jobs::Job& job) {
  return decimal(is_cinematic(job.request) ? int_or(job.result, "duration_ms", 0) : job.charge.quantity, 3);
}

// A cancelled video has no state of its own in the contract.
std::string failure_code(const jobs::Job& job) {
  return job.state == jobs::JobState::cancelled ? "cancelled" : job.failure_code;
}

std::string failure_message(const jobs::Job& job) {
  return job.state == jobs::JobState::cancelled ? "The video was cancelled; nothing was charged."
                                                : job.failure_message;
}

// Without the charge, which the video's own event tells: a sum over events counts it once.
jobs::JobEvent file_event(const jobs::Job& job, std::string_view kind,
                          const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, kind, "video_id", prices);
  event.data.erase("charge");
  return event;
}

// Of the preview and of the captions, each an event of its own: delivered with the video, or failed
// with it, so that who listens to one of them alone hears the end too.
std::vector<jobs::JobEvent> file_events(const jobs::Job& job, const LinkFunction& link,
                                        const money::PriceBook& prices) {
  jobs::JobEvent gif = file_event(job, "avatar_video_gif", prices);
  jobs::JobEvent caption = file_event(job, "avatar_video_caption", prices);
  std::vector<jobs::JobEvent> events;
  if (job.state != jobs::JobState::completed) {
    events.push_back(std::move(gif));
    if (!is_cinematic(job.request)) events.push_back(std::move(caption));
    return events;
  }
  if (const auto url = output_link(job, "gif", link); !url.is_null()) {
    gif.data["url"] = url;
    gif.data["gif_download_url"] = url;
    events.push_back(std::move(gif));
  }
  if (const auto url = output_link(job, "subtitle", link); !url.is_null()) {
    const auto captioned = output_link(job, "captioned_video", link);
    caption.data["url"] = captioned.is_null() ? url : captioned;
    caption.data["captioned_video_url"] = captioned;
    caption.data["caption_url"] = url;  // the contract's name is subtitle_url; clients read both
    caption.data["subtitle_url"] = url;
    events.push_back(std::move(caption));
  }
  return events;
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
  if (job.state == jobs::JobState::completed) duration = duration_of(job);
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
      {"failure_code", string_or_null(failure_code(job))},
      {"failure_message", string_or_null(failure_message(job))},
  };
  if (const auto callback_id = string_or(job.request, "callback_id"); !callback_id.empty()) {
    video["callback_id"] = callback_id;
  }
  video["charge"] = jobs::charge_json(job, prices);
  if (const auto* cinematic = object_or_null(job.result, "cinematic")) video["cinematic"] = *cinematic;
  if (const auto* matte = object_or_null(job.result, "matte")) video["matte"] = *matte;
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
  event.further = file_events(job, link, prices);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = output_link(job, "video", link);
  event.data["gif_download_url"] = output_link(job, "gif", link);
  event.data["video_page_url"] = nullptr;  // there are no pages for single videos
  event.data["video_share_page_url"] = nullptr;
  event.data["captioned_video_url"] = output_link(job, "captioned_video", link);
  event.data["subtitle_url"] = output_link(job, "subtitle", link);
  event.data["thumbnail_url"] = output_link(job, "thumbnail", link);
  event.data["duration"] = duration_of(job);
  return event;
}

api::BatchItem batch_item(const jobs::Job& job) {
  return {.id = job.id,
          .batch_id = job.batch_id,
          .index = job.batch_index,
          .status = item_status(job.state),
          .error_code = failure_code(job),
          .error_message = failure_message(job)};
}

}  // namespace understudy::avatar_video
