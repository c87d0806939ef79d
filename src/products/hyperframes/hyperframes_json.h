// A render as the public API spells it: HyperframesRender of the contract, and its webhook events.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jobs/job.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::hyperframes {

// An expiring URL for an output.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

std::string_view render_status(jobs::JobState state);  // queued, rendering, completed, failed

// With `charge`, `progress`, `stage`, `eta_seconds` and `warnings` as extensions.
json::object render_json(const jobs::Job& job, const LinkFunction& link,
                         const money::PriceBook& prices);

// "hyperframes_video.success" or "hyperframes_video.fail".
jobs::JobEvent webhook_event(const jobs::Job& job, const LinkFunction& link,
                             const money::PriceBook& prices);

}  // namespace understudy::hyperframes
