// Who needs which blob. A blob that nobody needs may go; see sweep_blobs().
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sql/database.h"

namespace understudy::storage {

std::string job_owner(std::string_view job_id);      // "job:<id>"
std::string asset_owner(std::string_view asset_id);  // "asset:<id>"

// Inside a write. Errors: invalid_parameter (not a hash).
Result<void> keep_blobs(Connection& connection, std::string_view owner,
                        std::span<const std::string> hashes);
Result<void> let_go_of_blobs(Connection& connection, std::string_view owner);

// Those of `hashes` that nobody refers to.
Result<std::vector<std::string>> unreferenced(Database& database,
                                              std::span<const std::string> hashes);

}  // namespace understudy::storage
