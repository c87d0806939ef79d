// Accounts and the keys that act for them. Rules only; storage implements AccountStore.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "money/money.h"

namespace understudy::accounts {

struct Account {
  std::string id;
  std::string name;
  std::string email;
  std::int64_t created_at_ms = 0;
};

struct ApiKey {
  std::string id;
  std::string account_id;
  std::string label;
  std::string hint;                 // the first characters, for people to tell keys apart
  std::vector<std::string> scopes;  // "videos:read"; empty means every scope but the operator's
  bool is_test = false;             // prices are computed and not taken
  std::string project_id = {};      // whose budgets its work counts in; empty: none
  int concurrency = 0;              // live jobs at a time; 0: as the account's plan says
  int requests_per_minute = 0;      // 0: as the server is configured
  bool is_operator = false;         // may act on every account (refunds, accounts, price books)
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;  // 0: never
  std::int64_t revoked_at_ms = 0;  // 0: valid
};

struct Wallet {
  money::Money posted;  // everything paid in, less everything captured
  money::Money held;    // reserved by open holds
  money::Money available() const { return posted - held; }
};

// How a request showed who makes it. An API key spends the wallet, a bearer token the credits of
// the account's plan.
enum class Credential { api_key, bearer, local };

// Who makes a request.
struct Principal {
  std::string account_id;
  std::string key_id;  // the key, or the grant of a bearer token
  std::vector<std::string> scopes;
  bool is_operator = false;
  Credential credential = Credential::api_key;
  bool is_test = false;
  std::string project_id = {};
  int concurrency = 0;  // queued and running jobs of the key at a time; 0: no limit of its own
  int requests_per_minute = 0;  // of the key; 0: as the server is configured
  int account_concurrency = 0;  // the same of the whole account; 0: no limit
  int waiting_max = 0;          // jobs that may wait in the queue beyond account_concurrency
  std::string wallet_id = {};   // that pays; empty: the account's dollars
  money::Money cost_max = money::kNoLimit;  // of this request: header X-Understudy-Max-Cost
  std::string source = {};  // the program that asks, as it calls itself: X-HeyGen-Client-Source
  bool may(std::string_view scope) const;  // "videos:write"
  const std::string& payer() const { return wallet_id.empty() ? account_id : wallet_id; }
};

// "<area>:read" or "<area>:write", the area in lower case with underscores. Write includes read.
bool is_scope(std::string_view text);

// A new key's text: "us_" + 43 base64url characters (256 random bits) + 6 hex digits of checksum.
// It is shown once; only key_hash() of it is kept.
// A test key begins with "us_test_".
std::string new_key_text(bool is_test = false);
bool is_test_key_text(std::string_view text);
// The right shape and checksum: a typing error is told apart from an unknown key without a look-up.
bool is_key_text(std::string_view text);
std::string key_hint(std::string_view key_text);  // "us_Ab12Cd"
std::string key_hash(std::string_view key_text);  // SHA-256, hex

}  // namespace understudy::accounts
