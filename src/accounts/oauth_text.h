// The secret texts of OAuth: tokens, codes, proofs. Each text is shown once; only oauth_hash() of
// it is kept. Shapes: a prefix that says what it is, 43 base64url characters (256 random bits), 6
// hex digits of checksum. PKCE: RFC 7636, S256 alone.
#pragma once

#include <string>
#include <string_view>

namespace understudy::accounts {

enum class OAuthText { access, refresh, code, device, session };

// "us_at_...", "us_rt_...", "us_ac_...", "us_dc_...", "us_ws_..."
std::string new_oauth_text(OAuthText kind);
// The right prefix, shape and checksum: noise costs no look-up.
bool is_oauth_text(OAuthText kind, std::string_view text);
std::string oauth_hash(std::string_view text);  // SHA-256, hex

// What a person types on another device: eight consonants without those that look alike, 34 bits
// (RFC 8628, 6.1), such as "BCDF-GHJK".
std::string new_user_code();
// Without regard to case, spaces and hyphens; empty when it cannot be one.
std::string normal_user_code(std::string_view typed);

bool is_code_challenge(std::string_view text);  // 43 base64url characters: a SHA-256
bool is_code_verifier(std::string_view text);   // 43 to 128 unreserved characters
// True when the verifier is the one whose challenge was sent; in constant time.
bool proves(std::string_view verifier, std::string_view challenge);

// Percent-encoding of everything but unreserved characters (RFC 3986), so that no value can end a
// parameter, a URL or a header.
std::string url_encoded(std::string_view text);

}  // namespace understudy::accounts
