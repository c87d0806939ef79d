#include "products/spending/spending_routes.h"

#include "products/spending/spending_account.h"

namespace understudy::spending {
namespace {

constexpr std::int64_t kBodyMax = 64 << 10;

}  // namespace

std::vector<api::Route> routes(const Ports& ports) {
  std::vector<api::Route> all = project_routes(ports);
  for (auto* more : {budget_routes, key_routes, wallet_routes}) {
    for (auto& route : more(ports)) all.push_back(std::move(route));
  }
  for (auto& route : all) route.body_limit = kBodyMax;
  return all;
}

}  // namespace understudy::spending
