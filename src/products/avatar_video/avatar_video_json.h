// A video job as the public API spells it: Video, StatusEntry and BatchItem of the contract.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::avatar_video {

// An expiring URL for an output.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

json::object video_json(const jobs::Job& job, const LinkFunction& link,
                        const money::PriceBook& prices);

std::string_view video_status(jobs::JobState state);  // pending, processing, completed, failed
std::string_view item_status(jobs::JobState state);   // queued, processing, completed, failed

// What a video is made of, scene by scene, with what each costs; an avatar video is one scene.
// Errors: internal_error (a document of another version of this program).
Result<json::object> scenes_json(const jobs::Job& job, const LinkFunction& link,
                                 const money::PriceBook& prices);

// "avatar_video.success" or "avatar_video.fail" with what the vendor's events hold, and the charge.
jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices);

// {video_id, batch_id, item_index, status, error}
json::object status_entry(const jobs::Job& job);
json::object missing_entry(std::string_view name, std::string_view id);  // name: "video_id"

}  // namespace understudy::avatar_video
