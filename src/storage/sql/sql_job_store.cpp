#include <algorithm>
#include <limits>
#include <map>

#include "storage/sql/answers.h"
#include "storage/sql/blob_refs.h"
#include "storage/sql/budget_steps.h"
#include "storage/sql/concurrency_steps.h"
#include "storage/sql/dialect.h"
#include "storage/sql/job_endings.h"
#include "storage/sql/job_rows.h"
#include "storage/sql/payment_reversals.h"
#include "storage/sql/stores.h"
#include "storage/sql/wallet_steps.h"
#include "storage/sql/wallet_watch.h"

namespace understudy::storage {
namespace {

using jobs::Job;
using jobs::JobState;
using jobs::NewJob;
using money::Money;

// A sweep never keeps the writer from others for long.
constexpr int kSweepMax = 200;

tl::unexpected<Error> no_job() {
  return fail(ErrorCode::not_found, "There is no job with this id.");
}

Money saturating_sum(Money a, Money b) {
  Money sum;
  if (__builtin_add_overflow(a.nano_usd, b.nano_usd, &sum.nano_usd)) {
    sum.nano_usd = std::numeric_limits<std::int64_t>::max();
  }
  return sum;
}

bool is_paid(const NewJob& job) { return !job.price_item.empty() && !job.is_test; }

Result<void> check_price(const NewJob& job) {
  if (job.hold < Money{}) return fail(ErrorCode::internal_error, "A hold is at least 0 USD.");
  if (job.price_item.empty()) {
    if (job.hold == Money{}) return {};
    return fail(ErrorCode::internal_error, "A job without a price holds nothing.");
  }
  TRY_ASSIGN(const auto* book, money::PriceBook::of_version(job.price_version));
  if (job.price_lines.empty()) TRY(book->find(job.price_item));
  TRY(money::charge(*book, job.price_lines));
  return {};
}

// `requests` are the jobs' requests as text, in their order.
Result<void> submit_all(Connection& connection, const jobs::Submission& submission,
                        std::span<const std::string> requests) {
  if (!submission.jobs.empty()) {
    TRY(lock_account(connection, submission.jobs.front().account_id));
  }
  TRY_ASSIGN(const std::int64_t live, check_concurrency(connection, submission.jobs));
  // The wallet is asked once for all: a batch it cannot pay in full is told what all of it needs.
  std::map<std::string_view, Money> needed;
  for (const NewJob& job : submission.jobs) {
    TRY(check_price(job));
    if (!is_paid(job)) continue;
    if (job.hold > job.cost_max) {
      return tl::make_unexpected(
          money::spending_cap_exceeded({.cap = "request", .limit = job.cost_max}, job.hold));
    }
    needed[wallet_of(job)] = saturating_sum(needed[wallet_of(job)], job.hold);
  }
  std::map<std::string_view, WalletWatch> payers;
  for (const auto& [wallet_id, amount] : needed) {
    TRY_ASSIGN(payers[wallet_id], find_payer(connection, wallet_id));
  }
  const auto now_ms = submission.jobs.empty() ? 0 : submission.jobs.front().created_at_ms;
  std::vector<std::vector<money::Budget>> budgets(submission.jobs.size());
  for (std::size_t i = 0; i < submission.jobs.size(); ++i) {
    const NewJob& job = submission.jobs[i];
    // Caps are of dollars; credits have their month and their cap in the plan.
    if (!is_paid(job) || money::is_credits_wallet(wallet_of(job))) continue;
    TRY_ASSIGN(budgets[i], budgets_with_room(connection,
                                             {.account_id = job.account_id,
                                              .project_id = job.project_id,
                                              .key_id = job.key_id},
                                             job.hold, now_ms));
  }
  for (const auto& [wallet_id, amount] : needed)
    TRY(reserve(connection, wallet_id, amount, now_ms));
  for (std::size_t i = 0; i < submission.jobs.size(); ++i) {
    const NewJob& job = submission.jobs[i];
    TRY(insert_job(connection, job, requests[i]));
    TRY(wait_for_room(connection, job, live + static_cast<std::int64_t>(i)));
    if (is_paid(job)) {
      TRY(insert_hold(connection,
                      {.job_id = job.id, .wallet_id = wallet_of(job), .amount = job.hold}, now_ms));
      TRY(hold_in_budgets(connection, job.id, budgets[i], job.hold, now_ms));
      TRY(tell_of_hold(
          connection, payers.at(wallet_of(job)),
          {.kind = kTellsHeld, .wallet_id = wallet_of(job), .job_id = job.id, .held = job.hold},
          now_ms));
    }
    TRY(keep_blobs(connection, job_owner(job.id), job.input_blobs));
  }
  for (const auto& [wallet_id, watch] : payers) {
    TRY(tell_low_after_hold(connection, watch, wallet_id, needed.at(wallet_id), now_ms));
  }
  if (!submission.answer) return {};
  return store_answer(connection, *submission.answer, now_ms);
}

const std::string kOldestQueued =
    "SELECT id, created_at_ms FROM job WHERE state = 'queued' "
    "AND lane = $1 AND (deadline_at_ms = 0 OR deadline_at_ms > $2) AND " +
    std::string(kHasRoom) + " ORDER BY lane, created_at_ms, id LIMIT 1";

struct Candidate {
  std::string id;
  jobs::Lane lane = jobs::Lane::standard;
  std::int64_t created_at_ms = 0;
  friend auto operator<=>(const Candidate& a, const Candidate& b) {
    return std::tie(a.created_at_ms, a.id) <=> std::tie(b.created_at_ms, b.id);
  }
};

Result<std::optional<Candidate>> oldest_queued(Connection& connection,
                                               std::span<const jobs::Lane> lanes,
                                               std::int64_t now_ms) {
  std::optional<Candidate> oldest;
  for (const jobs::Lane lane : lanes) {
    TRY_ASSIGN(auto found,
               connection.first(kOldestQueued, {to_string(lane), now_ms}, [lane](const Row& row) {
                 Columns columns(row);
                 Candidate candidate;
                 candidate.id = columns.text();
                 candidate.lane = lane;
                 candidate.created_at_ms = columns.integer();
                 return candidate;
               }));
    if (found && (!oldest || *found < *oldest)) oldest = std::move(found);
  }
  return oldest;
}

// The oldest of its lane that no other claim is taking at this moment.
Result<std::optional<std::string>> keep_oldest(Connection& connection, const Candidate& candidate,
                                               std::int64_t now_ms) {
  if (connection.dialect() == Dialect::sqlite) return candidate.id;
  return connection.first(skip_locked(connection, kOldestQueued),
                          {to_string(candidate.lane), now_ms},
                          [](const Row& row) { return std::string(row.text(0)); });
}

// The id of the job that is now running.
Result<std::optional<std::string>> claim_oldest(Connection& connection,
                                                const jobs::ClaimRequest& request,
                                                std::int64_t now_ms) {
  TRY_ASSIGN(const auto candidate, oldest_queued(connection, request.lanes, now_ms));
  if (!candidate) return std::nullopt;
  TRY_ASSIGN(auto id, keep_oldest(connection, *candidate, now_ms));
  if (!id) return std::nullopt;
  TRY_ASSIGN(const bool may_start, still_has_room(connection, *id));
  if (!may_start) return std::nullopt;
  TRY(connection.execute(
      "UPDATE job SET state = 'running', fence = fence + 1, attempt = attempt + 1,"
      " worker_id = $2, lease_until_ms = $3, stage = '', eta_ms = -1,"
      " started_at_ms = CASE started_at_ms WHEN 0 THEN $4 ELSE started_at_ms END "
      "WHERE id = $1 AND state = 'queued'",
      {*id, request.worker_id, now_ms + request.lease_ms, now_ms}));
  TRY(wait_no_longer(connection, *id));
  return id;
}

// Errors before anything has changed, so that the job can be failed in the same transaction.
Result<void> move_within_caps(Connection& connection, const LiveJob& job, Money to,
                              std::int64_t now_ms) {
  if (to > job.cost_max) {
    return tl::make_unexpected(
        money::spending_cap_exceeded({.cap = "request", .limit = job.cost_max}, to));
  }
  const HoldMove move{.job_id = job.id, .wallet_id = job.wallet_id, .from = job.hold, .to = to};
  const Money more = to - job.hold;
  if (more > Money{}) TRY(check_budgets(connection, job.id, more));
  TRY(move_hold(connection, move, now_ms));
  TRY(move_in_budgets(connection, job.id, more, now_ms));
  if (more <= Money{}) return {};
  TRY_ASSIGN(const WalletWatch watch, find_watch(connection, job.wallet_id));
  return tell_low_after_hold(connection, watch, job.wallet_id, more, now_ms);
}

// The refusal, when the wallet cannot pay: the job has failed then, and that is to be kept.
Result<std::optional<Error>> move_to_exact(Connection& connection, const LiveJob& job,
                                           const jobs::Delivered& delivered, std::int64_t now_ms) {
  TRY(keep_quantity(connection, job, delivered));
  if (!job.is_paid()) return std::nullopt;
  TRY(lock_account(connection, job.wallet_id));
  TRY_ASSIGN(const Money exact, exact_price(job, delivered));
  const auto moved = move_within_caps(connection, job, exact, now_ms);
  if (moved) return std::nullopt;
  if (!jobs::is_unaffordable(moved.error().code)) return tl::make_unexpected(moved.error());
  TRY(end_job(connection, job,
              {.state = JobState::failed,
               .code = to_string(moved.error().code),
               .message = moved.error().message},
              now_ms));
  return moved.error();
}

class SqlJobStore final : public jobs::JobStore {
 public:
  explicit SqlJobStore(Database& database) : database_(database) {}

