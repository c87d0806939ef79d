#include "products/account/account_csv.h"

#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "products/account/account_json.h"

namespace understudy::account {
namespace {

std::string quoted(std::string_view text) {
  // A text that a spreadsheet would run as a formula is shown as a text.
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != text.npos;
  const bool needs_quotes = is_formula || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!needs_quotes) return std::string(text);
  std::string field = is_formula ? "\"'" : "\"";
  for (const char letter : text) {
    if (letter == '"') field += '"';
    field += letter;
  }
  return field + "\"";
}

// A field that is a number or of our own making, so it stands as it is.
struct Plain {
  std::string text;
};

class Line {
 public:
  Line& operator<<(std::string_view text) { return add(quoted(text)); }
  Line& operator<<(const Plain& plain) { return add(plain.text); }
  Line& operator<<(std::int64_t number) { return add(std::to_string(number)); }
  Line& operator<<(money::Money amount) { return add(money::to_text(amount)); }
  std::string end() const { return text_ + "\r\n"; }

 private:
  Line& add(std::string_view field) {
    if (!is_first_) text_ += ',';
    is_first_ = false;
    text_ += field;
    return *this;
  }
  std::string text_;
  bool is_first_ = true;
};

}  // namespace

std::string prices_csv(const money::PriceBook& prices) {
  std::string text = "version,item,heading,row,unit,rate_usd\r\n";
  for (const auto& price : prices.rows()) {
    Line line;
    line << std::int64_t{prices.version()} << price.item << price.heading << price.row
         << to_string(price.unit) << price.rate;
    text += line.end();
  }
  return text;
}

std::string entries_csv(const std::vector<money::LedgerEntry>& entries,
                        std::string_view wallet_id) {
  std::string text = fmt::format("created_at,id,kind,{},{},reference,note,transaction_id,hash\r\n",
                                 money::amount_name("amount", wallet_id),
                                 money::amount_name("balance_after", wallet_id));
  for (const auto& entry : entries) {
    Line line;
    line << Plain{iso8601(entry.created_at_ms)} << entry.seq << entry.kind << entry.amount
         << entry.balance_after << entry.reference << entry.note << entry.txn_id << entry.hash;
    text += line.end();
  }
  return text;
}

std::string usage_csv(const std::vector<money::UsageRow>& usage, std::string_view wallet_id,
                      const money::PriceBook& prices) {
  std::string text = fmt::format(
      "created_at,id,product,price_item,price_version,quantity,unit,{},job_id,key_id,"
      "transaction_id,project_id,is_test,source\r\n",
      money::amount_name("amount", wallet_id));
  for (const auto& row : usage) {
    Line line;
    line << Plain{iso8601(row.created_at_ms)} << row.id << row.product << row.price_item
         << std::int64_t{row.price_version} << row.quantity << quantity_unit(prices, row.price_item)
         << row.amount << row.job_id << row.key_id << row.id << row.project_id
         << std::string_view(row.is_test ? "true" : "false") << row.source;
    text += line.end();
  }
  return text;
}

}  // namespace understudy::account
