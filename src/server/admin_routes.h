// What an operator does with accounts, keys and wallets: /understudy/v1/accounts and below, and
// /understudy/v1/verify. They need an operator key, or the Unix socket in the data folder. The
// command line calls the same handlers, over the socket, over HTTP or in its own process.
#pragma once

#include <vector>

#include "accounts/account_store.h"
#include "api/http.h"
#include "base/clock.h"
#include "money/ledger_store.h"

namespace understudy::server {

// In place of an account id: the account that was made with the installation.
inline constexpr std::string_view kOwner = "owner";

std::vector<api::Route> admin_routes(accounts::AccountStore& accounts, money::LedgerStore& ledger,
                                     const Clock& clock);

}  // namespace understudy::server
