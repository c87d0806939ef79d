// PlanStore: the port for the plans of accounts. Any thread.
#pragma once

#include <string_view>

#include "accounts/plan.h"
#include "base/result.h"

namespace understudy::accounts {

class PlanStore {
 public:
  virtual ~PlanStore() = default;

  // The default (free, joined when the account was made) for an account that was given none.
  // Errors: not_found (no such account).
  virtual Result<AccountPlan> find_plan(std::string_view account_id) = 0;
  // Jobs of a wallet that are not over, and videos (jobs but speech) since a time that did not
  // fail.
  struct Use {
    std::int64_t live_jobs = 0;
    std::int64_t videos = 0;
  };
  virtual Result<Use> use_of(std::string_view wallet_id, std::string_view account_id,
                             std::int64_t since_ms) = 0;
  virtual Result<void> set_plan(const AccountPlan& plan) = 0;  // Errors: not_found
};

}  // namespace understudy::accounts
