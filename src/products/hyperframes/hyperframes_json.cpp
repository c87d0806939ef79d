#include "products/hyperframes/hyperframes_json.h"

#include <cstdlib>

#include "jobs/charge_json.h"

namespace understudy::hyperframes {
namespace {

json::value output_link(const jobs::Job& job, std::string_view name, const LinkFunction& link) {
  const auto* outputs = object_or_null(job.result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*output);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

json::value failure_message(const jobs::Job& job) {
  if (job.state == jobs::JobState::cancelled) {
    return "The render was cancelled; nothing was charged.";
  }
  return string_or_null(job.failure_message);
}

// What lint found before the job and what the render met; the job's end does not matter.
json::array warnings_of(const jobs::Job& job) {
  json::array warnings;
  for (const auto* list :
       {array_or_null(job.request, "lint_errors"), array_or_null(job.result, "warnings")}) {
    if (list != nullptr) warnings.insert(warnings.end(), list->begin(), list->end());
  }
  return warnings;
}

}  // namespace

std::string_view render_status(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued: return "queued";
    case jobs::JobState::running: return "rendering";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

json::object render_json(const jobs::Job& job, const LinkFunction& link,
                         const money::PriceBook& prices) {
  const bool is_completed = job.state == jobs::JobState::completed;
  json::object render{
      {"render_id", job.id},
      {"status", render_status(job.state)},
      {"title", string_or_null(job.title)},
      {"callback_id", string_or_null(string_or(job.request, "callback_id"))},
      {"video_url", output_link(job, "video", link)},
      {"thumbnail_url", output_link(job, "thumbnail", link)},
      {"duration", is_completed ? decimal(job.charge.quantity, 3) : json::value(nullptr)},
      {"fps", int_or(job.request, "fps", 30)},
      {"quality", string_or(job.request, "quality", "standard")},
      {"format", string_or(job.request, "format", "mp4")},
      {"resolution", string_or(job.request, "resolution", "1080p")},
      {"aspect_ratio", string_or_null(string_or(job.request, "aspect_ratio"))},
      {"composition", string_or(job.request, "composition", "index.html")},
      {"created_at", job.created_at_ms / 1000},
      {"completed_at",
       is_completed ? json::value(job.finished_at_ms / 1000) : json::value(nullptr)},
      {"failure_message", failure_message(job)},
  };
  render["charge"] = jobs::charge_json(job, prices);
  render["progress"] = job.progress;
  render["stage"] = string_or_null(job.stage);
  render["eta_seconds"] = job.eta_ms >= 0 && job.state == jobs::JobState::running
                              ? decimal(job.eta_ms, 3)
                              : json::value(nullptr);
  if (!job.failure_code.empty()) render["failure_code"] = job.failure_code;
  render["warnings"] = warnings_of(job);
  return render;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "hyperframes_video", "render_id", prices);
  event.data["title"] = string_or_null(job.title);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = output_link(job, "video", link);
  event.data["video_url"] = output_link(job, "video", link);
  event.data["thumbnail_url"] = output_link(job, "thumbnail", link);
  event.data["duration"] = decimal(job.charge.quantity, 3);
  return event;
}

}  // namespace understudy::hyperframes
