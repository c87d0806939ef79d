#include "accounts/oauth_text.h"

#include <algorithm>

#include "base/bytes.h"

namespace understudy::accounts {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomCharacters = 43;  // 32 bytes in base64url
constexpr std::size_t kChecksumCharacters = 6;
constexpr std::string_view kUserCodeLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kUserCodeLength = 8;
constexpr std::size_t kUserCodeGroup = 4;

std::string_view prefix_of(OAuthText kind) {
  switch (kind) {
    case OAuthText::access: return "us_at_";
    case OAuthText::refresh: return "us_rt_";
    case OAuthText::code: return "us_ac_";
    case OAuthText::device: return "us_dc_";
    case OAuthText::session: return "us_ws_";
  }
  return {};
}

std::string checksum(std::string_view body) {
  return sha256_hex(body).substr(0, kChecksumCharacters);
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string new_oauth_text(OAuthText kind) {
  const std::string body = std::string(prefix_of(kind)) + to_base64url(random_bytes(kRandomBytes));
  return body + checksum(body);
}

bool is_oauth_text(OAuthText kind, std::string_view text) {
  const auto prefix = prefix_of(kind);
  if (!text.starts_with(prefix)) return false;
  if (text.size() != prefix.size() + kRandomCharacters + kChecksumCharacters) return false;
  const auto body = text.substr(0, text.size() - kChecksumCharacters);
  return checksum(body) == text.substr(body.size());
}

std::string oauth_hash(std::string_view text) { return sha256_hex(text); }

std::string new_user_code() {
  std::string code;
  while (code.size() < kUserCodeLength + 1) {
    const auto byte = static_cast<unsigned char>(random_bytes(1)[0]);
    // 240 is the largest multiple of 20 below 256: every letter is as likely as the next.
    if (byte >= 240) continue;
    if (code.size() == kUserCodeGroup) code += '-';
    code += kUserCodeLetters[byte % kUserCodeLetters.size()];
  }
  return code;
}

std::string normal_user_code(std::string_view typed) {
  std::string code;
  if (typed.size() > 64) return code;
  for (char c : typed) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (kUserCodeLetters.find(c) == std::string_view::npos) return {};
    if (code.size() == kUserCodeGroup) code += '-';
    code += c;
  }
  return code.size() == kUserCodeLength + 1 ? code : std::string();
}

bool is_code_challenge(std::string_view text) {
  return text.size() == kRandomCharacters && from_base64url(text).has_value();
}

bool is_code_verifier(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), is_unreserved);
}

bool proves(std::string_view verifier, std::string_view challenge) {
  if (!is_code_verifier(verifier)) return false;
  const auto digest = sha256(verifier);
  const std::string made =
      to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  return equal_in_constant_time(made, challenge);
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace understudy::accounts
