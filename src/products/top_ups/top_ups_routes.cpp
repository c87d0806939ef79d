#include "products/top_ups/top_ups_routes.h"

#include "api/pagination.h"
#include "base/bytes.h"
#include "money/credit_prices.h"
#include "products/top_ups/receipts.h"
#include "products/top_ups/top_ups_json.h"

namespace understudy::top_ups {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kPage{.limit_default = 50, .limit_max = 500};
constexpr std::int64_t kEventMax = 512 << 10;  // Stripe's largest are some tens of kilobytes

tl::unexpected<Error> named(Error error, const char* param) {
  if (error.code == ErrorCode::not_found) {
    error.code = ErrorCode::resource_not_found;
    error.param = param;
  }
  return tl::make_unexpected(std::move(error));
}

Result<Response> create(const Ports& ports, const Request& request) {
  TRY(ports.top_ups.check_configured());
  TRY_ASSIGN(const auto body, top_up_body(request.json));
  CheckoutWish wish = checkout_wish(request);
  wish.amount = body.amount;
  wish.saves_payment_method = body.saves_payment_method;
  TRY_ASSIGN(const auto top_up, ports.top_ups.create(wish));
  return api::data_response(top_up_json(top_up), 201);
}

Result<Response> show(const Ports& ports, const Request& request) {
  const auto top_up =
      ports.top_ups.store().find(request.principal.account_id, request.path_param("top_up_id"));
  if (!top_up) return named(top_up.error(), "top_up_id");
  return api::data_response(top_up_json(*top_up));
}

Result<Response> list(const Ports& ports, const Request& request) {
  const auto fetch = [&](const api::PageRequest& page) {
    return ports.top_ups.store().list({.account_id = request.principal.account_id,
                                       .before_id = page.after_id,
                                       .limit = page.limit});
  };
  return api::list_response(request, kPage, fetch,
                            [](const money::TopUp& top_up) { return top_up_json(top_up); });
}

Result<Response> receive(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto applied,
             ports.top_ups.receive(request.header("stripe-signature"), request.body));
  return api::data_response(
      json::object{{"received", true}, {"applied", money::to_string(applied)}});
}

Result<Response> show_reload(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto settings, ports.reloads.find(request.principal.account_id));
  return api::data_response(auto_reload_json(settings, ports.top_ups.clock().now_ms()));
}

Result<Response> set_reload(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto wish, auto_reload_body(request.json));
  TRY_ASSIGN(const auto settings, ports.reloads.set(request.principal.account_id, wish));
  return api::data_response(auto_reload_json(settings, ports.top_ups.clock().now_ms()));
}

Response page_of(std::string html) {
  Response response;
  response.text = std::move(html);
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"},
                      {"x-content-type-options", "nosniff"},
                      {"cache-control", "private, no-store"}};
  return response;
}

Result<Response> show_return(const Ports&, const Request& request) {
  return page_of(return_page(request.query_value("result") == "success"));
}

Result<Response> pdf_of(const Receipt& receipt) {
  TRY_ASSIGN(auto bytes, receipt_pdf(receipt));
  Response response;
  response.text = std::move(bytes);
  response.content_type = "application/pdf";
  response.headers = {
      {"content-disposition", "inline; filename=\"receipt-" + receipt.id + ".pdf\""},
      {"cache-control", "private, no-store"}};
  return response;
}

Result<Response> receipt_answer(const Request& request, const Receipt& receipt) {
  const auto format = request.query_value("format").value_or("html");
  if (format == "json") return api::data_response(receipt_json(receipt));
  if (format == "html") return page_of(receipt_page(receipt));
  if (format == "pdf") return pdf_of(receipt);
  return fail(ErrorCode::invalid_parameter, "'format' must be html, json or pdf.", "format");
}

Result<Response> top_up_receipt(const Ports& ports, const Request& request) {
  const auto top_up =
      ports.top_ups.store().find(request.principal.account_id, request.path_param("top_up_id"));
  if (!top_up) return named(top_up.error(), "top_up_id");
  TRY_ASSIGN(const auto account, ports.accounts.find_account(top_up->account_id));
  TRY_ASSIGN(const auto receipt, receipt_of(*top_up, account));
  return receipt_answer(request, receipt);
}

