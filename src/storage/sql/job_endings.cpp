#include "storage/sql/job_endings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "storage/sql/blob_refs.h"
#include "storage/sql/budget_steps.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using jobs::JobState;
using money::Money;

// A job that is no longer what the caller found belongs to another step of the same transaction: a
// mistake of this program, never of a caller.
Result<void> expect_one(Result<std::int64_t> changed, std::string_view job_id) {
  TRY_ASSIGN(const auto count, std::move(changed));
  if (count == 1) return {};
  return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                          fmt::format("job {} changed under its own step", job_id));
}

// The transaction that a charge is found by; of a test job one that moves nothing.
Result<std::int64_t> capture(Connection& connection, const LiveJob& job, Money amount,
                             std::int64_t now_ms) {
  if (!job.is_test) {
    return capture_hold(
        connection,
        {.job_id = job.id, .wallet_id = job.wallet_id, .hold = job.hold, .amount = amount}, now_ms);
  }
  TRY_ASSIGN(const auto entry, post(connection,
                                    {.wallet_id = job.wallet_id,
                                     .amount = {},
                                     .unheld = {},
                                     .other = money::revenue_of(job.wallet_id),
                                     .kind = money::kTestCapture,
                                     .reference = job.id},
                                    now_ms));
  return entry.txn_id;
}

Result<void> take_payment(Connection& connection, const LiveJob& job,
                          const jobs::Delivered& delivered, std::int64_t now_ms) {
  TRY(lock_account(connection, job.wallet_id));
  TRY_ASSIGN(const Money exact, exact_price(job, delivered));
  const Money amount =
      job.is_test ? money::test_amount(exact) : money::capture_amount(exact, job.hold);
  if (exact > amount && !job.is_test) {
    log::warn("job {}: delivered for {} USD, held {} USD; the difference is not charged", job.id,
              money::to_text(exact), money::to_text(job.hold));
  }
  TRY_ASSIGN(const auto txn_id, capture(connection, job, amount, now_ms));
  if (!job.is_test) TRY(settle_in_budgets(connection, job.id, job.hold, amount));
  TRY(connection.execute(
      "INSERT INTO usage (id, account_id, wallet_id, job_id, key_id, project_id, source, is_test,"
      " product, price_item, price_version, quantity, amount, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      {txn_id, job.account_id, job.wallet_id, job.id, job.key_id, job.project_id, job.source,
       job.is_test, job.kind, job.price_item, job.price_version, delivered.quantity, amount,
       now_ms}));
  return {};
}

}  // namespace

Result<Money> exact_price(const LiveJob& job, const jobs::Delivered& delivered) {
  TRY_ASSIGN(const auto* book, money::PriceBook::of_version(job.price_version));
  if (!job.price_lines.empty()) {
    TRY_ASSIGN(const auto lines, money::with_quantities(job.price_lines, delivered.parts));
    return money::charge(*book, lines);
  }
  TRY_ASSIGN(const auto price, book->find(job.price_item));
  return money::charge(price, {delivered.quantity});
}

Result<void> keep_quantity(Connection& connection, const LiveJob& job,
                           const jobs::Delivered& delivered) {
  if (job.price_lines.empty()) {
    TRY(connection.execute("UPDATE job SET quantity = $2 WHERE id = $1",
                           {job.id, delivered.quantity}));
    return {};
  }
  TRY_ASSIGN(const auto lines, money::with_quantities(job.price_lines, delivered.parts));
  TRY(connection.execute("UPDATE job SET quantity = $2, price_lines = $3 WHERE id = $1",
                         {job.id, delivered.quantity, money::to_text(lines)}));
  return {};
}

bool is_held(const std::optional<LiveJob>& job, std::int64_t fence) {
  return job && job->state == JobState::running && job->fence == fence;
}

tl::unexpected<Error> no_longer_held() {
  return fail(ErrorCode::conflict,
              "The job is no longer this worker's: it ended, or another worker has it.");
}

Result<LiveJob> held_by(Connection& connection, std::string_view job_id, std::int64_t fence) {
  TRY_ASSIGN(auto job, find_live_job(connection, job_id));
  if (is_held(job, fence)) return *std::move(job);
  return no_longer_held();
}

Result<void> complete_job(Connection& connection, const LiveJob& job,
                          const jobs::Completion& completion, std::string_view result,
                          std::int64_t now_ms) {
  if (completion.quantity < 0) {
    return fail(ErrorCode::invalid_parameter, "A quantity is at least 0.", "quantity");
  }
  const jobs::Delivered delivered(completion.quantity, completion.parts);
  if (!job.price_lines.empty()) TRY(keep_quantity(connection, job, delivered));
  TRY(expect_one(
      connection.execute("UPDATE job SET state = 'completed', result = $3, quantity = $4,"
                         " finished_at_ms = $5, progress = 1, stage = '', eta_ms = 0 "
                         "WHERE id = $1 AND fence = $2 AND state = 'running'",
                         {job.id, job.fence, result, completion.quantity, now_ms}),
      job.id));
  if (!job.price_item.empty()) TRY(take_payment(connection, job, delivered, now_ms));
  TRY(keep_blobs(connection, job_owner(job.id), completion.output_blobs));
  return put_job_in_outbox(connection, job, {.topic = "job.completed"}, now_ms);
}

Result<void> end_job(Connection& connection, const LiveJob& job, const Ending& ending,
                     std::int64_t now_ms) {
  TRY(expect_one(
      connection.execute("UPDATE job SET state = $2, failure_code = $3, failure_message = $4,"
                         " finished_at_ms = $5, stage = '', eta_ms = -1, fence = fence + 1 "
                         "WHERE id = $1 AND state IN ('queued', 'running')",
                         {job.id, to_string(ending.state), ending.code, ending.message, now_ms}),
      job.id));
  if (job.is_paid()) TRY(lock_account(connection, job.wallet_id));
  TRY(release_hold(connection, job.id, ending.code, now_ms));
  if (job.is_paid()) TRY(settle_in_budgets(connection, job.id, job.hold, Money{}));
  const bool is_failure = ending.state == JobState::failed;
  return put_job_in_outbox(
      connection, job,
      {.topic = is_failure ? "job.failed" : "job.cancelled", .failure_code = ending.code}, now_ms);
}

Result<void> queue_again(Connection& connection, std::string_view job_id) {
  return expect_one(connection.execute("UPDATE job SET state = 'queued', worker_id = '',"
                                       " lease_until_ms = 0, stage = '', eta_ms = -1 "
                                       "WHERE id = $1 AND state = 'running'",
                                       {job_id}),
                    job_id);
}

}  // namespace understudy::storage
