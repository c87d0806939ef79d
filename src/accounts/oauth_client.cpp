#include "accounts/oauth_client.h"

#include <algorithm>
#include <optional>

namespace understudy::accounts {
namespace {

constexpr std::size_t kUriMax = 2000;
constexpr std::size_t kIdMax = 200;
constexpr std::string_view kAnyPath = "/*";

// The characters of RFC 3986 without '#': a redirect URI has no fragment (RFC 6749, 3.1.2).
bool is_uri_character(char c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("-._~:/?[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

bool is_uri_text(std::string_view uri) {
  return !uri.empty() && uri.size() <= kUriMax &&
         std::all_of(uri.begin(), uri.end(), is_uri_character);
}

struct Loopback {
  std::string_view host;
  std::string_view rest;  // from the path on
};

// Requires the host to end where it must: "127.0.0.1.example.com" and "127.0.0.1:1@example.com" are
// other hosts.
std::optional<Loopback> parse_loopback(std::string_view uri) {
  for (const std::string_view host : {"http://127.0.0.1", "http://[::1]", "http://localhost"}) {
    if (!uri.starts_with(host)) continue;
    std::string_view rest = uri.substr(host.size());
    if (rest.starts_with(':')) {
      const auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
      const auto digits = rest.substr(1, end - 1);
      if (digits.empty() || digits.size() > 5 || digits[0] == '0') return std::nullopt;
      if (std::stoi(std::string(digits)) > 65535) return std::nullopt;
      rest.remove_prefix(end);
    }
    if (!rest.empty() && rest[0] != '/' && rest[0] != '?') return std::nullopt;
    return Loopback{host, rest};
  }
  return std::nullopt;
}

// "com.example.app" of "com.example.app:/done" (RFC 8252, 7.1): private-use schemes have a dot, so
// that "javascript:" and "data:" never are one.
bool has_private_scheme(std::string_view uri) {
  const auto scheme = uri.substr(0, uri.find(':'));
  return scheme.size() < uri.size() && scheme.find('.') != std::string_view::npos &&
         scheme[0] >= 'a' && scheme[0] <= 'z' &&
         std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                  c == '+';
         });
}

bool has_https_host(std::string_view uri) {
  constexpr std::string_view kScheme = "https://";
  if (!uri.starts_with(kScheme)) return false;
  const auto authority =
      uri.substr(kScheme.size(), uri.find_first_of("/?", kScheme.size()) - kScheme.size());
  return !authority.empty() && authority.find_first_of("@*'();,") == std::string_view::npos;
}

bool matches(std::string_view registered, std::string_view uri) {
  const auto known = parse_loopback(registered);
  if (!known) return registered == uri;
  const auto given = parse_loopback(uri);
  if (!given || given->host != known->host) return false;
  return known->rest == kAnyPath || given->rest == known->rest;
}

}  // namespace

std::vector<OAuthClient> official_clients() {
  return {{.id = "q2A2QRSke2LrFTPJhoDbHtXh",
           .name = "HeyGen command line",
           .redirect_uris = {"http://127.0.0.1/*", "http://[::1]/*", "http://localhost/*"}}};
}

Result<void> check_client(const OAuthClient& client) {
  const auto wrong = [&](const std::string& what) {
    return fail(ErrorCode::invalid_parameter, "The OAuth client \"" + client.id + "\" " + what);
  };
  const bool is_id = !client.id.empty() && client.id.size() <= kIdMax &&
                     std::all_of(client.id.begin(), client.id.end(),
                                 [](char c) { return c > ' ' && c < 127 && c != '"'; });
  if (!is_id) return wrong("needs an id of 1 to 200 printable characters.");
  if (client.name.empty() || client.name.size() > 100) {
    return wrong("needs a name of 1 to 100 characters, which the consent page shows.");
  }
  for (const auto& uri : client.redirect_uris) {
    const bool is_good =
        is_uri_text(uri) && (parse_loopback(uri) || has_https_host(uri) || has_private_scheme(uri));
    if (!is_good) {
      return wrong("has the redirect URI \"" + uri +
                   "\"; it must be https, a scheme of its own such as com.example.app:/done, or "
                   "http on 127.0.0.1, [::1] or localhost, and without a fragment.");
    }
  }
  return {};
}

const OAuthClient* find_client(const std::vector<OAuthClient>& clients, std::string_view id) {
  const auto found = std::find_if(clients.begin(), clients.end(),
                                  [&](const OAuthClient& client) { return client.id == id; });
  return found == clients.end() ? nullptr : &*found;
}

bool is_redirect_allowed(const OAuthClient& client, std::string_view uri) {
  if (!is_uri_text(uri)) return false;
  return std::any_of(client.redirect_uris.begin(), client.redirect_uris.end(),
                     [&](const std::string& registered) { return matches(registered, uri); });
}

std::string redirect_origin(std::string_view uri) {
  const auto scheme_end = uri.find("://");
  if (scheme_end == std::string_view::npos || has_private_scheme(uri)) {
    return std::string(uri.substr(0, uri.find(':') + 1));
  }
  return std::string(uri.substr(0, uri.find_first_of("/?", scheme_end + 3)));
}

}  // namespace understudy::accounts
