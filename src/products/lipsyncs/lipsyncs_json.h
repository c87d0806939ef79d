// A lipsync as the public API spells it: Lipsync of the contract, and its webhook events.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/batches.h"
#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::lipsyncs {

// An expiring URL for an output.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

std::string_view lipsync_status(jobs::JobState state);  // pending, running, completed, failed

// With `charge`, `progress`, `stage`, `eta_seconds`, `thumbnail_url` and `report` as extensions.
json::object lipsync_json(const jobs::Job& job, const LinkFunction& link,
                          const money::PriceBook& prices);

// "lipsync.success" or "lipsync.fail".
jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices);

// The lipsync in a bulk status or a batch.
api::BatchItem batch_item(const jobs::Job& job);

}  // namespace understudy::lipsyncs
