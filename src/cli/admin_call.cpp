#include "cli/admin_call.h"

#include <cctype>

#include <fmt/format.h>

namespace understudy::cli {

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "  {}\n", error.detail);
  return error.code == ErrorCode::invalid_parameter || error.code == ErrorCode::service_unavailable
             ? 2
             : 1;
}

std::string usd_text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? to_text(*value) : "0";
}

void print_each(const json::value& data, Print print) {
  for (const auto& entry : data.get_array()) print(entry);
}

int call_and_print(const AdminTarget& target, const AdminRequest& request, bool is_json,
                   Print print) {
  const auto channel = open_admin_channel(target);
  if (!channel) return complain(channel.error());
  const auto answer = (*channel)(request.method, request.path, request.body);
  if (!answer) return complain(answer.error());
  const auto* data = answer->if_contains("data");
  if (is_json || data == nullptr) {
    fmt::print("{}\n", to_pretty_text(*answer));
  } else {
    print(*data);
  }
  return 0;
}

std::string account_query(const std::string& account) {
  std::string query = "?account=";
  for (const char letter : account) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' ||
                          letter == '-' || letter == '.';
    query += is_plain ? std::string(1, letter)
                      : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return query;
}

}  // namespace understudy::cli
