#include "storage/sql/payment_event_steps.h"

#include <fmt/format.h>

#include "storage/sql/credit_sales.h"
#include "storage/sql/dialect.h"
#include "storage/sql/outbox.h"
#include "storage/sql/payment_reversals.h"
#include "storage/sql/reload_steps.h"
#include "storage/sql/top_up_rows.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"
#include "storage/sql/wallet_watch.h"

namespace understudy::storage {
namespace {

using money::Applied;
using money::Money;
using money::PaymentFacts;
using money::PaymentOutcome;
using money::TopUp;
using money::TopUpKind;
using money::TopUpState;

// An empty name keeps what is known.
void take_ids(TopUp& top_up, const PaymentFacts& facts) {
  const auto take = [](std::string& known, const std::string& told) {
    if (!told.empty()) known = told;
  };
  take(top_up.session_id, facts.session_id);
  take(top_up.payment_id, facts.payment_id);
  take(top_up.customer_id, facts.customer_id);
  take(top_up.payment_method_id, facts.payment_method_id);
}

Result<void> write_back(Connection& connection, const TopUp& top_up) {
  // Who has ended is not asked about any more.
  TRY(connection.execute(
      "UPDATE top_up SET state = $2, session_id = $3, payment_id = $4, customer_id = $5,"
      " payment_method_id = $6, failure_code = $7, failure_message = $8, entry_seq = $9,"
      " balance_after = $10, paid_at_ms = $11,"
      " next_poll_at_ms = CASE WHEN $12 = 1 THEN next_poll_at_ms ELSE 0 END WHERE id = $1",
      {top_up.id, to_string(top_up.state), top_up.session_id, top_up.payment_id, top_up.customer_id,
       top_up.payment_method_id, top_up.failure_code, top_up.failure_message, top_up.entry_seq,
       top_up.balance_after, top_up.paid_at_ms, is_pending(top_up.state) ? 1 : 0}));
  return {};
}

Result<void> tell_end(Connection& connection, const TopUp& top_up, std::int64_t now_ms) {
  const std::string cause = top_up.kind == TopUpKind::auto_reload ? "reload" : "top_up";
  json::object payload{{"top_up_id", top_up.id}, {"amount_usd", money::to_json(top_up.amount)}};
  if (top_up.credits > 0) payload["credits"] = top_up.credits;
  if (top_up.state == TopUpState::paid) {
    TRY_ASSIGN(const Money available, available_in_wallet(connection, top_up.account_id));
    payload["available_usd"] = money::to_json(available);
    return put_in_outbox(connection, "wallet." + cause + "_succeeded", top_up.account_id, payload,
                         now_ms);
  }
  payload["status"] = to_string(top_up.state);
  payload["failure_code"] = string_or_null(top_up.failure_code);
  return put_in_outbox(connection, "wallet." + cause + "_failed", top_up.account_id, payload,
                       now_ms);
}

Result<void> credit(Connection& connection, TopUp& top_up, std::int64_t now_ms) {
  const std::string note = fmt::format("Stripe {}", top_up.payment_id);
  TRY_ASSIGN(const auto entry, move_payment(connection,
                                            {.account_id = top_up.account_id,
                                             .amount = top_up.amount,
                                             .cause = PaymentCause::top_up,
                                             .reference = top_up.id,
                                             .note = note},
                                            now_ms));
  top_up.entry_seq = entry.seq;
  top_up.balance_after = entry.balance_after;
  top_up.paid_at_ms = now_ms;
  top_up.failure_code.clear();
  top_up.failure_message.clear();
  TRY(write_back(connection, top_up));
  if (top_up.credits > 0) {
    TRY(sell_credits(connection,
                     {.account_id = top_up.account_id,
                      .credits = top_up.credits,
                      .price = top_up.amount,
                      .reference = top_up.id,
                      .actor = "stripe"},
                     now_ms));
  }
  TRY(adopt_reversals(connection, top_up, now_ms));
  return {};
}

Result<Applied> disagree(Connection& connection, TopUp& top_up, const PaymentFacts& facts,
                         std::int64_t now_ms) {
  const bool is_first = top_up.state != TopUpState::failed;
  top_up.state = TopUpState::failed;
  top_up.failure_code = "amount_mismatch";
  top_up.failure_message = fmt::format(
      "The payment is of {} cents {}, not of the {} USD that were asked for; the operator has to "
      "look at it.",
      facts.amount_cents, facts.currency, money::to_text(top_up.amount));
  TRY(write_back(connection, top_up));
  if (!is_first) return Applied::disagreed;
  if (top_up.kind == TopUpKind::auto_reload) TRY(end_reload(connection, top_up, now_ms));
  TRY(tell_end(connection, top_up, now_ms));
  return Applied::disagreed;
}

}  // namespace

Result<std::optional<TopUp>> take_event(Connection& connection, std::string_view session_id,
                                        std::string_view payment_id, std::string_view top_up_id) {
  TRY(lock_table(connection, "payment_event"));
  TRY_ASSIGN(auto found, find_top_up_of(connection, session_id, payment_id, top_up_id));
  if (!found) return found;
  TRY(lock_account(connection, found->account_id));
  TRY(lock_rows(connection, "SELECT 1 FROM top_up WHERE id = $1", {found->id}));
  return find_top_up(connection, found->id);
}

Result<bool> remember_event(Connection& connection, std::string_view id, std::string_view type,
                            std::string_view subject, std::int64_t now_ms) {
  if (id.empty()) return true;  // read from the provider's API
  TRY_ASSIGN(const auto added,
             connection.execute("INSERT INTO payment_event (id, type, subject, applied,"
                                " created_at_ms) VALUES ($1, $2, $3, '', $4) "
                                "ON CONFLICT (id) DO NOTHING",
                                {id, type, subject, now_ms}));
  return added > 0;
}

Result<Applied> note_applied(Connection& connection, std::string_view event_id, Applied applied) {
  if (!event_id.empty()) {
    TRY(connection.execute("UPDATE payment_event SET applied = $2 WHERE id = $1",
                           {event_id, to_string(applied)}));
  }
  return applied;
}

Result<Applied> apply_to(Connection& connection, TopUp& top_up, const PaymentFacts& facts,
                         std::int64_t now_ms) {
  const bool is_paid = facts.outcome == PaymentOutcome::paid;
  if (top_up.state == TopUpState::paid) {
    const bool is_other = is_paid && !facts.payment_id.empty() && !top_up.payment_id.empty() &&
                          facts.payment_id != top_up.payment_id;
    return is_other ? Applied::paid_twice : Applied::unchanged;
  }
  if (is_paid && !is_as_asked(top_up, facts)) return disagree(connection, top_up, facts, now_ms);
  const TopUpState before = top_up.state;
  top_up.state = next_state(before, facts.outcome);
  if (top_up.state == before && !is_pending(before)) return Applied::unchanged;
  take_ids(top_up, facts);
  if (top_up.state == TopUpState::paid) {
    TRY(credit(connection, top_up, now_ms));
  } else {
    top_up.failure_code = facts.failure_code;
    top_up.failure_message = facts.failure_message;
    TRY(write_back(connection, top_up));
  }
  if (top_up.state == before) return Applied::unchanged;
  if (is_pending(top_up.state)) return Applied::changed;
  if (top_up.kind == TopUpKind::auto_reload) TRY(end_reload(connection, top_up, now_ms));
  TRY(tell_end(connection, top_up, now_ms));
  return top_up.state == TopUpState::paid ? Applied::credited : Applied::changed;
}

}  // namespace understudy::storage
