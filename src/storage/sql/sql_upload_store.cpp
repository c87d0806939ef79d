#include <algorithm>
#include <limits>

#include "storage/sql/asset_rows.h"
#include "storage/sql/blob_refs.h"
#include "storage/sql/dialect.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using jobs::AssetUpload;
using jobs::UploadBatch;
using jobs::UploadState;

constexpr std::string_view kSelect =
    "SELECT id, account_id, key_id, filename, content_type, size, checksum, batch_id, batch_index,"
    " state, blob_hash, error_code, error_message, created_at_ms, expires_at_ms FROM asset_upload ";

// A sweep never keeps the writer from others for long.
constexpr int kSweepMax = 500;
constexpr std::int64_t kForGood = std::numeric_limits<std::int64_t>::max();

UploadState state_from(std::string_view text) {
  for (const auto state : {UploadState::pending, UploadState::uploaded, UploadState::queued,
                           UploadState::processing, UploadState::completed}) {
    if (jobs::to_string(state) == text) return state;
  }
  return UploadState::failed;
}

AssetUpload upload_of(const Row& row) {
  Columns columns(row);
  AssetUpload upload;
  upload.id = columns.text();
  upload.account_id = columns.text();
  upload.key_id = columns.text();
  upload.filename = columns.text();
  upload.content_type = columns.text();
  upload.size = columns.integer();
  upload.checksum = columns.text();
  upload.batch_id = columns.text();
  upload.batch_index = columns.small();
  upload.state = state_from(columns.text());
  upload.blob_hash = columns.text();
  upload.error_code = columns.text();
  upload.error_message = columns.text();
  upload.created_at_ms = columns.integer();
  upload.expires_at_ms = columns.integer();
  return upload;
}

Result<std::optional<AssetUpload>> upload_row(Connection& connection, std::string_view id) {
  static const std::string kSql = std::string(kSelect) + "WHERE id = $1";
  return connection.first(kSql, {id}, upload_of);
}

Result<std::optional<AssetUpload>> locked_row(Connection& connection, std::string_view id) {
  TRY(lock_rows(connection, "SELECT 1 FROM asset_upload WHERE id = $1", {id}));
  return upload_row(connection, id);
}

Result<void> insert_upload(Connection& connection, const AssetUpload& upload) {
  TRY(connection.execute(
      "INSERT INTO asset_upload (id, account_id, key_id, filename, content_type, size, checksum,"
      " batch_id, batch_index, state, created_at_ms, expires_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11)",
      {upload.id, upload.account_id, upload.key_id, upload.filename, upload.content_type,
       upload.size, upload.checksum, upload.batch_id, upload.batch_index, upload.created_at_ms,
       upload.expires_at_ms}));
  return {};
}

Result<void> fail_upload(Connection& connection, std::string_view id, const Error& error,
                         std::int64_t forget_at_ms) {
  TRY(connection.execute(
      "UPDATE asset_upload SET state = 'failed', blob_hash = '', error_code = $2,"
      " error_message = $3, expires_at_ms = $4 WHERE id = $1",
      {id, to_string(error.code), error.message, forget_at_ms}));
  TRY(connection.execute(
      "UPDATE asset_upload SET expires_at_ms = $2 WHERE id = $1 AND batch_id <> ''",
      {id, kForGood}));
  return let_go_of_blobs(connection, asset_owner(id));
}

// Whoever looks at an upload is its server, and no other changes it meanwhile.
Result<bool> move_upload(Connection& connection, std::string_view id, UploadState from,
                         UploadState to, std::string_view server, std::int64_t lease_until_ms = 0) {
  TRY_ASSIGN(
      const auto changed,
      connection.execute("UPDATE asset_upload SET state = $3, server = $4, lease_until_ms = $5 "
                         "WHERE id = $1 AND state = $2 AND ($2 <> 'processing' OR server = $4)",
                         {id, jobs::to_string(from), jobs::to_string(to), server, lease_until_ms}));
  return changed == 1;
}

tl::unexpected<Error> not_ours() {
  return fail(ErrorCode::conflict, "This upload is not being completed.");
}

