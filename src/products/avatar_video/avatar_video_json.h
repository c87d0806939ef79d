// A video job as the public API spells it: Video of the contract.
#pragma once

#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::avatar_video {

// With `cinematic`, `matte` and those of every job (api/job_json.h) as extensions.
json::object video_json(const jobs::Job& job, const api::LinkFunction& link,
                        const money::PriceBook& prices);

// What a video is made of, scene by scene, with what each costs; an avatar video is one scene.
// Errors: internal_error (a document of another version of this program).
Result<json::object> scenes_json(const jobs::Job& job, const api::LinkFunction& link,
                                 const money::PriceBook& prices);

// "avatar_video.success" or "avatar_video.fail" with what the vendor's events hold, and the charge.
jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices);

}  // namespace understudy::avatar_video
