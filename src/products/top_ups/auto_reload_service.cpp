#include "products/top_ups/auto_reload_service.h"

#include "base/id.h"
#include "base/log.h"
#include "products/top_ups/stripe_requests.h"

namespace understudy::top_ups {
namespace {

using money::AutoReload;
using money::Money;

constexpr int kAccountsMax = 100;  // of one look
constexpr std::int64_t kOpeningMs = 90'000;

tl::unexpected<Error> no_card() {
  return fail(
      ErrorCode::conflict,
      "There is no saved card yet: make a top-up first (POST /understudy/v1/top-ups), which "
      "saves the card that pays it.");
}

Result<void> check(const AutoReload& wish, const money::TopUpLimits& limits) {
  if (wish.threshold < Money{} || (wish.is_enabled && wish.threshold <= Money{})) {
    return fail(ErrorCode::invalid_parameter, "'threshold_usd' must be above 0.", "threshold_usd");
  }
  if (wish.is_enabled || wish.amount != Money{}) {
    TRY(money::check_top_up(wish.amount, limits, "amount_usd"));
  }
  const bool has_limit = wish.monthly_limit != Money{};
  if (has_limit && wish.monthly_limit < wish.amount) {
    return fail(ErrorCode::invalid_parameter, "'monthly_limit_usd' must be at least 'amount_usd'.",
                "monthly_limit_usd");
  }
  return {};
}

}  // namespace

AutoReloadService::AutoReloadService(TopUpService& top_ups)
    : top_ups_(top_ups), store_(top_ups.store()) {}

Result<AutoReload> AutoReloadService::find(std::string_view account_id) {
  return store_.auto_reload(account_id);
}

Result<AutoReload> AutoReloadService::set(std::string_view account_id, const AutoReload& wish) {
  TRY(check(wish, top_ups_.settings().limits));
  if (wish.is_enabled) {
    TRY(top_ups_.check_configured());
    TRY_ASSIGN(const auto last, store_.last_saved_payment(account_id));
    if (!last) return no_card();
    // Not enabled before the card is known: a reload could not be made.
    AutoReload disabled = wish;
    disabled.is_enabled = false;
    TRY_ASSIGN(const AutoReload before, store_.auto_reload(account_id));
    if (before.payment_method_id.empty()) {
      TRY(store_.set_auto_reload(account_id, disabled, top_ups_.clock().now_ms()));
    }
    TRY(with_payment_method(account_id));
  }
  TRY(store_.set_auto_reload(account_id, wish, top_ups_.clock().now_ms()));
  return store_.auto_reload(account_id);
}

Result<AutoReload> AutoReloadService::with_payment_method(std::string_view account_id) {
  TRY_ASSIGN(AutoReload settings, store_.auto_reload(account_id));
  TRY_ASSIGN(const auto last, store_.last_saved_payment(account_id));
  if (!last) return no_card();
  if (settings.source_payment_id == last->payment_id) return settings;
  const auto payment = top_ups_.stripe().get("/v1/payment_intents/" + last->payment_id);
  if (!payment && !settings.payment_method_id.empty()) return settings;
  if (!payment) {
    return fail_with_detail(ErrorCode::service_unavailable,
                            "Stripe could not be asked for the saved card; try again.",
                            to_text(payment.error()));
  }
  const auto id_of = [&payment](std::string_view name) {
    const auto* expanded = object_or_null(*payment, name);
    return expanded != nullptr ? string_or(*expanded, "id") : string_or(*payment, name);
  };
  const bool is_saved = string_or(*payment, "setup_future_usage") == "off_session";
  const std::string method = id_of("payment_method");
  const std::string customer = id_of("customer");
  const bool is_usable = is_saved && !method.empty() && !customer.empty();
  if (!is_usable && settings.payment_method_id.empty()) return no_card();
  if (is_usable) {
    settings.customer_id = customer;
    settings.payment_method_id = method;
  }  // else the card of an earlier Checkout stays
  settings.source_payment_id = last->payment_id;
  TRY(store_.save_payment_method(account_id, settings, top_ups_.clock().now_ms()));
  return settings;
}

Result<void> AutoReloadService::reload_what_is_low() {
  TRY_ASSIGN(const auto low, store_.low_accounts(top_ups_.clock().now_ms(), kAccountsMax));
  for (const std::string& account_id : low) {
    if (const auto reloaded = reload(account_id); !reloaded) {
      log::warn("auto-reload of {}: {} {}", account_id, reloaded.error().message,
                reloaded.error().detail);
    }
  }
  return {};
}

Result<void> AutoReloadService::reload(const std::string& account_id) {
  TRY_ASSIGN(const AutoReload settings, with_payment_method(account_id));
  const std::int64_t now_ms = top_ups_.clock().now_ms();
  money::TopUp top_up;
  top_up.id = new_id(now_ms, "topup_");
  top_up.account_id = account_id;
  top_up.kind = money::TopUpKind::auto_reload;
  top_up.amount = settings.amount;
  top_up.customer_id = settings.customer_id;
  top_up.payment_method_id = settings.payment_method_id;
  top_up.created_at_ms = now_ms;
  top_up.provider_request = reload_request(top_up);
  TRY_ASSIGN(
      const auto started,
      store_.start_reload(
          {.account_id = account_id, .top_up = top_up, .poll_at_ms = now_ms + kOpeningMs}, now_ms));
  if (!started) return {};
  return top_ups_.open(*started);
}

}  // namespace understudy::top_ups
