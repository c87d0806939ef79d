// Projects, budgets, keys and the wallet over HTTP: see README.md in this folder.
#pragma once

#include <vector>

#include "accounts/account_store.h"
#include "accounts/key_store.h"
#include "accounts/project_store.h"
#include "api/http.h"
#include "base/clock.h"
#include "money/budget_store.h"
#include "money/ledger_store.h"

namespace understudy::spending {

// Borrowed; they outlive the routes.
struct Ports {
  accounts::AccountStore& accounts;
  accounts::KeyStore& keys;
  accounts::ProjectStore& projects;
  money::BudgetStore& budgets;
  money::LedgerStore& ledger;
  const Clock& clock;
};

std::vector<api::Route> routes(const Ports& ports);

// The body of POST /understudy/v1/keys for an account, also for an operator's own route: only there
// it may have `is_operator`.
Result<api::Response> create_key(const Ports& ports, const std::string& account_id,
                                 const api::Request& request, bool allows_operator);

}  // namespace understudy::spending
