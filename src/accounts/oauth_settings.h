// What an operator decides about OAuth and sign-in. Lifetimes in seconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accounts/oauth_client.h"

namespace understudy::accounts {

struct OAuthSettings {
  std::string issuer;  // "https://video.example.com"; empty: as the client addressed the server
  std::int64_t access_lifetime_s = 3600;
  std::int64_t refresh_lifetime_s = 90 * 24 * 3600;  // from each refresh on
  std::int64_t code_lifetime_s = 60;
  std::int64_t device_lifetime_s = 900;
  std::int64_t device_interval_s = 5;
  std::int64_t session_lifetime_s = 12 * 3600;  // of a browser's sign-in
  std::vector<OAuthClient> clients = official_clients();
};

}  // namespace understudy::accounts
