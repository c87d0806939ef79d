// From a request for a studio video to the job that is submitted: files found, lengths and prices
// estimated. Blocks on the network; any thread.
#pragma once

#include "accounts/account.h"
#include "base/result.h"
#include "jobs/input_resolver.h"
#include "jobs/job.h"
#include "money/price_book.h"
#include "products/avatar_video/studio.h"

namespace understudy::avatar_video {

// What the job needs of its request: `request`, `input_blobs`, prices and hold. Errors: those of
// find_inputs(); video_too_long; plan_upgrade_required (not sold for credits).
Result<void> plan_studio(Studio studio, const json::object& body,
                         const accounts::Principal& principal, jobs::InputResolver& resolver,
                         const money::PriceBook& book, jobs::Keep keep, jobs::NewJob& job);

}  // namespace understudy::avatar_video
