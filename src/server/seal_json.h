// Seals of the ledger as JSON, and as whoever kept some sends them back. Pure.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "money/seal.h"

namespace understudy::server {

json::object seal_json(const money::Seal& seal);

// {"seals": [{"number", "hash"}]}, at most 1000; nothing else of them is set. Errors:
// invalid_parameter (param seals).
Result<std::vector<money::Seal>> known_seals(const json::object& body);

}  // namespace understudy::server
