// A background removal as the public API spells it: BackgroundRemoval of the contract.
#pragma once

#include <string>

#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/price_book.h"

namespace understudy::background_removals {

// With `warnings`, what the matte was made with and those of every job (api/job_json.h) as
// extensions.
json::object removal_json(const jobs::Job& job, const api::LinkFunction& link,
                          const money::PriceBook& prices);

// Of one that was deleted: what is left to say.
json::object deleted_json(const std::string& id);

}  // namespace understudy::background_removals
