// Model: what the stores promise, without SQL: every wallet, hold, job and stored answer as plain
// values. Each function is one command; it changes the model as the command changes the database,
// and returns what the caller is told. A new command or table of the ledger gets its line here, in
// operations.h and in tables.cpp (README.md in this folder).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "jobs/idempotency_store.h"
#include "jobs/job_store.h"
#include "money/budget_store.h"
#include "money/ledger_store.h"

namespace understudy::simulator {

using money::Money;

// What a caller learns, as text: "ok ...", or the error's code and what it carries.
using Outcome = std::string;
Outcome outcome_of(const Error& error);
inline Outcome outcome_of(const Result<void>& result) {
  return result ? "ok" : outcome_of(result.error());
}
inline const Outcome kStorageFailed = "storage_failed";

struct ModelEntry {
  std::string kind;
  std::string reference;
  Money amount;
  Money balance_after;
  Money usage = {};  // of a job: what it cost, or would have
  bool operator==(const ModelEntry&) const = default;
};

struct ModelWallet {
  Money posted;
  Money low_below = {-1};  // when what is available falls below, it is told; -1: never
  std::vector<ModelEntry> entries = {};
  bool operator==(const ModelWallet&) const = default;
};

// Where a wallet's money came from. Never removed: a job's parts name it by its place in the list.
struct ModelLot {
  std::string wallet;
  money::LotTerms terms = {};
  Money amount;
  Money remaining;
  Money held;
  Money free() const { return remaining - held; }
  friend bool operator==(const ModelLot& a, const ModelLot& b) {
    return a.wallet == b.wallet && a.amount == b.amount && a.remaining == b.remaining &&
           a.held == b.held && a.terms.source == b.terms.source &&
           a.terms.priority == b.terms.priority && a.terms.expires_at_ms == b.terms.expires_at_ms;
  }
};

// What a job has of a lot, in the order of taking.
struct ModelPart {
  std::size_t lot = 0;
  Money amount;
  Money captured = {};
  bool operator==(const ModelPart&) const = default;
};

struct ModelBudget {
  std::string account;
  money::BudgetScope scope = money::BudgetScope::account;
  std::string scope_id;
  money::BudgetPeriod period = money::BudgetPeriod::total;
  std::string time_zone;
  Money cap;
  std::vector<int> alerts;
  bool is_removed = false;
  bool operator==(const ModelBudget&) const = default;
};

// What was counted in one period of a budget.
struct ModelWindow {
  Money spent = {};
  Money held = {};
  Money ceiling = {};  // the largest cap at any hold in it
  int alerted = 0;
  bool operator==(const ModelWindow&) const = default;
};
using WindowKey = std::pair<std::string, std::int64_t>;  // the budget's id, the period's start

struct ModelJob {
  std::string account;
  std::string wallet = {};  // that pays
  std::string key = {};
  std::string project = {};
  bool is_test = false;
  jobs::Lane lane = jobs::Lane::standard;
  std::string price_item = {};  // empty: free
  int price_version = 1;
  Money cost_max = {};
  jobs::JobState state = jobs::JobState::queued;
  std::string failure = {};
  Money hold;
  Money captured;
  Money refunded = {};
  std::vector<ModelPart> parts = {};
  std::vector<WindowKey> windows = {};  // that count it
  std::int64_t quantity = 0;
  std::int64_t attempt = 0;
  std::int64_t fence = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t deadline_at_ms = 0;
  std::int64_t lease_until_ms = 0;
  std::size_t blobs = 0;  // that are kept for it
  bool is_removed = false;
  bool is_paid() const { return !price_item.empty() && !is_test; }
  bool operator==(const ModelJob&) const = default;
};

struct ModelAnswer {
  bool is_done = false;
  std::string request_hash = {};
  int status = 0;
  std::string body = {};
  std::int64_t began_at_ms = 0;
  bool operator==(const ModelAnswer&) const = default;
};

struct ModelKey {
  std::string account;
  std::int64_t expires_at_ms = 0;
  bool is_revoked = false;
  bool operator==(const ModelKey&) const = default;
};

// The wallets that had gone on since the seal before, each with how many entries it had.
struct ModelSeal {
  std::size_t wallets = 0;  // that had entries, in all
  std::map<std::string, std::size_t> changed = {};
  bool operator==(const ModelSeal&) const = default;
};

struct Model {
  std::map<std::string, ModelWallet> wallets;
  std::vector<ModelSeal> seals;
  std::vector<ModelLot> lots;
  std::map<std::string, ModelBudget> budgets;  // by id
  std::map<WindowKey, ModelWindow> windows;
  std::map<std::string, ModelJob> jobs;  // by id
  std::map<std::pair<std::string, std::string>, std::pair<std::string, Money>> payments;
  std::map<std::pair<std::string, std::string>, ModelAnswer> answers;  // by scope and key
  std::map<std::string, ModelKey> keys;                                // by hash
  std::map<std::string, std::int64_t> messages;                        // in the outbox, by topic
  bool operator==(const Model&) const = default;

