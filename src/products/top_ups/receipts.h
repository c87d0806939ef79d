// Receipts: of a top-up (what was paid in, and taken back since) and of a job (quantity x rate =
// amount, what was held, captured and released, the wallet before and after). As JSON and as a page
// to print. Nothing is computed here that a reader could not compute again. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/account.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/ledger_store.h"
#include "money/top_up.h"

namespace understudy::top_ups {

struct ReceiptFact {
  std::string name;   // "held_usd": the member of the JSON
  std::string label;  // "Held": the line of the page; empty: not on the page
  json::value value;  // an exact amount, a text, a number or null
};

struct Receipt {
  std::string kind;   // "top_up", "job"
  std::string title;  // "Receipt for a top-up"
  std::string id;
  std::string status;
  accounts::Account account;
  std::int64_t time_ms = 0;
  // The one line that is paid for; texts as they are printed.
  std::string what;
  std::string quantity;
  std::string rate;
  money::Money amount;
  std::string formula;  // empty: nothing to recompute
  std::vector<ReceiptFact> facts;
  std::string remark;
};

// Errors: resource_not_ready (not paid yet; the job has not ended).
Result<Receipt> receipt_of(const money::TopUp& top_up, const accounts::Account& account);
Result<Receipt> receipt_of(const jobs::Job& job, const accounts::Account& account,
                           const std::optional<money::LedgerEntry>& entry);

json::object receipt_json(const Receipt& receipt);
std::string receipt_page(const Receipt& receipt);  // HTML, without scripts and without other files
std::string return_page(bool is_success);          // where Stripe sends the customer back to

}  // namespace understudy::top_ups
