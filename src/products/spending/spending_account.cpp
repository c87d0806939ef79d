#include "products/spending/spending_account.h"

namespace understudy::spending {

Result<std::string> acting_account(const Ports& ports, const api::Request& request) {
  const auto asked = request.query_value("account");
  const std::string& own = request.principal.account_id;
  if (!asked && !own.empty()) return own;
  if (asked && *asked == own) return own;
  if (asked && !request.principal.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator's key may name another account.",
                "account");
  }
  // Nobody's request came over the socket of the machine: the installation's account.
  TRY_ASSIGN(const auto account,
             accounts::find_account_or_owner(ports.accounts, asked.value_or(accounts::kOwner)));
  return account.id;
}

}  // namespace understudy::spending
