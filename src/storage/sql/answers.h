// The stored answer of an idempotent request, inside the write that has its effect.
#pragma once

#include "jobs/job_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// Errors: conflict (the key has its answer already: the effect must be undone).
Result<void> store_answer(Connection& connection, const jobs::StoredAnswer& answer,
                          std::int64_t now_ms);

// What it refuses with.
tl::unexpected<Error> answered_already();

}  // namespace understudy::storage
