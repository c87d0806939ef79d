#include "products/top_ups/stripe_signature.h"

#include <charconv>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"

namespace understudy::top_ups {
namespace {

// No more are compared: each costs a comparison per secret.
constexpr std::size_t kSignaturesMax = 16;
constexpr std::size_t kHeaderMax = 4096;

struct SignatureHeader {
  std::string_view timestamp;  // as it was signed
  std::int64_t timestamp_s = 0;
  std::vector<std::string_view> signatures;
};

tl::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), "Stripe-Signature");
}

std::optional<std::int64_t> seconds(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && value > 0;
  // Far from an overflow when it becomes milliseconds.
  return is_number && value < 100'000'000'000 ? std::optional(value) : std::nullopt;
}

Result<SignatureHeader> parse(std::string_view header) {
  if (header.empty()) return refused("The header 'Stripe-Signature' is missing.");
  if (header.size() > kHeaderMax) return refused("The header 'Stripe-Signature' is too long.");
  SignatureHeader parsed;
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const std::string_view item = trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (item.starts_with("t=") && parsed.timestamp.empty()) parsed.timestamp = item.substr(2);
    if (item.starts_with("v1=") && parsed.signatures.size() < kSignaturesMax) {
      parsed.signatures.push_back(item.substr(3));
    }
  }
  const auto timestamp_s = seconds(parsed.timestamp);
  if (!timestamp_s || parsed.signatures.empty()) {
    return refused("The header 'Stripe-Signature' has no time or no signature of scheme v1.");
  }
  parsed.timestamp_s = *timestamp_s;
  return parsed;
}

}  // namespace

Result<void> verify_signature(std::string_view header, std::string_view body,
                              std::span<const std::string> secrets, std::int64_t now_ms) {
  TRY_ASSIGN(const SignatureHeader parsed, parse(header));
  std::string payload(parsed.timestamp);
  payload += '.';
  payload += body;
  bool is_valid = false;
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    const std::string expected = to_hex(hmac_sha256(secret, payload));
    for (const std::string_view signature : parsed.signatures) {
      is_valid = equal_in_constant_time(expected, signature) || is_valid;
    }
  }
  if (!is_valid) return refused("No signature in 'Stripe-Signature' fits this body.");
  const std::int64_t apart_ms = now_ms - parsed.timestamp_s * 1000;
  if (apart_ms > kSignatureToleranceS * 1000 || apart_ms < -kSignatureToleranceS * 1000) {
    return refused("The time in 'Stripe-Signature' is more than 300 seconds from this server's.");
  }
  return {};
}

}  // namespace understudy::top_ups
