// AdminChannel: how a command reaches an installation's accounts and money. Three ways, one set of
// handlers (server/admin_routes.h): a key at a URL; the Unix socket of a server that serves the
// data folder; or the data folder itself, opened by this process, when nobody serves it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace understudy::cli {

struct AdminTarget {
  std::filesystem::path data;         // --data
  std::filesystem::path config_file;  // --config: where its database is, when it is PostgreSQL
  std::string server;                 // --server; the key comes from UNDERSTUDY_API_KEY
};

// One call: method, path, body (or null). The answer's whole document.
using AdminCall = std::function<Result<json::object>(const std::string&, const std::string&,
                                                     const json::object*)>;

// Errors: invalid_parameter (neither or both targets, no key, no such folder).
Result<AdminCall> open_admin_channel(const AdminTarget& target);

}  // namespace understudy::cli
