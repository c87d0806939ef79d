#include <algorithm>
#include <limits>

#include "storage/sql/asset_rows.h"
#include "storage/sql/blob_refs.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using jobs::Asset;

constexpr std::string_view kColumns =
    "SELECT id, account_id, key_id, owner, filename, mime_type, kind, size, blob_hash, folder_id,"
    " info, created_at_ms FROM asset ";

tl::unexpected<Error> no_asset() {
  return fail(ErrorCode::asset_not_found, "There is no asset with this id.");
}

Asset asset_of(const Row& row) {
  Columns columns(row);
  Asset asset;
  asset.id = columns.text();
  asset.account_id = columns.text();
  asset.key_id = columns.text();
  asset.owner = columns.text();
  asset.filename = columns.text();
  asset.mime_type = columns.text();
  asset.kind = columns.text();
  asset.size = columns.integer();
  asset.blob_hash = columns.text();
  asset.folder_id = columns.text();
  // Written by put() from an object; what does not read back is shown as unknown.
  if (auto info = parse_json(columns.text()); info && info->is_object()) {
    asset.info = std::move(info->get_object());
  }
  asset.created_at_ms = columns.integer();
  return asset;
}

class SqlAssetStore final : public jobs::AssetStore {
 public:
  explicit SqlAssetStore(Database& database) : database_(database) {}

  Result<void> put(const Asset& asset) override {
    return database_.write(
        [&](Connection& connection) -> Result<void> { return insert_asset(connection, asset); });
  }

  Result<Asset> find(std::string_view account_id, std::string_view id) override {
    static const std::string kSql = std::string(kColumns) + "WHERE id = $1 AND account_id = $2";
    return database_.read([&](Connection& connection) -> Result<Asset> {
      TRY_ASSIGN(auto asset, connection.first(kSql, {id, account_id}, asset_of));
      if (asset) return *std::move(asset);
      TRY_ASSIGN(auto absence, absence_of_asset(connection, account_id, id));
      return tl::make_unexpected(std::move(absence));
    });
  }

  Result<std::vector<Asset>> list(const jobs::AssetQuery& query) override {
    static const std::string kSql =
        std::string(kColumns) +
        "WHERE account_id = $1 AND ($2 = '' OR owner = $2) AND ($3 = '' OR kind = $3) "
        "AND ($4 = 0 OR folder_id = $5) AND ($6 = '' OR id < $6) ORDER BY id DESC LIMIT $7";
    return database_.read([&](Connection& connection) {
      return connection.all(
          kSql,
          {query.account_id, query.owner, query.kind, query.folder_id.has_value(),
           query.folder_id.value_or(""), query.before_id, std::max(query.limit, 0)},
          asset_of);
    });
  }

  Result<void> remove(std::string_view account_id, std::string_view id) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto removed,
                 connection.execute("DELETE FROM asset WHERE id = $1 AND account_id = $2",
                                    {id, account_id}));
      if (removed == 0) return no_asset();
      // Its batch goes on showing that there was such an item.
      TRY(connection.execute(
          "UPDATE asset_upload SET state = 'failed', blob_hash = '', error_code = $2,"
          " error_message = 'This asset was deleted.', expires_at_ms = $3 WHERE id = $1",
          {id, to_string(ErrorCode::asset_not_found), std::numeric_limits<std::int64_t>::max()}));
      return let_go_of_blobs(connection, asset_owner(id));
    });
  }

 private:
  Database& database_;
};

}  // namespace

Result<void> insert_asset(Connection& connection, const Asset& asset) {
  TRY(connection.execute(
      "INSERT INTO asset (id, account_id, key_id, owner, filename, mime_type, kind, size,"
      " blob_hash, folder_id, info, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {asset.id, asset.account_id, asset.key_id, asset.owner, asset.filename, asset.mime_type,
       asset.kind, asset.size, asset.blob_hash, asset.folder_id, to_text(asset.info),
       asset.created_at_ms}));
  return keep_blobs(connection, asset_owner(asset.id), {&asset.blob_hash, 1});
}

Result<Error> absence_of_asset(Connection& connection, std::string_view account_id,
                               std::string_view id) {
  struct Upload {
    std::string state;
    std::string error_code;
    std::string error_message;
  };
  TRY_ASSIGN(const auto upload,
             connection.first("SELECT state, error_code, error_message FROM asset_upload "
                              "WHERE id = $1 AND account_id = $2",
                              {id, account_id}, [](const Row& row) {
                                Columns columns(row);
                                return Upload{.state = columns.text(),
                                              .error_code = columns.text(),
                                              .error_message = columns.text()};
                              }));
  const bool is_gone = !upload || upload->error_code == to_string(ErrorCode::asset_not_found);
  if (is_gone) return no_asset().value();
  Error error;
  error.code = ErrorCode::asset_not_available;
  error.message = upload->state == "failed" ? "This asset cannot be used: " + upload->error_message
                  : upload->state == "pending"
                      ? "This asset has no content yet: PUT it to its upload_url and complete it."
                  : upload->state == "uploaded"
                      ? "This asset is not completed yet: POST /v3/assets/{asset_id}/complete."
                      : "This asset is still being processed; try again in a moment.";
  return error;
}

std::unique_ptr<jobs::AssetStore> make_asset_store(Database& database) {
  return std::make_unique<SqlAssetStore>(database);
}

}  // namespace understudy::storage
