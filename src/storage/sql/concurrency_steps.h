// How many jobs of an account, and of a key, are queued or running at a time; in the transaction of
// the submit. On a database whose writers run side by side the caller has locked the account first.
#pragma once

#include <span>
#include <string_view>

#include "accounts/key_store.h"
#include "base/result.h"
#include "jobs/job.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<accounts::LiveJobs> count_live_jobs(Connection& connection, std::string_view account_id,
                                           std::string_view key_id);

// All jobs of one submit have one account and one key. A batch waits in the queue as a whole, so it
// needs room for one. Changes nothing. Errors: rate_limit_exceeded (extra: scope, limit, used).
Result<void> check_concurrency(Connection& connection, std::span<const jobs::NewJob> jobs);

}  // namespace understudy::storage
