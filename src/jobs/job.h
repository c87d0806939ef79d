// A job: one piece of paid (or free) work, from its submit to its terminal state. Money and state
// move together; JobStore does both in one transaction.
//
//   queued -> running -> completed | failed | cancelled
//   running -> queued                (the worker was lost; attempt + 1; the hold stays)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "base/json.h"
#include "base/result.h"
#include "money/money.h"
#include "money/price_book.h"
#include "money/price_lines.h"

namespace understudy::jobs {

enum class JobState { queued, running, completed, failed, cancelled };
std::string_view to_string(JobState state);
std::optional<JobState> job_state_from(std::string_view name);
inline bool is_terminal(JobState state) {
  return state != JobState::queued && state != JobState::running;
}

// Long work never takes the speech lane, because POST /v3/voices/speech answers synchronously.
enum class Lane { standard, speech };
std::string_view to_string(Lane lane);
std::optional<Lane> lane_from(std::string_view name);

struct NewJob {
  std::string id;  // chosen by the caller: new_id()
  std::string account_id;
  std::string wallet_id;  // that pays; empty: the account's dollars
  std::string key_id;
  std::string project_id;    // whose budgets count it; empty: none
  std::string source = {};   // the program that asked, as it calls itself
  bool is_test = false;      // the price is computed and not taken; picture and sound say so
  int key_jobs_max = 0;      // queued and running ones at a time, with this one; 0: no limit
  int account_jobs_max = 0;  // the same of the whole account
  int waiting_max = 0;       // how many may wait beyond account_jobs_max
  std::string kind;          // the product folder's name: "avatar_video", "voices"
  Lane lane = Lane::standard;
  std::string title;
  std::string folder_id;
  std::string batch_id;
  int batch_index = 0;
  json::object
      request;  // what the worker needs; inputs by content: {"inputs": {"audio": {blob...}}}
  std::vector<std::string> input_blobs;       // kept until the job is deleted
  std::string price_item;                     // empty: free
  std::vector<money::PriceLine> price_lines;  // of a job in parts: its price is their sum, and
                                              // price_item only names it
  int price_version = 1;
  money::Money hold;                        // upper estimate; 0 for free work
  money::Money cost_max = money::kNoLimit;  // what the request allows
  std::int64_t created_at_ms = 0;
  std::int64_t deadline_at_ms = 0;  // then the job fails with deadline_exceeded and costs nothing
};

// The money side of a job, as receipts show it.
struct Charge {
  std::string price_item = {};
  std::vector<money::PriceLine> price_lines = {};  // empty: all of it at price_item
  int price_version = 1;
  money::Money held;           // reserved at submit, or as moved to the exact price
  money::Money captured;       // taken
  money::Money released;       // given back
  money::Money refunded = {};  // given back later, of what was captured
  std::int64_t quantity = 0;   // ms or count that was billed; 0 while unknown
};

// What a render made: in all, and of a job in parts what each of its price lines counts.
struct Delivered {
  Delivered(std::int64_t in_all, std::vector<std::int64_t> of_parts = {})
      : quantity(in_all), parts(std::move(of_parts)) {}
  std::int64_t quantity;  // ms or count; at least 0, like the parts
  std::vector<std::int64_t> parts;
};

json::array to_json(const std::vector<std::int64_t>& parts);
// The member "parts" of a message; absent: a job in one part. Empty: it is no list of counts.
std::optional<std::vector<std::int64_t>> parts_from(const json::object& object);

// An output or input in the blob store.
struct BlobRef {
  std::string hash = {};  // SHA-256, hex: the key in the blob store
  std::int64_t size = 0;
  std::string mime_type = {};
  std::string name = {};  // file name to offer on download
};
json::object to_json(const BlobRef& blob);
Result<BlobRef> blob_ref_from(const json::object& object);
bool is_blob_hash(std::string_view text);  // 64 lower-case hex digits: safe as a file name

struct Job {
  std::string id;
  std::string account_id;
  std::string key_id;
  std::string project_id;
  bool is_test = false;
  std::string kind;
  Lane lane = Lane::standard;
  JobState state = JobState::queued;
  std::string title;
  std::string folder_id;
  std::string batch_id;
  int batch_index = 0;
  json::object request;
  json::object
      result;  // {"outputs": {"video": BlobRef, ...}, "duration_ms": 4520, ...} when completed
  std::string failure_code;
  std::string failure_message;
  double progress = 0;              // 0..1
  std::string stage;                // "speaking", "rendering", ...
  std::int64_t eta_ms = -1;         // milliseconds left as estimated by the worker, -1 unknown
  std::int64_t queue_position = 0;  // of a queued job: 1 is the next; 0: not known (lists)
  int attempt = 0;                  // claims so far
  std::int64_t fence = 0;  // grows with each claim; an older holder of the job can change nothing
  std::int64_t created_at_ms = 0;
  std::int64_t started_at_ms = 0;
  std::int64_t finished_at_ms = 0;
  std::int64_t deadline_at_ms = 0;
  Charge charge;
};

// Whether an exact price that was refused with this code has failed its job: the wallet or a cap
// does not cover it.
inline bool is_unaffordable(ErrorCode code) {
  return code == ErrorCode::insufficient_credit || code == ErrorCode::spending_cap_exceeded;
}

// Who pays and whose caps count: from the credential and the request's limits.
// Requires: job.request is there.
void bill_to(NewJob& job, const accounts::Principal& principal);

// What is held: `quantity` at the item's price for the wallet that pays. `book`: of dollars.
// Errors: those of money::offer().
Result<void> set_price(NewJob& job, const money::PriceBook& book, std::string_view wallet_id,
                       std::string_view item, money::Quantity quantity);

// The same of a job in parts, which `item` names.
Result<void> set_price_lines(NewJob& job, const money::PriceBook& book, std::string_view wallet_id,
                             std::string_view item, std::vector<money::PriceLine> lines);

// The job as a reader will find it right after its submit.
Job as_submitted(const NewJob& made);

// A new id, and the times.
void set_times(NewJob& job, std::int64_t now_ms, std::int64_t lifetime_ms);

}  // namespace understudy::jobs
