#include "storage/sql/concurrency_steps.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/sql/job_rows.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

constexpr int kRetryAfter_s = 5;  // nobody knows better
constexpr std::int64_t kRetryAfterMax_s = 30;
constexpr std::int64_t kPositionMax = 10'000;

// When the first of the account's jobs is likely to end, by what its worker says.
Result<int> retry_after_s(Connection& connection, std::string_view account_id) {
  TRY_ASSIGN(const auto eta_ms,
             connection.first("SELECT min(eta_ms) FROM job WHERE account_id = $1 AND eta_ms > 0 "
                              "AND state IN ('queued', 'running')",
                              {account_id}, [](const Row& row) { return row.integer(0); }));
  const std::int64_t wait_s = (eta_ms.value_or(0) + 999) / 1000;
  if (wait_s == 0) return kRetryAfter_s;
  return static_cast<int>(std::min(wait_s, kRetryAfterMax_s));
}

struct Limit {
  std::string_view scope;
  std::int64_t most = 0;     // 0: none
  std::int64_t waiting = 0;  // beyond it
  std::int64_t used = 0;
};

tl::unexpected<Error> too_many(const Limit& limit, int retry_after_s) {
  Error error;
  error.code = ErrorCode::rate_limit_exceeded;
  error.message = fmt::format(
      "{} of the {} jobs that this {} may have at once are under way; send this again when there is "
      "room.",
      limit.used, limit.most, limit.scope);
  error.retry_after_s = retry_after_s;
  error.extra = std::make_shared<const json::object>(
      json::object{{"scope", limit.scope}, {"limit", limit.most}, {"used", limit.used}});
  return tl::make_unexpected(std::move(error));
}

}  // namespace

Result<accounts::LiveJobs> count_live_jobs(Connection& connection, std::string_view account_id,
                                           std::string_view key_id, std::string_view wallet_id) {
  TRY_ASSIGN(const auto counted,
             connection.first("SELECT coalesce(sum(CASE WHEN wallet_id = $3 THEN 1 ELSE 0 END), 0),"
                              " coalesce(sum(CASE WHEN key_id = $2 THEN 1 ELSE 0 END), 0) "
                              "FROM job WHERE account_id = $1 AND state IN ('queued', 'running')",
                              {account_id, key_id, wallet_id}, [](const Row& row) {
                                return accounts::LiveJobs{row.integer(0), row.integer(1)};
                              }));
  return counted.value_or(accounts::LiveJobs{});
}

Result<std::int64_t> check_concurrency(Connection& connection, std::span<const jobs::NewJob> jobs) {
  if (jobs.empty()) return 0;
  const jobs::NewJob& first = jobs.front();
  if (first.key_jobs_max == 0 && first.account_jobs_max == 0) return 0;
  TRY_ASSIGN(const auto live,
             count_live_jobs(connection, first.account_id, first.key_id, wallet_of(first)));
  for (const Limit& limit :
       {Limit{"key", first.key_jobs_max, 0, live.of_key},
        Limit{"account", first.account_jobs_max, first.waiting_max, live.of_account}}) {
    if (limit.most == 0 || limit.used < limit.most + limit.waiting) continue;
    TRY_ASSIGN(const int wait_s, retry_after_s(connection, first.account_id));
    return too_many(limit, wait_s);
  }
  return first.account_jobs_max == 0 ? 0 : live.of_account;
}

Result<void> wait_for_room(Connection& connection, const jobs::NewJob& job, std::int64_t live) {
  if (job.account_jobs_max == 0 || live < job.account_jobs_max) return {};
  TRY(
      connection.execute("INSERT INTO job_waiting (job_id, account_id, wallet_id, running_max) "
                         "VALUES ($1, $2, $3, $4)",
                         {job.id, job.account_id, wallet_of(job), job.account_jobs_max}));
  return {};
}

Result<bool> still_has_room(Connection& connection, std::string_view job_id) {
  if (connection.dialect() == Dialect::sqlite) return true;
  TRY_ASSIGN(const auto wallet_id,
             connection.first("SELECT wallet_id FROM job_waiting WHERE job_id = $1", {job_id},
                              [](const Row& row) { return std::string(row.text(0)); }));
  if (!wallet_id) return true;
  TRY(lock_account(connection, *wallet_id));
  TRY_ASSIGN(const auto found,
             connection.first(fmt::format("SELECT 1 FROM job WHERE id = $1 AND {}", kHasRoom),
                              {job_id}, [](const Row&) { return true; }));
  return found.has_value();
}

Result<void> wait_no_longer(Connection& connection, std::string_view job_id) {
  TRY(connection.execute("DELETE FROM job_waiting WHERE job_id = $1", {job_id}));
  return {};
}

Result<void> forget_waiting(Connection& connection) {
  TRY(
      connection.execute("DELETE FROM job_waiting WHERE NOT EXISTS (SELECT 1 FROM job "
                         "WHERE job.id = job_waiting.job_id AND job.state = 'queued')",
                         {}));
  return {};
}

Result<std::int64_t> queue_position(Connection& connection, const jobs::Job& job) {
  TRY_ASSIGN(const auto before,
             connection.first("SELECT count(*) FROM (SELECT 1 FROM job WHERE state = 'queued' "
                              "AND lane = $1 AND (created_at_ms < $2 "
                              "OR (created_at_ms = $2 AND id < $3)) LIMIT $4) AS earlier",
                              {to_string(job.lane), job.created_at_ms, job.id, kPositionMax - 1},
                              [](const Row& row) { return row.integer(0); }));
  return before.value_or(0) + 1;
}

}  // namespace understudy::storage
