// What others have to be told, written in the transaction of what happened. Topics:
// "job.completed", "job.failed", "job.cancelled", "wallet.*", "cap.*".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<void> put_in_outbox(Connection& connection, std::string_view topic,
                           std::string_view account_id, const json::object& payload,
                           std::int64_t now_ms);

}  // namespace understudy::storage
