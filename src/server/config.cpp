#include "server/config.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/file.h"
#include "money/money.h"
#include "server/toml_document.h"
#include "storage/postgres/postgres_database.h"

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
  const bool is_local =
      starts("http://127.0.0.1:") || starts("http://[::1]:") || starts("http://localhost:");
  if (!is_local && !starts("https://")) {
    return wrong(option, "an address that begins with https://, or http:// on this machine");
  }
  config.stripe_base_url = *value;
  return {};
}

// A lifetime of [oauth].
Setter seconds(std::int64_t accounts::OAuthSettings::*member, std::int64_t least,
               std::int64_t most) {
  return [=](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
      return wrong(option,
                   "seconds, from " + std::to_string(least) + " to " + std::to_string(most));
    }
    config.oauth.*member = *value;
    return {};
  };
}

// An origin: scheme and host, without a path (RFC 8414 puts its document at the root).
Result<void> set_issuer(Config& config, const toml::node& node, const std::string& option) {
  const auto value = node.value_exact<std::string>();
  const auto host = value ? value->find("://") : std::string::npos;
  const bool is_origin =
      value &&
      (value->empty() ||
       ((value->starts_with("https://") || value->starts_with("http://")) &&
        value->size() > host + 3 && value->find_first_of("/?# ", host + 3) == std::string::npos));
  if (!is_origin) return wrong(option, "an origin such as \"https://video.example.com\", or empty");
  config.oauth.issuer = *value;
  return {};
}

Result<void> set_clients(Config& config, const toml::node& node, const std::string& option) {
  const std::string expected =
      "a list of { id = \"...\", name = \"...\", redirect_uris = [\"...\"] }";
  const auto* list = node.as_array();
  if (list == nullptr) return wrong(option, expected);
  config.oauth.clients.clear();
  for (const auto& entry : *list) {
    const auto* fields = entry.as_table();
    if (fields == nullptr) return wrong(option, expected);
    accounts::OAuthClient client;
    for (const auto& [name, value] : *fields) {
      const auto text_value = value.value_exact<std::string>();
      const auto* uris = value.as_array();
      if (name == "id" && text_value) {
        client.id = *text_value;
      } else if (name == "name" && text_value) {
        client.name = *text_value;
      } else if (name == "redirect_uris" && uris != nullptr) {
        for (const auto& uri : *uris) client.redirect_uris.push_back(uri.value_or(std::string()));
      } else {
        return wrong(option, expected);
      }
    }
    if (auto checked = accounts::check_client(client); !checked) {
      checked.error().param = option;
      return checked;
    }
    if (accounts::find_client(config.oauth.clients, client.id) != nullptr) {
      return wrong(option, "a list in which every id stands once");
    }
    config.oauth.clients.push_back(std::move(client));
  }
  return {};
}

template <class Integer>
bool take(const toml::node& node, std::int64_t most, Integer& into) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < 0 || *value > most) return false;
  into = static_cast<Integer>(*value);
  return true;
}

