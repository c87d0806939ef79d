// What programs call: token, revoke, device authorization (RFC 6749, 7009, 8628) and the discovery
// document (RFC 8414). Errors are spelled as RFC 6749, 5.2 says, not in the API's own envelope:
// OAuth libraries read those.
#include "accounts/oauth_text.h"
#include "base/log.h"
#include "base/text.h"
#include "products/oauth/oauth_form.h"
#include "products/oauth/oauth_routes.h"

namespace understudy::oauth {
namespace {

using accounts::TokenVerdict;
using api::Request;
using api::Response;

constexpr std::int64_t kFormMax = 64 * 1024;
constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

Response oauth_response(json::value body, int status = 200) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers = {{"cache-control", "no-store"}, {"pragma", "no-cache"}};
  return response;
}

Response oauth_error(std::string_view error, std::string_view description, int status = 400) {
  return oauth_response(json::object{{"error", error}, {"error_description", description}}, status);
}

Response unknown_client() {
  return oauth_error("invalid_client", "client_id is missing or not registered with this server",
                     401);
}

// Errors that are the server's, or the throttle's.
Response failure(const Error& error) {
  const bool is_throttled = error.code == ErrorCode::rate_limit_exceeded;
  log::write(is_throttled ? log::Level::info : log::Level::error,
             fmt::format("OAuth: {} {}", error.message, error.detail));
  Response response = is_throttled
                          ? oauth_error("slow_down", error.message, 429)
                          : oauth_error("server_error", "the server failed; try again", 500);
  if (error.retry_after_s > 0) {
    response.headers.emplace_back("retry-after", std::to_string(error.retry_after_s));
  }
  return response;
}

Response token_response(const TokenAnswer& answer) {
  switch (answer.verdict) {
    case TokenVerdict::granted: break;
    case TokenVerdict::invalid:
      return oauth_error("invalid_grant", "it is unknown, expired, used, or not this client's");
    case TokenVerdict::reused:
      return oauth_error("invalid_grant",
                         "it was used before; everything that it gave access to has ended");
    case TokenVerdict::pending:
      return oauth_error("authorization_pending", "nobody has decided yet");
    case TokenVerdict::too_soon:
      return oauth_error("slow_down", "the interval has grown by 5 seconds");
    case TokenVerdict::denied: return oauth_error("access_denied", "the person refused");
    case TokenVerdict::expired: return oauth_error("expired_token", "start again");
  }
  return oauth_response(json::object{{"access_token", answer.tokens.access},
                                     {"token_type", "Bearer"},
                                     {"expires_in", answer.tokens.expires_in_s},
                                     {"refresh_token", answer.tokens.refresh},
                                     {"scope", accounts::joined_scopes(answer.tokens.scopes)}});
}

Response missing(std::string_view name) {
  return oauth_error("invalid_request", std::string(name) + " is missing");
}

Result<Response> exchange(OAuthService& service, std::string_view grant_type,
                          const std::string& client_id, const OAuthParameters& form) {
  if (grant_type == "authorization_code") {
    for (const char* name : {"code", "redirect_uri", "code_verifier"}) {
      if (field(form, name).empty()) return missing(name);
    }
    TRY_ASSIGN(
        const auto answer,
        service.redeem_code(field(form, "code"), {.client_id = client_id,
                                                  .redirect_uri = field(form, "redirect_uri"),
                                                  .code_verifier = field(form, "code_verifier")}));
    return token_response(answer);
  }
  if (grant_type == "refresh_token") {
    if (field(form, "refresh_token").empty()) return missing("refresh_token");
    TRY_ASSIGN(const auto answer, service.refresh(field(form, "refresh_token"), client_id));
    return token_response(answer);
  }
  if (grant_type == kDeviceGrant) {
    if (field(form, "device_code").empty()) return missing("device_code");
    TRY_ASSIGN(const auto answer, service.poll_device(field(form, "device_code"), client_id));
    return token_response(answer);
  }
  if (grant_type.empty()) return missing("grant_type");
  return oauth_error(
      "unsupported_grant_type",
      "offered are authorization_code, refresh_token and " + std::string(kDeviceGrant));
}

Result<Response> token(OAuthService& service, const Request& request, const OAuthParameters& form,
                       const std::string& client_id) {
  (void)request;
  return exchange(service, field(form, "grant_type"), client_id, form);
}

// An older address that only refreshes; programs that use it send no grant_type.
Result<Response> refresh_token(OAuthService& service, const Request& request,
                               const OAuthParameters& form, const std::string& client_id) {
  (void)request;
  return exchange(service, "refresh_token", client_id, form);
}

// Always 200 for a client that is known: who asks may not learn what a token was (RFC 7009, 2.2).
Result<Response> revoke(OAuthService& service, const Request& request, const OAuthParameters& form,
                        const std::string& client_id) {
  (void)request;
  if (field(form, "token").empty()) return missing("token");
  TRY(service.revoke(field(form, "token"), client_id));
  return oauth_response(json::object());
}

Result<Response> start_device(OAuthService& service, const Request& request,
                              const OAuthParameters& form, const std::string& client_id) {
  auto scopes = accounts::parse_oauth_scopes(field(form, "scope"));
  if (!scopes) {
    return oauth_error("invalid_scope", "scope has a word that this server does not know");
  }
  TRY_ASSIGN(const auto issued,
             service.start_device(client_id, *std::move(scopes), request.remote_address));
  const std::string page = service.issuer(request.base_url) + "/oauth/device";
  return oauth_response(
      json::object{{"device_code", issued.device_code},
                   {"user_code", issued.user_code},
                   {"verification_uri", page},
                   {"verification_uri_complete", page + "?user_code=" + issued.user_code},
                   {"expires_in", service.settings().device_lifetime_s},
                   {"interval", service.settings().device_interval_s}});
}

json::array list_of(std::initializer_list<std::string_view> words) {
  json::array list;
  for (const auto word : words) list.emplace_back(json::string_view(word.data(), word.size()));
  return list;
}

Response discovery(const OAuthService& service, const Request& request) {
  const std::string issuer = service.issuer(request.base_url);
  Response response;
  response.body = json::object{
      {"issuer", issuer},
      {"authorization_endpoint", issuer + "/oauth/authorize"},
      {"token_endpoint", issuer + "/v1/oauth/token"},
      {"revocation_endpoint", issuer + "/v1/oauth/revoke"},
      {"device_authorization_endpoint", issuer + "/v1/oauth/device_authorization"},
      {"response_types_supported", list_of({"code"})},
      {"response_modes_supported", list_of({"query"})},
      {"grant_types_supported", list_of({"authorization_code", "refresh_token", kDeviceGrant})},
      {"code_challenge_methods_supported", list_of({"S256"})},
      {"token_endpoint_auth_methods_supported", list_of({"none"})},
      {"revocation_endpoint_auth_methods_supported", list_of({"none"})},
      {"authorization_response_iss_parameter_supported", true},
      {"scopes_supported",
       list_of({"openid", "profile", "email", "offline_access", "videos:read", "videos:write",
                "voices:read", "voices:write", "avatars:read", "avatars:write", "assets:read",
                "assets:write", "account:read", "account:write"})},
      {"service_documentation", issuer + "/docs/errors"}};
  return response;
}

}  // namespace

