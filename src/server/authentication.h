// Who a request is from, and what its account may do at a time: by API key, and by bearer token.
#pragma once

#include "accounts/account_store.h"
#include "accounts/oauth_store.h"
#include "api/dispatcher.h"
#include "server/engine.h"

namespace understudy::server {

// `concurrency`: of every account; below 0 what its plan says. All outlive the function.
api::Authenticate authenticate_with(accounts::AccountStore& store, Engine& engine, int concurrency);

// Bearer tokens spend the month's credits, which the first request of a month brings.
api::Authenticate authenticate_bearer_with(accounts::OAuthStore& store, Engine& engine);

}  // namespace understudy::server
