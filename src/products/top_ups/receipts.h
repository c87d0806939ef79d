// Receipts: of a top-up (what was paid in, and taken back since) and of a job (quantity x rate =
// amount, what was held, captured and released, the wallet before and after). As JSON, as a page to
// print and as a PDF. Nothing is computed here that a reader could not compute again. Pure.
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
  std::string_view currency = "usd";  // or "credits"
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
// One page A4; a text that is too long for its place ends with an ellipsis.
Result<std::string> receipt_pdf(const Receipt& receipt);

// What page and PDF print alike.
std::string amount_text(std::string amount, std::string_view currency);  // "$1.50", "1.5 credits"
std::string fact_text(const ReceiptFact& fact);
std::string time_text(const Receipt& receipt);  // "2026-11-22 15:04:05 UTC"
std::string total_title(const Receipt& receipt);
std::string return_page(bool is_success);  // where Stripe sends the customer back to

}  // namespace understudy::top_ups
