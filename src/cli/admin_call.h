// One administration call of a command: the answer printed for people or as JSON, errors on
// standard error, and the exit status: 0 done, 1 refused, 2 could not run.
#pragma once

#include <string>

#include "cli/admin_channel.h"

namespace understudy::cli {

using Print = void (*)(const json::value& data);

struct AdminRequest {
  std::string method;
  std::string path;  // with its query
  const json::object* body = nullptr;
};
int call_and_print(const AdminTarget& target, const AdminRequest& request, bool is_json,
                   Print print);

int complain(const Error& error);

// An amount of an answer, which reads back as a number, as exact digits.
std::string usd_text(const json::object& object, std::string_view key);
void print_each(const json::value& data, Print print);

// "?account=ID", with the id escaped.
std::string account_query(const std::string& account);

}  // namespace understudy::cli
