// AutoReloadService: pays with the card of the last Checkout when a wallet runs low. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "products/top_ups/top_ups_service.h"

namespace understudy::top_ups {

class AutoReloadService {
 public:
  explicit AutoReloadService(TopUpService& top_ups);

  Result<money::AutoReload> find(std::string_view account_id);

  // Errors: invalid_parameter (threshold_usd, amount_usd, monthly_limit_usd), not_implemented,
  // conflict (there is no saved card), service_unavailable.
  Result<money::AutoReload> set(std::string_view account_id, const money::AutoReload& wish);

  // Starts what is due, on every account. For the poller.
  Result<void> reload_what_is_low();

 private:
  // Settings with the card of the last Checkout. Errors: conflict, service_unavailable.
  Result<money::AutoReload> with_payment_method(std::string_view account_id);
  Result<void> reload(const std::string& account_id);

  TopUpService& top_ups_;
  money::TopUpStore& store_;
};

}  // namespace understudy::top_ups
