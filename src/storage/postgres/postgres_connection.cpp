#include "storage/postgres/postgres_connection.h"

#include <array>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "storage/postgres/postgres_row.h"

namespace understudy::storage {
namespace {

// Answers of this many calls fit the socket's buffer, so neither side waits for the other to read.
constexpr std::size_t kPipelineMax = 128;

// A plan is made when a connection first needs it, which may be when a table is still empty, and is
// kept: so scans of whole tables are for what has no index. (Their price then looks high enough
// for compiling each query, which takes seconds.) A session that stops in the middle of a
// transaction must not keep its rows for ever. A database that was set to answer commits early
// would lose acknowledged money.
constexpr const char* kSettings =
    "SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning';"
    "SET enable_seqscan = off; SET jit = off;"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

struct CloseConnection {
  void operator()(PGconn* handle) const { PQfinish(handle); }
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

bool is_fine(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_PIPELINE_SYNC:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_IN: return true;
    default: return false;
  }
}

std::int64_t changed_rows(PGresult* result) {
  const std::string_view tag = PQcmdStatus(result);
  if (tag.starts_with("SELECT")) return 0;
  const std::string_view count = PQcmdTuples(result);
  std::int64_t number = 0;
  std::from_chars(count.data(), count.data() + count.size(), number);
  return number;
}

class Implementation final : public PostgresConnection {
 public:
  explicit Implementation(PGconn* handle) : handle_(handle) {}

  Dialect dialect() const override { return Dialect::postgres; }

  Result<std::int64_t> execute(std::string_view sql, Parameters parameters) override {
    TRY_ASSIGN(const auto result, run(sql, parameters));
    const auto count = changed_rows(result.get());
    changes_ += count;
    return count;
  }

  Result<std::int64_t> insert(std::string_view sql, Parameters parameters) override {
    TRY_ASSIGN(const auto result, run(std::string(sql) + " RETURNING id", parameters));
    changes_ += changed_rows(result.get());
    if (PQntuples(result.get()) != 1) return error(nullptr, sql);
    return PostgresRow(result.get(), 0).integer(0);
  }

  // Row by row: a walk over a whole table is not gathered in memory first.
  Result<void> query(std::string_view sql, Parameters parameters, const Visitor& visitor) override {
    TRY_ASSIGN(const std::string* name, prepared(sql, parameters));
    TRY_ASSIGN(const auto values, PostgresParameters::from(parameters));
    if (PQsendQueryPrepared(handle_.get(), name->c_str(), values.count(), values.values(), nullptr,
                            nullptr, 0) == 0) {
      return error(nullptr, sql);
    }
    PQsetSingleRowMode(handle_.get());
    Result<void> outcome;
    while (const PostgresResult result{PQgetResult(handle_.get())}) {
      if (!is_fine(result.get())) {
        outcome = error(result.get(), sql);
        continue;
      }
      changes_ += changed_rows(result.get());
      for (int row = 0; row < PQntuples(result.get()); ++row) {
        visitor(PostgresRow(result.get(), row));
      }
    }
    return outcome;
  }

  Result<void> run_script(const std::string& sql) override {
    const PostgresResult result(PQexec(handle_.get(), sql.c_str()));
    if (!is_fine(result.get())) return error(result.get(), sql);
    return {};
  }

  Result<void> begin() override {
    trouble_ = Trouble::none;
    transaction_number_.clear();
    constexpr const char* kBegin =
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id()::text";
    const PostgresResult result(PQexec(handle_.get(), kBegin));
    if (!is_fine(result.get())) return error(result.get(), kBegin);
    transaction_number_ = PQgetvalue(result.get(), 0, 0);
    return {};
  }

  CommitOutcome commit() override {
    const PostgresResult result(PQexec(handle_.get(), "COMMIT"));
    if (is_fine(result.get())) {
      // The server answers COMMIT with ROLLBACK when a statement had failed.
      if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return CommitOutcome::committed;
      return CommitOutcome::undone;
    }
    (void)error(result.get(), "COMMIT");
    return trouble_ == Trouble::lost ? CommitOutcome::unknown : CommitOutcome::undone;
  }

  void rollback() override {
    if (!is_in_transaction()) return;
    const PostgresResult result(PQexec(handle_.get(), "ROLLBACK"));
  }

  const std::string& transaction_number() const override { return transaction_number_; }

