// A background removal as the public API spells it: BackgroundRemoval of the contract.
#pragma once

#include <functional>
#include <string>

#include "base/json.h"
#include "jobs/job.h"
#include "money/price_book.h"

namespace understudy::background_removals {

// An expiring URL for an output.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

std::string_view removal_status(jobs::JobState state);  // pending, processing, completed, failed

// With `charge`, `progress`, `stage`, `warnings` and what the matte was made with as extensions.
json::object removal_json(const jobs::Job& job, const LinkFunction& link,
                          const money::PriceBook& prices);

// Of one that was deleted: what is left to say.
json::object deleted_json(const std::string& id);

}  // namespace understudy::background_removals
