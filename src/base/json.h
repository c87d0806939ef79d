// JSON: Boost.JSON with limits on the way in and exact decimals on the way out.
//
// A json::value cannot hold an exact decimal, and a double must never hold money. decimal() makes a
// value that to_text() prints as digits; everything else is printed as usual. Doubles are printed
// in their shortest form that reads back equal (std::to_chars).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"

namespace understudy {

namespace json = boost::json;

// Text from outside: at most `depth` levels; duplicate keys keep the last. Errors:
// invalid_parameter.
Result<json::value> parse_json(std::string_view text, std::size_t depth = 32);

// A number of `units` times 10^-scale, e.g. decimal(1250000000, 9) prints as 1.25.
json::value decimal(std::int64_t units, int scale);
std::string decimal_text(std::int64_t units, int scale);  // "1.25"; "-0.5"; "3"

std::string to_text(const json::value& value);
std::string to_pretty_text(const json::value& value);  // two spaces a level, for people

// Readers for documents of our own making; a missing or differently typed member gives `fallback`.
std::string string_or(const json::object& object, std::string_view key,
                      std::string_view fallback = {});
std::int64_t int_or(const json::object& object, std::string_view key, std::int64_t fallback);
double number_or(const json::object& object, std::string_view key, double fallback);
bool bool_or(const json::object& object, std::string_view key, bool fallback);
const json::object* object_or_null(const json::object& object, std::string_view key);
const json::array* array_or_null(const json::object& object, std::string_view key);

// Null, or the value: for optional fields of an answer.
json::value string_or_null(std::string_view text);

}  // namespace understudy
