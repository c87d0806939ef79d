// What people see. Two pages, /oauth/authorize and /oauth/device, and for each the same way: sign
// in, then decide. A form posts to the address of its page, query and all, so what is decided upon
// is read again and never taken from hidden fields.
#include <algorithm>

#include "accounts/oauth_text.h"
#include "api/error_envelope.h"
#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "products/oauth/oauth_form.h"
#include "products/oauth/oauth_pages.h"
#include "products/oauth/oauth_routes.h"

namespace understudy::oauth {
namespace {

using api::Request;
using api::Response;

constexpr std::int64_t kFormMax = 16 * 1024;
constexpr std::string_view kSessionCookie = "understudy_session";
constexpr std::string_view kBrowserCookie = "understudy_browser";
constexpr std::size_t kBrowserBytes = 24;

// A request of a person's browser: who it is, and what its forms must carry.
struct Visit {
  const Request& request;
  OAuthParameters form;
  std::string browser;  // the browser's cookie; new when it had none
  bool is_new_browser = false;
  std::string session;
  std::optional<accounts::Account> account;
  FormTarget target;
};

bool is_browser_text(std::string_view text) {
  return text.size() == kBrowserBytes * 4 / 3 && from_base64url(text).has_value();
}

void set_cookie(const OAuthService& service, const Visit& visit, Response& response,
                std::string_view name, std::string_view value, std::int64_t lifetime_s) {
  // Behind a proxy that ends TLS only the issuer says so.
  const bool is_https = service.issuer(visit.request.base_url).starts_with("https://");
  response.headers.emplace_back(
      "set-cookie", fmt::format("{}={}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age={}{}", name,
                                value, lifetime_s, is_https ? "; Secure" : ""));
}

// Gives the browser its cookie with the first page it sees.
Response with_browser(const OAuthService& service, const Visit& visit, Response response) {
  if (visit.is_new_browser) {
    set_cookie(service, visit, response, kBrowserCookie, visit.browser,
               service.settings().session_lifetime_s);
  }
  return response;
}

Response go_to(std::string location) {
  Response response;
  response.status = 303;  // with GET, whatever the method was
  response.text = "";
  response.content_type = "text/plain; charset=utf-8";
  response.headers = {{"location", std::move(location)},
                      {"cache-control", "no-store"},
                      {"referrer-policy", "no-referrer"}};
  return response;
}

std::string query_text(const Request& request) {
  std::string text;
  for (const auto& [name, value] : request.query) {
    text += (text.empty() ? "?" : "&") + accounts::url_encoded(name) + "=" +
            accounts::url_encoded(value);
  }
  return text;
}

Result<Visit> begin_visit(OAuthService& service, const Request& request) {
  Visit visit{.request = request,
              .form = {},
              .browser = cookie(request, kBrowserCookie),
              .session = cookie(request, kSessionCookie),
              .account = {},
              .target = {}};
  if (!is_browser_text(visit.browser)) {
    visit.browser = to_base64url(random_bytes(kBrowserBytes));
    visit.is_new_browser = true;
  }
  TRY_ASSIGN(visit.account, service.visitor(visit.session));
  if (!visit.account) visit.session.clear();
  visit.target = {.action = request.path + query_text(request),
                  .csrf = service.csrf_token(visit.browser, visit.session)};
  if (request.method == "POST") {
    TRY_ASSIGN(visit.form, read_form(request));
  }
  return visit;
}

bool is_from_our_page(const Visit& visit) {
  return !visit.is_new_browser &&
         equal_in_constant_time(field(visit.form, "csrf"), visit.target.csrf);
}

Response show_sign_in(const OAuthService& service, const Visit& visit, std::string client_name,
                      std::string problem = {}, int status = 200) {
  return with_browser(service, visit,
                      sign_in_page({.form = visit.target,
                                    .client_name = std::move(client_name),
                                    .email = std::string(field(visit.form, "email")),
                                    .problem = std::move(problem)},
                                   status));
}

Result<Response> sign_in(OAuthService& service, const Visit& visit,
                         const std::string& client_name) {
  const auto done = service.sign_in(field(visit.form, "email"), field(visit.form, "password"),
                                    visit.request.remote_address);
  if (!done) {
    log::warn("sign-in: {} {}", done.error().message, done.error().detail);
    return show_sign_in(service, visit, client_name, done.error().message,
                        api::http_status(done.error().code));
  }
  switch (done->outcome) {
    case SignIn::Outcome::wrong:
      return show_sign_in(service, visit, client_name,
                          "The e-mail address or the password is wrong.", 401);
    case SignIn::Outcome::throttled: {
      Response response = show_sign_in(
          service, visit, client_name,
          fmt::format("Too many tries. Try again in {} minutes.", done->wait_s / 60 + 1), 429);
      response.headers.emplace_back("retry-after", std::to_string(done->wait_s));
      return response;
    }
    case SignIn::Outcome::ok: break;
  }
  Response response = go_to(visit.target.action);
  set_cookie(service, visit, response, kSessionCookie, done->session,
             service.settings().session_lifetime_s);
  return response;
}

Result<Response> switch_account(OAuthService& service, const Visit& visit) {
  TRY(service.sign_out(visit.session));
  Response response = go_to(visit.target.action);
  set_cookie(service, visit, response, kSessionCookie, "", 0);
  return response;
}

std::string display_name(const accounts::Account& account) {
  return account.email.empty() ? account.name : account.email;
}

// What a form asked for before it comes to the decision; empty when it is about the decision.
Result<std::optional<Response>> before_decision(OAuthService& service, const Visit& visit,
                                                const std::string& client_name) {
  if (visit.request.method == "POST" && !is_from_our_page(visit)) {
    // Also what happens to a page that was open while another tab signed in or out.
    return std::optional(show_sign_in(
        service, visit, client_name,
        "This page was too old, or your browser keeps no cookies. Please try again.", 403));
  }
  const auto action = field(visit.form, "action");
  if (action == "sign_in") {
    TRY_ASSIGN(auto response, sign_in(service, visit, client_name));
    return std::optional(std::move(response));
  }
  if (!visit.account) return std::optional(show_sign_in(service, visit, client_name));
  if (action == "switch") {
    TRY_ASSIGN(auto response, switch_account(service, visit));
    return std::optional(std::move(response));
  }
  return std::optional<Response>();
}

// ------------------------------------------------------------------------------------- authorize

Result<Response> authorize(OAuthService& service, const Request& request) {
  const std::string issuer = service.issuer(request.base_url);
  auto asked = accounts::read_authorization(request.query, service.settings().clients, issuer);
  if (!asked.request) {
    if (!asked.refusal.redirect_to.empty()) return go_to(asked.refusal.redirect_to);
    return notice_page("This link does not work", asked.refusal.description, false, 400);
  }
  const auto& wanted = *asked.request;
  TRY_ASSIGN(const auto visit, begin_visit(service, request));
  TRY_ASSIGN(auto earlier, before_decision(service, visit, wanted.client->name));
  if (earlier) return *std::move(earlier);

  const auto action = field(visit.form, "action");
  if (action == "deny") {
    return go_to(accounts::with_error(wanted, "access_denied", "the person refused", issuer));
  }
  if (action == "allow") {
    TRY_ASSIGN(const auto code, service.issue_code(wanted, visit.account->id));
    return go_to(accounts::with_code(wanted, code, issuer));
  }
  return with_browser(service, visit,
                      consent_page({.form = visit.target,
                                    .client_name = wanted.client->name,
                                    .account = display_name(*visit.account),
                                    .scopes = wanted.scopes,
                                    .user_code = {},
                                    .returns_to = accounts::redirect_origin(wanted.redirect_uri)}));
}

// ---------------------------------------------------------------------------------------- device

Response show_code_form(const OAuthService& service, const Visit& visit, std::string problem,
                        int status = 200) {
  return with_browser(
      service, visit,
      device_page({.form = visit.target,
                   .account = display_name(*visit.account),
                   .typed = std::string(visit.request.query_value("user_code").value_or("")),
                   .problem = std::move(problem)},
                  status));
}

Result<Response> decide(OAuthService& service, const Visit& visit, std::string_view code,
                        bool is_approved) {
  TRY_ASSIGN(const bool is_done, service.decide_device(code, visit.account->id, is_approved));
  if (!is_done) {
    return show_code_form(service, visit, "This code is no longer waiting. Start again.", 400);
  }
  return is_approved ? notice_page("Your device is connected",
                                   "You can close this page and return to your device.", true)
                     : notice_page("Denied",
                                   "The device was not connected. You can close this page.", false);
}

Result<Response> device(OAuthService& service, const Request& request) {
  TRY_ASSIGN(const auto visit, begin_visit(service, request));
  TRY_ASSIGN(auto earlier, before_decision(service, visit, {}));
  if (earlier) return *std::move(earlier);

  const auto typed = request.query_value("user_code").value_or("");
  if (trimmed(typed).empty()) return show_code_form(service, visit, {});
  const auto found = service.find_device(typed, visit.account->id);
  if (!found) {
    if (found.error().code != ErrorCode::rate_limit_exceeded) {
      return tl::make_unexpected(found.error());
    }
    Response response = show_code_form(service, visit, found.error().message, 429);
    response.headers.emplace_back("retry-after", std::to_string(found.error().retry_after_s));
    return response;
  }
  const auto* client = *found ? service.client((*found)->client_id) : nullptr;
  if (client == nullptr) {
    return show_code_form(service, visit, "This code is wrong or has expired.", 400);
  }
  const auto action = field(visit.form, "action");
  if (action == "allow" || action == "deny") {
    return decide(service, visit, typed, action == "allow");
  }
  return with_browser(service, visit,
                      consent_page({.form = visit.target,
                                    .client_name = client->name,
                                    .account = display_name(*visit.account),
                                    .scopes = (*found)->scopes,
                                    .user_code = accounts::normal_user_code(typed),
                                    .returns_to = {}}));
}

// A person reads a page, not JSON, also when something fails.
Response as_page(const Error& error) {
  if (!error.detail.empty()) log::error("OAuth page: {} {}", error.message, error.detail);
  const int status = api::http_status(error.code);
  return notice_page(status < 500 ? "This did not work" : "The server failed",
                     status < 500 ? error.message : "Please try again in a moment.", false, status);
}

}  // namespace

std::vector<api::Route> page_routes(OAuthService& service) {
  using Page = Result<Response> (*)(OAuthService&, const Request&);
  const auto route = [&service](const char* method, const char* path, Page page) {
    api::Route made;
    made.method = method;
    made.path = path;
    made.needs_key = false;
    made.body = api::BodyKind::raw;
    made.body_limit = kFormMax;
    made.handler = [&service, page](const Request& request) -> Result<Response> {
      auto answered = page(service, request);
      return answered ? *std::move(answered) : as_page(answered.error());
    };
    return made;
  };
  return {route("GET", "/oauth/authorize", authorize), route("POST", "/oauth/authorize", authorize),
          route("GET", "/oauth/device", device), route("POST", "/oauth/device", device)};
}

std::vector<api::Route> routes(OAuthService& service) {
  std::vector<api::Route> all = token_routes(service);
  for (auto& route : page_routes(service)) all.push_back(std::move(route));
  return all;
}

}  // namespace understudy::oauth