  Result<void> submit(const jobs::Submission& submission) override {
    // Written out before the writer's turn.
    std::vector<std::string> requests;
    requests.reserve(submission.jobs.size());
    for (const NewJob& job : submission.jobs) requests.push_back(to_text(job.request));
    const std::string_view account_id =
        submission.jobs.empty() ? std::string_view() : submission.jobs.front().account_id;
    return database_.write_for(account_id, [&](Connection& connection) {
      return submit_all(connection, submission, requests);
    });
  }

  Result<Job> find(std::string_view account_id, std::string_view id) override {
    TRY_ASSIGN(auto job, database_.read([&](Connection& connection) -> Result<std::optional<Job>> {
      TRY_ASSIGN(auto found, find_job(connection, id));
      if (found && found->state == JobState::queued) {
        TRY_ASSIGN(found->queue_position, queue_position(connection, *found));
      }
      return found;
    }));
    if (!job || job->account_id != account_id) return no_job();
    return *std::move(job);
  }

  Result<std::vector<Job>> list(const jobs::JobQuery& query) override {
    return database_.read([&](Connection& connection) { return list_jobs(connection, query); });
  }

  Result<std::optional<Job>> claim(const jobs::ClaimRequest& request,
                                   std::int64_t now_ms) override {
    // Idle workers ask all the time; only one that will get something takes the writer's time.
    TRY_ASSIGN(const auto candidate, database_.read([&](Connection& connection) {
      return oldest_queued(connection, request.lanes, now_ms);
    }));
    if (!candidate) return std::nullopt;
    TRY_ASSIGN(const auto claimed, database_.write([&](Connection& connection) {
      return claim_oldest(connection, request, now_ms);
    }));
    if (!claimed) return std::nullopt;
    // Read after the write: a job's documents need not be parsed while other writers wait.
    TRY_ASSIGN(auto job, database_.read([&](Connection& connection) {
      return find_job(connection, *claimed);
    }));
    if (!job || job->state != JobState::running) return std::nullopt;  // cancelled since
    return job;
  }

