#include "storage/postgres/postgres_row.h"

#include <charconv>

#include <fmt/format.h>

#include "base/bytes.h"

namespace understudy::storage {
namespace {

// From PostgreSQL's catalogue (pg_type.dat), where they never change.
constexpr Oid kBoolean = 16;
constexpr Oid kBytes = 17;
constexpr Oid kInteger = 20;
constexpr Oid kReal = 701;

int nibble(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

// "\x0a1b" as the server writes it.
std::string from_hex(std::string_view text) {
  std::string bytes;
  if (text.starts_with("\\x")) text.remove_prefix(2);
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(nibble(text[i]) * 16 + nibble(text[i + 1]));
  }
  return bytes;
}

}  // namespace

std::string_view PostgresRow::raw(int column) const {
  return {PQgetvalue(result_, row_, column),
          static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

bool PostgresRow::is_null(int column) const { return PQgetisnull(result_, row_, column) != 0; }

std::int64_t PostgresRow::integer(int column) const {
  const std::string_view value = raw(column);
  if (PQftype(result_, column) == kBoolean) return value == "t" ? 1 : 0;
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

double PostgresRow::real(int column) const {
  const std::string_view value = raw(column);
  double number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

std::string_view PostgresRow::text(int column) const {
  if (PQftype(result_, column) != kBytes) return raw(column);
  return decoded_.emplace_back(from_hex(raw(column)));
}

std::vector<Oid> types_of(Connection::Parameters parameters) {
  std::vector<Oid> types;
  for (const Parameter& parameter : parameters) {
    const auto& value = parameter.value();
    types.push_back(std::holds_alternative<std::int64_t>(value) ? kInteger
                    : std::holds_alternative<double>(value)     ? kReal
                    : std::holds_alternative<Bytes>(value)      ? kBytes
                                                                : Oid{0});
  }
  return types;
}

Result<PostgresParameters> PostgresParameters::from(Connection::Parameters parameters) {
  PostgresParameters made;
  made.made_.reserve(parameters.size());
  made.values_.reserve(parameters.size());
  const auto keep = [&made](std::string text) {
    made.values_.push_back(made.made_.emplace_back(std::move(text)).c_str());
  };
  for (const Parameter& parameter : parameters) {
    const auto& value = parameter.value();
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      keep(fmt::format_int(*number).str());
    } else if (const auto* real = std::get_if<double>(&value)) {
      keep(fmt::format("{}", *real));
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      keep("\\x" + to_hex(bytes->data));
    } else {
      const auto text = std::get<std::string_view>(value);
      if (text.find('\0') != std::string_view::npos) {
        return fail(ErrorCode::invalid_parameter, "A text may not contain the character U+0000.");
      }
      keep(std::string(text));
    }
  }
  return made;
}

}  // namespace understudy::storage
