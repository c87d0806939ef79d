#include "tables.h"

#include <algorithm>

#include <fmt/format.h>

namespace understudy::simulator {
namespace {

// Each gives one text a row. The model writes the same texts below.
constexpr std::string_view kTables[] = {
    "SELECT 'wallet ' || id || ' posted ' || posted || ' held ' || held || ' entries ' ||"
    " last_seq || ' low ' || low_below FROM wallet ORDER BY id",
    "SELECT 'lot of ' || wallet_id || ' ' || source || ' priority ' || priority || ' until ' ||"
    " expires_at_ms || ' ' || amount || ' remaining ' || remaining || ' held ' || held"
    " FROM grant_lot ORDER BY id",
    "SELECT 'part of ' || job_id || ' ' || hold_lot.amount || ' captured ' || captured ||"
    " ' of lot ' || (SELECT count(*) FROM grant_lot WHERE grant_lot.id <= lot_id)"
    " FROM hold_lot ORDER BY job_id, ordinal",
    "SELECT 'budget ' || id || ' of ' || scope || ' ' || scope_id || ' cap ' || cap || ' ' ||"
    " period || CASE WHEN removed_at_ms <> 0 THEN ' removed' ELSE '' END FROM budget ORDER BY id",
    "SELECT 'window ' || budget_id || ' from ' || start_ms || ' spent ' || spent || ' held ' ||"
    " held || ' ceiling ' || ceiling || ' alerted ' || alerted FROM budget_window"
    " ORDER BY budget_id, start_ms",
    "SELECT 'job ' || job.id || ' of ' || job.account_id || ' ' || job.state || ' attempt ' ||"
    " attempt || ' fence ' || fence || ' lease ' || lease_until_ms || ' quantity ' || quantity ||"
    " ' hold ' || coalesce(hold.state, 'none') || ' ' || coalesce(hold.amount, 0) || ' ' ||"
    " coalesce(hold.captured, 0) || ' refunded ' || coalesce(hold.refunded, 0) || CASE WHEN removed_at_ms <> 0 THEN ' removed' ELSE '' END ||"
    " ' blobs ' || (SELECT count(*) FROM blob_ref WHERE owner = 'job:' || job.id)"
    " FROM job LEFT JOIN hold ON hold.job_id = job.id ORDER BY job.id",
    "SELECT 'answer ' || scope || ' ' || key || ' ' || state || ' ' || status || ' ' || body ||"
    " ' at ' || created_at_ms FROM idempotency ORDER BY scope, key",
    "SELECT 'messages ' || topic || ' ' || count(*) FROM outbox GROUP BY topic ORDER BY topic",
    "SELECT 'transaction ' || kind || ' ' || CASE kind WHEN 'expiry' THEN '' ELSE reference END"
    " FROM txn ORDER BY 1",
    "SELECT 'usage ' || wallet_id || ' test ' || is_test || ' ' || count(*) || ' ' || sum(amount)"
    " FROM usage GROUP BY wallet_id, is_test ORDER BY wallet_id, is_test",
    "SELECT 'key ' || hash || ' of ' || account_id || ' until ' || expires_at_ms ||"
    " CASE WHEN revoked_at_ms <> 0 THEN ' revoked' ELSE '' END FROM api_key ORDER BY hash",
    "SELECT 'seal ' || number || ' of ' || wallets FROM seal ORDER BY number",
    "SELECT 'sealed in ' || seal || ' ' || wallet_id || ' up to ' || seq FROM seal_wallet"
    " ORDER BY seal, wallet_id",
};

void add_wallets(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [account, wallet] : model.wallets) {
    rows.push_back(fmt::format("wallet {} posted {} held {} entries {} low {}", account,
                               wallet.posted.nano_usd, model.held(account).nano_usd,
                               wallet.entries.size(), wallet.low_below.nano_usd));
  }
}

void add_lots(const Model& model, std::vector<std::string>& rows) {
  for (const ModelLot& lot : model.lots) {
    rows.push_back(fmt::format("lot of {} {} priority {} until {} {} remaining {} held {}",
                               lot.wallet, to_string(lot.terms.source), lot.terms.priority,
                               lot.terms.expires_at_ms, lot.amount.nano_usd, lot.remaining.nano_usd,
                               lot.held.nano_usd));
  }
  for (const auto& [id, job] : model.jobs) {
    for (const ModelPart& part : job.parts) {
      rows.push_back(fmt::format("part of {} {} captured {} of lot {}", id, part.amount.nano_usd,
                                 part.captured.nano_usd, part.lot + 1));
    }
  }
}

void add_budgets(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [id, budget] : model.budgets) {
    rows.push_back(fmt::format("budget {} of {} {} cap {} {}{}", id, to_string(budget.scope),
                               budget.scope_id, budget.cap.nano_usd, to_string(budget.period),
                               budget.is_removed ? " removed" : ""));
  }
  for (const auto& [key, window] : model.windows) {
    rows.push_back(fmt::format("window {} from {} spent {} held {} ceiling {} alerted {}",
                               key.first, key.second, window.spent.nano_usd, window.held.nano_usd,
                               window.ceiling.nano_usd, window.alerted));
  }
}

