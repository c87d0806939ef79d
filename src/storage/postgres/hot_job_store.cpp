#include "storage/postgres/hot_job_store.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "base/log.h"
#include "jobs/forwarding_job_store.h"
#include "storage/sql/answers.h"
#include "storage/sql/job_endings.h"
#include "storage/sql/job_rows.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using jobs::Job;
using money::Money;

constexpr std::size_t kFactsMax = 10'000;

// What never changes about a job and has to be known before its wallet's writer is called.
struct JobFacts {
  std::string account_id;
  std::string kind;
  std::string batch_id;
  std::string price_item;
  int price_version = 1;
};

// "{a,b}" of words that need no quotes.
template <class Words, class Spell>
std::string array_text(const Words& words, Spell spell) {
  std::string text = "{";
  for (const auto& word : words) {
    if (text.size() > 1) text += ',';
    text += spell(word);
  }
  return text + "}";
}

bool are_blob_hashes(const std::vector<std::string>& hashes) {
  return std::all_of(hashes.begin(), hashes.end(),
                     [](const std::string& hash) { return jobs::is_blob_hash(hash); });
}

std::string hashes_text(const std::vector<std::string>& hashes) {
  return array_text(hashes, [](const std::string& hash) { return hash; });
}

Result<Money> price_of(const JobFacts& facts, std::int64_t quantity) {
  if (facts.price_item.empty()) return Money{};
  TRY_ASSIGN(const auto* book, money::PriceBook::of_version(facts.price_version));
  TRY_ASSIGN(const auto price, book->find(facts.price_item));
  return money::charge(price, {quantity});
}

std::string payload_of(std::string_view job_id, const JobFacts& facts,
                       std::string_view failure_code) {
  return to_text(message_payload({.job_id = job_id,
                                  .kind = facts.kind,
                                  .batch_id = facts.batch_id,
                                  .failure_code = failure_code}));
}

constexpr std::string_view kTheLongWay = "*";  // an answer of hot_claim_1

class HotJobStore final : public jobs::ForwardingJobStore {
 public:
  HotJobStore(Database& database, WriteBatcher& batcher, std::unique_ptr<jobs::JobStore> steps)
      : ForwardingJobStore(*steps),
        database_(database),
        batcher_(batcher),
        steps_(std::move(steps)) {}

  Result<void> submit(const jobs::Submission& submission) override {
    if (!is_hot(submission)) return store_.submit(submission);
    const jobs::NewJob& job = submission.jobs.front();
    const jobs::StoredAnswer answer = submission.answer.value_or(jobs::StoredAnswer{});
    const std::string request = to_text(job.request);
    const std::string inputs = hashes_text(job.input_blobs);
    bool is_done = false;
    TRY(batcher_.call(
        job.account_id,
        {.sql = "SELECT hot_submit_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                " $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
         .parameters = {job.id,
                        job.account_id,
                        job.key_id,
                        job.project_id,
                        job.kind,
                        to_string(job.lane),
                        job.title,
                        job.folder_id,
                        job.batch_id,
                        job.batch_index,
                        job.price_item,
                        job.price_version,
                        job.cost_max,
                        job.created_at_ms,
                        job.deadline_at_ms,
                        request,
                        job.hold,
                        inputs,
                        submission.answer.has_value(),
                        answer.scope,
                        answer.key,
                        answer.status,
                        answer.body,
                        job.key_jobs_max,
                        job.account_jobs_max,
                        job.source},
         .read = [&](const Row& row) { is_done = row.integer(0) != 0; }}));
    if (!is_done) return store_.submit(submission);
    keep_facts(job.id, {job.account_id, job.kind, job.batch_id, job.price_item, job.price_version});
    return {};
  }

  Result<std::optional<Job>> claim(const jobs::ClaimRequest& request,
                                   std::int64_t now_ms) override {
    const std::string lanes =
        array_text(request.lanes, [](jobs::Lane lane) { return std::string(to_string(lane)); });
    // Idle workers ask all the time: after an empty answer, look before taking a writer's time.
    if (was_empty_) {
      TRY_ASSIGN(const bool any, has_queued(lanes, now_ms));
      if (!any) return std::nullopt;
    }
    std::string id;
    TRY(batcher_.call("",
                      {.sql = "SELECT hot_claim_1($1::text[], $2, $3, $4)",
                       .parameters = {lanes, request.worker_id, now_ms + request.lease_ms, now_ms},
                       .read = [&](const Row& row) { id = row.text(0); }}));
    if (id == kTheLongWay) return store_.claim(request, now_ms);
    was_empty_ = id.empty();
    if (id.empty()) return std::nullopt;
    TRY_ASSIGN(auto job,
               database_.read([&](Connection& connection) { return find_job(connection, id); }));
    if (!job || job->state != jobs::JobState::running) return std::nullopt;  // cancelled since
    keep_facts(id, {job->account_id, job->kind, job->batch_id, job->charge.price_item,
                    job->charge.price_version});
    return job;
  }

