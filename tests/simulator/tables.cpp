#include "tables.h"

#include <algorithm>

#include <fmt/format.h>

namespace understudy::simulator {
namespace {

// Each gives one text a row. The model writes the same texts below.
constexpr std::string_view kTables[] = {
    "SELECT 'wallet ' || id || ' posted ' || posted || ' held ' || held || ' entries ' ||"
    " last_seq FROM wallet WHERE currency = 'usd' ORDER BY id",
    "SELECT 'job ' || job.id || ' of ' || job.account_id || ' ' || job.state || ' attempt ' ||"
    " attempt || ' fence ' || fence || ' lease ' || lease_until_ms || ' quantity ' || quantity ||"
    " ' hold ' || coalesce(hold.state, 'none') || ' ' || coalesce(hold.amount, 0) || ' ' ||"
    " coalesce(hold.captured, 0) || CASE WHEN removed_at_ms <> 0 THEN ' removed' ELSE '' END ||"
    " ' blobs ' || (SELECT count(*) FROM blob_ref WHERE owner = 'job:' || job.id)"
    " FROM job LEFT JOIN hold ON hold.job_id = job.id ORDER BY job.id",
    "SELECT 'answer ' || scope || ' ' || key || ' ' || state || ' ' || status || ' ' || body ||"
    " ' at ' || created_at_ms FROM idempotency ORDER BY scope, key",
    "SELECT 'messages ' || topic || ' ' || count(*) FROM outbox GROUP BY topic ORDER BY topic",
    "SELECT 'transaction ' || kind || ' ' || reference FROM txn ORDER BY kind, reference",
    "SELECT 'usage ' || account_id || ' ' || count(*) || ' ' || sum(amount) FROM usage "
    "GROUP BY account_id ORDER BY account_id",
    "SELECT 'key ' || hash || ' of ' || account_id || ' until ' || expires_at_ms ||"
    " CASE WHEN revoked_at_ms <> 0 THEN ' revoked' ELSE '' END FROM api_key ORDER BY hash",
};

void add_wallets(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [account, wallet] : model.wallets) {
    rows.push_back(fmt::format("wallet {} posted {} held {} entries {}", account,
                               wallet.posted.nano_usd, model.held(account).nano_usd,
                               wallet.entries.size()));
  }
}

void add_jobs(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [id, job] : model.jobs) {
    const std::string_view hold = job.price_item.empty()                   ? "none"
                                  : !is_terminal(job.state)                ? "open"
                                  : job.state == jobs::JobState::completed ? "captured"
                                                                           : "released";
    // An ended job keeps the lease it had, which means nothing then.
    rows.push_back(fmt::format(
        "job {} of {} {} attempt {} fence {} lease {} quantity {} hold {} {} {}{} blobs {}", id,
        job.account, to_string(job.state), job.attempt, job.fence, job.lease_until_ms, job.quantity,
        hold, job.hold.nano_usd, job.captured.nano_usd, job.is_removed ? " removed" : "",
        job.blobs));
  }
}

void add_counts(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [topic, count] : model.messages) {
    rows.push_back(fmt::format("messages {} {}", topic, count));
  }
  std::vector<std::string> transactions;
  std::vector<std::string> usage;
  for (const auto& [account, wallet] : model.wallets) {
    std::int64_t charges = 0;
    Money sum;
    for (const ModelEntry& entry : wallet.entries) {
      transactions.push_back(fmt::format("transaction {} {}", entry.kind, entry.reference));
      if (entry.kind != "capture") continue;
      ++charges;
      sum = sum - entry.amount;
    }
    if (charges > 0) usage.push_back(fmt::format("usage {} {} {}", account, charges, sum.nano_usd));
  }
  std::sort(transactions.begin(), transactions.end());
  rows.insert(rows.end(), transactions.begin(), transactions.end());
  rows.insert(rows.end(), usage.begin(), usage.end());
  for (const auto& [hash, key] : model.keys) {
    rows.push_back(fmt::format("key {} of {} until {}{}", hash, key.account, key.expires_at_ms,
                               key.is_revoked ? " revoked" : ""));
  }
}

}  // namespace

Result<std::vector<std::string>> rows_of(storage::Connection& connection) {
  std::vector<std::string> rows;
  for (const std::string_view sql : kTables) {
    TRY(connection.query(sql, {},
                         [&](const storage::Row& row) { rows.emplace_back(row.text(0)); }));
  }
  return rows;
}

std::vector<std::string> rows_of(const Model& model) {
  std::vector<std::string> rows;
  add_wallets(model, rows);
  add_jobs(model, rows);
  for (const auto& [name, answer] : model.answers) {
    rows.push_back(fmt::format("answer {} {} {} {} {} at {}", name.first, name.second,
                               answer.is_done ? "done" : "running", answer.status, answer.body,
                               answer.began_at_ms));
  }
  add_counts(model, rows);
  return rows;
}

std::string difference(const std::vector<std::string>& database,
                       const std::vector<std::string>& model) {
  if (database == model) return {};
  std::string text;
  const auto add_missing = [&](const auto& from, const auto& in, const char* name) {
    for (const std::string& row : from) {
      if (std::find(in.begin(), in.end(), row) != in.end()) continue;
      text += fmt::format("  only in the {}: {}\n", name, row);
    }
  };
  add_missing(database, model, "database");
  add_missing(model, database, "model");
  return text.empty() ? "  the rows are in another order\n" : text;
}

}  // namespace understudy::simulator
