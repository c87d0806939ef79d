// The account over HTTP: see README.md in this folder.
#pragma once

#include <vector>

#include "accounts/account_store.h"
#include "accounts/plan_allocator.h"
#include "api/http.h"
#include "base/clock.h"
#include "jobs/job_store.h"
#include "money/ledger_store.h"
#include "money/price_book.h"
#include "money/top_up_store.h"

namespace understudy::account {

// Borrowed; they outlive the routes.
struct Ports {
  accounts::AccountStore& accounts;
  accounts::PlanAllocator& plans;
  money::LedgerStore& ledger;
  jobs::JobStore& jobs;
  const money::PriceBook& prices;
  const Clock& clock;
  money::TopUpStore* top_ups = nullptr;  // null: no auto-reload
};

std::vector<api::Route> routes(const Ports& ports);

}  // namespace understudy::account