// [plans.NAME]: what is named replaces the default, what is not stays.
Setter plan_table(const std::string& plan_name) {
  return [=](Config& config, const toml::node& node, const std::string& option) -> Result<void> {
    const auto* fields = node.as_table();
    if (fields == nullptr) return wrong(option, "a section [" + option + "]");
    const auto plan =
        std::find_if(config.plans.begin(), config.plans.end(),
                     [&](const accounts::Plan& known) { return known.name == plan_name; });
    for (const auto& [name, value] : *fields) {
      const bool is_good =
          (name == "premium_credits" && take(value, 1'000'000'000, plan->premium_credits)) ||
          (name == "reset_day" && take(value, 28, plan->reset_day)) ||
          (name == "concurrency_keys" && take(value, 100'000, plan->concurrency_keys)) ||
          (name == "concurrency_oauth" && take(value, 100'000, plan->concurrency_oauth)) ||
          (name == "videos_max" && take(value, 1'000'000'000, plan->videos_max)) ||
          (name == "video_duration_max_s" && take(value, 86'400, plan->video_duration_max_s));
      if (!is_good) {
        return wrong(option + "." + std::string(name.str()),
                     "one of premium_credits, reset_day (0 to 28), concurrency_keys, "
                     "concurrency_oauth, videos_max, video_duration_max_s, with a whole number");
      }
    }
    return {};
  };
}

using Settings = accounts::OAuthSettings;

Result<void> set_database(Config& config, const toml::node& node, const std::string& option) {
  const auto value = node.value_exact<std::string>();
  if (!value || !(value->empty() || storage::is_postgres_url(*value))) {
    return wrong(option, "a text in quotes such as \"postgresql://user@host/understudy\", or \"\"");
  }
  config.database_url = *value;
  return {};
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> table = {
      {"server.listen", text(&Config::listen)},
      {"server.public_url", text(&Config::public_url)},
      {"server.connections_max", integer(&Config::connections_max, 10, 1'000'000)},
      {"server.behind_proxy", boolean(&Config::behind_proxy)},
      {"oauth.issuer", set_issuer},
      {"oauth.access_lifetime_s", seconds(&Settings::access_lifetime_s, 1, 30 * 24 * 3600)},
      {"oauth.refresh_lifetime_s", seconds(&Settings::refresh_lifetime_s, 60, 3650LL * 24 * 3600)},
      {"oauth.code_lifetime_s", seconds(&Settings::code_lifetime_s, 1, 600)},
      {"oauth.device_lifetime_s", seconds(&Settings::device_lifetime_s, 1, 3600)},
      {"oauth.device_interval_s", seconds(&Settings::device_interval_s, 1, 60)},
      {"oauth.session_lifetime_s", seconds(&Settings::session_lifetime_s, 60, 30 * 24 * 3600)},
      {"oauth.clients", set_clients},
      {"plans.free", plan_table("free")},
      {"plans.starter", plan_table("starter")},
      {"plans.creator", plan_table("creator")},
      {"plans.pro", plan_table("pro")},
      {"plans.team", plan_table("team")},
      {"plans.enterprise", plan_table("enterprise")},
      {"plans.business_plus", plan_table("business_plus")},
      {"database.url", set_database},
      {"database.shared_folder", text(&Config::shared_folder)},
      {"workers.count", integer(&Config::workers, -1, 1024)},
      {"workers.sandbox", choice(&Config::sandbox, {"auto", "required"})},
      {"hyperframes.libraries", text(&Config::hyperframes_libraries)},
      {"hyperframes.warm_browsers", integer(&Config::hyperframes_warm_browsers, 0, 1)},
      {"network.allow_private", boolean(&Config::allow_private)},
      {"face.yunet_file", text(&Config::face_yunet_file)},
      {"face.landmarks_file", text(&Config::face_landmarks_file)},
      {"wallet.welcome_credit_usd", amount(&Config::welcome_credit_usd)},
      {"ledger.verify_at_start", choice(&Config::verify_at_start, {"refuse", "report", "off"})},
      {"ledger.seal_interval_s", integer(&Config::seal_interval_s, 0, 30 * 24 * 3600)},
      {"stripe.api_key", text(&Config::stripe_api_key)},
      {"stripe.api_key_file", text(&Config::stripe_api_key_file)},
      {"stripe.webhook_secrets", texts(&Config::stripe_webhook_secrets)},
      {"stripe.webhook_secrets_file", text(&Config::stripe_webhook_secrets_file)},
      {"stripe.base_url", set_stripe_url},
      {"stripe.success_url", text(&Config::stripe_success_url)},
      {"stripe.cancel_url", text(&Config::stripe_cancel_url)},
      {"stripe.poll_after_s", integer(&Config::stripe_poll_after_s, 1, 86'400)},
      {"credits.price_usd", amount(&Config::credit_price_usd)},
      {"credits.tiers", texts(&Config::credit_tiers)},
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
      {"limits.concurrency", integer(&Config::concurrency, -1, 1'000'000)},
      {"limits.queue", choice(&Config::queue, {"off", "on_request", "always"})},
      {"limits.queue_max", integer(&Config::queue_max, 0, 1'000'000)},
      {"limits.requests_per_minute", integer(&Config::requests_per_minute, 0, 1'000'000'000)},
      {"limits.unauthenticated_per_minute",
       integer(&Config::unauthenticated_per_minute, 0, 1'000'000'000)},
      {"log.level", choice(&Config::log_level, {"debug", "info", "warn", "error"})},
  };
  return table;
}

}  // namespace

Result<Config> parse_config(std::string_view document) {
  auto parsed = parse_toml(document);
  if (!parsed) {
    return fail(ErrorCode::invalid_parameter,
                "The configuration cannot be read: " + parsed.error().message + ".");
  }
  const toml::table root = *std::move(parsed);
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
