// The ledger as a whole: its invariants and its seals.
#pragma once

#include <vector>

#include "api/http.h"
#include "base/clock.h"
#include "server/installation.h"

namespace understudy::server {

// Refuses a ledger that does not hold, before anything is sold from it; with "report" it is logged
// and served nevertheless. `mode`: "refuse", "report" or "off".
Result<void> verify_at_start(Installation& installation, const std::string& mode);

std::vector<api::Route> ledger_routes(Installation& installation, const Clock& clock);

}  // namespace understudy::server