  bool is_in_transaction() const override {
    const auto status = PQtransactionStatus(handle_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
  }

  bool has_failed() const override { return PQtransactionStatus(handle_.get()) == PQTRANS_INERROR; }

  bool is_alive() const override { return PQstatus(handle_.get()) == CONNECTION_OK; }
  Trouble trouble() const override { return trouble_; }
  std::int64_t changes() const override { return changes_; }

  Result<void> call_all(std::span<const ServerCall* const> calls) override {
    while (!calls.empty()) {
      const auto some = calls.first(std::min(calls.size(), kPipelineMax));
      TRY(call_some(some));
      calls = calls.subspan(some.size());
    }
    return {};
  }

  Result<void> copy_begin(const std::string& table, const std::string& columns) override {
    return run_script(fmt::format("COPY {} ({}) FROM STDIN", table, columns));
  }

  Result<void> copy_rows(std::string_view text) override {
    const int sent = PQputCopyData(handle_.get(), text.data(), static_cast<int>(text.size()));
    if (sent != 1) return error(nullptr, "COPY");
    return {};
  }

  Result<void> copy_end() override {
    if (PQputCopyEnd(handle_.get(), nullptr) != 1) return error(nullptr, "COPY");
    Result<void> outcome;
    while (const PostgresResult result{PQgetResult(handle_.get())}) {
      if (!is_fine(result.get())) outcome = error(result.get(), "COPY");
    }
    return outcome;
  }

 private:
  Result<PostgresResult> run(std::string_view sql, Parameters parameters) {
    TRY_ASSIGN(const std::string* name, prepared(sql, parameters));
    TRY_ASSIGN(const auto values, PostgresParameters::from(parameters));
    PostgresResult result(PQexecPrepared(handle_.get(), name->c_str(), values.count(),
                                         values.values(), nullptr, nullptr, 0));
    if (!is_fine(result.get())) return error(result.get(), sql);
    return result;
  }

  Result<const std::string*> prepared(std::string_view sql, Parameters parameters) {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
      return &found->second;
    }
    std::string text(sql);
    std::string name = fmt::format("s{}", statements_.size());
    const auto types = types_of(parameters);
    const PostgresResult result(PQprepare(handle_.get(), name.c_str(), text.c_str(),
                                          static_cast<int>(types.size()), types.data()));
    if (!is_fine(result.get())) return error(result.get(), sql);
    return &statements_.emplace(std::move(text), std::move(name)).first->second;
  }

  Result<void> call_some(std::span<const ServerCall* const> calls) {
    std::vector<const std::string*> names;
    std::vector<PostgresParameters> values;
    for (const ServerCall* call : calls) {
      TRY_ASSIGN(names.emplace_back(), prepared(call->sql, call->parameters));
      TRY_ASSIGN(auto made, PostgresParameters::from(call->parameters));
      values.push_back(std::move(made));
    }
    if (PQenterPipelineMode(handle_.get()) != 1) return error(nullptr, "pipeline");
    for (std::size_t i = 0; i < calls.size(); ++i) {
      PQsendQueryPrepared(handle_.get(), names[i]->c_str(), values[i].count(), values[i].values(),
                          nullptr, nullptr, 0);
    }
    PQpipelineSync(handle_.get());
    auto outcome = read_answers(calls);
    PQexitPipelineMode(handle_.get());
    return outcome;
  }

  // Each call's answer is a result and an empty one; after a failure the rest say "aborted".
  Result<void> read_answers(std::span<const ServerCall* const> calls) {
    Result<void> outcome;
    std::size_t next = 0;
    while (is_alive()) {
      const PostgresResult result(PQgetResult(handle_.get()));
      if (result == nullptr) {
        ++next;
        if (next > calls.size()) break;
        continue;
      }
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_PIPELINE_SYNC) return outcome;
      if (next >= calls.size() || status == PGRES_PIPELINE_ABORTED) continue;
      if (!is_fine(result.get())) {
        outcome = error(result.get(), calls[next]->sql);
      } else if (outcome && PQntuples(result.get()) > 0) {
        ++changes_;
        calls[next]->read(PostgresRow(result.get(), 0));
      }
    }
    return error(nullptr, "pipeline");
  }

  // Without a result the connection itself says what is wrong.
  tl::unexpected<Error> error(const PGresult* result, std::string_view sql) {
    const char* field = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view state = field == nullptr ? "" : field;
    const char* message =
        result == nullptr ? PQerrorMessage(handle_.get()) : PQresultErrorMessage(result);
    std::string detail = fmt::format("postgresql {}: {} in: {}", state, message, sql);
    note(state);
    if (state == "23505") {  // unique_violation
      return fail_with_detail(ErrorCode::conflict, "There is one with this id already.",
                              std::move(detail));
    }
    if (state == "22021" || state == "22P05") {  // not in the encoding
      return fail_with_detail(ErrorCode::invalid_parameter, "A text is not valid UTF-8.",
                              std::move(detail));
    }
    return fail_with_detail(ErrorCode::storage_failed, "The database could not do this.",
                            std::move(detail));
  }

  void note(std::string_view state) {
    if (trouble_ != Trouble::none) return;
    const bool is_shutdown = state.starts_with("08") || state == "57P01" || state == "57P02" ||
                             state == "57P03" || state == "25P03";
    if (!is_alive() || is_shutdown) {
      trouble_ = Trouble::lost;
    } else if (state == "40001" || state == "40P01" || state == "55P03") {
      trouble_ = Trouble::again;
    }
  }

  std::unique_ptr<PGconn, CloseConnection> handle_;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> statements_;
  std::string transaction_number_;
  Trouble trouble_ = Trouble::none;
  std::int64_t changes_ = 0;
};

}  // namespace

Result<std::unique_ptr<PostgresConnection>> open_postgres_connection(const std::string& url) {
  // Expanded first, so that what the URL says wins over these.
  const std::array<const char*, 7> names{"connect_timeout",
                                         "keepalives_idle",
                                         "tcp_user_timeout",
                                         "application_name",
                                         "client_encoding",
                                         "dbname",
                                         nullptr};
  const std::array<const char*, 7> values{"5",    "30",        "30000", "understudy",
                                          "UTF8", url.c_str(), nullptr};
  PGconn* handle = PQconnectdbParams(names.data(), values.data(), 1);
  auto connection = std::make_unique<Implementation>(handle);
  if (PQstatus(handle) != CONNECTION_OK) {
    return fail_with_detail(ErrorCode::storage_failed,
                            "PostgreSQL cannot be reached; check [database] url and the server.",
                            PQerrorMessage(handle));
  }
  TRY(connection->run_script(kSettings));
  return connection;
}

}  // namespace understudy::storage
