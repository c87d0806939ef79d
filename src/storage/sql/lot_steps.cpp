#include "storage/sql/lot_steps.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace understudy::storage {
namespace {

using money::Money;

// A free part of a lot, or a job's part of one.
struct Part {
  std::int64_t lot_id = 0;
  int ordinal = 0;  // of a job's part
  Money amount;
  std::int64_t expires_at_ms = money::kNever;
};

tl::unexpected<Error> lots_do_not_cover(std::string_view wallet_id) {
  return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                          fmt::format("the lots of wallet {} do not cover it", wallet_id));
}

Result<std::vector<Part>> free_parts(Connection& connection, std::string_view wallet_id,
                                     int priority = 0) {
  return connection.all(
      "SELECT id, remaining - held, expires_at_ms FROM grant_lot "
      "WHERE wallet_id = $1 AND remaining > 0 AND remaining > held AND ($2 = 0 OR priority = $2) "
      "ORDER BY priority, expires_at_ms, id",
      {wallet_id, priority}, [](const Row& row) {
        Columns columns(row);
        Part part;
        part.lot_id = columns.integer();
        part.amount = columns.money();
        part.expires_at_ms = columns.integer();
        return part;
      });
}

Result<std::vector<Part>> parts_of(Connection& connection, std::string_view job_id) {
  return connection.all(
      "SELECT lot_id, ordinal, hold_lot.amount, expires_at_ms FROM hold_lot "
      "JOIN grant_lot ON grant_lot.id = hold_lot.lot_id WHERE job_id = $1 ORDER BY ordinal",
      {job_id}, [](const Row& row) {
        Columns columns(row);
        Part part;
        part.lot_id = columns.integer();
        part.ordinal = columns.small();
        part.amount = columns.money();
        part.expires_at_ms = columns.integer();
        return part;
      });
}

// What was given back to a lot that may end has to be looked at when it does.
Result<void> expect_expiry(Connection& connection, std::string_view wallet_id,
                           std::int64_t expires_at_ms) {
  if (expires_at_ms == money::kNever) return {};
  TRY(
      connection.execute("UPDATE wallet SET next_expiry_ms = $2 "
                         "WHERE id = $1 AND next_expiry_ms > $2",
                         {wallet_id, expires_at_ms}));
  return {};
}

Result<void> give_back(Connection& connection, std::string_view wallet_id, const Part& part,
                       Money amount) {
  TRY(connection.execute("UPDATE grant_lot SET held = held - $2 WHERE id = $1",
                         {part.lot_id, amount}));
  return expect_expiry(connection, wallet_id, part.expires_at_ms);
}

}  // namespace

Result<void> add_lot(Connection& connection, const NewLot& lot, std::int64_t now_ms) {
  TRY(connection.execute(
      "INSERT INTO grant_lot (wallet_id, source, amount, remaining, priority, expires_at_ms,"
      " txn_id, created_at_ms) VALUES ($1, $2, $3, $3, $4, $5, $6, $7)",
      {lot.wallet_id, to_string(lot.terms.source), lot.amount, lot.terms.priority,
       lot.terms.expires_at_ms, lot.txn_id, now_ms}));
  return expect_expiry(connection, lot.wallet_id, lot.terms.expires_at_ms);
}

Result<Money> free_in_lots(Connection& connection, std::string_view wallet_id, int priority) {
  TRY_ASSIGN(const auto parts, free_parts(connection, wallet_id, priority));
  Money sum;
  for (const Part& part : parts) sum = sum + part.amount;
  return sum;
}

Result<void> take_from_lots(Connection& connection, std::string_view wallet_id, Money amount,
                            int priority) {
  TRY_ASSIGN(const auto parts, free_parts(connection, wallet_id, priority));
  for (const Part& part : parts) {
    if (amount == Money{}) break;
    const Money taken = std::min(part.amount, amount);
    TRY(connection.execute("UPDATE grant_lot SET remaining = remaining - $2 WHERE id = $1",
                           {part.lot_id, taken}));
    amount = amount - taken;
  }
  if (amount != Money{}) return lots_do_not_cover(wallet_id);
  return {};
}

