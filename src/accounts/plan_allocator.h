// PlanAllocator: puts a month's credits into an account's credits wallet when it is first needed in
// that month. Any thread. It remembers until when an account is up to date, so that a request costs
// nothing but a look into a map.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/plan_store.h"
#include "base/clock.h"
#include "money/ledger_store.h"

namespace understudy::accounts {

class PlanAllocator {
 public:
  // Borrowed; they outlive it.
  PlanAllocator(PlanStore& plans, money::LedgerStore& ledger, std::vector<Plan> configured,
                const Clock& clock)
      : plans_(plans), ledger_(ledger), configured_(std::move(configured)), clock_(clock) {}

  // Errors: not_found (no such account), those of the ledger.
  Result<void> allocate(const std::string& account_id);
  // Whether the credits wallet pays for the account's API keys, too, and how many jobs it may have
  // at once. Remembered for a few seconds, for it may be changed through another server; change()
  // forgets.
  struct Terms {
    bool is_usage_based = false;
    int concurrency_keys = 0;
    int concurrency_oauth = 0;
  };
  Result<Terms> terms(const std::string& account_id);
  // The account has another plan now; the difference is allocated at once.
  Result<void> change(const std::string& account_id);

  // An account's plan as it stands, and the month it is in.
  struct Standing {
    AccountPlan account;
    Plan plan;
    PlanMonth month;
  };
  Result<Standing> standing(std::string_view account_id);
  // What this month has brought under a name ("premium", "overage"), less what it took back.
  Result<money::Money> brought(const Standing& standing, std::string_view what);

 private:
  struct Sum {
    money::Money amount;
    int steps = 0;
  };
  Result<Sum> sum_of(const Standing& standing, std::string_view what);
  Result<void> allocate_now(const std::string& account_id);
  // True when all of it could be: nothing of it is held.
  Result<bool> take_back(const std::string& wallet_id, const Allocation& due);

  PlanStore& plans_;
  money::LedgerStore& ledger_;
  std::vector<Plan> configured_;
  const Clock& clock_;
  std::mutex mutex_;  // also: two plans' differences are never taken of the same sum
  std::map<std::string, std::int64_t, std::less<>> up_to_date_until_;
  struct Remembered {
    Terms terms;
    std::int64_t until_ms = 0;
  };
  std::map<std::string, Remembered, std::less<>> terms_;
};

}  // namespace understudy::accounts