std::vector<api::Route> token_routes(OAuthService& service) {
  using Handler = Result<Response> (*)(OAuthService&, const Request&, const OAuthParameters&,
                                       const std::string&);
  const auto route = [&service](const char* path, Handler handler) {
    api::Route made;
    made.method = "POST";
    made.path = path;
    made.needs_key = false;
    made.body = api::BodyKind::raw;
    made.body_limit = kFormMax;
    made.handler = [&service, handler](const Request& request) -> Result<Response> {
      const auto form = read_form(request);
      if (!form) return oauth_error("invalid_request", form.error().message);
      const std::string client_id = client_id_of(request, *form);
      if (service.client(client_id) == nullptr) return unknown_client();
      auto answered = handler(service, request, *form, client_id);
      return answered ? *std::move(answered) : failure(answered.error());
    };
    return made;
  };
  api::Route metadata;
  metadata.method = "GET";
  metadata.path = "/.well-known/oauth-authorization-server";
  metadata.needs_key = false;
  metadata.runs_on = api::RunsOn::inline_;
  metadata.handler = [&service](const Request& request) -> Result<Response> {
    return discovery(service, request);
  };
  return {route("/v1/oauth/token", token), route("/v1/oauth/refresh_token", refresh_token),
          route("/v1/oauth/revoke", revoke), route("/v1/oauth/device_authorization", start_device),
          std::move(metadata)};
}

}  // namespace understudy::oauth
