#include "cli/admin_commands.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/admin_call.h"
#include "money/price_book.h"
#include "money/unpriced.h"
#include "server/price_files.h"

namespace understudy::cli {
namespace {

int call(const AdminTarget& target, const std::string& method, const std::string& path,
         const json::object* body, bool is_json, Print print) {
  return call_and_print(target, {method, path, body}, is_json, print);
}

void print_account(const json::value& data) {
  const auto& account = data.get_object();
  fmt::print("{}  {}  {}\n", string_or(account, "id"), string_or(account, "name"),
             string_or(account, "email"));
}

std::string limit_text(const json::object& key, std::string_view name, std::string_view unit) {
  const auto limit = int_or(key, name, 0);
  return limit > 0 ? fmt::format("  {} {}", limit, unit) : std::string();
}

void print_key(const json::value& data) {
  const auto& key = data.get_object();
  std::string scopes;
  if (const auto* list = array_or_null(key, "scopes")) {
    for (const auto& scope : *list) scopes += " " + std::string(scope.get_string());
  }
  fmt::print("{}  {}...  {}{}{}\n", string_or(key, "id"), string_or(key, "hint"),
             bool_or(key, "is_operator", false)
                 ? "operator"
                 : (scopes.empty() ? "all scopes" : "scopes:" + scopes),
             string_or(key, "label").empty() ? "" : "  " + string_or(key, "label"),
             std::string(bool_or(key, "is_test", false) ? "  test" : "") +
                 limit_text(key, "concurrency", "jobs at once") +
                 limit_text(key, "requests_per_minute", "requests a minute") +
                 (int_or(key, "revoked_at", 0) != 0 ? "  revoked" : ""));
}

// As `verify --seal` takes it back.
void print_seal(const json::value& data) {
  const auto& seal = data.get_object();
  fmt::print("{}={}  {} wallets  {}\n", int_or(seal, "number", 0), string_or(seal, "hash"),
             int_or(seal, "wallets", 0), iso8601(int_or(seal, "created_at_ms", 0)));
}

void print_wallet(const json::value& data) {
  const auto& wallet = data.get_object();
  fmt::print("available {} USD  (posted {}, held {})\n", usd_text(wallet, "available_usd"),
             usd_text(wallet, "posted_usd"), usd_text(wallet, "held_usd"));
}

}  // namespace

int create_account(const AdminTarget& target, const NewAccount& account, bool is_json) {
  json::object body{{"name", account.name}};
  if (!account.email.empty()) body["email"] = account.email;
  return call(target, "POST", "/understudy/v1/accounts", &body, is_json, print_account);
}

int list_accounts(const AdminTarget& target, bool is_json) {
  return call(target, "GET", "/understudy/v1/accounts", nullptr, is_json,
              [](const json::value& data) { print_each(data, print_account); });
}

int create_key(const AdminTarget& target, const NewKey& key, bool is_json) {
  json::array scopes;
  for (const auto& scope : key.scopes) scopes.emplace_back(scope);
  json::object body{{"label", string_or_null(key.label)},
                    {"scopes", std::move(scopes)},
                    {"is_operator", key.is_operator},
                    {"is_test", key.is_test},
                    {"project_id", string_or_null(key.project)},
                    {"concurrency", key.concurrency},
                    {"requests_per_minute", key.requests_per_minute},
                    {"expires_at", key.expires_at_s}};
  json::array caps;
  for (const std::string& cap : key.caps) {
    const auto equals = cap.find('=');
    if (equals == std::string::npos) {
      return complain(
          fail(ErrorCode::invalid_parameter, "--cap takes PERIOD=USD, such as daily=2.50.")
              .value());
    }
    caps.push_back(json::object{{"period", cap.substr(0, equals)},
                                {"limit_usd", cap.substr(equals + 1)},
                                {"time_zone", key.time_zone}});
  }
  if (!caps.empty()) body["caps"] = std::move(caps);
  return call(target, "POST", "/understudy/v1/accounts/" + key.account + "/keys", &body, is_json,
              [](const json::value& data) {
                fmt::print("{}\n", string_or(data.get_object(), "key"));
                fmt::print(stderr, "The key is shown this once; only its hash is kept.\n");
              });
}

int change_key(const AdminTarget& target, const std::string& key_id, const ChangedKey& change,
               bool is_json) {
  json::object body;
  if (!change.label.empty()) body["label"] = change.label;
  if (change.concurrency >= 0) body["concurrency"] = change.concurrency;
  if (change.requests_per_minute >= 0) body["requests_per_minute"] = change.requests_per_minute;
  return call(target, "PATCH", "/understudy/v1/keys/" + key_id, &body, is_json, print_key);
}

int list_keys(const AdminTarget& target, const std::string& account, bool is_json) {
  return call(target, "GET", "/understudy/v1/accounts/" + account + "/keys", nullptr, is_json,
              [](const json::value& data) { print_each(data, print_key); });
}

int revoke_key(const AdminTarget& target, const std::string& key_id, bool is_json) {
  return call(target, "POST", "/understudy/v1/keys/" + key_id + "/revoke", nullptr, is_json,
              [](const json::value& data) {
                fmt::print("revoked {}\n", string_or(data.get_object(), "id"));
              });
}

int top_up(const AdminTarget& target, const TopUp& top_up, bool is_json) {
  json::object body{{"usd", top_up.usd}};
  if (!top_up.reference.empty()) body["reference"] = top_up.reference;
  if (!top_up.note.empty()) body["note"] = top_up.note;
  return call(target, "POST", "/understudy/v1/accounts/" + top_up.account + "/top-ups", &body,
              is_json, [](const json::value& data) {
                fmt::print("added {} USD; ", usd_text(data.get_object(), "added_usd"));
                print_wallet(data);
              });
}

int show_wallet(const AdminTarget& target, const std::string& account, bool is_json) {
  return call(target, "GET", "/understudy/v1/accounts/" + account + "/wallet", nullptr, is_json,
              print_wallet);
}

int print_prices(const std::filesystem::path& data, int version) {
  if (!data.empty()) {
    auto books = server::load_price_books(data / "prices");
    if (!books) return complain(books.error());
    if (auto installed = money::PriceBook::install(*std::move(books)); !installed) {
      return complain(installed.error());
    }
  }
  const money::PriceBook* book = &money::PriceBook::version_1();
  if (version != 0) {
    const auto asked = money::PriceBook::of_version(version);
    if (!asked) return complain(asked.error());
    book = *asked;
  } else if (!data.empty()) {
    book = &book->in_effect(SystemClock().now_ms());
  }
  fmt::print("{}", money::to_page_text(*book));
  for (const auto& offered : money::unpriced(*book))
    fmt::print("\n{}: unpriced. {}\n", offered.title, offered.reason);
  return 0;
}

int verify(const AdminTarget& target, const std::vector<std::string>& seals, bool is_json) {
  json::array known;
  for (const std::string& seal : seals) {
    const auto equals = std::min(seal.find('='), seal.size());
    std::int64_t number = 0;
    const auto read = std::from_chars(seal.data(), seal.data() + equals, number);
    if (equals == seal.size() || read.ec != std::errc() || read.ptr != seal.data() + equals) {
      complain(fail(ErrorCode::invalid_parameter, "--seal takes NUMBER=HASH.").value());
      return 2;
    }
    known.push_back(json::object{{"number", number}, {"hash", seal.substr(equals + 1)}});
  }
  const json::object body{{"seals", std::move(known)}};
  const auto channel = open_admin_channel(target);
  if (!channel) {
    complain(channel.error());
    return 2;
  }
  const auto answer = (*channel)("POST", "/understudy/v1/verify", seals.empty() ? nullptr : &body);
  if (!answer) {
    complain(answer.error());
    return 2;
  }
  const auto* report = object_or_null(*answer, "data");
  if (report == nullptr) return 2;
  fmt::print("{}\n", is_json ? to_pretty_text(*answer) : string_or(*report, "text"));
  return bool_or(*report, "is_ok", false) ? 0 : 1;
}

int list_seals(const AdminTarget& target, bool is_json) {
  return call(target, "GET", "/understudy/v1/ledger/seals?limit=500", nullptr, is_json,
              [](const json::value& data) { print_each(data, print_seal); });
}

int make_seal(const AdminTarget& target, bool is_json) {
  return call(target, "POST", "/understudy/v1/ledger/seals", nullptr, is_json, print_seal);
}

}  // namespace understudy::cli
