#include "products/hyperframes/hyperframes_json.h"

#include "api/job_json.h"
#include "products/hyperframes/hyperframes.h"

namespace understudy::hyperframes {
namespace {

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

json::object render_json(const jobs::Job& job, const api::LinkFunction& link,
                         const money::PriceBook& prices) {
  json::object render = api::job_head(kKind, job);
  render["callback_id"] = string_or_null(string_or(job.request, "callback_id"));
  render["video_url"] = api::output_link(job.result, "video", link);
  render["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  render["duration"] = api::duration_or_null(job, job.charge.quantity);
  render["fps"] = int_or(job.request, "fps", 30);
  render["quality"] = string_or(job.request, "quality", "standard");
  render["format"] = string_or(job.request, "format", "mp4");
  render["resolution"] = string_or(job.request, "resolution", "1080p");
  render["aspect_ratio"] = string_or_null(string_or(job.request, "aspect_ratio"));
  render["composition"] = string_or(job.request, "composition", "index.html");
  render["completed_at"] = api::completed_at(job);
  api::add_failure(render, kKind, job);
  api::add_progress(render, job, prices);
  render["warnings"] = warnings_of(job);
  return render;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "hyperframes_video", "render_id", prices);
  event.data["title"] = string_or_null(job.title);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = api::output_link(job.result, "video", link);
  event.data["video_url"] = api::output_link(job.result, "video", link);
  event.data["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  event.data["duration"] = decimal(job.charge.quantity, 3);
  return event;
}

}  // namespace understudy::hyperframes
