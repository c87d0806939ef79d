#include "accounts/account.h"

#include <algorithm>

#include "accounts/account_store.h"
#include "base/bytes.h"

namespace understudy::accounts {
namespace {

constexpr std::string_view kPrefix = "us_";
constexpr std::string_view kTestPrefix = "us_test_";
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomCharacters = 43;  // 32 bytes in base64url
constexpr std::size_t kChecksumCharacters = 6;
constexpr std::size_t kHintCharacters = 6;  // behind the prefix

std::string checksum(std::string_view body) {
  return sha256_hex(body).substr(0, kChecksumCharacters);
}

}  // namespace

bool is_scope(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view area = text.substr(0, colon);
  const std::string_view action = text.substr(colon + 1);
  const bool is_area = std::all_of(area.begin(), area.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
  });
  return is_area && (action == "read" || action == "write");
}

bool Principal::may(std::string_view scope) const {
  if (is_operator) return true;
  if (scope == "operator") return false;
  if (scopes.empty()) return true;
  const auto has = [this](std::string_view wanted) {
    return std::find(scopes.begin(), scopes.end(), wanted) != scopes.end();
  };
  if (has(scope)) return true;
  constexpr std::string_view kRead = ":read";
  if (!scope.ends_with(kRead)) return false;
  return has(std::string(scope.substr(0, scope.size() - kRead.size())) + ":write");
}

std::string new_key_text(bool is_test) {
  const std::string body =
      std::string(is_test ? kTestPrefix : kPrefix) + to_base64url(random_bytes(kRandomBytes));
  return body + checksum(body);
}

bool is_test_key_text(std::string_view text) {
  return text.starts_with(kTestPrefix) &&
         text.size() == kTestPrefix.size() + kRandomCharacters + kChecksumCharacters;
}

bool is_key_text(std::string_view text) {
  const auto prefix = is_test_key_text(text) ? kTestPrefix : kPrefix;
  if (!text.starts_with(prefix)) return false;
  if (text.size() != prefix.size() + kRandomCharacters + kChecksumCharacters) return false;
  const auto body = text.substr(0, text.size() - kChecksumCharacters);
  return checksum(body) == text.substr(body.size()) &&
         from_base64url(body.substr(prefix.size())).has_value();
}

std::string key_hint(std::string_view key_text) {
  const auto prefix = is_test_key_text(key_text) ? kTestPrefix : kPrefix;
  return std::string(key_text.substr(0, prefix.size() + kHintCharacters));
}

std::string key_hash(std::string_view key_text) { return sha256_hex(key_text); }

Result<Account> find_account_or_owner(AccountStore& store, std::string_view id) {
  if (id != kOwner) return store.find_account(id);
  TRY_ASSIGN(auto all, store.list_accounts());
  if (all.empty()) return fail(ErrorCode::not_found, "There is no account yet.", "account_id");
  return *std::min_element(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.id < b.id; });
}

}  // namespace understudy::accounts
