#include "api/job_json.h"
#include "products/avatar_video/avatar_video.h"
#include "products/avatar_video/avatar_video_json.h"
#include "products/avatar_video/cinematic.h"

namespace understudy::avatar_video {
namespace {

// A cinematic video is billed as one, whatever its length.
std::int64_t duration_ms_of(const jobs::Job& job) {
  return is_cinematic(job.request) ? int_or(job.result, "duration_ms", 0) : job.charge.quantity;
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
std::vector<jobs::JobEvent> file_events(const jobs::Job& job, const api::LinkFunction& link,
                                        const money::PriceBook& prices) {
  jobs::JobEvent gif = file_event(job, "avatar_video_gif", prices);
  jobs::JobEvent caption = file_event(job, "avatar_video_caption", prices);
  std::vector<jobs::JobEvent> events;
  if (job.state != jobs::JobState::completed) {
    events.push_back(std::move(gif));
    if (!is_cinematic(job.request)) events.push_back(std::move(caption));
    return events;
  }
  if (const auto url = api::output_link(job.result, "gif", link); !url.is_null()) {
    gif.data["url"] = url;
    gif.data["gif_download_url"] = url;
    events.push_back(std::move(gif));
  }
  if (const auto url = api::output_link(job.result, "subtitle", link); !url.is_null()) {
    const auto captioned = api::output_link(job.result, "captioned_video", link);
    caption.data["url"] = captioned.is_null() ? url : captioned;
    caption.data["captioned_video_url"] = captioned;
    caption.data["caption_url"] = url;  // the contract's name is subtitle_url; clients read both
    caption.data["subtitle_url"] = url;
    events.push_back(std::move(caption));
  }
  return events;
}

}  // namespace

json::object video_json(const jobs::Job& job, const api::LinkFunction& link,
                        const money::PriceBook& prices) {
  json::object video = api::job_head(kKind, job);
  video["completed_at"] = api::completed_at(job);
  video["duration"] = api::duration_or_null(job, duration_ms_of(job));
  video["video_url"] = api::output_link(job.result, "video", link);
  video["captioned_video_url"] = api::output_link(job.result, "captioned_video", link);
  video["subtitle_url"] = api::output_link(job.result, "subtitle", link);
  video["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  video["gif_url"] = api::output_link(job.result, "gif", link);
  video["video_page_url"] = nullptr;
  video["folder_id"] = string_or_null(job.folder_id);
  video["output_language"] = string_or_null(string_or(job.result, "output_language"));
  if (const auto callback_id = string_or(job.request, "callback_id"); !callback_id.empty()) {
    video["callback_id"] = callback_id;
  }
  for (const char* extension : {"cinematic", "matte"}) {
    if (const auto* found = object_or_null(job.result, extension)) video[extension] = *found;
  }
  api::add_failure(video, kKind, job);
  api::add_progress(video, job, prices);
  return video;
}

jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices) {
  jobs::JobEvent event = jobs::plain_job_event(job, "avatar_video", "video_id", prices);
  event.data["title"] = string_or_null(job.title);
  event.further = file_events(job, link, prices);
  if (job.state != jobs::JobState::completed) return event;
  event.data["url"] = api::output_link(job.result, "video", link);
  event.data["gif_download_url"] = api::output_link(job.result, "gif", link);
  event.data["video_page_url"] = nullptr;  // there are no pages for single videos
  event.data["video_share_page_url"] = nullptr;
  event.data["captioned_video_url"] = api::output_link(job.result, "captioned_video", link);
  event.data["subtitle_url"] = api::output_link(job.result, "subtitle", link);
  event.data["thumbnail_url"] = api::output_link(job.result, "thumbnail", link);
  event.data["duration"] = decimal(duration_ms_of(job), 3);
  return event;
}

}  // namespace understudy::avatar_video
