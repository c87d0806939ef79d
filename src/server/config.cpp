#include "server/config.h"

#include <functional>
#include <map>

#include <toml++/toml.h>

#include "base/file.h"
#include "money/money.h"

namespace understudy::server {
namespace {

tl::unexpected<Error> wrong(const std::string& option, const std::string& expected) {
  return fail(ErrorCode::invalid_parameter, "The option " + option + " must be " + expected + ".",
              option);
}

using Setter = std::function<Result<void>(Config&, const toml::node&, const std::string&)>;

Setter text(std::string Config::*member) {
  return
      [member](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong(option, "a text in quotes");
        config.*member = *value;
        return {};
      };
}

template <class Integer>
Setter integer(Integer Config::*member, std::int64_t least, std::int64_t most) {
  return [=](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
      return wrong(option,
                   "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    config.*member = static_cast<Integer>(*value);
    return {};
  };
}

Setter boolean(bool Config::*member) {
  return
      [member](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
        const auto value = node.value_exact<bool>();
        if (!value) return wrong(option, "true or false");
        config.*member = *value;
        return {};
      };
}

Setter choice(std::string Config::*member, std::vector<std::string> allowed) {
  return [=](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
    const auto value = node.value_exact<std::string>();
    if (!value || std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) {
      std::string list;
      for (const auto& word : allowed) list += (list.empty() ? "" : " or ") + word;
      return wrong(option, list);
    }
    config.*member = *value;
    return {};
  };
}

Setter amount(std::string Config::*member) {
  return
      [member](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
        const auto value = node.value_exact<std::string>();
        const auto parsed = value ? money::parse_usd(*value) : money::parse_usd("");
        if (!parsed || parsed->nano_usd < 0)
          return wrong(option, "an amount in quotes such as \"10\" or \"2.50\"");
        config.*member = *value;
        return {};
      };
}

Setter texts(std::vector<std::string> Config::*member) {
  return
      [member](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
        const auto* list = node.as_array();
        std::vector<std::string> read;
        if (list != nullptr) {
          for (const auto& entry : *list) read.push_back(entry.value_or(std::string()));
        }
        if (list == nullptr || std::find(read.begin(), read.end(), "") != read.end()) {
          return wrong(option, "a list of texts such as [\"one\", \"two\"]");
        }
        config.*member = std::move(read);
        return {};
      };
}

// A secret is sent there: in clear text to this machine only.
Result<void> set_stripe_url(Config& config, const toml::node& node, const std::string& option) {
  const auto value = node.value_exact<std::string>();
  const auto starts = [&value](std::string_view with) { return value && value->starts_with(with); };
  const bool is_local = starts("http://127.0.0.1:") || starts("http://[::1]:") ||
                        starts("http://localhost:");
  if (!is_local && !starts("https://")) {
    return wrong(option, "an address that begins with https://, or http:// on this machine");
  }
  config.stripe_base_url = *value;
  return {};
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> table = {
      {"server.listen", text(&Config::listen)},
      {"server.public_url", text(&Config::public_url)},
      {"server.connections_max", integer(&Config::connections_max, 10, 1'000'000)},
      {"workers.count", integer(&Config::workers, -1, 1024)},
      {"workers.sandbox", choice(&Config::sandbox, {"auto", "required"})},
      {"network.allow_private", boolean(&Config::allow_private)},
      {"wallet.welcome_credit_usd", amount(&Config::welcome_credit_usd)},
      {"stripe.api_key", text(&Config::stripe_api_key)},
      {"stripe.api_key_file", text(&Config::stripe_api_key_file)},
      {"stripe.webhook_secrets", texts(&Config::stripe_webhook_secrets)},
      {"stripe.webhook_secrets_file", text(&Config::stripe_webhook_secrets_file)},
      {"stripe.base_url", set_stripe_url},
      {"stripe.success_url", text(&Config::stripe_success_url)},
      {"stripe.cancel_url", text(&Config::stripe_cancel_url)},
      {"stripe.poll_after_s", integer(&Config::stripe_poll_after_s, 1, 86'400)},
      {"top_ups.minimum_usd", amount(&Config::top_up_minimum_usd)},
      {"top_ups.maximum_usd", amount(&Config::top_up_maximum_usd)},
      {"links.lifetime_s", integer(&Config::link_lifetime_s, 60, 30 * 24 * 3600)},
      {"webhooks.deadline_ms", integer(&Config::webhook_deadline_ms, 100, 60'000)},
      {"webhooks.first_retry_ms", integer(&Config::webhook_first_retry_ms, 10, 3600'000)},
      {"webhooks.longest_retry_ms", integer(&Config::webhook_longest_retry_ms, 10, 24 * 3600'000)},
      {"webhooks.give_up_after_s", integer(&Config::webhook_give_up_after_s, 1, 7 * 24 * 3600)},
      {"webhooks.secret_overlap_s", integer(&Config::webhook_secret_overlap_s, 0, 30 * 24 * 3600)},
      {"webhooks.concurrency", integer(&Config::webhook_concurrency, 1, 1024)},
      {"webhooks.endpoint_concurrency", integer(&Config::webhook_endpoint_concurrency, 1, 64)},
      {"webhooks.history_days", integer(&Config::webhook_history_days, 1, 3650)},
      {"log.level", choice(&Config::log_level, {"debug", "info", "warn", "error"})},
  };
  return table;
}

}  // namespace

Result<Config> parse_config(std::string_view document) {
  toml::table root;
  try {
    root = toml::parse(document);
  } catch (const toml::parse_error& failed) {
    return fail(ErrorCode::invalid_parameter,
                "The configuration is not valid TOML: " + std::string(failed.description()) +
                    " (line " + std::to_string(failed.source().begin.line) + ").");
  }
  Config config;
  for (const auto& [section, node] : root) {
    const auto* table = node.as_table();
    if (table == nullptr) {
      return fail(ErrorCode::invalid_parameter,
                  "The option " + std::string(section.str()) + " must stand in a section.");
    }
    for (const auto& [name, value] : *table) {
      const std::string option = std::string(section.str()) + "." + std::string(name.str());
      const auto setter = setters().find(option);
      if (setter == setters().end()) {
        return fail(ErrorCode::invalid_parameter, "There is no option " + option + ".", option);
      }
      TRY(setter->second(config, value, option));
    }
  }
  return config;
}

Result<Config> load_config(const std::filesystem::path& file) {
  auto document = read_file(file, 1 << 20);
  if (!document) {
    return fail(ErrorCode::invalid_parameter,
                "The configuration file " + file.string() + " cannot be read.");
  }
  return parse_config(*document);
}

}  // namespace understudy::server
