#include "money/top_up.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace understudy::money {
namespace {

constexpr std::int64_t kNanoPerCent = 10'000'000;
constexpr std::int64_t kPollDelayMaxMs = 6LL * 3600 * 1000;
constexpr int kPollsMax = 100;

}  // namespace

std::string_view to_string(TopUpKind kind) {
  return kind == TopUpKind::checkout ? "checkout" : "auto_reload";
}

std::optional<TopUpKind> top_up_kind_from(std::string_view name) {
  if (name == "checkout") return TopUpKind::checkout;
  if (name == "auto_reload") return TopUpKind::auto_reload;
  return std::nullopt;
}

std::string_view to_string(TopUpState state) {
  switch (state) {
    case TopUpState::creating: return "creating";
    case TopUpState::open: return "open";
    case TopUpState::processing: return "processing";
    case TopUpState::paid: return "paid";
    case TopUpState::failed: return "failed";
    case TopUpState::expired: return "expired";
  }
  return "failed";
}

std::optional<TopUpState> top_up_state_from(std::string_view name) {
  for (const auto state : {TopUpState::creating, TopUpState::open, TopUpState::processing,
                           TopUpState::paid, TopUpState::failed, TopUpState::expired}) {
    if (to_string(state) == name) return state;
  }
  return std::nullopt;
}

Result<void> check_top_up(Money amount, const TopUpLimits& limits, std::string_view param) {
  const std::string name(param);
  if (amount < limits.minimum || amount > limits.maximum) {
    return fail(ErrorCode::invalid_parameter,
                "'" + name + "' must be from " + to_text(limits.minimum) + " to " +
                    to_text(limits.maximum) + " USD.",
                name);
  }
  if (amount.nano_usd % kNanoPerCent != 0) {
    return fail(ErrorCode::invalid_parameter,
                "'" + name + "' must be whole cents: cards know no smaller amounts.", name);
  }
  return {};
}

std::int64_t cents(Money amount) { return amount.nano_usd / kNanoPerCent; }

std::int64_t cents_up(Money amount) {
  return amount.nano_usd / kNanoPerCent + (amount.nano_usd % kNanoPerCent > 0 ? 1 : 0);
}

Money from_cents(std::int64_t amount_cents) {
  Money amount;
  if (__builtin_mul_overflow(amount_cents, kNanoPerCent, &amount.nano_usd)) {
    amount.nano_usd = amount_cents > 0 ? std::numeric_limits<std::int64_t>::max()
                                       : std::numeric_limits<std::int64_t>::min();
  }
  return amount;
}

TopUpState next_state(TopUpState state, PaymentOutcome outcome) {
  if (state == TopUpState::paid) return state;
  switch (outcome) {
    case PaymentOutcome::paid: return TopUpState::paid;
    case PaymentOutcome::pending: return is_pending(state) ? TopUpState::processing : state;
    case PaymentOutcome::failed: return is_pending(state) ? TopUpState::failed : state;
    case PaymentOutcome::expired: return is_pending(state) ? TopUpState::expired : state;
  }
  return state;
}

bool is_as_asked(const TopUp& top_up, const PaymentFacts& facts) {
  return facts.currency == "usd" && facts.amount_cents == cents(top_up.amount);
}

std::string_view to_string(Applied applied) {
  switch (applied) {
    case Applied::credited: return "credited";
    case Applied::changed: return "changed";
    case Applied::unchanged: return "unchanged";
    case Applied::unknown: return "unknown";
    case Applied::disagreed: return "disagreed";
    case Applied::paid_twice: return "paid_twice";
  }
  return "unknown";
}

std::string_view to_string(ReversalKind kind) {
  return kind == ReversalKind::refund ? "refund" : "dispute";
}

std::string_view to_string(ReversalStage stage) {
  switch (stage) {
    case ReversalStage::none: return "none";
    case ReversalStage::taken: return "taken";
    case ReversalStage::lost: return "lost";
    case ReversalStage::given_back: return "given_back";
  }
  return "none";
}

std::optional<ReversalStage> reversal_stage_from(std::string_view name) {
  for (const auto stage : {ReversalStage::none, ReversalStage::taken, ReversalStage::lost,
                           ReversalStage::given_back}) {
    if (to_string(stage) == name) return stage;
  }
  return std::nullopt;
}

ReversalStage next_stage(ReversalStage stage, ReversalStage told) { return std::max(stage, told); }

std::optional<std::int64_t> poll_delay_ms(int polls, std::int64_t first_ms) {
  if (polls >= kPollsMax) return std::nullopt;
  return std::min(first_ms << std::min(polls, 20), kPollDelayMaxMs);
}

ReloadDecision decide_reload(const AutoReload& settings, const ReloadSituation& situation,
                             std::int64_t now_ms) {
  if (!settings.is_enabled || settings.amount <= Money{}) return ReloadDecision::nothing;
  if (settings.blocked_until_ms > now_ms) return ReloadDecision::nothing;
  // One at a time: a reload on its way is waited for, also when it will not be enough.
  if (situation.pending > Money{}) return ReloadDecision::nothing;
  if (situation.available >= settings.threshold) return ReloadDecision::nothing;
  const bool is_limited = settings.monthly_limit > Money{};
  if (is_limited && situation.this_month + settings.amount > settings.monthly_limit) {
    return ReloadDecision::over_monthly_limit;
  }
  return ReloadDecision::start;
}

std::int64_t month_start_ms(std::int64_t now_ms) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<milliseconds>(milliseconds(now_ms)));
  const year_month_day date(day);
  const sys_days first = date.year() / date.month() / 1;
  return duration_cast<milliseconds>(first.time_since_epoch()).count();
}

}  // namespace understudy::money