  Result<void> heartbeat(const jobs::Heartbeat& beat, std::int64_t now_ms) override {
    return database_.write_for_job(beat.job_id, [&](Connection& connection) -> Result<void> {
      TRY(held_by(connection, beat.job_id, beat.fence));
      TRY(
          connection.execute("UPDATE job SET lease_until_ms = $2, progress = $3, stage = $4,"
                             " eta_ms = $5 WHERE id = $1",
                             {beat.job_id, now_ms + beat.lease_ms,
                              std::clamp(beat.progress, 0.0, 1.0), beat.stage, beat.eta_ms}));
      return {};
    });
  }

  Result<void> set_exact(std::string_view job_id, std::int64_t fence,
                         const jobs::Delivered& delivered, std::int64_t now_ms) override {
    if (delivered.quantity < 0) {
      return understudy::fail(ErrorCode::invalid_parameter, "A quantity is at least 0.",
                              "quantity");
    }
    TRY_ASSIGN(const auto refused,
               database_.write_for_job(
                   job_id, [&](Connection& connection) -> Result<std::optional<Error>> {
                     TRY_ASSIGN(const LiveJob job, held_by(connection, job_id, fence));
                     return move_to_exact(connection, job, delivered, now_ms);
                   }));
    if (refused) return tl::make_unexpected(*refused);
    return {};
  }

