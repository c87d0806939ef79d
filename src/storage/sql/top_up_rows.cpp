#include "storage/sql/top_up_rows.h"

namespace understudy::storage {

using money::AutoReload;
using money::NewTopUp;
using money::TopUp;

const std::string kSelectTopUp =
    "SELECT id, account_id, key_id, kind, state, amount, provider_request, attempt, session_id,"
    " payment_id, customer_id, payment_method_id, url, failure_code, failure_message, entry_seq,"
    " balance_after, created_at_ms, paid_at_ms, expires_at_ms, polls, credits,"
    " (SELECT coalesce(sum(taken), 0) FROM payment_reversal WHERE top_up_id = top_up.id) "
    "FROM top_up ";

TopUp top_up_of(const Row& row) {
  Columns columns(row);
  TopUp read;
  read.id = columns.text();
  read.account_id = columns.text();
  read.key_id = columns.text();
  read.kind = money::top_up_kind_from(columns.text()).value_or(money::TopUpKind::checkout);
  read.state = money::top_up_state_from(columns.text()).value_or(money::TopUpState::failed);
  read.amount = columns.money();
  read.provider_request = columns.text();
  read.attempt = columns.small();
  read.session_id = columns.text();
  read.payment_id = columns.text();
  read.customer_id = columns.text();
  read.payment_method_id = columns.text();
  read.url = columns.text();
  read.failure_code = columns.text();
  read.failure_message = columns.text();
  read.entry_seq = columns.integer();
  read.balance_after = columns.money();
  read.created_at_ms = columns.integer();
  read.paid_at_ms = columns.integer();
  read.expires_at_ms = columns.integer();
  read.polls = columns.small();
  read.credits = columns.integer();
  read.taken_back = columns.money();
  return read;
}

Result<void> insert_top_up(Connection& connection, const NewTopUp& created) {
  const TopUp& top_up = created.top_up;
  TRY(connection.execute(
      "INSERT INTO top_up (id, account_id, key_id, kind, state, amount, request_key,"
      " provider_request, customer_id, payment_method_id, created_at_ms, next_poll_at_ms, credits) "
      "VALUES ($1, $2, $3, $4, 'creating', $5, $6, $7, $8, $9, $10, $11, $12)",
      {top_up.id, top_up.account_id, top_up.key_id, to_string(top_up.kind), top_up.amount,
       created.request_key, top_up.provider_request, top_up.customer_id, top_up.payment_method_id,
       top_up.created_at_ms, created.poll_at_ms, top_up.credits}));
  return {};
}

Result<std::optional<TopUp>> find_top_up(Connection& connection, std::string_view id) {
  return connection.first(kSelectTopUp + "WHERE id = $1", {id}, top_up_of);
}

Result<std::optional<TopUp>> find_top_up_of(Connection& connection, std::string_view session_id,
                                            std::string_view payment_id,
                                            std::string_view top_up_id) {
  if (!session_id.empty()) {
    TRY_ASSIGN(auto found, connection.first(kSelectTopUp + "WHERE session_id = $1 "
                                                           "AND session_id <> ''",
                                            {session_id}, top_up_of));
    if (found) return found;
  }
  if (!payment_id.empty()) {
    TRY_ASSIGN(auto found, connection.first(kSelectTopUp + "WHERE payment_id = $1 "
                                                           "AND payment_id <> ''",
                                            {payment_id}, top_up_of));
    if (found) return found;
  }
  if (top_up_id.empty()) return std::nullopt;
  return find_top_up(connection, top_up_id);
}

Result<AutoReload> find_auto_reload(Connection& connection, std::string_view account_id) {
  TRY_ASSIGN(
      auto found,
      connection.first("SELECT is_enabled, threshold, amount, monthly_limit, customer_id,"
                       " payment_method_id, source_payment_id, blocked_until_ms, last_failure_code "
                       "FROM auto_reload WHERE account_id = $1",
                       {account_id}, [](const Row& row) {
                         Columns columns(row);
                         AutoReload read;
                         read.is_enabled = columns.flag();
                         read.threshold = columns.money();
                         read.amount = columns.money();
                         read.monthly_limit = columns.money();
                         read.customer_id = columns.text();
                         read.payment_method_id = columns.text();
                         read.source_payment_id = columns.text();
                         read.blocked_until_ms = columns.integer();
                         read.last_failure_code = columns.text();
                         return read;
                       }));
  return found.value_or(AutoReload{});
}

}  // namespace understudy::storage
