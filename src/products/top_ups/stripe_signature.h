// The signature of a webhook of Stripe, scheme v1: the header `Stripe-Signature:
// t=SECONDS,v1=HEX,...` with HMAC-SHA256 over "SECONDS.BODY", as docs.stripe.com/webhooks/signature
// describes. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy::top_ups {

inline constexpr std::int64_t kSignatureToleranceS = 300;  // both ways

// Holds when one of the v1 signatures is by one of the secrets: during a change of secrets Stripe
// signs with both, and so may we hold both. `body`: the bytes as they came.
// Errors: invalid_parameter (param Stripe-Signature), one message for every wrong signature.
Result<void> verify_signature(std::string_view header, std::string_view body,
                              std::span<const std::string> secrets, std::int64_t now_ms);

}  // namespace understudy::top_ups
