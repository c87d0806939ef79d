#include "products/lipsyncs/lipsyncs_json.h"

#include "api/job_json.h"
#include "products/lipsyncs/lipsyncs.h"

namespace understudy::lipsyncs {

json::object lipsync_json(const jobs::Job& job, const api::LinkFunction& link,
                          const money::PriceBook& prices) {
  json::object lipsync = api::job_head(kKind, job);
  lipsync["duration"] = api::duration_or_null(job, job.charge.quantity);
  lipsync["video_url"] = api::output_link(job.result, "video", link);
  lipsync["caption_url"] = api::output_link(job.result, "caption", link);
  lipsync["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  lipsync["callback_id"] = string_or_null(string_or(job.request, "callback_id"));
  lipsync["mode"] = string_or(job.request, "mode", "speed");
  const auto* report = object_or_null(job.result, "report");
  lipsync["report"] = report != nullptr ? json::value(*report) : json::value(nullptr);
  api::add_failure(lipsync, kKind, job);
  api::add_progress(lipsync, job, prices);
  return lipsync;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "lipsync", "lipsync_id", prices);
  event.data["title"] = string_or_null(job.title);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = api::output_link(job.result, "video", link);
  event.data["video_url"] = api::output_link(job.result, "video", link);
  event.data["caption_url"] = api::output_link(job.result, "caption", link);
  event.data["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  event.data["duration"] = decimal(job.charge.quantity, 3);
  return event;
}

}  // namespace understudy::lipsyncs
