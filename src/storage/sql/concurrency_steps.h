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

// Of the account those that one wallet pays: API keys and bearer tokens have limits of their own.
Result<accounts::LiveJobs> count_live_jobs(Connection& connection, std::string_view account_id,
                                           std::string_view key_id, std::string_view wallet_id);

// All jobs of one submit have one account, one key and one wallet. A batch waits in the queue as a
// whole, so it needs room for one. Gives the live jobs of the wallet, 0 when the account has no
// limit. Changes nothing. Errors: rate_limit_exceeded (extra: scope, limit, used).
Result<std::int64_t> check_concurrency(Connection& connection, std::span<const jobs::NewJob> jobs);

// A job that makes more than the limit live is one that waits: it starts when fewer are running.
// `live`: the wallet's jobs before this one.
Result<void> wait_for_room(Connection& connection, const jobs::NewJob& job, std::int64_t live);
// A job that waits is claimed while its account is locked, so that two claims do not fill the same
// room. Where there is one writer at a time, true at once.
Result<bool> still_has_room(Connection& connection, std::string_view job_id);
Result<void> wait_no_longer(Connection& connection, std::string_view job_id);
// Of jobs that were cancelled while they waited.
Result<void> forget_waiting(Connection& connection);

// A condition on a row of `job` in a query: it may start.
inline constexpr std::string_view kHasRoom =
    "NOT EXISTS (SELECT 1 FROM job_waiting WHERE job_waiting.job_id = job.id "
    "AND job_waiting.running_max <= (SELECT count(*) FROM job AS other "
    "WHERE other.state = 'running' AND other.lease_until_ms > 0 "
    "AND other.account_id = job_waiting.account_id AND other.wallet_id = job_waiting.wallet_id))";

// How many queued jobs of the lane come before it, and one; at most 10,000.
Result<std::int64_t> queue_position(Connection& connection, const jobs::Job& job);

}  // namespace understudy::storage
