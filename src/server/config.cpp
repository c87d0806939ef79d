#include "server/config.h"

#include <functional>
#include <map>

#include <toml++/toml.h>

#include "base/file.h"
#include "money/money.h"
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

Result<void> set_amount(Config& config, const toml::node& node, const std::string& option) {
  const auto value = node.value_exact<std::string>();
  const auto amount = value ? money::parse_usd(*value) : money::parse_usd("");
  if (!amount || amount->nano_usd < 0)
    return wrong(option, "an amount in quotes such as \"10\" or \"2.50\"");
  config.welcome_credit_usd = *value;
  return {};
}

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
      {"database.url", set_database},
      {"workers.count", integer(&Config::workers, -1, 1024)},
      {"workers.sandbox", choice(&Config::sandbox, {"auto", "required"})},
      {"network.allow_private", boolean(&Config::allow_private)},
      {"wallet.welcome_credit_usd", set_amount},
      {"links.lifetime_s", integer(&Config::link_lifetime_s, 60, 30 * 24 * 3600)},
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
