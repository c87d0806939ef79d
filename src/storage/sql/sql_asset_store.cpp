#include <algorithm>

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
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "INSERT INTO asset (id, account_id, key_id, owner, filename, mime_type, kind, size,"
          " blob_hash, folder_id, info, created_at_ms) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
          {asset.id, asset.account_id, asset.key_id, asset.owner, asset.filename, asset.mime_type,
           asset.kind, asset.size, asset.blob_hash, asset.folder_id, to_text(asset.info),
           asset.created_at_ms}));
      return keep_blobs(connection, asset_owner(asset.id), {&asset.blob_hash, 1});
    });
  }

  Result<Asset> find(std::string_view account_id, std::string_view id) override {
    static const std::string kSql = std::string(kColumns) + "WHERE id = $1 AND account_id = $2";
    TRY_ASSIGN(auto asset, database_.read([&](Connection& connection) {
      return connection.first(kSql, {id, account_id}, asset_of);
    }));
    if (!asset) return no_asset();
    return *std::move(asset);
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
      return let_go_of_blobs(connection, asset_owner(id));
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<jobs::AssetStore> make_asset_store(Database& database) {
  return std::make_unique<SqlAssetStore>(database);
}

}  // namespace understudy::storage
