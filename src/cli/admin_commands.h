// account, key, wallet, prices and verify: thin calls of the administration routes. Each prints for
// people on standard output, or the answer's JSON with --json, and returns its exit status.
#pragma once

#include <string>
#include <vector>

#include "cli/admin_channel.h"

namespace understudy::cli {

struct NewAccount {
  std::string name;
  std::string email;
};
int create_account(const AdminTarget& target, const NewAccount& account, bool is_json);
int list_accounts(const AdminTarget& target, bool is_json);

struct NewKey {
  std::string account = "owner";
  std::string label;
  std::vector<std::string> scopes;
  std::int64_t expires_at_s = 0;
  bool is_operator = false;
  bool is_test = false;
  std::string project;
  int concurrency = 0;
  int requests_per_minute = 0;
  std::vector<std::string> caps;  // "daily=2.50"
  std::string time_zone = "UTC";  // of the caps
};
int create_key(const AdminTarget& target, const NewKey& key, bool is_json);

struct ChangedKey {
  std::string label;
  int concurrency = -1;          // 0: as the account's plan says; -1: as it is
  int requests_per_minute = -1;  // 0: as the server is configured; -1: as it is
};
int change_key(const AdminTarget& target, const std::string& key_id, const ChangedKey& change,
               bool is_json);
int list_keys(const AdminTarget& target, const std::string& account, bool is_json);
int revoke_key(const AdminTarget& target, const std::string& key_id, bool is_json);

struct TopUp {
  std::string account = "owner";
  std::string usd;
  std::string reference;
  std::string note;
};
int top_up(const AdminTarget& target, const TopUp& top_up, bool is_json);
int show_wallet(const AdminTarget& target, const std::string& account, bool is_json);

// The price book in effect, or of a version; without a data folder version 1.
int print_prices(const std::filesystem::path& data, int version);
// `seals`: "NUMBER=HASH" of seals that were kept elsewhere. 0 clean, 1 broken, 2 could not run.
int verify(const AdminTarget& target, const std::vector<std::string>& seals, bool is_json);

// The seals of the ledger, newest first; `make`: one of what is booked by now.
int list_seals(const AdminTarget& target, bool is_json);
int make_seal(const AdminTarget& target, bool is_json);

}  // namespace understudy::cli
