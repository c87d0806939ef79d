#include "server/top_up_settings.h"

#include "base/file.h"
#include "base/text.h"

namespace understudy::server {
namespace {

tl::unexpected<Error> wrong(const std::string& option, const std::string& what) {
  return fail(ErrorCode::invalid_parameter, "The option " + option + " " + what, option);
}

Result<std::string> secret_file(const std::string& file, const std::string& option) {
  auto text = read_file(file, 64 << 10);
  if (!text) return wrong(option, "names a file that cannot be read.");
  return *std::move(text);
}

}  // namespace

Result<top_ups::Settings> top_up_settings_of(const Config& config) {
  top_ups::Settings settings;
  settings.api_key = config.stripe_api_key;
  if (!config.stripe_api_key_file.empty()) {
    TRY_ASSIGN(const auto text, secret_file(config.stripe_api_key_file, "stripe.api_key_file"));
    settings.api_key = trimmed(text);
  }
  settings.webhook_secrets = config.stripe_webhook_secrets;
  if (!config.stripe_webhook_secrets_file.empty()) {
    TRY_ASSIGN(const auto text,
               secret_file(config.stripe_webhook_secrets_file, "stripe.webhook_secrets_file"));
    for (const auto& line : split(text, '\n')) {
      if (!trimmed(line).empty()) settings.webhook_secrets.emplace_back(trimmed(line));
    }
  }
  settings.base_url = config.stripe_base_url;
  settings.success_url = config.stripe_success_url;
  settings.cancel_url = config.stripe_cancel_url;
  settings.poll_after_ms = config.stripe_poll_after_s * 1000;
  TRY_ASSIGN(settings.limits.minimum, money::parse_usd(config.top_up_minimum_usd));
  TRY_ASSIGN(settings.limits.maximum, money::parse_usd(config.top_up_maximum_usd));
  if (settings.limits.minimum > settings.limits.maximum) {
    return wrong("top_ups.minimum_usd", "is above top_ups.maximum_usd.");
  }
  auto tariff = money::CreditTariff::parse(config.credit_price_usd, config.credit_tiers);
  if (!tariff) return wrong("credits", tariff.error().message);
  settings.credit_tariff = *std::move(tariff);
  // What a header could not carry would be sent as another header.
  for (const char c : settings.api_key) {
    if (c <= ' ' || c > '~') return wrong("stripe.api_key", "has a character that no key has.");
  }
  return settings;
}

}  // namespace understudy::server
