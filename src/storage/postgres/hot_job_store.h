// The job store on PostgreSQL: submit with one paid job, claim, complete and fail are one call of a
// function of the server each (hot_steps.sql), sent together with their neighbours by the
// WriteBatcher. Everything else is the given store's. Any thread.
#pragma once

#include <memory>

#include "jobs/job_store.h"
#include "storage/postgres/write_batcher.h"
#include "storage/sql/database.h"

namespace understudy::storage {

// Borrows the database and its batcher.
std::unique_ptr<jobs::JobStore> make_hot_job_store(Database& database, WriteBatcher& batcher,
                                                   std::unique_ptr<jobs::JobStore> store);

}  // namespace understudy::storage
