#include "storage/sql/blob_refs.h"

#include "jobs/job.h"

namespace understudy::storage {

std::string job_owner(std::string_view job_id) { return "job:" + std::string(job_id); }

std::string asset_owner(std::string_view asset_id) { return "asset:" + std::string(asset_id); }

Result<void> keep_blobs(Connection& connection, std::string_view owner,
                        std::span<const std::string> hashes) {
  for (const std::string& hash : hashes) {
    if (!jobs::is_blob_hash(hash)) {
      return fail(ErrorCode::invalid_parameter, "A file is referred to by its SHA-256 in hex.");
    }
    TRY(connection.execute(
        "INSERT INTO blob_ref (owner, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        {owner, hash}));
  }
  return {};
}

Result<void> let_go_of_blobs(Connection& connection, std::string_view owner) {
  TRY(connection.execute("DELETE FROM blob_ref WHERE owner = $1", {owner}));
  return {};
}

Result<std::vector<std::string>> unreferenced(Database& database,
                                              std::span<const std::string> hashes) {
  return database.read([&](Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> free;
    for (const std::string& hash : hashes) {
      TRY_ASSIGN(const auto used, connection.first("SELECT 1 FROM blob_ref WHERE hash = $1 LIMIT 1",
                                                   {hash}, [](const Row&) { return true; }));
      if (!used) free.push_back(hash);
    }
    return free;
  });
}

}  // namespace understudy::storage
