#include <fmt/format.h>

#include "api/html.h"
#include "products/top_ups/receipts.h"

namespace understudy::top_ups {
namespace {

using api::html_escaped;  // names and titles are a customer's

constexpr std::string_view kStyle = R"(
  @page { size: A4; margin: 18mm; }
  * { box-sizing: border-box; }
  body { font: 15px/1.5 "Liberation Sans", "Helvetica Neue", Arial, sans-serif; color: #1b1f24;
         background: #fff; max-width: 720px; margin: 48px auto; padding: 0 24px; }
  header { display: flex; justify-content: space-between; align-items: flex-start; gap: 24px;
           border-bottom: 2px solid #1b1f24; padding-bottom: 20px; }
  h1 { font-size: 24px; line-height: 1.2; margin: 0 0 6px; }
  .quiet { color: #59636e; }
  .mark { font-weight: bold; letter-spacing: 0.04em; }
  .status { display: inline-block; padding: 1px 10px; border: 1px solid #59636e;
            border-radius: 12px; font-size: 13px; }
  table { width: 100%; border-collapse: collapse; margin: 28px 0 0; }
  th { text-align: left; font-size: 13px; color: #59636e; font-weight: normal;
       border-bottom: 1px solid #d0d7de; padding: 6px 0; }
  td { padding: 9px 0; vertical-align: top; overflow-wrap: anywhere; }
  th + th, td + td { padding-left: 16px; }
  .amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .total td { border-top: 2px solid #1b1f24; font-weight: bold; font-size: 18px; }
  .facts td { border-bottom: 1px solid #eaeef2; padding: 6px 0; }
  .facts td:first-child { width: 40%; color: #59636e; }
  .facts td + td { padding-left: 16px; font-variant-numeric: tabular-nums; }
  .formula { margin: 24px 0 0; padding: 12px 16px; background: #f3f5f7; border-radius: 6px;
             font: 13px/1.6 "Liberation Mono", monospace; overflow-wrap: anywhere; }
  footer { margin: 32px 0 0; font-size: 13px; }
)";

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      html_escaped(title), kStyle, body);
}

std::string head(const Receipt& receipt) {
  const std::string email =
      receipt.account.email.empty() ? "" : "<br>" + html_escaped(receipt.account.email);
  return fmt::format(
      "<header>\n<div><h1>{}</h1><span class=\"quiet\">{}</span><br>"
      "<span class=\"status\">{}</span></div>\n"
      "<div class=\"amount\"><span class=\"mark\">UNDERSTUDY</span><br>{}{}"
      "<br><span class=\"quiet\">{}</span></div>\n</header>\n",
      html_escaped(receipt.title), html_escaped(receipt.id), html_escaped(receipt.status),
      html_escaped(receipt.account.name), email, html_escaped(time_text(receipt)));
}

std::string line(const Receipt& receipt) {
  const std::string amount = amount_text(money::to_text(receipt.amount), receipt.currency);
  return fmt::format(
      "<table>\n<tr><th>What</th><th class=\"amount\">Quantity</th><th class=\"amount\">Rate</th>"
      "<th class=\"amount\">Amount</th></tr>\n"
      "<tr><td>{}</td><td class=\"amount\">{}</td><td class=\"amount\">{}</td>"
      "<td class=\"amount\">{}</td></tr>\n"
      "<tr class=\"total\"><td colspan=\"3\">{}</td>"
      "<td class=\"amount\">{}</td></tr>\n</table>\n",
      html_escaped(receipt.what), html_escaped(receipt.quantity), html_escaped(receipt.rate),
      amount, total_title(receipt), amount);
}

}  // namespace

std::string receipt_page(const Receipt& receipt) {
  std::string body = head(receipt) + line(receipt);
  if (!receipt.formula.empty()) {
    body += "<p class=\"formula\">" + html_escaped(receipt.formula) + "</p>\n";
  }
  body += "<table class=\"facts\">\n";
  for (const auto& fact : receipt.facts) {
    if (fact.label.empty()) continue;
    body += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", html_escaped(fact.label),
                        html_escaped(fact_text(fact)));
  }
  body += "</table>\n<footer class=\"quiet\">" + html_escaped(receipt.remark) + "</footer>\n";
  return page(receipt.title + " " + receipt.id, body);
}

std::string return_page(bool is_success) {
  if (is_success) {
    return page(
        "Thank you",
        "<h1>Thank you</h1>\n<p>The payment is on its way. The wallet is credited as soon as "
        "it is confirmed, usually within seconds. You can close this page.</p>\n");
  }
  return page(
      "Nothing was paid",
      "<h1>Nothing was paid</h1>\n<p>The payment was left before it was made, and the wallet "
      "is as it was. You can close this page.</p>\n");
}

}  // namespace understudy::top_ups
