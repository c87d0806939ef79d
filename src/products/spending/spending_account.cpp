#include "products/spending/spending_account.h"

#include <algorithm>

namespace understudy::spending {
namespace {

constexpr std::string_view kOwner = "owner";

Result<std::string> owner_of(const Ports& ports) {
  TRY_ASSIGN(const auto all, ports.accounts.list_accounts());
  if (all.empty()) return fail(ErrorCode::not_found, "There is no account yet.", "account");
  return std::min_element(all.begin(), all.end(),
                          [](const auto& a, const auto& b) { return a.id < b.id; })
      ->id;
}

}  // namespace

Result<std::string> acting_account(const Ports& ports, const api::Request& request) {
  const auto asked = request.query_value("account");
  const std::string& own = request.principal.account_id;
  if (!asked) return own.empty() ? owner_of(ports) : Result<std::string>(own);
  if (*asked == own) return own;
  if (!request.principal.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator's key may name another account.",
                "account");
  }
  if (*asked == kOwner) return owner_of(ports);
  TRY_ASSIGN(const auto account, ports.accounts.find_account(*asked));
  return account.id;
}

}  // namespace understudy::spending
