#include "storage/sql/answers.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using jobs::IdempotencyStart;
using State = jobs::IdempotencyStart::State;

struct StoredRequest {
  bool is_done = false;
  std::string request_hash;
  int status = 0;
  std::string body;
};

class SqlIdempotencyStore final : public jobs::IdempotencyStore {
 public:
  SqlIdempotencyStore(Database& database, std::string server)
      : database_(database), server_(std::move(server)) {}
  using jobs::IdempotencyStore::begin;

  Result<IdempotencyStart> begin(std::string_view scope, std::string_view key,
                                 std::string_view request_hash, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<IdempotencyStart> {
      TRY_ASSIGN(
          const auto began,
          connection.execute(
              "INSERT INTO idempotency (scope, key, state, request_hash, server,"
              " created_at_ms) "
              "VALUES ($1, $2, 'running', $3, $7, $4) ON CONFLICT (scope, key) DO UPDATE SET "
              "state = 'running', request_hash = $3, status = 0, body = '', server = $7, "
              "created_at_ms = $4 WHERE "
              "(idempotency.state = 'running' AND idempotency.created_at_ms < $5) OR "
              "(idempotency.state = 'done' AND idempotency.created_at_ms < $6)",
              {scope, key, request_hash, now_ms, now_ms - jobs::kInProgressMaxMs,
               now_ms - jobs::kAnswerRetentionMs, server_}));
      if (began > 0)
        return IdempotencyStart{.state = State::fresh,
                                .status = 0,
                                .body = {},
                                .request_hash = std::string(request_hash)};
      return stored(connection, scope, key);
    });
  }

  Result<void> finish(std::string_view scope, std::string_view key, int status,
                      std::string_view body) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto finished,
                 connection.execute("UPDATE idempotency SET state = 'done', status = $3, body = $4 "
                                    "WHERE scope = $1 AND key = $2 AND state = 'running'",
                                    {scope, key, status, body}));
      if (finished > 0) return {};
      TRY_ASSIGN(const auto done,
                 connection.first("SELECT 1 FROM idempotency WHERE scope = $1 AND key = $2",
                                  {scope, key}, [](const Row&) { return true; }));
      if (!done) return fail(ErrorCode::not_found, "No request with this key has begun.");
      return {};
    });
  }

  Result<void> abandon(std::string_view scope, std::string_view key) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND state = 'running'",
          {scope, key}));
      return {};
    });
  }

  Result<int> abandon_unfinished() override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto count,
                 connection.execute(
                     "DELETE FROM idempotency WHERE state = 'running' AND server = $1", {server_}));
      return static_cast<int>(count);
    });
  }

  Result<int> purge(std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<int> {
      TRY_ASSIGN(const auto count,
                 connection.execute("DELETE FROM idempotency WHERE created_at_ms < $1",
                                    {now_ms - jobs::kAnswerRetentionMs}));
      return static_cast<int>(count);
    });
  }

 private:
  static Result<IdempotencyStart> stored(Connection& connection, std::string_view scope,
                                         std::string_view key) {
    TRY_ASSIGN(auto request, connection.first("SELECT state = 'done', request_hash, status, body "
                                              "FROM idempotency WHERE scope = $1 AND key = $2",
                                              {scope, key}, [](const Row& row) {
                                                Columns columns(row);
                                                StoredRequest read;
                                                read.is_done = columns.flag();
                                                read.request_hash = columns.text();
                                                read.status = columns.small();
                                                read.body = columns.text();
                                                return read;
                                              }));
    if (!request) return fail(ErrorCode::storage_failed, "The database could not do this.");
    return IdempotencyStart{.state = request->is_done ? State::replay : State::in_progress,
                            .status = request->status,
                            .body = std::move(request->body),
                            .request_hash = std::move(request->request_hash)};
  }

  Database& database_;
  const std::string server_;
};

}  // namespace

Result<void> store_answer(Connection& connection, const jobs::StoredAnswer& answer,
                          std::int64_t now_ms) {
  // Whoever took the key over from a request that seemed lost may have been faster: then this one's
  // effect must not happen either.
  TRY_ASSIGN(const auto stored,
             connection.execute(
                 "INSERT INTO idempotency (scope, key, state, status, body, created_at_ms) "
                 "VALUES ($1, $2, 'done', $3, $4, $5) ON CONFLICT (scope, key) DO UPDATE SET "
                 "state = 'done', status = $3, body = $4 WHERE idempotency.state = 'running'",
                 {answer.scope, answer.key, answer.status, answer.body, now_ms}));
  if (stored > 0) return {};
  return answered_already();
}

tl::unexpected<Error> answered_already() {
  return fail(ErrorCode::conflict, "A request with this Idempotency-Key has its answer already.");
}

std::unique_ptr<jobs::IdempotencyStore> make_idempotency_store(Database& database,
                                                               std::string server) {
  return std::make_unique<SqlIdempotencyStore>(database, std::move(server));
}

}  // namespace understudy::storage
