// The authorization request (RFC 6749, 4.1.1) and its answers. Pure: parameters in, a request or a
// refusal out. A refusal goes back to the client only when client and redirect URI are beyond
// doubt; otherwise a person reads it, so that no one is sent to a stranger's page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/oauth_client.h"

namespace understudy::accounts {

using OAuthParameters = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t kOAuthParameterMax = 4096;  // bytes of one value
inline constexpr std::size_t kOAuthParametersMax = 40;

// The value, also when empty; nothing when absent. A parameter sent twice is `is_repeated`.
struct OAuthParameter {
  std::string_view value;
  bool is_repeated = false;
};
std::optional<OAuthParameter> find_parameter(const OAuthParameters& all, std::string_view name);

struct AuthorizationRequest {
  const OAuthClient* client = nullptr;
  std::string redirect_uri;
  std::string state;
  bool has_state = false;
  std::string code_challenge;
  std::vector<std::string> scopes;  // as asked for, each once
};

struct AuthorizationRefusal {
  std::string error;        // "invalid_request"
  std::string description;  // for people and logs
  std::string redirect_to;  // empty: show it here
};

struct AuthorizationOutcome {
  std::optional<AuthorizationRequest> request;
  AuthorizationRefusal refusal;
};
AuthorizationOutcome read_authorization(const OAuthParameters& parameters,
                                        const std::vector<OAuthClient>& clients,
                                        std::string_view issuer);

// The redirect URI with the answer's parameters; `iss` as in RFC 9207.
std::string with_code(const AuthorizationRequest& request, std::string_view code,
                      std::string_view issuer);
std::string with_error(const AuthorizationRequest& request, std::string_view error,
                       std::string_view description, std::string_view issuer);

// "openid profile email videos:write" as a list; nothing when a word of it is not known. Identity
// words (openid, profile, email, offline_access) allow no call by themselves.
std::optional<std::vector<std::string>> parse_oauth_scopes(std::string_view text);
// What the token may call: the scopes with a colon; none of them means every scope of the account,
// as the official programs ask for (they know no others than openid, profile and email).
std::vector<std::string> api_scopes(const std::vector<std::string>& scopes);
std::string joined_scopes(const std::vector<std::string>& scopes);

}  // namespace understudy::accounts