namespace {

Result<void> hold_lots_behind(Connection& connection, std::string_view wallet_id,
                              std::string_view job_id, Money amount, std::int64_t ordinal) {
  if (amount == Money{}) return {};
  TRY_ASSIGN(const auto parts, free_parts(connection, wallet_id));
  for (const Part& part : parts) {
    if (amount == Money{}) break;
    const Money taken = std::min(part.amount, amount);
    TRY(connection.execute("UPDATE grant_lot SET held = held + $2 WHERE id = $1",
                           {part.lot_id, taken}));
    TRY(
        connection.execute("INSERT INTO hold_lot (job_id, ordinal, lot_id, amount) "
                           "VALUES ($1, $2, $3, $4)",
                           {job_id, ++ordinal, part.lot_id, taken}));
    amount = amount - taken;
  }
  if (amount != Money{}) return lots_do_not_cover(wallet_id);
  return {};
}

}  // namespace

Result<void> hold_lots(Connection& connection, std::string_view wallet_id, std::string_view job_id,
                       Money amount) {
  return hold_lots_behind(connection, wallet_id, job_id, amount, 0);
}

Result<void> hold_more_lots(Connection& connection, std::string_view wallet_id,
                            std::string_view job_id, Money amount) {
  TRY_ASSIGN(const auto last,
             connection.first("SELECT coalesce(max(ordinal), 0) FROM hold_lot WHERE job_id = $1",
                              {job_id}, [](const Row& row) { return row.integer(0); }));
  return hold_lots_behind(connection, wallet_id, job_id, amount, last.value_or(0));
}

Result<void> give_back_lots(Connection& connection, std::string_view wallet_id,
                            std::string_view job_id, Money amount) {
  TRY_ASSIGN(auto parts, parts_of(connection, job_id));
  std::reverse(parts.begin(), parts.end());
  for (const Part& part : parts) {
    if (amount == Money{}) break;
    const Money back = std::min(part.amount, amount);
    TRY(give_back(connection, wallet_id, part, back));
    if (back == part.amount) {
      TRY(connection.execute("DELETE FROM hold_lot WHERE job_id = $1 AND ordinal = $2",
                             {job_id, part.ordinal}));
    } else {
      TRY(
          connection.execute("UPDATE hold_lot SET amount = amount - $3 "
                             "WHERE job_id = $1 AND ordinal = $2",
                             {job_id, part.ordinal, back}));
    }
    amount = amount - back;
  }
  if (amount != Money{}) return lots_do_not_cover(wallet_id);
  return {};
}

Result<void> capture_lots(Connection& connection, std::string_view wallet_id,
                          std::string_view job_id, Money amount) {
  TRY_ASSIGN(const auto parts, parts_of(connection, job_id));
  for (const Part& part : parts) {
    const Money taken = std::min(part.amount, amount);
    TRY(
        connection.execute("UPDATE grant_lot SET remaining = remaining - $2, held = held - $3 "
                           "WHERE id = $1",
                           {part.lot_id, taken, part.amount}));
    if (taken != part.amount) TRY(expect_expiry(connection, wallet_id, part.expires_at_ms));
    TRY(connection.execute("UPDATE hold_lot SET captured = $3 WHERE job_id = $1 AND ordinal = $2",
                           {job_id, part.ordinal, taken}));
    amount = amount - taken;
  }
  if (amount != Money{}) return lots_do_not_cover(wallet_id);
  return {};
}

Result<money::LotTerms> refund_terms(Connection& connection, std::string_view job_id) {
  TRY_ASSIGN(const auto priority,
             connection.first("SELECT priority FROM hold_lot JOIN grant_lot ON "
                              "grant_lot.id = hold_lot.lot_id WHERE job_id = $1 AND captured > 0 "
                              "ORDER BY ordinal LIMIT 1",
                              {job_id}, [](const Row& row) { return row.integer(0); }));
  money::LotTerms terms{.source = money::LotSource::refund};
  if (priority) terms.priority = static_cast<int>(*priority);
  return terms;
}

}  // namespace understudy::storage
