// TopUpStore: the port for payments into wallets through a provider. Every call is one atomic step,
// durable when it returns: what a payment changes, the ledger's entry, what is owed and the
// messages in the outbox change together. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/ledger_store.h"
#include "money/top_up.h"

namespace understudy::money {

struct NewTopUp {
  TopUp top_up;  // state creating
  // Of the client's Idempotency-Key; empty: none. The same one within a day is the same top-up.
  std::string request_key = {};
  std::int64_t poll_at_ms = 0;
};

// What the provider answered to the creation.
struct TopUpOpened {
  std::string session_id = {};
  std::string payment_id = {};
  std::string url = {};
  std::int64_t expires_at_ms = 0;
  TopUpState state = TopUpState::open;
  std::int64_t poll_at_ms = 0;
};

struct TopUpQuery {
  std::string account_id = {};
  std::string before_id = {};  // newest first: ids smaller than this; empty: from the newest
  int limit = 50;
};

// Money that a refund or a dispute took from us and the wallet could not give.
struct Debt {
  std::string id = {};  // "refund:ch_...", "dispute:dp_..."
  std::string top_up_id = {};
  ReversalKind kind = ReversalKind::refund;
  Money due = {};
  Money taken = {};
  Money waived = {};
  Money owed() const { return due - taken - waived; }
};

// Add-on credits out of the wallet of dollars.
struct CreditPurchase {
  std::string account_id = {};
  std::int64_t credits = 0;
  Money price = {};            // for all of them
  std::string reference = {};  // the same one twice is one purchase
  std::string actor = {};
};

struct ReloadStart {
  std::string account_id = {};
  TopUp top_up = {};  // kind auto_reload, without amount and request
  std::int64_t poll_at_ms = 0;
};

class TopUpStore {
 public:
  virtual ~TopUpStore() = default;

  // The new one, or the one that was made with the same request_key.
  virtual Result<TopUp> create(const NewTopUp& created) = 0;
  virtual Result<void> opened(std::string_view id, const TopUpOpened& opened) = 0;
  // Another request in place of one that the provider refused; counts the attempt.
  virtual Result<TopUp> ask_anew(std::string_view id, std::string_view provider_request) = 0;
  virtual Result<TopUp> find(std::string_view account_id, std::string_view id) = 0;  // not_found
  virtual Result<std::vector<TopUp>> list(const TopUpQuery& query) = 0;

  // The one path that credits. Repeats, also of 64 at once, have one effect.
  virtual Result<Applied> apply(const PaymentFacts& facts, std::int64_t now_ms) = 0;
  virtual Result<Applied> apply(const ReversalFacts& facts, std::int64_t now_ms) = 0;

  // Pending ones whose time to be asked about has come; oldest first.
  virtual Result<std::vector<TopUp>> due_for_poll(std::int64_t now_ms, int limit) = 0;
  virtual Result<void> polled(std::string_view id, std::optional<std::int64_t> next_at_ms) = 0;

  // What is owed, oldest first. While something is owed, nothing new can be held. It is taken from
  // whatever becomes available: by the next credit, or by collect_debts().
  virtual Result<std::vector<Debt>> debts(std::string_view account_id) = 0;
  virtual Result<int> collect_debts(std::int64_t now_ms) = 0;  // returns how many wallets changed
  // Forgives all of it; returns how much. `actor` and `note` are kept.
  virtual Result<Money> waive_debts(std::string_view account_id, std::string_view actor,
                                    std::string_view note, std::int64_t now_ms) = 0;

  // The entry of the credits' wallet. Errors: insufficient_credit, conflict, not_found.
  virtual Result<LedgerEntry> buy_credits(const CreditPurchase& purchase, std::int64_t now_ms) = 0;

  virtual Result<AutoReload> auto_reload(std::string_view account_id) = 0;  // all unset: none
  virtual Result<void> set_auto_reload(std::string_view account_id, const AutoReload& settings,
                                       std::int64_t now_ms) = 0;
  // The last paid Checkout of an account that saved a payment method.
  virtual Result<std::optional<TopUp>> last_saved_payment(std::string_view account_id) = 0;
  virtual Result<void> save_payment_method(std::string_view account_id, const AutoReload& from,
                                           std::int64_t now_ms) = 0;
  // Accounts whose available money and pending reloads are below their threshold; also writes the
  // messages of low balances. At most `limit`.
  virtual Result<std::vector<std::string>> low_accounts(std::int64_t now_ms, int limit) = 0;
  // Decides again inside the step: a reload, if it is due and none is pending.
  virtual Result<std::optional<TopUp>> start_reload(const ReloadStart& start,
                                                    std::int64_t now_ms) = 0;

  // The wallet's entry of a transaction, for receipts. Empty: none.
  virtual Result<std::optional<LedgerEntry>> find_entry(std::string_view account_id,
                                                        std::string_view kind,
                                                        std::string_view reference) = 0;
};

}  // namespace understudy::money
