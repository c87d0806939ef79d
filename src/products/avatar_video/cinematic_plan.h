// What a cinematic video needs before it can be submitted: its references fetched, its looks'
// files.
#pragma once

#include <string_view>

#include "accounts/account.h"
#include "base/result.h"
#include "jobs/input_resolver.h"
#include "jobs/job.h"
#include "money/price_book.h"
#include "products/avatar_video/cinematic.h"

namespace understudy::avatar_video {

// Fills in the job's request, inputs and price. Errors: those of InputResolver; invalid_parameter;
// plan_upgrade_required.
Result<void> plan_cinematic(Cinematic cinematic, const accounts::Principal& principal,
                            jobs::InputResolver& inputs, const money::PriceBook& book,
                            jobs::Keep keep, jobs::NewJob& job);

}  // namespace understudy::avatar_video
