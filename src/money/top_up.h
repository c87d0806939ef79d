// Top-ups: money that a customer pays in through a payment provider, and what may take it back.
// Rules only; storage implements TopUpStore.
//
//   creating -> open -> processing -> paid          creating: the provider may not know of it yet
//   any of them -> failed | expired                 open: the customer can pay; processing: has
//   paid, any but paid -> paid                            and the bank takes its time
//
// `paid` is final and wins over whatever comes late or out of order, since the provider says it
// only when it has the money. Amounts are whole cents. Times are milliseconds since 1970 UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "money/money.h"

namespace understudy::money {

enum class TopUpKind { checkout, auto_reload };
std::string_view to_string(TopUpKind kind);
std::optional<TopUpKind> top_up_kind_from(std::string_view name);

enum class TopUpState { creating, open, processing, paid, failed, expired };
std::string_view to_string(TopUpState state);
std::optional<TopUpState> top_up_state_from(std::string_view name);
inline bool is_pending(TopUpState state) {
  return state == TopUpState::creating || state == TopUpState::open ||
         state == TopUpState::processing;
}

struct TopUp {
  std::string id = {};
  std::string account_id = {};
  std::string key_id = {};
  TopUpKind kind = TopUpKind::checkout;
  TopUpState state = TopUpState::creating;
  Money amount = {};
  std::int64_t credits = 0;  // add-on credits that it buys, once paid; 0: the dollars stay
  // What the provider is asked, word for word, so that a repeat after a crash is the same request
  // under the same idempotency key.
  std::string provider_request = {};
  int attempt = 1;                     // of another request; part of the idempotency key
  std::string session_id = {};         // "cs_..."
  std::string payment_id = {};         // "pi_..."
  std::string customer_id = {};        // "cus_..."
  std::string payment_method_id = {};  // "pm_..."
  std::string url = {};                // where the customer pays, while it is open
  std::string failure_code = {};
  std::string failure_message = {};
  Money taken_back = {};       // by refunds and disputes, out of the wallet
  std::int64_t entry_seq = 0;  // the wallet's entry that credited it; 0: none
  Money balance_after = {};    // of the wallet, with this credit
  std::int64_t created_at_ms = 0;
  std::int64_t paid_at_ms = 0;
  std::int64_t expires_at_ms = 0;
  int polls = 0;
};

struct TopUpLimits {
  Money minimum = {5'000'000'000};
  Money maximum = {10'000'000'000'000};
};

// Errors: invalid_parameter with `param` (fractions of a cent, below the minimum, above the
// maximum).
Result<void> check_top_up(Money amount, const TopUpLimits& limits, std::string_view param);

// Requires: whole cents.
std::int64_t cents(Money amount);
std::int64_t cents_up(Money amount);          // a part of a cent counts as one
Money from_cents(std::int64_t amount_cents);  // saturates

// ------------------------------------------------------------------------------ from the provider

// What became of a payment, as a verified event or the provider's own answer says.
enum class PaymentOutcome { pending, paid, failed, expired };

struct PaymentFacts {
  std::string event_id = {};  // empty: read from the provider's API
  std::string event_type = {};
  std::string top_up_id = {};  // as we told the provider; empty when it does not say
  std::string session_id = {};
  std::string payment_id = {};
  std::string customer_id = {};
  std::string payment_method_id = {};
  PaymentOutcome outcome = PaymentOutcome::pending;
  std::int64_t amount_cents = 0;
  std::string currency = {};  // "usd"
  std::string failure_code = {};
  std::string failure_message = {};
};

// Where a top-up goes from `state`; the same state when it stays.
TopUpState next_state(TopUpState state, PaymentOutcome outcome);

// True when the provider took exactly what was asked for.
bool is_as_asked(const TopUp& top_up, const PaymentFacts& facts);

// What the facts about a payment changed.
enum class Applied {
  credited,    // the wallet has the money now
  changed,     // another state, no money
  unchanged,   // nothing new: a repeat, or something late
  unknown,     // no top-up of ours
  disagreed,   // amount or currency are not what was asked for: nothing credited
  paid_twice,  // a second payment of one top-up: an operator has to look
};
std::string_view to_string(Applied applied);

// A refund or a dispute of a payment. `amount_cents` is cumulative: all that was ever refunded.
enum class ReversalKind { refund, dispute };
std::string_view to_string(ReversalKind kind);

// What a dispute's event says about the money: an inquiry moves none, an open or lost dispute has
// taken it, a won one gave it back.
enum class ReversalStage { none, taken, lost, given_back };
std::string_view to_string(ReversalStage stage);
std::optional<ReversalStage> reversal_stage_from(std::string_view name);

struct ReversalFacts {
  std::string event_id = {};
  std::string event_type = {};
  ReversalKind kind = ReversalKind::refund;
  ReversalStage stage = ReversalStage::taken;
  std::string id = {};          // of the charge ("ch_...") or the dispute ("dp_...")
  std::string payment_id = {};  // "pi_..."
  std::string top_up_id = {};   // empty when the event does not say
  std::int64_t amount_cents = 0;
};

// Out of order and repeated events: given_back is final, lost is only followed by given_back.
ReversalStage next_stage(ReversalStage stage, ReversalStage told);

// ----------------------------------------------------------------------------------------- polling

// How long to wait before the provider is asked (again) about a top-up that sent no event; empty
// when it is no longer asked. Doubles from `first_ms` to six hours, and ends after about three
// weeks: bank transfers may take two.
std::optional<std::int64_t> poll_delay_ms(int polls, std::int64_t first_ms);

// ------------------------------------------------------------------------------------- auto-reload

struct AutoReload {
  bool is_enabled = false;
  Money threshold = {};      // 0: not set
  Money amount = {};         // 0: not set
  Money monthly_limit = {};  // of reloads within a calendar month, UTC; 0: none
  std::string customer_id = {};
  std::string payment_method_id = {};
  std::string source_payment_id = {};  // the payment that the method was saved with
  std::int64_t blocked_until_ms = 0;   // after a decline
  std::string last_failure_code = {};
};

inline constexpr std::int64_t kDeclineBackOffMs = 3'600'000;

// What the wallet of an account with auto-reload looks like at a moment.
struct ReloadSituation {
  Money available = {};
  Money pending = {};     // reloads on their way
  Money this_month = {};  // reloads of this month that did not fail, pending ones included
};

enum class ReloadDecision { nothing, start, over_monthly_limit };
ReloadDecision decide_reload(const AutoReload& settings, const ReloadSituation& situation,
                             std::int64_t now_ms);

std::int64_t month_start_ms(std::int64_t now_ms);  // UTC

}  // namespace understudy::money
