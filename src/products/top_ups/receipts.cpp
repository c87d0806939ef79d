#include "products/top_ups/receipts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "money/credit_prices.h"
#include "money/price_book.h"

namespace understudy::top_ups {
namespace {

using money::Money;

tl::unexpected<Error> not_ready(std::string message) {
  return fail(ErrorCode::resource_not_ready, std::move(message));
}

// A fact that is an amount, named with its currency.
void add_amount(Receipt& receipt, std::string_view name, std::string label, Money amount) {
  receipt.facts.push_back(
      {fmt::format("{}_{}", name, receipt.currency), std::move(label), money::to_json(amount)});
}

void add_wallet(Receipt& receipt, Money before, Money after) {
  add_amount(receipt, "wallet_before", "Wallet before", before);
  add_amount(receipt, "wallet_after", "Wallet after", after);
}

std::string quantity_text(const money::Price& price, std::int64_t quantity) {
  if (price.per_ms() > 0) return decimal_text(quantity, 3) + " s";
  return fmt::format("{} {}{}", quantity, to_string(price.unit), quantity == 1 ? "" : "s");
}

std::string_view unit_of(const Receipt& receipt) {
  return receipt.currency == "credits" ? "credits" : "USD";
}

std::string taken_text(const Receipt& receipt) {
  return fmt::format("; {} {} were taken, what was held at most", money::to_text(receipt.amount),
                     unit_of(receipt));
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
  receipt.formula = money::formula(book, charge.price_lines, unit_of(receipt));
  TRY_ASSIGN(const auto exact, money::charge(book, charge.price_lines));
  if (exact > charge.captured) receipt.formula += taken_text(receipt);
  return {};
}

Result<void> add_price(Receipt& receipt, const jobs::Job& job) {
  const jobs::Charge& charge = job.charge;
  TRY_ASSIGN(const auto* book, money::PriceBook::of_version(charge.price_version));
  if (!charge.price_lines.empty()) return add_price_lines(receipt, job, *book);
  TRY_ASSIGN(const auto price, book->find(charge.price_item));
  const bool is_credits = receipt.currency == "credits";
  receipt.rate =
      is_credits ? fmt::format("{} credits / {}", money::to_text(price.rate), to_string(price.unit))
                 : money::rate_text(price);
  const std::string sold = std::string(price.heading) + ", " + std::string(price.row);
  receipt.what = job.title.empty() ? sold : sold + ": " + job.title;
  receipt.facts.push_back({"price_item", "Price", json::value(charge.price_item)});
  receipt.facts.push_back({"price_version", "Price book version", charge.price_version});
  add_amount(receipt, "rate", "", price.rate);
  receipt.facts.push_back({"rate_per", "", json::value(to_string(price.unit))});
  if (job.state != jobs::JobState::completed) return {};
  receipt.quantity = quantity_text(price, charge.quantity);
  receipt.facts.push_back(
      {"quantity", price.per_ms() > 0 ? "Milliseconds delivered" : "Delivered", charge.quantity});
  receipt.formula = is_credits ? money::credit_formula(price, {charge.quantity})
                               : money::formula(price, {charge.quantity});
  if (money::charge(price, {charge.quantity}) > charge.captured) {
    receipt.formula += taken_text(receipt);
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
  if (top_up.credits > 0) receipt.what = "Add-on credits";
  receipt.quantity = std::to_string(std::max<std::int64_t>(top_up.credits, 1));
  receipt.rate = fmt::format("${}.{:02}", money::cents(top_up.amount) / 100,
                             money::cents(top_up.amount) % 100);
  receipt.amount = top_up.amount;
  if (top_up.credits > 0) {
    receipt.rate = fmt::format("{} for all", receipt.rate);
    receipt.facts.push_back({"credits", "Credits", top_up.credits});
  } else {
    add_wallet(receipt, top_up.balance_after - top_up.amount, top_up.balance_after);
  }
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
  if (money::is_credit_version(job.charge.price_version)) receipt.currency = "credits";
  add_amount(receipt, "held", "Held", job.charge.held);
  add_amount(receipt, "captured", "Captured", job.charge.captured);
  add_amount(receipt, "released", "Released", job.charge.released);
  if (job.charge.refunded > Money{}) {
    add_amount(receipt, "refunded", "Refunded since", job.charge.refunded);
  }
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
        "dollar or credit; no tax was added or stated separately.";
  }
  return receipt;
}

std::string amount_text(std::string amount, std::string_view currency) {
  if (currency == "credits") return amount + " credits";
  // At least two decimals, as people write dollars: "1.5" is "$1.50".
  const auto point = amount.find('.');
  if (point == std::string::npos) {
    amount += ".00";
  } else if (amount.size() - point == 2) {
    amount += '0';
  }
  return "$" + amount;
}

std::string fact_text(const ReceiptFact& fact) {
  if (fact.value.is_null()) return "-";
  for (const char* currency : {"usd", "credits"}) {
    if (fact.name.ends_with(std::string("_") + currency)) {
      return amount_text(to_text(fact.value), currency);
    }
  }
  return fact.value.is_string() ? std::string(fact.value.get_string()) : to_text(fact.value);
}

std::string time_text(const Receipt& receipt) {
  std::string time = iso8601(receipt.time_ms).substr(0, 19) + " UTC";
  time[10] = ' ';
  return time;
}

std::string total_title(const Receipt& receipt) {
  return receipt.currency == "credits" ? "Total in credits" : "Total in US dollars";
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
                      {fmt::format("amount_{}", receipt.currency), money::to_json(receipt.amount)},
                      {"currency", receipt.currency},
                      {"formula", string_or_null(receipt.formula)},
                      {"remark", receipt.remark}};
  for (const auto& fact : receipt.facts) object[fact.name] = fact.value;
  return object;
}

}  // namespace understudy::top_ups
