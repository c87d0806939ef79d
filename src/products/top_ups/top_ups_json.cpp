#include "products/top_ups/top_ups_json.h"

#include <fmt/format.h>

#include "api/body_fields.h"

namespace understudy::top_ups {
namespace {

using money::Money;

Result<const json::object*> object_of(const json::value& body,
                                      std::initializer_list<std::string_view> known) {
  const auto* object = body.if_object();
  if (object == nullptr) return api::invalid_field("", "The body must be a JSON object.");
  TRY(api::check_members(*object, known));
  return object;
}

Result<std::optional<Money>> amount_field(const json::object& object, std::string_view name) {
  TRY_ASSIGN(const auto amount, api::optional_usd(object, name));
  if (amount && *amount < Money{}) {
    return api::invalid_field(name, fmt::format("'{}' must not be negative.", name));
  }
  return amount;
}

json::value seconds_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return time_ms / 1000;
}

json::value amount_or_null(Money amount) {
  if (amount == Money{}) return nullptr;
  return money::to_json(amount);
}

}  // namespace

json::object top_up_json(const money::TopUp& top_up) {
  json::value failure;
  if (!top_up.failure_code.empty()) {
    failure = json::object{{"code", top_up.failure_code}, {"message", top_up.failure_message}};
  }
  const bool is_paid = top_up.state == money::TopUpState::paid;
  const bool is_open = top_up.state == money::TopUpState::open;
  return {
      {"id", top_up.id},
      {"kind", to_string(top_up.kind)},
      {"status", to_string(top_up.state)},
      {"amount_usd", money::to_json(top_up.amount)},
      {"credits", top_up.credits > 0 ? json::value(top_up.credits) : json::value(nullptr)},
      {"currency", "usd"},
      {"url", is_open ? string_or_null(top_up.url) : json::value(nullptr)},
      {"failure", std::move(failure)},
      {"taken_back_usd", money::to_json(top_up.taken_back)},
      {"balance_after_usd", is_paid ? money::to_json(top_up.balance_after) : json::value(nullptr)},
      {"stripe",
       {{"checkout_session_id", string_or_null(top_up.session_id)},
        {"payment_intent_id", string_or_null(top_up.payment_id)}}},
      {"receipt_path", "/understudy/v1/top-ups/" + top_up.id + "/receipt"},
      {"created_at", top_up.created_at_ms / 1000},
      {"expires_at", seconds_or_null(top_up.expires_at_ms)},
      {"paid_at", seconds_or_null(top_up.paid_at_ms)}};
}

json::object auto_reload_json(const money::AutoReload& settings, std::int64_t now_ms) {
  const bool is_blocked = settings.blocked_until_ms > now_ms;
  return {{"enabled", settings.is_enabled},
          {"threshold_usd", amount_or_null(settings.threshold)},
          {"amount_usd", amount_or_null(settings.amount)},
          {"monthly_limit_usd", amount_or_null(settings.monthly_limit)},
          {"has_payment_method", !settings.payment_method_id.empty()},
          {"paused_until",
           is_blocked ? json::value(settings.blocked_until_ms / 1000) : json::value(nullptr)},
          {"last_failure_code", string_or_null(settings.last_failure_code)}};
}

json::object debt_json(const money::Debt& debt) {
  return {{"id", debt.id},
          {"top_up_id", debt.top_up_id},
          {"kind", to_string(debt.kind)},
          {"due_usd", money::to_json(debt.due)},
          {"taken_usd", money::to_json(debt.taken)},
          {"waived_usd", money::to_json(debt.waived)},
          {"owed_usd", money::to_json(debt.owed())}};
}

Result<TopUpBody> top_up_body(const json::value& body) {
  TRY_ASSIGN(const auto* object, object_of(body, {"amount_usd", "save_payment_method"}));
  TRY_ASSIGN(const auto amount, amount_field(*object, "amount_usd"));
  if (!amount) return api::invalid_field("amount_usd", "'amount_usd' is required.");
  TRY_ASSIGN(const auto saves, api::optional_flag(*object, "save_payment_method"));
  return TopUpBody{.amount = *amount, .saves_payment_method = saves.value_or(true)};
}

Result<money::AutoReload> auto_reload_body(const json::value& body) {
  TRY_ASSIGN(const auto* object,
             object_of(body, {"enabled", "threshold_usd", "amount_usd", "monthly_limit_usd"}));
  money::AutoReload wish;
  TRY_ASSIGN(const auto is_enabled, api::optional_flag(*object, "enabled"));
  if (!is_enabled) return api::invalid_field("enabled", "'enabled' must be true or false.");
  wish.is_enabled = *is_enabled;
  TRY_ASSIGN(const auto threshold, amount_field(*object, "threshold_usd"));
  TRY_ASSIGN(const auto amount, amount_field(*object, "amount_usd"));
  TRY_ASSIGN(const auto monthly_limit, amount_field(*object, "monthly_limit_usd"));
  wish.threshold = threshold.value_or(Money{});
  wish.amount = amount.value_or(Money{});
  wish.monthly_limit = monthly_limit.value_or(Money{});
  if (monthly_limit == Money{}) {
    return api::invalid_field("monthly_limit_usd",
                              "'monthly_limit_usd' must be above 0, or null for none.");
  }
  return wish;
}

Result<std::string> note_body(const json::value& body) {
  TRY_ASSIGN(const auto* object, object_of(body, {"note"}));
  return api::required_text(*object, "note", 500);
}

}  // namespace understudy::top_ups