  Money held(const std::string& wallet) const;
  Money available(const std::string& wallet) const;

  Outcome create_account(const std::string& account);
  Outcome fund(const money::Funding& funding);
  Outcome withdraw(const money::Withdrawal& withdrawal);
  Outcome refund(const money::Refund& refund);
  Outcome expire(std::int64_t now_ms);  // of all wallets
  Outcome seal();
  Outcome set_low_balance(const std::string& wallet, Money threshold);

  Outcome create_budget(const money::Budget& budget);
  Outcome change_budget(const std::string& account, const std::string& id,
                        const money::BudgetChange& change);
  Outcome remove_budget(const std::string& account, const std::string& id);

  Outcome submit(const understudy::jobs::Submission& submission);
  // A claim first looks whether there is a job at all, outside of its transaction.
  bool has_queued(std::span<const understudy::jobs::Lane> lanes, std::int64_t now_ms) const;
  std::string claim(const understudy::jobs::ClaimRequest& request, std::int64_t now_ms);  // its id
  Outcome heartbeat(const understudy::jobs::Heartbeat& beat, std::int64_t now_ms);
  Outcome set_exact(const std::string& id, std::int64_t fence, std::int64_t quantity,
                    std::int64_t now_ms);
  Outcome complete(const understudy::jobs::Completion& completion);
  Outcome fail(const std::string& id, std::int64_t fence, const Error& error, bool is_retryable);
  Outcome cancel(const std::string& account, const std::string& id);
  Outcome remove(const std::string& account, const std::string& id);
  Outcome sweep(std::int64_t now_ms);

  Outcome begin(const std::string& scope, const std::string& key, const std::string& hash,
                std::int64_t now_ms);
  Outcome finish(const std::string& scope, const std::string& key, int status,
                 const std::string& body);
  Outcome abandon(const std::string& scope, const std::string& key);
  Outcome abandon_unfinished();
  Outcome purge(std::int64_t now_ms);

  Outcome authenticate(const std::string& hash, std::int64_t now_ms) const;

 private:
  const ModelJob* oldest_queued(std::span<const understudy::jobs::Lane> lanes, std::int64_t now_ms,
                                std::string& id) const;
  ModelJob* held_job(const std::string& id, std::int64_t fence);
  // Of money: in model_money.cpp. Each that returns an outcome changes nothing when it refuses.
  void tell_low(const std::string& wallet, Money before, Money after);
  int expire_wallet(const std::string& wallet, std::int64_t now_ms);
  // Books out what has ended, also when the answer is a refusal.
  Outcome reserve(const std::string& wallet, Money amount, std::int64_t now_ms);
  std::vector<std::size_t> spending_order(const std::string& wallet) const;
  void take(const std::string& wallet, Money amount);
  void hold(ModelJob& job, Money amount);
  void give_back(ModelJob& job, Money amount);
  void capture(ModelJob& job, Money amount);
  Outcome check_room(const std::string& budget, std::int64_t start_ms, Money amount) const;
  Outcome check_budgets(const understudy::jobs::NewJob& job, std::vector<WindowKey>& counted) const;
  void hold_in(const WindowKey& key, Money amount);
  void settle(const ModelJob& job, Money spent);
  Outcome check_concurrency(const understudy::jobs::NewJob& job) const;

  Outcome cancel_if_live(const std::string& account, const std::string& id);
  void end(ModelJob& job, understudy::jobs::JobState state, std::string failure);
  void post(const std::string& account, ModelEntry entry);
};

// What a job of this price costs.
Money price_of(const std::string& item, int version, std::int64_t quantity);
Outcome insufficient(Money needed, Money available, const std::string& wallet);
Outcome request_cap(Money limit, Money needed);
Outcome begun(jobs::IdempotencyStart::State state, int status, const std::string& body,
              const std::string& hash);

}  // namespace understudy::simulator
