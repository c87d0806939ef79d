// What an operator does with accounts, keys and wallets: /understudy/v1/accounts and below,
// /understudy/v1/refunds and /understudy/v1/verify. They need an operator key, or the Unix socket
// in the data folder. The command line calls the same handlers, over the socket, over HTTP or in
// its own process.
#pragma once

#include <vector>

#include "api/http.h"
#include "base/clock.h"
#include "products/spending/spending_routes.h"
#include "server/installation.h"

namespace understudy::server {

spending::Ports spending_ports(Installation& installation, const Clock& clock);

std::vector<api::Route> admin_routes(const spending::Ports& ports);

}  // namespace understudy::server
