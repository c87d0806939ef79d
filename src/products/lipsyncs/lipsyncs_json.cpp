#include "products/lipsyncs/lipsyncs_json.h"

#include <cstdlib>

#include "jobs/charge_json.h"

namespace understudy::lipsyncs {
namespace {

json::value output_link(const jobs::Job& job, std::string_view name, const LinkFunction& link) {
  const auto* outputs = object_or_null(job.result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*output);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

std::string failure_message(const jobs::Job& job) {
  if (job.state == jobs::JobState::cancelled)
    return "The lipsync was cancelled; nothing was charged.";
  return job.failure_message;
}

std::string failure_code(const jobs::Job& job) {
  return job.state == jobs::JobState::cancelled ? std::string(to_string(ErrorCode::cancelled))
                                                : job.failure_code;
}

std::string_view item_status(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued: return "queued";
    case jobs::JobState::running: return "processing";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

}  // namespace

std::string_view lipsync_status(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued: return "pending";
    case jobs::JobState::running: return "running";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

json::object lipsync_json(const jobs::Job& job, const LinkFunction& link,
                          const money::PriceBook& prices) {
  const bool is_completed = job.state == jobs::JobState::completed;
  json::object lipsync{
      {"id", job.id},
      {"title", string_or_null(job.title)},
      {"status", lipsync_status(job.state)},
      {"created_at", job.created_at_ms / 1000},
      {"duration", is_completed ? decimal(job.charge.quantity, 3) : json::value(nullptr)},
      {"video_url", output_link(job, "video", link)},
      {"caption_url", output_link(job, "caption", link)},
      {"callback_id", string_or_null(string_or(job.request, "callback_id"))},
      {"failure_message", string_or_null(failure_message(job))},
  };
  lipsync["failure_code"] = string_or_null(failure_code(job));
  lipsync["thumbnail_url"] = output_link(job, "thumbnail", link);
  lipsync["mode"] = string_or(job.request, "mode", "speed");
  lipsync["charge"] = jobs::charge_json(job, prices);
  lipsync["progress"] = job.progress;
  lipsync["stage"] = string_or_null(job.stage);
  if (job.queue_position > 0) lipsync["queue_position"] = job.queue_position;
  lipsync["eta_seconds"] = job.eta_ms >= 0 && job.state == jobs::JobState::running
                               ? decimal(job.eta_ms, 3)
                               : json::value(nullptr);
  const auto* report = object_or_null(job.result, "report");
  lipsync["report"] = report != nullptr ? json::value(*report) : json::value(nullptr);
  return lipsync;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "lipsync", "lipsync_id", prices);
  event.data["title"] = string_or_null(job.title);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = output_link(job, "video", link);
  event.data["video_url"] = output_link(job, "video", link);
  event.data["caption_url"] = output_link(job, "caption", link);
  event.data["thumbnail_url"] = output_link(job, "thumbnail", link);
  event.data["duration"] = decimal(job.charge.quantity, 3);
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

}  // namespace understudy::lipsyncs
