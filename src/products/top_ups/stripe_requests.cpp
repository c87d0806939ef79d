#include "products/top_ups/stripe_requests.h"

#include <fmt/format.h>

namespace understudy::top_ups {
namespace {

bool stays(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string percent_encoded(std::string_view text, std::string_view further) {
  std::string encoded;
  for (const char c : text) {
    if (stays(c) || further.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

constexpr std::string_view kNewCustomer = "customer_creation=always";

}  // namespace

std::string encode_form(const Form& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    if (!text.empty()) text += '&';
    text += percent_encoded(name, "[]") + '=' + percent_encoded(value, "");
  }
  return text;
}

std::string checkout_request(const money::TopUp& top_up, const CheckoutWishes& wishes) {
  const std::string what = top_up.credits > 0
                               ? std::to_string(top_up.credits) + " add-on credits"
                               : "Wallet credit of " + money::to_text(top_up.amount) + " USD";
  Form form = {
      {"mode", "payment"},
      {"client_reference_id", top_up.id},
      {"success_url", wishes.success_url},
      {"cancel_url", wishes.cancel_url},
      {"line_items[0][quantity]", "1"},
      {"line_items[0][price_data][currency]", "usd"},
      {"line_items[0][price_data][unit_amount]", std::to_string(money::cents(top_up.amount))},
      {"line_items[0][price_data][product_data][name]", what},
      {"metadata[top_up_id]", top_up.id},
      {"metadata[account_id]", top_up.account_id},
      {"payment_intent_data[description]", what},
      {"payment_intent_data[metadata][top_up_id]", top_up.id},
      {"payment_intent_data[metadata][top_up_kind]", "checkout"},
  };
  if (wishes.saves_payment_method) {
    form.emplace_back("payment_intent_data[setup_future_usage]", "off_session");
  }
  if (top_up.customer_id.empty()) {
    form.emplace_back("customer_creation", "always");
  } else {
    form.emplace_back("customer", top_up.customer_id);
  }
  return encode_form(form);
}

std::string reload_request(const money::TopUp& top_up) {
  return encode_form({
      {"amount", std::to_string(money::cents(top_up.amount))},
      {"currency", "usd"},
      {"customer", top_up.customer_id},
      {"payment_method", top_up.payment_method_id},
      {"off_session", "true"},
      {"confirm", "true"},
      {"description", "Automatic wallet credit of " + money::to_text(top_up.amount) + " USD"},
      {"metadata[top_up_id]", top_up.id},
      {"metadata[top_up_kind]", "auto_reload"},
      {"metadata[account_id]", top_up.account_id},
  });
}

std::string without_customer(std::string_view checkout_request) {
  std::string text(checkout_request);
  const auto start = text.find("&customer=");
  if (start == std::string::npos) return text;
  const auto end = std::min(text.find('&', start + 1), text.size());
  text.replace(start + 1, end - start - 1, kNewCustomer);
  return text;
}

}  // namespace understudy::top_ups
