#include "storage/sql/concurrency_steps.h"

#include <algorithm>

#include <fmt/format.h>

namespace understudy::storage {
namespace {

constexpr int kRetryAfter_s = 5;  // nobody knows better
constexpr std::int64_t kRetryAfterMax_s = 30;

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
  std::int64_t most = 0;  // 0: none
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
                                           std::string_view key_id) {
  TRY_ASSIGN(
      const auto counted,
      connection.first("SELECT count(*), coalesce(sum(CASE WHEN key_id = $2 THEN 1 ELSE 0 END), 0) "
                       "FROM job WHERE account_id = $1 AND state IN ('queued', 'running')",
                       {account_id, key_id}, [](const Row& row) {
                         return accounts::LiveJobs{row.integer(0), row.integer(1)};
                       }));
  return counted.value_or(accounts::LiveJobs{});
}

Result<void> check_concurrency(Connection& connection, std::span<const jobs::NewJob> jobs) {
  if (jobs.empty()) return {};
  const jobs::NewJob& first = jobs.front();
  if (first.key_jobs_max == 0 && first.account_jobs_max == 0) return {};
  TRY_ASSIGN(const auto live, count_live_jobs(connection, first.account_id, first.key_id));
  for (const Limit& limit : {Limit{"key", first.key_jobs_max, live.of_key},
                             Limit{"account", first.account_jobs_max, live.of_account}}) {
    if (limit.most == 0 || limit.used < limit.most) continue;
    TRY_ASSIGN(const int wait_s, retry_after_s(connection, first.account_id));
    return too_many(limit, wait_s);
  }
  return {};
}

}  // namespace understudy::storage
