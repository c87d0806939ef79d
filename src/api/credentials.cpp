#include "api/credentials.h"

#include "base/text.h"

namespace understudy::api {

std::string_view bearer_token(const Request& request) {
  constexpr std::size_t kSchemeSize = 7;  // "Bearer "
  const std::string_view header = request.header("authorization");
  if (header.size() <= kSchemeSize || lower_case(header.substr(0, kSchemeSize)) != "bearer ") {
    return {};
  }
  return trimmed(header.substr(kSchemeSize));
}

Result<money::Money> cost_limit(const Request& request) {
  constexpr const char* kHeader = "X-Understudy-Max-Cost";
  const std::string_view text = request.header("x-understudy-max-cost");
  if (text.empty()) return money::kNoLimit;
  if (!request.principal.wallet_id.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "X-Understudy-Max-Cost is in USD, but the credits of a plan pay for this request.",
                kHeader);
  }
  const auto limit = money::parse_usd(text);
  if (limit && *limit >= money::Money{}) return *limit;
  return fail(ErrorCode::invalid_parameter,
              "X-Understudy-Max-Cost takes an amount in USD such as 0.50.", kHeader);
}

Result<bool> waits_for_room(const Request& request, bool by_default) {
  const std::string wish = lower_case(request.header("x-understudy-queue"));
  if (wish.empty()) return by_default;
  if (wish == "wait" || wish == "refuse") return wish == "wait";
  return fail(ErrorCode::invalid_parameter, "X-Understudy-Queue takes wait or refuse.",
              "X-Understudy-Queue");
}

std::string client_source(const Request& request) {
  constexpr std::size_t kSourceMax = 64;
  std::string_view name = trimmed(request.header("x-heygen-client-source"));
  if (name.empty()) name = trimmed(request.header("x-heygen-source"));
  return printable(name, kSourceMax);
}

}  // namespace understudy::api