// The wallet that paid for a job.
std::string wallet_of(const jobs::Job& job) {
  const bool is_credits = money::is_credit_version(job.charge.price_version);
  return is_credits ? money::credits_wallet(job.account_id) : job.account_id;
}

Result<Response> job_receipt(const Ports& ports, const Request& request) {
  const auto job = ports.jobs.find(request.principal.account_id, request.path_param("job_id"));
  if (!job) return named(job.error(), "job_id");
  TRY_ASSIGN(const auto account, ports.accounts.find_account(job->account_id));
  TRY_ASSIGN(const auto entry,
             ports.top_ups.store().find_entry(wallet_of(*job), money::kCapture, job->id));
  TRY_ASSIGN(const auto receipt, receipt_of(*job, account, entry));
  return receipt_answer(request, receipt);
}

Result<Response> list_debts(const Ports& ports, const Request& request) {
  const std::string& account_id = request.path_param("account_id");
  TRY(ports.accounts.find_account(account_id));
  TRY_ASSIGN(const auto debts, ports.top_ups.store().debts(account_id));
  json::array data;
  for (const auto& debt : debts) data.push_back(debt_json(debt));
  return api::data_response(std::move(data));
}

Result<Response> waive_debts(const Ports& ports, const Request& request) {
  const std::string& account_id = request.path_param("account_id");
  TRY_ASSIGN(const auto note, note_body(request.json));
  TRY(ports.accounts.find_account(account_id));
  const std::string actor = request.principal.key_id.empty() ? "owner" : request.principal.key_id;
  TRY_ASSIGN(const auto waived, ports.top_ups.store().waive_debts(account_id, actor, note,
                                                                  ports.top_ups.clock().now_ms()));
  return api::data_response(json::object{{"waived_usd", money::to_json(waived)}});
}

}  // namespace

std::string request_key(const Request& request) {
  if (!request.idempotency) return {};
  return sha256_hex(request.idempotency->scope + "\n" + request.idempotency->key);
}

CheckoutWish checkout_wish(const Request& request) {
  CheckoutWish wish;
  wish.account_id = request.principal.account_id;
  wish.key_id = request.principal.key_id;
  wish.base_url = request.base_url;
  wish.request_key = request_key(request);
  return wish;
}

std::vector<api::Route> routes(const Ports& ports) {
  const auto route = [&ports](const char* method, const char* path, const char* scope,
                              Result<Response> (*handler)(const Ports&, const Request&)) {
    api::Route made = api::port_route(ports, method, path, scope, handler);
    made.needs_key = *scope != '\0';
    return made;
  };
  std::vector<api::Route> all = {
      route("POST", "/understudy/v1/top-ups", "account:write", create),
      route("GET", "/understudy/v1/top-ups", "account:read", list),
      route("GET", "/understudy/v1/top-ups/return", "", show_return),
      route("GET", "/understudy/v1/top-ups/{top_up_id}", "account:read", show),
      route("GET", "/understudy/v1/top-ups/{top_up_id}/receipt", "account:read", top_up_receipt),
      route("GET", "/understudy/v1/jobs/{job_id}/receipt", "account:read", job_receipt),
      route("GET", "/understudy/v1/auto-reload", "account:read", show_reload),
      route("PUT", "/understudy/v1/auto-reload", "account:write", set_reload),
      route("GET", "/understudy/v1/accounts/{account_id}/debts", "operator", list_debts),
      route("POST", "/understudy/v1/accounts/{account_id}/debts/waive", "operator", waive_debts),
  };
  api::Route webhook = route("POST", "/understudy/v1/stripe/webhook", "", receive);
  webhook.body = api::BodyKind::raw;  // the signature is over the bytes
  webhook.body_limit = kEventMax;
  webhook.guard = [ports](const Request& request) -> Result<void> {
    TRY(ports.top_ups.check_configured());
    if (!request.header("stripe-signature").empty()) return {};
    return fail(ErrorCode::invalid_parameter, "The header 'Stripe-Signature' is missing.",
                "Stripe-Signature");
  };
  all.push_back(std::move(webhook));
  for (auto& made : credit_routes(ports)) all.push_back(std::move(made));
  return all;
}

}  // namespace understudy::top_ups
