// What an operator does with sign-ins and plans: POST .../accounts/{account_id}/password and /plan.
// As admin_routes.h, which the other calls about accounts are in.
#pragma once

#include <vector>

#include "accounts/account_store.h"
#include "accounts/plan_allocator.h"
#include "accounts/plan_store.h"
#include "api/http.h"
#include "base/clock.h"
#include "products/oauth/oauth_service.h"

namespace understudy::server {

// Borrowed; they outlive the routes.
struct LoginPorts {
  accounts::AccountStore& accounts;
  accounts::PlanStore& plans;
  // Null where nothing is served: a server allocates with the account's next request.
  accounts::PlanAllocator* allocator = nullptr;
  oauth::OAuthService& oauth;
  const Clock& clock;
};

std::vector<api::Route> login_routes(const LoginPorts& ports);

}  // namespace understudy::server
