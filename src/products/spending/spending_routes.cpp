#include "products/spending/spending_routes.h"

#include "products/spending/spending_account.h"

namespace understudy::spending {

std::vector<api::Route> routes(const Ports& ports) {
  std::vector<api::Route> all = project_routes(ports);
  for (auto* more : {budget_routes, key_routes, wallet_routes}) {
    for (auto& route : more(ports)) all.push_back(std::move(route));
  }
  return all;
}

}  // namespace understudy::spending
