#include "accounts/oauth_authorization.h"

#include <algorithm>

#include "accounts/account.h"
#include "accounts/oauth_text.h"
#include "base/text.h"

namespace understudy::accounts {
namespace {

constexpr std::string_view kDefaultScopes = "openid profile email";
constexpr std::size_t kScopesMax = 64;

std::string with_parameters(std::string_view uri, const OAuthParameters& parameters) {
  std::string target(uri);
  char separator = uri.find('?') == std::string_view::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    target += separator + name + '=' + url_encoded(value);
    separator = '&';
  }
  return target;
}

AuthorizationOutcome refuse_here(std::string description) {
  return {.request = std::nullopt, .refusal = {"invalid_request", std::move(description), ""}};
}

bool is_identity_scope(std::string_view word) {
  return word == "openid" || word == "profile" || word == "email" || word == "offline_access";
}

}  // namespace

std::optional<OAuthParameter> find_parameter(const OAuthParameters& all, std::string_view name) {
  std::optional<OAuthParameter> found;
  for (const auto& [key, value] : all) {
    if (key != name) continue;
    if (found) found->is_repeated = true;
    if (!found) found = OAuthParameter{.value = value};
  }
  return found;
}

AuthorizationOutcome read_authorization(const OAuthParameters& parameters,
                                        const std::vector<OAuthClient>& clients,
                                        std::string_view issuer) {
  if (parameters.size() > kOAuthParametersMax) return refuse_here("There are too many parameters.");
  for (const auto& [name, value] : parameters) {
    if (name.size() + value.size() > kOAuthParameterMax) {
      return refuse_here("A parameter is longer than 4096 bytes.");
    }
  }
  AuthorizationRequest request;
  const auto client_id = find_parameter(parameters, "client_id");
  if (!client_id || client_id->is_repeated) return refuse_here("client_id must be given once.");
  request.client = find_client(clients, client_id->value);
  if (request.client == nullptr) {
    return refuse_here("This program (client_id) is not registered with this server.");
  }
  const auto redirect = find_parameter(parameters, "redirect_uri");
  if (!redirect || redirect->is_repeated) return refuse_here("redirect_uri must be given once.");
  if (!is_redirect_allowed(*request.client, redirect->value)) {
    return refuse_here("The address to return to (redirect_uri) is not registered for " +
                       request.client->name + ".");
  }
  request.redirect_uri = redirect->value;
  const auto state = find_parameter(parameters, "state");
  request.has_state = state && !state->is_repeated;
  if (request.has_state) request.state = state->value;

  const auto refuse = [&](std::string error, std::string description) {
    AuthorizationRefusal refusal{std::move(error), std::move(description), ""};
    refusal.redirect_to = with_error(request, refusal.error, refusal.description, issuer);
    return AuthorizationOutcome{.request = std::nullopt, .refusal = std::move(refusal)};
  };
  for (const char* name :
       {"state", "response_type", "code_challenge", "code_challenge_method", "scope"}) {
    const auto found = find_parameter(parameters, name);
    if (found && found->is_repeated) {
      return refuse("invalid_request", std::string(name) + " was given more than once");
    }
  }
  const auto value = [&](std::string_view name) {
    const auto found = find_parameter(parameters, name);
    return found ? found->value : std::string_view();
  };
  if (value("response_type").empty()) return refuse("invalid_request", "response_type is missing");
  if (value("response_type") != "code") {
    return refuse("unsupported_response_type", "only response_type=code is offered");
  }
  if (value("code_challenge").empty()) {
    return refuse("invalid_request", "code_challenge is required (PKCE, RFC 7636)");
  }
  if (value("code_challenge_method") != "S256") {
    return refuse("invalid_request", "code_challenge_method must be S256");
  }
  if (!is_code_challenge(value("code_challenge"))) {
    return refuse("invalid_request", "code_challenge must be a base64url SHA-256");
  }
  request.code_challenge = value("code_challenge");
  auto scopes = parse_oauth_scopes(value("scope"));
  if (!scopes) return refuse("invalid_scope", "scope has a word that this server does not know");
  request.scopes = *std::move(scopes);
  return {.request = std::move(request), .refusal = {}};
}

std::string with_code(const AuthorizationRequest& request, std::string_view code,
                      std::string_view issuer) {
  OAuthParameters answer{{"code", std::string(code)}};
  if (request.has_state) answer.emplace_back("state", request.state);
  answer.emplace_back("iss", issuer);
  return with_parameters(request.redirect_uri, answer);
}

std::string with_error(const AuthorizationRequest& request, std::string_view error,
                       std::string_view description, std::string_view issuer) {
  OAuthParameters answer{{"error", std::string(error)},
                         {"error_description", std::string(description)}};
  if (request.has_state) answer.emplace_back("state", request.state);
  answer.emplace_back("iss", issuer);
  return with_parameters(request.redirect_uri, answer);
}

std::optional<std::vector<std::string>> parse_oauth_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  if (trimmed(text).empty()) text = kDefaultScopes;
  for (const auto& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (word.size() > 64 || (!is_identity_scope(word) && !is_scope(word))) return std::nullopt;
    if (std::find(scopes.begin(), scopes.end(), word) == scopes.end()) scopes.push_back(word);
    if (scopes.size() > kScopesMax) return std::nullopt;
  }
  return scopes;
}

std::vector<std::string> api_scopes(const std::vector<std::string>& scopes) {
  std::vector<std::string> callable;
  for (const auto& scope : scopes) {
    if (is_scope(scope)) callable.push_back(scope);
  }
  return callable;
}

std::string joined_scopes(const std::vector<std::string>& scopes) {
  std::string text;
  for (const auto& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

}  // namespace understudy::accounts