Result<std::vector<std::string>> ids(Connection& connection, std::string_view sql,
                                     std::int64_t now_ms) {
  return connection.all(skip_locked(connection, sql), {now_ms, kSweepMax},
                        [](const Row& row) { return std::string(row.text(0)); });
}

class SqlUploadStore final : public jobs::UploadStore {
 public:
  SqlUploadStore(Database& database, std::string server)
      : database_(database), server_(std::move(server)) {}

  Result<void> open(const std::vector<AssetUpload>& uploads,
                    const std::optional<UploadBatch>& batch, int open_max) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      if (uploads.empty()) return {};
      TRY(lock_rows(connection, "SELECT 1 FROM account WHERE id = $1",
                    {uploads.front().account_id}));
      TRY_ASSIGN(const auto open,
                 connection.first("SELECT count(*) FROM asset_upload "
                                  "WHERE account_id = $1 AND state IN ('pending', 'uploaded')",
                                  {uploads.front().account_id},
                                  [](const Row& row) { return row.integer(0); }));
      if (open.value_or(0) + static_cast<std::int64_t>(uploads.size()) > open_max) {
        return understudy::fail(ErrorCode::resource_limit_reached,
                                "At most " + std::to_string(open_max) +
                                    " uploads can be open at a time; complete or delete some.");
      }
      if (batch) {
        TRY(
            connection.execute("INSERT INTO upload_batch (id, account_id, title, created_at_ms) "
                               "VALUES ($1, $2, $3, $4)",
                               {batch->id, batch->account_id, batch->title, batch->created_at_ms}));
      }
      for (const auto& upload : uploads) TRY(insert_upload(connection, upload));
      return {};
    });
  }

  Result<std::optional<AssetUpload>> find(std::string_view id) override {
    return database_.read([&](Connection& connection) { return upload_row(connection, id); });
  }

  Result<std::optional<UploadBatch>> find_batch(std::string_view account_id,
                                                std::string_view id) override {
    return database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT id, account_id, title, created_at_ms FROM upload_batch "
          "WHERE id = $1 AND account_id = $2",
          {id, account_id}, [](const Row& row) {
            Columns columns(row);
            UploadBatch batch;
            batch.id = columns.text();
            batch.account_id = columns.text();
            batch.title = columns.text();
            batch.created_at_ms = columns.integer();
            return batch;
          });
    });
  }

  Result<std::vector<AssetUpload>> batch_items(std::string_view batch_id) override {
    static const std::string kSql =
        std::string(kSelect) + "WHERE batch_id = $1 AND batch_id <> '' ORDER BY batch_index";
    return database_.read(
        [&](Connection& connection) { return connection.all(kSql, {batch_id}, upload_of); });
  }

  Result<void> receive(std::string_view id, const std::string& blob_hash,
                       std::int64_t expires_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE asset_upload SET state = 'uploaded', blob_hash = $2,"
                                    " expires_at_ms = $3 WHERE id = $1"
                                    " AND state IN ('pending', 'uploaded')",
                                    {id, blob_hash, expires_at_ms}));
      if (changed == 0) {
        return understudy::fail(ErrorCode::conflict, "This upload takes no more content.");
      }
      TRY(let_go_of_blobs(connection, asset_owner(id)));
      return keep_blobs(connection, asset_owner(id), {&blob_hash, 1});
    });
  }

  Result<bool> move(std::string_view id, UploadState from, UploadState to) override {
    return database_.write(
        [&](Connection& connection) { return move_upload(connection, id, from, to, server_); });
  }

  Result<bool> take(std::string_view id, std::int64_t lease_until_ms) override {
    return database_.write([&](Connection& connection) {
      return move_upload(connection, id, UploadState::uploaded, UploadState::processing, server_,
                         lease_until_ms);
    });
  }

  Result<int> queue_batch(std::string_view batch_id) override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE asset_upload SET state = 'queued' "
                                    "WHERE batch_id = $1 AND batch_id <> '' AND state = 'uploaded'",
                                    {batch_id}));
      return static_cast<int>(changed);
    });
  }

  Result<std::optional<AssetUpload>> claim_queued(std::int64_t lease_until_ms) override {
    return database_.write([&](Connection& connection) -> Result<std::optional<AssetUpload>> {
      static const std::string kSql =
          std::string(kSelect) + "WHERE state = 'queued' ORDER BY id LIMIT 1";
      TRY_ASSIGN(auto upload, connection.first(skip_locked(connection, kSql), {}, upload_of));
      if (!upload) return std::optional<AssetUpload>();
      TRY_ASSIGN(const bool is_mine, move_upload(connection, upload->id, UploadState::queued,
                                                 UploadState::processing, server_, lease_until_ms));
      if (!is_mine) return std::optional<AssetUpload>();
      upload->state = UploadState::processing;
      return upload;
    });
  }

  Result<int> queue_interrupted() override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE asset_upload SET state = 'queued' "
                                    "WHERE state = 'processing' AND server = $1",
                                    {server_}));
      return static_cast<int>(changed);
    });
  }

  Result<int> queue_lapsed(std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE asset_upload SET state = 'queued', server = '' "
                                    "WHERE state = 'processing' AND lease_until_ms <= $1",
                                    {now_ms}));
      return static_cast<int>(changed);
    });
  }

  Result<void> complete(const jobs::Asset& asset) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const bool is_ours, move_upload(connection, asset.id, UploadState::processing,
                                                 UploadState::completed, server_));
      if (!is_ours) return not_ours();
      TRY(connection.execute("DELETE FROM asset_upload WHERE id = $1 AND batch_id = ''",
                             {asset.id}));
      return insert_asset(connection, asset);
    });
  }

  Result<void> fail(std::string_view id, const Error& error, std::int64_t forget_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const bool is_ours, move_upload(connection, id, UploadState::processing,
                                                 UploadState::failed, server_));
      if (!is_ours) return not_ours();
      return fail_upload(connection, id, error, forget_at_ms);
    });
  }

  Result<void> remove(std::string_view account_id, std::string_view id) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto upload, locked_row(connection, id));
      if (!upload || upload->account_id != account_id ||
          upload->error_code == to_string(ErrorCode::asset_not_found)) {
        return understudy::fail(ErrorCode::asset_not_found, "There is no asset with this id.");
      }
      if (upload->state == UploadState::queued || upload->state == UploadState::processing) {
        return understudy::fail(ErrorCode::conflict,
                                "This asset is still being processed; try again in a moment.");
      }
      if (!upload->batch_id.empty()) {
        Error deleted;
        deleted.code = ErrorCode::asset_not_found;
        deleted.message = "This asset was deleted.";
        return fail_upload(connection, id, deleted, kForGood);
      }
      TRY(connection.execute("DELETE FROM asset_upload WHERE id = $1", {id}));
      return let_go_of_blobs(connection, asset_owner(id));
    });
  }

  Result<int> sweep(std::int64_t now_ms, std::int64_t forget_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto forgotten,
                 ids(connection,
                     "SELECT id FROM asset_upload WHERE expires_at_ms <= $1 AND state = 'failed' "
                     "ORDER BY expires_at_ms LIMIT $2",
                     now_ms));
      for (const auto& id : forgotten) {
        TRY(connection.execute("DELETE FROM asset_upload WHERE id = $1", {id}));
      }
      TRY_ASSIGN(const auto expired,
                 ids(connection,
                     "SELECT id FROM asset_upload WHERE expires_at_ms <= $1 "
                     "AND state IN ('pending', 'uploaded') ORDER BY expires_at_ms LIMIT $2",
                     now_ms));
      Error error;
      error.code = ErrorCode::asset_not_available;
      error.message = "The upload expired before it was completed.";
      for (const auto& id : expired) TRY(fail_upload(connection, id, error, forget_at_ms));
      return static_cast<int>(expired.size());
    });
  }

 private:
  Database& database_;
  const std::string server_;
};

}  // namespace

std::unique_ptr<jobs::UploadStore> make_upload_store(Database& database, std::string server) {
  return std::make_unique<SqlUploadStore>(database, std::move(server));
}

}  // namespace understudy::storage
