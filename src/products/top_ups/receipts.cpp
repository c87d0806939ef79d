#include "products/top_ups/receipts.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "money/price_book.h"

namespace understudy::top_ups {
namespace {

using money::Money;

tl::unexpected<Error> not_ready(std::string message) {
  return fail(ErrorCode::resource_not_ready, std::move(message));
}

void add_wallet(Receipt& receipt, Money before, Money after) {
  receipt.facts.push_back({"wallet_before_usd", "Wallet before", money::to_json(before)});
  receipt.facts.push_back({"wallet_after_usd", "Wallet after", money::to_json(after)});
}

std::string quantity_text(const money::Price& price, std::int64_t quantity) {
  if (price.per_ms() > 0) return decimal_text(quantity, 3) + " s";
  return fmt::format("{} {}{}", quantity, to_string(price.unit), quantity == 1 ? "" : "s");
}

std::string taken_text(money::Money captured) {
  return fmt::format("; {} USD were taken, what was held at most", money::to_text(captured));
}

// A job in parts: its formula adds their charges up.
Result<void> add_price_lines(Receipt& receipt, const jobs::Job& job, const money::PriceBook& book) {
  const jobs::Charge& charge = job.charge;
  receipt.rate = "by scene";
  receipt.what = job.title.empty() ? "Studio video" : "Studio video: " + job.title;
  receipt.facts.push_back({"price_item", "Price", json::value(charge.price_item)});
  receipt.facts.push_back({"price_version", "Price book version", charge.price_version});
  if (job.state != jobs::JobState::completed) return {};
  receipt.quantity = decimal_text(charge.quantity, 3) + " s";
  receipt.facts.push_back({"quantity", "Milliseconds delivered", charge.quantity});
  receipt.formula = money::formula(book, charge.price_lines, "USD");
  TRY_ASSIGN(const auto exact, money::charge(book, charge.price_lines));
  if (exact > charge.captured) receipt.formula += taken_text(charge.captured);
  return {};
}

Result<void> add_price(Receipt& receipt, const jobs::Job& job) {
  const jobs::Charge& charge = job.charge;
  TRY_ASSIGN(const auto* book, money::PriceBook::of_version(charge.price_version));
  if (!charge.price_lines.empty()) return add_price_lines(receipt, job, *book);
  TRY_ASSIGN(const auto price, book->find(charge.price_item));
  receipt.rate = money::rate_text(price);
  const std::string sold = std::string(price.heading) + ", " + std::string(price.row);
  receipt.what = job.title.empty() ? sold : sold + ": " + job.title;
  receipt.facts.push_back({"price_item", "Price", json::value(charge.price_item)});
  receipt.facts.push_back({"price_version", "Price book version", charge.price_version});
  receipt.facts.push_back({"rate_usd", "", money::to_json(price.rate)});
  receipt.facts.push_back({"rate_per", "", json::value(to_string(price.unit))});
  if (job.state != jobs::JobState::completed) return {};
  receipt.quantity = quantity_text(price, charge.quantity);
  receipt.facts.push_back(
      {"quantity", price.per_ms() > 0 ? "Milliseconds delivered" : "Delivered", charge.quantity});
  receipt.formula = money::formula(price, {charge.quantity});
  if (money::charge(price, {charge.quantity}) > charge.captured) {
    receipt.formula += taken_text(charge.captured);
  }
  return {};
}

}  // namespace

Result<Receipt> receipt_of(const money::TopUp& top_up, const accounts::Account& account) {
  if (top_up.state != money::TopUpState::paid) {
    return not_ready("There is a receipt once the payment has arrived; this one is " +
                     std::string(to_string(top_up.state)) + ".");
  }
  Receipt receipt;
  receipt.kind = "top_up";
  receipt.title = "Receipt for a top-up";
  receipt.id = top_up.id;
  receipt.status = to_string(top_up.state);
  receipt.account = account;
  receipt.time_ms = top_up.paid_at_ms;
  receipt.what = top_up.kind == money::TopUpKind::checkout ? "Wallet credit"
                                                           : "Wallet credit (automatic reload)";
  receipt.quantity = "1";
  receipt.rate = fmt::format("${}.{:02}", money::cents(top_up.amount) / 100,
                             money::cents(top_up.amount) % 100);
  receipt.amount = top_up.amount;
  add_wallet(receipt, top_up.balance_after - top_up.amount, top_up.balance_after);
  if (top_up.taken_back > Money{}) {
    receipt.facts.push_back(
        {"taken_back_usd", "Refunded or disputed since", money::to_json(top_up.taken_back)});
  }
  receipt.facts.push_back(
      {"payment_intent_id", "Stripe payment", string_or_null(top_up.payment_id)});
  receipt.facts.push_back(
      {"checkout_session_id", "Stripe Checkout", string_or_null(top_up.session_id)});
  receipt.facts.push_back({"ledger_entry", "Entry of the wallet's ledger", top_up.entry_seq});
  receipt.remark =
      "Prepaid credit; it does not expire. Amounts are as paid: no tax was added or "
      "stated separately.";
  return receipt;
}

Result<Receipt> receipt_of(const jobs::Job& job, const accounts::Account& account,
                           const std::optional<money::LedgerEntry>& entry) {
  if (!is_terminal(job.state)) {
    return not_ready(
        "There is a receipt once the job has ended; until then its 'charge' shows what "
        "is held.");
  }
  Receipt receipt;
  receipt.kind = "job";
  receipt.title = "Receipt for a job";
  receipt.id = job.id;
  receipt.status = to_string(job.state);
  receipt.account = account;
  receipt.time_ms = job.finished_at_ms;
  receipt.what = job.title.empty() ? job.kind : job.kind + ": " + job.title;
  receipt.amount = job.charge.captured;
  receipt.facts.push_back({"held_usd", "Held", money::to_json(job.charge.held)});
  receipt.facts.push_back({"captured_usd", "Captured", money::to_json(job.charge.captured)});
  receipt.facts.push_back({"released_usd", "Released", money::to_json(job.charge.released)});
  if (!job.charge.price_item.empty()) TRY(add_price(receipt, job));
  if (entry) {
    add_wallet(receipt, entry->balance_after - entry->amount, entry->balance_after);
    receipt.facts.push_back({"ledger_entry", "Entry of the wallet's ledger", entry->seq});
    receipt.facts.push_back({"transaction_id", "Transaction", entry->txn_id});
    receipt.facts.push_back({"hash", "Hash of the entry", json::value(entry->hash)});
  }
  if (job.state != jobs::JobState::completed) {
    receipt.facts.push_back({"failure_code", "Why", string_or_null(job.failure_code)});
    receipt.remark = "The job did not complete: nothing was charged, and the hold was released.";
  } else if (job.is_test) {
    receipt.remark = "Made with a test key: the price was computed and nothing was taken.";
  } else if (job.charge.price_item.empty()) {
    receipt.remark = "This job is free of charge.";
  } else {
    receipt.remark =
        "Paid from the wallet. The amount is rounded once, down to a billionth of a "
        "dollar; no tax was added or stated separately.";
  }
  return receipt;
}

json::object receipt_json(const Receipt& receipt) {
  json::object object{{"kind", receipt.kind},
                      {"id", receipt.id},
                      {"status", receipt.status},
                      {"account",
                       {{"id", receipt.account.id},
                        {"name", receipt.account.name},
                        {"email", string_or_null(receipt.account.email)}}},
                      {"time", iso8601(receipt.time_ms)},
                      {"what", receipt.what},
                      {"quantity_text", string_or_null(receipt.quantity)},
                      {"rate_text", string_or_null(receipt.rate)},
                      {"amount_usd", money::to_json(receipt.amount)},
                      {"currency", "usd"},
                      {"formula", string_or_null(receipt.formula)},
                      {"remark", receipt.remark}};
  for (const auto& fact : receipt.facts) object[fact.name] = fact.value;
  return object;
}

}  // namespace understudy::top_ups