void add_jobs(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [id, job] : model.jobs) {
    const std::string_view hold = !job.is_paid()                           ? "none"
                                  : !is_terminal(job.state)                ? "open"
                                  : job.state == jobs::JobState::completed ? "captured"
                                                                           : "released";
    // An ended job keeps the lease it had, which means nothing then.
    rows.push_back(fmt::format(
        "job {} of {} {} attempt {} fence {} lease {} quantity {} hold {} {} {} refunded {}{} "
        "blobs {}",
        id, job.account, to_string(job.state), job.attempt, job.fence, job.lease_until_ms,
        job.quantity, hold, job.hold.nano_usd, job.captured.nano_usd, job.refunded.nano_usd,
        job.is_removed ? " removed" : "", job.blobs));
  }
}

void add_counts(const Model& model, std::vector<std::string>& rows) {
  for (const auto& [topic, count] : model.messages) {
    rows.push_back(fmt::format("messages {} {}", topic, count));
  }
  std::vector<std::string> transactions;
  std::vector<std::string> usage;
  for (const auto& [id, wallet] : model.wallets) {
    std::int64_t charges[2] = {};  // of live keys, of test keys
    Money sums[2];
    for (const ModelEntry& entry : wallet.entries) {
      transactions.push_back(fmt::format("transaction {} {}", entry.kind, entry.reference));
      if (entry.kind != "capture" && entry.kind != "test_capture") continue;
      const int is_test = entry.kind == "test_capture" ? 1 : 0;
      ++charges[is_test];
      sums[is_test] = sums[is_test] + entry.usage;
    }
    for (const int is_test : {0, 1}) {
      if (charges[is_test] == 0) continue;
      usage.push_back(fmt::format("usage {} test {} {} {}", id, is_test, charges[is_test],
                                  sums[is_test].nano_usd));
    }
  }
  std::sort(transactions.begin(), transactions.end());
  rows.insert(rows.end(), transactions.begin(), transactions.end());
  rows.insert(rows.end(), usage.begin(), usage.end());
  for (const auto& [hash, key] : model.keys) {
    rows.push_back(fmt::format("key {} of {} until {}{}", hash, key.account, key.expires_at_ms,
                               key.is_revoked ? " revoked" : ""));
  }
  for (std::size_t i = 0; i < model.seals.size(); ++i) {
    rows.push_back(fmt::format("seal {} of {}", i + 1, model.seals[i].wallets));
  }
  for (std::size_t i = 0; i < model.seals.size(); ++i) {
    for (const auto& [wallet, entries] : model.seals[i].changed) {
      rows.push_back(fmt::format("sealed in {} {} up to {}", i + 1, wallet, entries));
    }
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
  add_lots(model, rows);
  add_budgets(model, rows);
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
