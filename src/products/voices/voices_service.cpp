#include "products/voices/voices_service.h"

#include <algorithm>

#include "base/bytes.h"

namespace understudy::voices {
namespace {

constexpr std::string_view kKind = "voices";
constexpr std::int64_t kKeyLifetimeMs = 24 * 3600 * 1000;
constexpr auto kPatience = std::chrono::seconds(2);  // between two looks at the store
constexpr std::int64_t kGraceMs = 5'000;             // for the sweeper to see the deadline

std::string id_of_key(const api::IdempotencyTicket& ticket, std::int64_t day) {
  return sha256_hex("speech " + ticket.scope + "\n" + ticket.key + "\n" + std::to_string(day))
      .substr(0, 32);
}

// A job that ended: itself, or its failure.
Result<jobs::Job> outcome_of(jobs::Job job) {
  switch (job.state) {
    case jobs::JobState::completed: return job;
    case jobs::JobState::cancelled:
      return fail(ErrorCode::cancelled, "The speech was cancelled; nothing was charged.");
    default: break;
  }
  const auto code = error_code_from(job.failure_code).value_or(ErrorCode::internal_error);
  return fail(code, job.failure_message, code == ErrorCode::tts_text_invalid ? "text" : "");
}

}  // namespace

VoicesService::VoicesService(jobs::JobStore& queue, jobs::JobNotifier& notifier,
                             const money::PriceBook& prices, const Clock& clock)
    : queue_(queue), notifier_(notifier), prices_(prices), clock_(clock) {}

Result<jobs::NewJob> VoicesService::plan(const api::Request& request) const {
  TRY_ASSIGN(const auto wanted, parse_speech(request.object()));
  TRY_ASSIGN(const auto longest, longest_ms(wanted));
  const std::int64_t now_ms = clock_.now_ms();
  jobs::NewJob job;
  TRY(jobs::set_price(job, prices_.in_effect(now_ms), request.principal.wallet_id, kPriceItem,
                      {longest}));
  jobs::set_times(job, now_ms, kDeadlineMs);
  job.kind = kKind;
  job.lane = jobs::Lane::speech;
  job.request = to_json(wanted);
  jobs::bill_to(job, request.principal);
  if (request.idempotency) job.id = id_of_key(*request.idempotency, now_ms / kKeyLifetimeMs);
  return job;
}

Result<jobs::Job> VoicesService::wait_for(jobs::JobNotifier::EndWatch& watch,
                                          const jobs::NewJob& job) {
  for (;;) {
    TRY_ASSIGN(auto now, queue_.find(job.account_id, job.id));
    if (jobs::is_terminal(now.state)) return outcome_of(std::move(now));
    if (notifier_.is_stopped()) {
      Error error;
      error.code = ErrorCode::service_unavailable;
      error.message = "The server is stopping; ask again with the same Idempotency-Key.";
      error.retry_after_s = 5;
      return tl::make_unexpected(std::move(error));
    }
    if (clock_.now_ms() > now.deadline_at_ms + kGraceMs) {
      TRY(queue_.cancel(job.account_id, job.id, clock_.now_ms()));
      return fail(ErrorCode::deadline_exceeded,
                  "The speech was not done in time; nothing was charged.");
    }
    watch.wait(kPatience);
  }
}

Result<jobs::Job> VoicesService::speak(const api::Request& request) {
  TRY_ASSIGN(auto job, plan(request));
  if (request.idempotency) {
    // The key may have been used yesterday, less than 24 hours ago.
    const std::string before =
        id_of_key(*request.idempotency, job.created_at_ms / kKeyLifetimeMs - 1);
    const auto earlier = queue_.find(job.account_id, before);
    if (earlier && job.created_at_ms - earlier->created_at_ms < kKeyLifetimeMs) job.id = before;
  }
  jobs::JobNotifier::EndWatch watch(notifier_, job.id);
  const auto known =
      request.idempotency ? queue_.find(job.account_id, job.id) : tl::make_unexpected(Error{});
  if (!known) {
    jobs::Submission submission;
    submission.jobs.push_back(job);
    const auto submitted = queue_.submit(submission);
    // conflict: the first request with this key was quicker; its job is ours.
    const bool is_there =
        !submitted && request.idempotency && submitted.error().code == ErrorCode::conflict;
    if (!submitted && !is_there) return tl::make_unexpected(submitted.error());
  }
  return wait_for(watch, job);
}

Result<api::Quote> VoicesService::quote(const json::object& body) const {
  TRY_ASSIGN(const auto wanted, parse_speech(body));
  TRY_ASSIGN(const auto longest, longest_ms(wanted));
  const money::PriceBook& book = prices_.in_effect(clock_.now_ms());
  TRY_ASSIGN(const auto price, book.find(kPriceItem));
  return api::Quote{.price_item = std::string(kPriceItem),
                    .price_version = book.version(),
                    .quantity = longest,
                    .is_exact = false,
                    .amount = money::charge(price, {longest})};
}

}  // namespace understudy::voices
