#include "storage/sql/ledger_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "money/ledger.h"
#include "storage/sql/seal_rows.h"

namespace understudy::storage {
namespace {

using money::Check;
using money::Money;

// A check whose query returns one row per broken case, and another that counts the cases.
struct Rule {
  std::string_view name;
  std::string_view rule;
  std::string_view count;   // SQL of one number
  std::string_view broken;  // SQL: a sentence's subject, what is, what should be
};

// Each looks a row up by a key of its table: the time grows with the rows, not with their square.
// The revenue's side of a transaction is the entry with the transaction's number.
constexpr Rule kRules[] = {
    {"I1", "The entries of every transaction sum to zero", "SELECT count(*) FROM txn",
     "SELECT 'the sum of transaction ' || txn_id, sum(amount), 0 FROM entry "
     "GROUP BY txn_id HAVING sum(amount) <> 0 "
     "UNION ALL SELECT 'entries of transaction ' || id, 0, 2 FROM txn "
     "WHERE id NOT IN (SELECT txn_id FROM entry) "
     "UNION ALL SELECT 'the transaction of an entry of ' || account_id, txn_id, 0 FROM entry "
     "WHERE NOT EXISTS (SELECT 1 FROM txn WHERE txn.id = entry.txn_id)"},
    {"I2", "A wallet's posted is the sum of its entries, and it knows the last of them",
     "SELECT count(*) FROM wallet",
     "SELECT 'posted of wallet ' || id, posted, due FROM (SELECT id, posted,"
     " (SELECT coalesce(sum(amount), 0) FROM entry WHERE entry.account_id = wallet.id)"
     " AS due FROM wallet) AS sums WHERE posted <> due "
     "UNION ALL SELECT 'the last entry of wallet ' || id, last_seq, seq FROM"
     " (SELECT wallet.id, last_seq, last_hash, coalesce(seq, 0) AS seq,"
     "  hash FROM wallet LEFT JOIN entry"
     "  ON entry.account_id = wallet.id AND entry.seq = (SELECT max(seq) FROM entry"
     "  WHERE entry.account_id = wallet.id)) AS ends "
     "WHERE last_seq <> seq OR CASE WHEN hash IS NULL THEN length(last_hash) > 0"
     " ELSE last_hash <> hash END"},
    {"I3", "A wallet's held is the sum of its open holds", "SELECT count(*) FROM wallet",
     "SELECT 'held of wallet ' || wallet.id, held, coalesce(due, 0) FROM wallet "
     "LEFT JOIN (SELECT wallet_id, sum(amount) AS due FROM hold WHERE state = 'open'"
     " GROUP BY wallet_id) AS sums ON sums.wallet_id = wallet.id "
     "WHERE held <> coalesce(due, 0)"},
    {"I4", "A wallet's posted covers what is held", "SELECT count(*) FROM wallet",
     "SELECT 'posted of wallet ' || id, posted, held FROM wallet "
     "WHERE held < 0 OR posted < held"},
    {"I6", "An open hold has one live job, a live job with a price one open hold",
     "SELECT count(*) FROM hold",
     "SELECT 'live jobs of the open hold ' || job_id, 0, 1 FROM hold WHERE state = 'open' "
     "AND NOT EXISTS (SELECT 1 FROM job WHERE job.id = hold.job_id "
     " AND job.wallet_id = hold.wallet_id AND job.state IN ('queued', 'running')) "
     "UNION ALL SELECT 'open holds of the live job ' || id, 0, 1 FROM job "
     "WHERE state IN ('queued', 'running') AND price_item <> '' AND is_test = 0 "
     "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.job_id = job.id AND hold.state = 'open')"},
    {"I7", "A completed job with a price has one charge, any other job none",
     "SELECT count(*) FROM job WHERE price_item <> ''",
     "SELECT 'charges of job ' || id, charges, due FROM (SELECT job.id,"
     " (SELECT count(*) FROM txn JOIN usage ON usage.id = txn.id"
     "  AND usage.account_id = job.account_id WHERE txn.kind = CASE job.is_test WHEN 1 THEN 'test_capture' ELSE 'capture' END"
     "  AND txn.reference = job.id) AS charges,"
     " CASE WHEN state = 'completed' AND price_item <> '' THEN 1 ELSE 0 END AS due"
     " FROM job) AS counts WHERE charges <> due "
     "UNION ALL SELECT 'what usage ' || usage.id || ' captured', coalesce(entry.amount, 0),"
     " usage.amount FROM usage "
     "LEFT JOIN txn ON txn.id = usage.id AND txn.kind = 'capture'"
     " AND txn.reference = usage.job_id "
     "LEFT JOIN entry ON entry.account_id = CASE WHEN usage.wallet_id = usage.account_id"
     " THEN 'revenue' ELSE 'revenue.credits' END AND entry.seq = txn.id "
     "LEFT JOIN hold ON hold.job_id = usage.job_id AND hold.state = 'captured'"
     " AND hold.wallet_id = usage.wallet_id "
     "WHERE usage.is_test = 0 AND (coalesce(entry.amount, -1) <> usage.amount"
     " OR coalesce(hold.captured, -1) <> usage.amount) "
     "UNION ALL SELECT 'the wallet charged in transaction ' || txn.id || ', an entry of '"
     " || entry.account_id, 0, 1 FROM entry CROSS JOIN txn "
     "LEFT JOIN hold ON hold.job_id = txn.reference "
     "WHERE txn.id = entry.txn_id AND txn.kind = 'capture' AND entry.account_id NOT IN ('revenue', 'revenue.credits')"
     " AND entry.account_id <> coalesce(hold.wallet_id, '')"},
    {"I8", "All usage sums to the revenue, in each currency", "SELECT count(*) FROM usage",
     "SELECT 'revenue', revenue, used FROM "
     "(SELECT (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = 'revenue') AS revenue,"
     " (SELECT coalesce(sum(amount), 0) FROM usage WHERE is_test = 0 AND wallet_id = account_id)"
     " AS used) AS sums WHERE revenue <> used "
     "UNION ALL SELECT 'revenue.credits', revenue, used FROM "
     "(SELECT (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = 'revenue.credits')"
     " AS revenue, (SELECT coalesce(sum(amount), 0) FROM usage WHERE is_test = 0"
     " AND wallet_id <> account_id) AS used) AS sums WHERE revenue <> used"},
    {"I5",
     "A wallet's lots sum to what is posted and held; what a lot holds is what jobs hold of it",
     "SELECT count(*) FROM grant_lot",
     "SELECT 'the lots of wallet ' || wallet.id, coalesce(remaining, 0), posted FROM wallet "
     "LEFT JOIN (SELECT wallet_id, sum(remaining) AS remaining FROM grant_lot GROUP BY wallet_id)"
     " AS lots ON lots.wallet_id = wallet.id WHERE coalesce(remaining, 0) <> posted "
     "UNION ALL SELECT 'what lot ' || grant_lot.id || ' holds', held, coalesce(due, 0) "
     "FROM grant_lot LEFT JOIN (SELECT lot_id, sum(hold_lot.amount) AS due FROM hold_lot"
     " JOIN hold ON hold.job_id = hold_lot.job_id WHERE hold.state = 'open' GROUP BY lot_id)"
     " AS sums ON sums.lot_id = grant_lot.id WHERE held <> coalesce(due, 0) "
     "UNION ALL SELECT 'what the lots gave to job ' || hold.job_id, coalesce(given, 0),"
     " CASE hold.state WHEN 'captured' THEN captured WHEN 'open' THEN amount ELSE 0 END FROM hold "
     "LEFT JOIN (SELECT hold_lot.job_id, sum(CASE hold.state WHEN 'open' THEN hold_lot.amount"
     "  ELSE hold_lot.captured END) AS given FROM hold_lot JOIN hold ON hold.job_id = hold_lot.job_id"
     "  GROUP BY hold_lot.job_id) AS sums ON sums.job_id = hold.job_id "
     "WHERE coalesce(given, 0) <>"
     " CASE hold.state WHEN 'captured' THEN captured WHEN 'open' THEN amount ELSE 0 END"},
    {"I10", "What was refunded of a charge is what its refunds say", "SELECT count(*) FROM hold",
     "SELECT 'refunds of job ' || hold.job_id, hold.refunded, coalesce(due, 0) FROM hold "
     "LEFT JOIN (SELECT charged.reference AS job_id, sum(-entry.amount) AS due FROM txn"
     " JOIN txn AS charged ON charged.id = txn.reverses"
     " JOIN entry ON entry.account_id = 'refunds' AND entry.seq = txn.id"
     " WHERE txn.kind = 'refund' GROUP BY charged.reference) AS sums ON sums.job_id = hold.job_id "
     "WHERE hold.refunded <> coalesce(due, 0)"},
    {"I11", "A budget's period counts its jobs, and stays below its cap",
     "SELECT count(*) FROM budget_window",
     "SELECT 'budget ' || budget_id, spent + held, ceiling FROM budget_window "
     "WHERE spent + held > ceiling "
     "UNION ALL SELECT 'held in budget ' || budget_window.budget_id, held, coalesce(due, 0) "
     "FROM budget_window LEFT JOIN (SELECT budget_id, start_ms, sum(amount) AS due"
     " FROM hold_budget JOIN hold ON hold.job_id = hold_budget.job_id WHERE state = 'open'"
     " GROUP BY budget_id, start_ms) AS sums ON sums.budget_id = budget_window.budget_id"
     " AND sums.start_ms = budget_window.start_ms WHERE held <> coalesce(due, 0) "
     "UNION ALL SELECT 'spent in budget ' || budget_window.budget_id, spent, coalesce(due, 0) "
     "FROM budget_window LEFT JOIN (SELECT budget_id, start_ms, sum(captured) AS due"
     " FROM hold_budget JOIN hold ON hold.job_id = hold_budget.job_id WHERE state = 'captured'"
     " GROUP BY budget_id, start_ms) AS sums ON sums.budget_id = budget_window.budget_id"
     " AND sums.start_ms = budget_window.start_ms WHERE spent <> coalesce(due, 0)"},
    {"I12", "A paid top-up is credited once, what took it back is booked, the rest is owed",
     "SELECT count(*) FROM top_up",
     "SELECT 'the credit of top-up ' || id, credited, due FROM (SELECT top_up.id,"
     " CASE WHEN state = 'paid' THEN top_up.amount ELSE 0 END AS due,"
     " coalesce((SELECT sum(entry.amount) FROM txn JOIN entry ON entry.account_id ="
     "  top_up.account_id AND entry.seq = top_up.entry_seq AND entry.txn_id = txn.id"
     "  WHERE txn.kind = 'top_up' AND txn.reference = top_up.id), 0) AS credited"
     " FROM top_up) AS sums WHERE credited <> due "
     "UNION ALL SELECT 'credits of the unpaid top-up ' || top_up.id, 1, 0 FROM top_up"
     " JOIN txn ON txn.kind = 'top_up' AND txn.reference = top_up.id WHERE state <> 'paid' "
     // The steps of a reversal are "ID#1", "ID#2" ...: '$' follows '#'.
     "UNION ALL SELECT 'what ' || id || ' took', taken, booked FROM (SELECT id, taken,"
     " coalesce((SELECT sum(entry.amount) FROM txn JOIN entry ON entry.seq = txn.id"
     "  AND entry.account_id = CASE payment_reversal.kind WHEN 'refund' THEN 'cash'"
     "   ELSE 'disputes' END"
     "  WHERE txn.kind = CASE payment_reversal.kind WHEN 'refund' THEN 'payment_refund'"
     "   ELSE 'dispute' END AND txn.reference > payment_reversal.id || '#'"
     "  AND txn.reference < payment_reversal.id || '$'), 0) AS booked"
     " FROM payment_reversal) AS sums WHERE taken <> booked "
     "UNION ALL SELECT 'what wallet ' || owing.account_id || ' owes', coalesce(owed, 0), due FROM"
     " (SELECT account_id, sum(due - taken - waived) AS due FROM payment_reversal"
     "  WHERE due > taken + waived GROUP BY account_id) AS owing"
     " LEFT JOIN wallet_debt ON wallet_debt.account_id = owing.account_id"
     " WHERE coalesce(owed, 0) <> due "
     "UNION ALL SELECT 'what wallet ' || account_id || ' owes', owed, 0 FROM wallet_debt WHERE"
     " NOT EXISTS (SELECT 1 FROM payment_reversal WHERE due > taken + waived"
     "  AND payment_reversal.account_id = wallet_debt.account_id)"},
};

Result<Check> run(Connection& connection, const Rule& rule) {
  Check check{
      .name = std::string(rule.name), .rule = std::string(rule.rule), .looked_at = 0, .broken = {}};
  TRY_ASSIGN(const auto count,
             connection.first(rule.count, {}, [](const Row& row) { return row.integer(0); }));
  check.looked_at = count.value_or(0);
  TRY(connection.query(rule.broken, {}, [&](const Row& row) {
    if (check.broken.size() >= money::kBrokenMax) return;
    check.broken.push_back(
        fmt::format("{} is {}, not {}", row.text(0), row.integer(1), row.integer(2)));
  }));
  return check;
}

struct ChainState {
  std::string account_id;
  std::int64_t seq = 0;
  Money balance;
  std::string hash;
};

// Compares one entry with what the entry before it says it must be; empty when it fits.
std::string misfit(const Row& row, ChainState& state) {
  Columns columns(row);
  const std::string account_id = columns.text();
  if (account_id != state.account_id)
    state = {.account_id = account_id, .seq = 0, .balance = {}, .hash = {}};
  money::EntryFacts facts;
  facts.account_id = state.account_id;
  facts.seq = columns.integer();
  facts.txn_id = columns.integer();
  facts.amount = columns.money();
  facts.balance_after = columns.money();
  const std::string previous = columns.text();
  const std::string hash = columns.text();
  const std::string kind = columns.text();
  const std::string reference = columns.text();
  facts.kind = kind;
  facts.reference = reference;
  facts.created_at_ms = columns.integer();

  std::string_view wrong;
  if (facts.seq != state.seq + 1)
    wrong = "does not follow the one before it";
  else if (facts.balance_after != state.balance + facts.amount)
    wrong = "has a wrong balance";
  else if (previous != state.hash)
    wrong = "does not name the hash before it";
  else if (hash != money::entry_hash(previous, facts))
    wrong = "does not have the hash of its facts";
  state.seq = facts.seq;
  state.balance = facts.balance_after;
  state.hash = hash;
  return wrong.empty() ? std::string()
                       : fmt::format("entry {} of wallet {} {}", facts.seq, account_id, wrong);
}

Result<Check> check_chains(Connection& connection) {
  Check check{.name = "I9",
              .rule = "Every wallet's chain of entries recomputes",
              .looked_at = 0,
              .broken = {}};
  ChainState state;
  TRY(connection.query(
      "SELECT entry.account_id, seq, txn_id, amount, balance_after, prev_hash, hash,"
      " coalesce(kind, ''), coalesce(reference, ''), coalesce(created_at_ms, 0) "
      "FROM entry LEFT JOIN txn ON txn.id = entry.txn_id "
      "WHERE entry.account_id IN (SELECT id FROM wallet) "
      "ORDER BY entry.account_id, seq",
      {}, [&](const Row& row) {
        ++check.looked_at;
        std::string sentence = misfit(row, state);
        if (!sentence.empty() && check.broken.size() < money::kBrokenMax) {
          check.broken.push_back(std::move(sentence));
        }
      }));
  return check;
}

}  // namespace

Result<money::VerifyReport> check_ledger(Connection& connection) {
  money::VerifyReport report;
  for (const Rule& rule : kRules) {
    TRY_ASSIGN(auto check, run(connection, rule));
    report.checks.push_back(std::move(check));
  }
  TRY_ASSIGN(auto chains, check_chains(connection));
  report.checks.push_back(std::move(chains));
  TRY_ASSIGN(auto seals, check_seals(connection));
  report.checks.push_back(std::move(seals));
  std::sort(report.checks.begin(), report.checks.end(), [](const Check& a, const Check& b) {
    return std::pair(a.name.size(), a.name) < std::pair(b.name.size(), b.name);  // I9, then I10
  });
  return report;
}

}  // namespace understudy::storage
