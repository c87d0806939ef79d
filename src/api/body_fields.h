// Fields of a JSON body outside the contract: a closed object, and typed readers that name the
// field at fault. An absent field and null are the same. Errors: invalid_parameter.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.h"
#include "base/result.h"
#include "money/money.h"

namespace understudy::api {

tl::unexpected<Error> invalid_field(std::string_view name, std::string message);

// No body is an empty object. A member beside `known` is refused.
Result<const json::object*> closed_body(const Request& request,
                                        std::initializer_list<std::string_view> known);
Result<void> check_members(const json::object& object,
                           std::initializer_list<std::string_view> known);

// At most `longest` bytes, without control characters.
Result<std::optional<std::string>> optional_text(const json::object& body, std::string_view name,
                                                 std::size_t longest = 200);
// Not blank.
Result<std::string> required_text(const json::object& body, std::string_view name,
                                  std::size_t longest = 200);
Result<std::optional<bool>> optional_flag(const json::object& body, std::string_view name);
Result<std::optional<std::int64_t>> optional_whole(const json::object& body, std::string_view name,
                                                   std::int64_t least, std::int64_t most);
// Seconds since 1970 in the future of `now_ms`; in milliseconds. 0 is like an absent one.
Result<std::optional<std::int64_t>> optional_future(const json::object& body, std::string_view name,
                                                    std::int64_t now_ms);

// USD, exactly: a decimal as text, or a JSON number of at most nine decimals (one with a fraction
// below 4194304, where a double tells every nano-dollar apart).
Result<std::optional<money::Money>> optional_usd(const json::object& body, std::string_view name);
Result<money::Money> required_usd(const json::object& body, std::string_view name);

}  // namespace understudy::api
