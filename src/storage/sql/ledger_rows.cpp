#include "storage/sql/ledger_rows.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace understudy::storage {

using money::LedgerEntry;
using money::UsageQuery;
using money::UsageRow;
using money::UsageTotal;

const std::string kSelectEntry =
    "SELECT entry.account_id, seq, txn_id, kind, reference, note, amount, balance_after, hash,"
    " created_at_ms FROM entry JOIN txn ON txn.id = entry.txn_id ";

LedgerEntry entry_of(const Row& row) {
  Columns columns(row);
  LedgerEntry entry;
  entry.account_id = columns.text();
  entry.seq = columns.integer();
  entry.txn_id = columns.integer();
  entry.kind = columns.text();
  entry.reference = columns.text();
  entry.note = columns.text();
  entry.amount = columns.money();
  entry.balance_after = columns.money();
  entry.hash = to_hex(columns.text());
  entry.created_at_ms = columns.integer();
  return entry;
}

UsageRow usage_of(const Row& row) {
  Columns columns(row);
  UsageRow usage;
  usage.id = columns.integer();
  usage.account_id = columns.text();
  usage.wallet_id = columns.text();
  usage.job_id = columns.text();
  usage.key_id = columns.text();
  usage.project_id = columns.text();
  usage.source = columns.text();
  usage.is_test = columns.flag();
  usage.product = columns.text();
  usage.price_item = columns.text();
  usage.price_version = columns.small();
  usage.quantity = columns.integer();
  usage.amount = columns.money();
  usage.created_at_ms = columns.integer();
  return usage;
}

money::Lot lot_of(const Row& row) {
  Columns columns(row);
  money::Lot lot;
  lot.id = columns.integer();
  lot.wallet_id = columns.text();
  lot.terms.source = money::lot_source_from(columns.text()).value_or(money::LotSource::paid);
  lot.terms.priority = columns.small();
  lot.terms.expires_at_ms = columns.integer();
  lot.amount = columns.money();
  lot.remaining = columns.money();
  lot.held = columns.money();
  lot.created_at_ms = columns.integer();
  return lot;
}

Result<std::optional<LedgerEntry>> find_entry(Connection& connection, std::string_view kind,
                                              std::string_view reference) {
  static const std::string kSql =
      kSelectEntry + "WHERE txn.kind = $1 AND txn.reference = $2 AND length(hash) > 0";
  // By the transaction's unique key; the entries of one transaction are found by its account.
  TRY_ASSIGN(const auto txn_id,
             connection.first("SELECT id FROM txn WHERE kind = $1 AND reference = $2",
                              {kind, reference}, [](const Row& row) { return row.integer(0); }));
  if (!txn_id) return std::nullopt;
  return connection.first(kSql, {kind, reference}, entry_of);
}

Result<std::vector<UsageTotal>> usage_totals(Connection& connection, const UsageQuery& query,
                                             const money::UsageGrouping& grouping) {
  // The groups' columns, as they are or empty.
  const auto column = [](bool is_grouped, std::string_view name) {
    return is_grouped ? std::string(name) : "''";
  };
  const std::string day =
      grouping.by_day ? "created_at_ms - created_at_ms % 86400000" : std::string("0");
  const std::string groups = fmt::format(
      "{}, {}, {}, {}, {}, {}", column(grouping.by_product, "product"),
      column(grouping.by_product, "price_item"), column(grouping.by_key, "key_id"),
      column(grouping.by_project, "project_id"), column(grouping.by_source, "source"), day);
  const std::string sql = fmt::format(
      "SELECT {}, count(*), sum(quantity), sum(usage.amount) "
      "FROM entry CROSS JOIN usage WHERE usage.id = entry.txn_id AND entry.account_id = $1 "
      "AND created_at_ms >= $2 AND created_at_ms < $3 AND ($4 = '' OR product = $4) "
      "AND ($5 = '' OR key_id = $5) AND ($6 = '' OR project_id = $6) AND is_test = $7 "
      "AND ($8 = '' OR source = $8) "
      "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 6, 1, 2, 3, 4, 5",
      groups);
  return connection.all(sql,
                        {query.account_id, query.from_ms, query.until_ms, query.product,
                         query.key_id, query.project_id, query.is_test, query.source},
                        [](const Row& row) {
                          Columns columns(row);
                          UsageTotal total;
                          total.product = columns.text();
                          total.price_item = columns.text();
                          total.key_id = columns.text();
                          total.project_id = columns.text();
                          total.source = columns.text();
                          total.day_ms = columns.integer();
                          total.jobs = columns.integer();
                          total.quantity = columns.integer();
                          total.amount = columns.money();
                          return total;
                        });
}

}  // namespace understudy::storage
