#include <algorithm>
#include <utility>

#include "storage/sql/blob_refs.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using accounts::Document;

const std::string kSelectDocument =
    "SELECT id, account_id, kind, name, coalesce(unique_name, ''), body, created_at_ms,"
    " updated_at_ms FROM document ";

tl::unexpected<Error> no_document() {
  return fail(ErrorCode::not_found, "There is no document with this id.");
}

tl::unexpected<Error> name_taken() {
  return fail(ErrorCode::conflict, "The name is taken already.", "name");
}

std::string document_owner(std::string_view id) { return "document:" + std::string(id); }

Document document_of(const Row& row) {
  Columns columns(row);
  Document document;
  document.id = columns.text();
  document.account_id = columns.text();
  document.kind = columns.text();
  document.name = columns.text();
  document.unique_name = columns.text();
  // Written from an object by this file.
  if (auto body = parse_json(columns.text(), 128); body && body->is_object()) {
    document.body = std::move(body->get_object());
  }
  document.created_at_ms = columns.integer();
  document.updated_at_ms = columns.integer();
  return document;
}

Result<std::optional<Document>> find_document(Connection& connection, std::string_view account_id,
                                              std::string_view kind, std::string_view id) {
  static const std::string kSql =
      kSelectDocument + "WHERE id = $1 AND account_id = $2 AND kind = $3";
  return connection.first(kSql, {id, account_id, kind}, document_of);
}

Result<void> check_name(Connection& connection, const Document& document) {
  if (document.unique_name.empty()) return {};
  TRY_ASSIGN(
      const auto taken,
      connection.first("SELECT 1 FROM document WHERE account_id = $1 AND kind = $2 "
                       "AND unique_name = $3 AND id <> $4",
                       {document.account_id, document.kind, document.unique_name, document.id},
                       [](const Row&) { return true; }));
  if (taken) return name_taken();
  return {};
}

class SqlDocumentStore final : public accounts::DocumentStore {
 public:
  explicit SqlDocumentStore(Database& database) : database_(database) {}

  Result<void> create(const Document& document) override {
    const std::string body = to_text(document.body);
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(check_name(connection, document));
      TRY(connection.execute(
          "INSERT INTO document (id, account_id, kind, name, unique_name, body, created_at_ms,"
          " updated_at_ms) VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8)",
          {document.id, document.account_id, document.kind, document.name, document.unique_name,
           body, document.created_at_ms, document.updated_at_ms}));
      return keep_blobs(connection, document_owner(document.id), document.blobs);
    });
  }

  Result<Document> find(std::string_view account_id, std::string_view kind,
                        std::string_view id) override {
    TRY_ASSIGN(auto document, database_.read([&](Connection& connection) {
      return find_document(connection, account_id, kind, id);
    }));
    if (!document) return no_document();
    return *std::move(document);
  }

  Result<std::vector<Document>> list(const accounts::DocumentQuery& query) override {
    static const std::string kSql =
        kSelectDocument +
        "WHERE account_id = $1 AND kind = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4";
    return database_.read([&](Connection& connection) {
      return connection.all(
          kSql, {query.account_id, query.kind, query.before_id, std::max(query.limit, 0)},
          document_of);
    });
  }

  Result<Document> change(std::string_view account_id, std::string_view kind, std::string_view id,
                          const Change& change) override {
    return database_.write([&](Connection& connection) -> Result<Document> {
      // Takes the row before it is read, where writers run side by side.
      TRY_ASSIGN(const auto locked,
                 connection.execute("UPDATE document SET kind = $3 "
                                    "WHERE id = $1 AND account_id = $2 AND kind = $3",
                                    {id, account_id, kind}));
      if (locked == 0) return no_document();
      TRY_ASSIGN(auto document, find_document(connection, account_id, kind, id));
      if (!document) return no_document();
      TRY(change(*document));
      TRY(check_name(connection, *document));
      TRY(
          connection.execute("UPDATE document SET name = $2, unique_name = nullif($3, ''),"
                             " body = $4, updated_at_ms = $5 WHERE id = $1",
                             {id, document->name, document->unique_name, to_text(document->body),
                              document->updated_at_ms}));
      if (document->blobs.empty()) return *std::move(document);
      TRY(let_go_of_blobs(connection, document_owner(id)));
      TRY(keep_blobs(connection, document_owner(id), document->blobs));
      return *std::move(document);
    });
  }

  Result<void> remove(std::string_view account_id, std::string_view kind,
                      std::string_view id) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(
          const auto removed,
          connection.execute("DELETE FROM document WHERE id = $1 AND account_id = $2 AND kind = $3",
                             {id, account_id, kind}));
      if (removed == 0) return no_document();
      return let_go_of_blobs(connection, document_owner(id));
    });
  }

  Result<std::vector<Document>> with_status(std::string_view kind,
                                            std::string_view status) override {
    // Few documents are looked at, once at the start.
    static const std::string kSql = kSelectDocument + "WHERE kind = $1";
    TRY_ASSIGN(auto documents, database_.read([&](Connection& connection) {
      return connection.all(kSql, {kind}, document_of);
    }));
    std::erase_if(documents, [&](const Document& document) {
      return string_or(document.body, "status") != status;
    });
    return documents;
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<accounts::DocumentStore> make_document_store(Database& database) {
  return std::make_unique<SqlDocumentStore>(database);
}

}  // namespace understudy::storage