  Result<void> complete(const jobs::Completion& completion, std::int64_t now_ms) override {
    if (completion.quantity < 0 || !are_blob_hashes(completion.output_blobs)) {
      return store_.complete(completion, now_ms);  // which says what is wrong
    }
    TRY_ASSIGN(const auto facts, facts_of(completion.job_id));
    if (!facts) return no_longer_held();
    const auto priced = price_of(*facts, completion.quantity);
    if (!priced) return store_.complete(completion, now_ms);
    const Money exact = *priced;
    const std::string result = to_text(completion.result);
    const std::string outputs = hashes_text(completion.output_blobs);
    const std::string payload = payload_of(completion.job_id, *facts, {});
    std::int64_t code = 0;
    Money captured;
    TRY(batcher_.call(
        facts->account_id,
        {.sql = "SELECT code, captured FROM hot_complete_1($1, $2, $3, $4, $5, $6, $7, $8)",
         .parameters = {completion.job_id, completion.fence, completion.quantity, result, outputs,
                        exact, payload, now_ms},
         .read = [&](const Row& row) {
           code = row.integer(0);
           captured = {row.integer(1)};
         }}));
    if (code == 2) return no_longer_held();
    if (code == 3) return store_.complete(completion, now_ms);
    if (code == 0 && exact > captured) {
      log::warn("job {}: delivered for {} USD, held {} USD; the difference is not charged",
                completion.job_id, money::to_text(exact), money::to_text(captured));
    }
    forget_facts(completion.job_id);
    return {};
  }

  Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::int64_t now_ms) override {
    TRY_ASSIGN(const auto facts, facts_of(job_id));
    if (!facts) return no_longer_held();
    const std::string payload = payload_of(job_id, *facts, to_string(error.code));
    std::int64_t code = 0;
    TRY(batcher_.call(facts->account_id,
                      {.sql = "SELECT hot_fail_1($1, $2, $3, $4, $5, $6, $7)",
                       .parameters = {job_id, fence, to_string(error.code), error.message,
                                      is_retryable ? jobs::kAttemptsMax : 0, payload, now_ms},
                       .read = [&](const Row& row) { code = row.integer(0); }}));
    if (code == 2) return no_longer_held();
    if (code == 3) return store_.fail(job_id, fence, error, is_retryable, now_ms);
    return {};
  }

 private:
  // What the function cannot do, or would have to refuse, goes the long way.
  static bool is_hot(const jobs::Submission& submission) {
    if (submission.jobs.size() != 1) return false;
    const jobs::NewJob& job = submission.jobs.front();
    const auto book = money::PriceBook::of_version(job.price_version);
    return !job.price_item.empty() && job.price_lines.empty() && !job.is_test &&
           wallet_of(job) == job.account_id && job.hold >= Money{} && job.hold <= job.cost_max &&
           book && (*book)->find(job.price_item) && are_blob_hashes(job.input_blobs);
  }

  Result<bool> has_queued(const std::string& lanes, std::int64_t now_ms) {
    TRY_ASSIGN(const auto any, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT 1 FROM job WHERE state = 'queued' AND lane = ANY ($1::text[])"
          " AND (deadline_at_ms = 0 OR deadline_at_ms > $2) LIMIT 1",
          {lanes, now_ms}, [](const Row&) { return true; });
    }));
    return any.has_value();
  }

  Result<std::optional<JobFacts>> facts_of(std::string_view job_id) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = facts_.find(std::string(job_id));
      if (found != facts_.end()) return found->second;
    }
    return database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT account_id, kind, batch_id, price_item, price_version FROM job WHERE id = $1",
          {job_id}, [](const Row& row) {
            Columns columns(row);
            JobFacts facts;
            facts.account_id = columns.text();
            facts.kind = columns.text();
            facts.batch_id = columns.text();
            facts.price_item = columns.text();
            facts.price_version = columns.small();
            return facts;
          });
    });
  }

  void keep_facts(const std::string& job_id, JobFacts facts) {
    const std::lock_guard lock(mutex_);
    if (facts_.size() >= kFactsMax) facts_.clear();
    facts_[job_id] = std::move(facts);
  }
  void forget_facts(const std::string& job_id) {
    const std::lock_guard lock(mutex_);
    facts_.erase(job_id);
  }

  Database& database_;
  WriteBatcher& batcher_;
  std::unique_ptr<jobs::JobStore> steps_;
  std::atomic<bool> was_empty_ = true;  // the last claim of all
  std::mutex mutex_;
  std::unordered_map<std::string, JobFacts> facts_;  // saves a query; any of them may be missing
};

}  // namespace

std::unique_ptr<jobs::JobStore> make_hot_job_store(Database& database, WriteBatcher& batcher,
                                                   std::unique_ptr<jobs::JobStore> store) {
  return std::make_unique<HotJobStore>(database, batcher, std::move(store));
}

}  // namespace understudy::storage
