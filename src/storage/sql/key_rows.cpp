#include "storage/sql/key_rows.h"

#include <algorithm>

namespace understudy::storage {
namespace {

std::string joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

}  // namespace

std::vector<std::string> scopes_of(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    scopes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

accounts::ApiKey key_of(const Row& row) {
  Columns columns(row);
  accounts::ApiKey key;
  key.id = columns.text();
  key.account_id = columns.text();
  key.label = columns.text();
  key.hint = columns.text();
  key.scopes = scopes_of(columns.text());
  key.is_operator = columns.flag();
  key.created_at_ms = columns.integer();
  key.expires_at_ms = columns.integer();
  key.revoked_at_ms = columns.integer();
  key.is_test = columns.flag();
  key.project_id = columns.text();
  key.concurrency = columns.small();
  key.requests_per_minute = columns.small();
  return key;
}

Result<void> insert_key(Connection& connection, const accounts::ApiKey& key,
                        std::string_view hash) {
  TRY_ASSIGN(const auto inserted,
             connection.execute(
                 "INSERT INTO api_key (hash, id, account_id, label, hint, scopes, is_operator,"
                 " created_at_ms, expires_at_ms, revoked_at_ms, is_test, project_id, concurrency,"
                 " requests_per_minute) "
                 "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 "
                 "WHERE EXISTS (SELECT 1 FROM account WHERE id = $3)",
                 {hash, key.id, key.account_id, key.label, key.hint, joined(key.scopes),
                  key.is_operator, key.created_at_ms, key.expires_at_ms, key.revoked_at_ms,
                  key.is_test, key.project_id, key.concurrency, key.requests_per_minute}));
  if (inserted > 0) return {};
  return fail(ErrorCode::not_found, "There is no account with this id.");
}

}  // namespace understudy::storage
