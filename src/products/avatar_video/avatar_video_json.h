// A video job as the public API spells it: Video, StatusEntry and BatchItem of the contract.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/batches.h"
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

// The video in a bulk status or a batch.
api::BatchItem batch_item(const jobs::Job& job);

}  // namespace understudy::avatar_video