  Result<void> complete(const jobs::Completion& completion, std::int64_t now_ms) override {
    const std::string result = to_text(completion.result);
    return database_.write_for_job(completion.job_id, [&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto job, find_live_job(connection, completion.job_id));
      // A worker that did not hear the answer says it again.
      if (job && job->state == JobState::completed && job->fence == completion.fence) return {};
      if (!is_held(job, completion.fence)) return no_longer_held();
      return complete_job(connection, *job, completion, result, now_ms);
    });
  }

  Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::int64_t now_ms) override {
    return database_.write_for_job(job_id, [&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const LiveJob job, held_by(connection, job_id, fence));
      if (is_retryable && job.attempt < jobs::kAttemptsMax) return queue_again(connection, job.id);
      return end_job(
          connection, job,
          {.state = JobState::failed, .code = to_string(error.code), .message = error.message},
          now_ms);
    });
  }

  Result<Job> cancel(std::string_view account_id, std::string_view id,
                     std::int64_t now_ms) override {
    return database_.write_for(account_id, [&](Connection& connection) -> Result<Job> {
      TRY(cancel_if_live(connection, account_id, id, now_ms));
      TRY_ASSIGN(auto job, find_job(connection, id));
      if (!job) return no_job();
      return *std::move(job);
    });
  }

  Result<void> remove(std::string_view account_id, std::string_view id,
                      std::int64_t now_ms) override {
    return database_.write_for(account_id, [&](Connection& connection) -> Result<void> {
      TRY(cancel_if_live(connection, account_id, id, now_ms));
      TRY(connection.execute("UPDATE job SET removed_at_ms = $2 WHERE id = $1", {id, now_ms}));
      return let_go_of_blobs(connection, job_owner(id));
    });
  }

  Result<Job> rename(std::string_view account_id, std::string_view id,
                     std::string_view title) override {
    return database_.write_for(account_id, [&](Connection& connection) -> Result<Job> {
      TRY_ASSIGN(const auto live, find_live_job(connection, id));
      if (!live || live->account_id != account_id || live->is_removed) return no_job();
      TRY(connection.execute("UPDATE job SET title = $2 WHERE id = $1", {id, title}));
      TRY_ASSIGN(auto job, find_job(connection, id));
      if (!job) return no_job();
      return *std::move(job);
    });
  }

  Result<int> sweep(std::int64_t now_ms) override {
    int total = 0;
    for (int changed = kSweepMax; changed >= kSweepMax;) {
      TRY_ASSIGN(changed, database_.write([&](Connection& connection) {
        return sweep_some(connection, now_ms);
      }));
      total += changed;
    }
    TRY_ASSIGN(const bool has_waiting, database_.read([](Connection& connection) -> Result<bool> {
      TRY_ASSIGN(const auto any, connection.first("SELECT 1 FROM job_waiting LIMIT 1", {},
                                                  [](const Row& row) { return row.integer(0); }));
      return any.has_value();
    }));
    if (has_waiting) TRY(database_.write(forget_waiting));
    return total;
  }

 private:
  static Result<void> cancel_if_live(Connection& connection, std::string_view account_id,
                                     std::string_view id, std::int64_t now_ms) {
    TRY_ASSIGN(const auto job, find_live_job(connection, id));
    if (!job || job->account_id != account_id || job->is_removed) return no_job();
    if (is_terminal(job->state)) return {};
    return end_job(connection, *job,
                   {.state = JobState::cancelled,
                    .code = to_string(ErrorCode::cancelled),
                    .message = "The job was cancelled; nothing was charged."},
                   now_ms);
  }

  static Result<int> sweep_some(Connection& connection, std::int64_t now_ms) {
    int changed = 0;
    TRY_ASSIGN(const auto late, ids(connection,
                                    "SELECT id FROM job WHERE state IN ('queued', 'running') "
                                    "AND deadline_at_ms > 0 AND deadline_at_ms <= $1 LIMIT $2",
                                    now_ms));
    for (const std::string& id : late) {
      TRY_ASSIGN(const auto job, find_live_job(connection, id));
      if (!job) continue;
      TRY(end_job(connection, *job,
                  {.state = JobState::failed,
                   .code = to_string(ErrorCode::deadline_exceeded),
                   .message = "The job did not finish in time; nothing was charged."},
                  now_ms));
      ++changed;
    }
    TRY_ASSIGN(const auto lost, ids(connection,
                                    "SELECT id FROM job WHERE state = 'running' "
                                    "AND lease_until_ms <= $1 LIMIT $2",
                                    now_ms));
    for (const std::string& id : lost) {
      TRY(pick_up(connection, id, now_ms));
      ++changed;
    }
    return changed;
  }

  // A job whose worker has gone silent.
  static Result<void> pick_up(Connection& connection, std::string_view id, std::int64_t now_ms) {
    TRY_ASSIGN(const auto job, find_live_job(connection, id));
    if (!job) return {};
    if (job->attempt < jobs::kAttemptsMax) return queue_again(connection, id);
    return end_job(connection, *job,
                   {.state = JobState::failed,
                    .code = to_string(ErrorCode::engine_failed),
                    .message = "The job could not be finished in several attempts; nothing was "
                               "charged."},
                   now_ms);
  }

  static Result<std::vector<std::string>> ids(Connection& connection, std::string_view sql,
                                              std::int64_t now_ms) {
    return connection.all(skip_locked(connection, sql), {now_ms, kSweepMax},
                          [](const Row& row) { return std::string(row.text(0)); });
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<jobs::JobStore> make_job_store(Database& database) {
  return database.with_own_steps(std::make_unique<SqlJobStore>(database));
}

std::unique_ptr<jobs::JobStore> Database::with_own_steps(std::unique_ptr<jobs::JobStore> store) {
  return store;
}

}  // namespace understudy::storage
