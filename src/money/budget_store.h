// BudgetStore: the port for caps. The counting happens with the holds (jobs/job_store.h). Any
// thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/budget.h"

namespace understudy::money {

// A budget with what counts in its current period.
struct BudgetState {
  Budget budget;
  BudgetWindow window;
  Money spent;
  Money held;
  Money left() const { return budget.cap - spent - held; }  // below 0 after the cap was lowered
};

struct BudgetChange {
  std::optional<Money> cap = {};
  std::optional<std::vector<int>> alerts = {};
};

class BudgetStore {
 public:
  virtual ~BudgetStore() = default;

  // Errors: invalid_parameter (check() of money/budget.h; one budget per scope and period),
  // not_found (the project or key is not the account's).
  virtual Result<void> create(const Budget& budget) = 0;
  virtual Result<BudgetState> find(std::string_view account_id, std::string_view id,
                                   std::int64_t now_ms) = 0;  // not_found
  virtual Result<std::vector<BudgetState>> list(std::string_view account_id,
                                                std::int64_t now_ms) = 0;
  virtual Result<void> change(std::string_view account_id, std::string_view id,
                              const BudgetChange& change) = 0;  // not_found
  // No longer a cap; what it counted stays.
  virtual Result<void> remove(std::string_view account_id, std::string_view id,
                              std::int64_t now_ms) = 0;  // not_found
};

}  // namespace understudy::money
