// Whose projects, budgets and keys a request is about.
#pragma once

#include <string>
#include <vector>

#include "products/spending/spending_routes.h"

namespace understudy::spending {

// The caller's account; for an operator another one with ?account=ID, and "owner" is the account
// that was made with the installation. Errors: forbidden, not_found.
Result<std::string> acting_account(const Ports& ports, const api::Request& request);

std::vector<api::Route> project_routes(const Ports& ports);
std::vector<api::Route> budget_routes(const Ports& ports);
std::vector<api::Route> key_routes(const Ports& ports);
std::vector<api::Route> wallet_routes(const Ports& ports);

}  // namespace understudy::spending
