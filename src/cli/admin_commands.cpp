#include "cli/admin_commands.h"

#include <cstdio>

#include <fmt/format.h>

#include "money/price_book.h"

namespace understudy::cli {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "  {}\n", error.detail);
  return error.code == ErrorCode::invalid_parameter || error.code == ErrorCode::service_unavailable
             ? 2
             : 1;
}

// An amount of an answer, which reads back as a number, as exact digits.
std::string usd(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? to_text(*value) : "0";
}

using Print = void (*)(const json::value& data);

int call(const AdminTarget& target, const std::string& method, const std::string& path,
         const json::object* body, bool is_json, Print print) {
  const auto channel = open_admin_channel(target);
  if (!channel) return complain(channel.error());
  const auto answer = (*channel)(method, path, body);
  if (!answer) return complain(answer.error());
  const auto* data = answer->if_contains("data");
  if (is_json || data == nullptr) {
    fmt::print("{}\n", to_pretty_text(*answer));
  } else {
    print(*data);
  }
  return 0;
}

void print_account(const json::value& data) {
  const auto& account = data.get_object();
  fmt::print("{}  {}  {}\n", string_or(account, "id"), string_or(account, "name"),
             string_or(account, "email"));
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
             int_or(key, "revoked_at", 0) != 0 ? "  revoked" : "");
}

void print_wallet(const json::value& data) {
  const auto& wallet = data.get_object();
  fmt::print("available {} USD  (posted {}, held {})\n", usd(wallet, "available_usd"),
             usd(wallet, "posted_usd"), usd(wallet, "held_usd"));
}

void print_each(const json::value& data, Print print) {
  for (const auto& entry : data.get_array()) print(entry);
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
                    {"expires_at", key.expires_at_s}};
  return call(target, "POST", "/understudy/v1/accounts/" + key.account + "/keys", &body, is_json,
              [](const json::value& data) {
                fmt::print("{}\n", string_or(data.get_object(), "key"));
                fmt::print(stderr, "The key is shown this once; only its hash is kept.\n");
              });
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
                fmt::print("added {} USD; ", usd(data.get_object(), "added_usd"));
                print_wallet(data);
              });
}

int show_wallet(const AdminTarget& target, const std::string& account, bool is_json) {
  return call(target, "GET", "/understudy/v1/accounts/" + account + "/wallet", nullptr, is_json,
              print_wallet);
}

int print_prices() {
  fmt::print("{}", money::to_page_text(money::PriceBook::version_1()));
  return 0;
}

int verify(const AdminTarget& target, bool is_json) {
  const auto channel = open_admin_channel(target);
  if (!channel) {
    complain(channel.error());
    return 2;
  }
  const auto answer = (*channel)("POST", "/understudy/v1/verify", nullptr);
  if (!answer) {
    complain(answer.error());
    return 2;
  }
  const auto* report = object_or_null(*answer, "data");
  if (report == nullptr) return 2;
  fmt::print("{}\n", is_json ? to_pretty_text(*answer) : string_or(*report, "text"));
  return bool_or(*report, "is_ok", false) ? 0 : 1;
}

}  // namespace understudy::cli
