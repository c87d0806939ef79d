// OAuth clients: programs that people let act for their account. All are public (a program on a
// person's machine keeps no secret), so what protects a code is PKCE and the redirect URI.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy::accounts {

struct OAuthClient {
  std::string id;
  std::string name;  // as the consent page shows it
  // Exact texts, with two liberties on the loopback (RFC 8252, 7.3): http://127.0.0.1, http://[::1]
  // and http://localhost match with any port, and a path "/*" there matches any path.
  std::vector<std::string> redirect_uris;
};

// What is registered when the configuration names no clients: the id that the official command-line
// programs carry, with their loopback redirects.
std::vector<OAuthClient> official_clients();

// Errors: invalid_parameter saying what is wrong with the client.
Result<void> check_client(const OAuthClient& client);

const OAuthClient* find_client(const std::vector<OAuthClient>& clients, std::string_view id);

bool is_redirect_allowed(const OAuthClient& client, std::string_view uri);

// "http://127.0.0.1:4000", "https://app.example.com", "com.example.app:" - what a content security
// policy must name for a form whose answer goes there. Requires: an allowed redirect URI.
std::string redirect_origin(std::string_view uri);

}  // namespace understudy::accounts
