#include "storage/sqlite/sqlite_connection.h"

#include <charconv>
#include <mutex>
#include <unordered_map>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/sqlite/log_file_system.h"

namespace understudy::storage {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

// Larger than SQLite's default: a checkpoint costs a sync of the database file, and a log of 64 MiB
// is still read quickly.
constexpr std::string_view kWritePragmas =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA wal_autocheckpoint=16000;"
    "PRAGMA cache_size=-32768;"
    "PRAGMA temp_store=MEMORY;";
constexpr std::string_view kReadPragmas = "PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;";

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

struct Statement {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  std::vector<int> slots;  // slots[n - 1] is SQLite's number of the parameter $n
};

// Leaves a statement ready for its next use, whatever happened.
class Resetting {
 public:
  explicit Resetting(sqlite3_stmt* statement) : statement_(statement) {}
  ~Resetting() { sqlite3_reset(statement_); }
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;

 private:
  sqlite3_stmt* statement_;
};

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

class Implementation final : public SqliteConnection {
 public:
  explicit Implementation(sqlite3* handle) : handle_(handle) {}

  // In place of SQLite's own hook, which would checkpoint.
  void count_log_pages() {
    sqlite3_wal_hook(
        handle_.get(),
        [](void* count, sqlite3*, const char*, int pages) {
          *static_cast<int*>(count) = pages;
          return SQLITE_OK;
        },
        &log_pages_);
  }

  Dialect dialect() const override { return Dialect::sqlite; }

  bool is_in_transaction() const override { return sqlite3_get_autocommit(handle_.get()) == 0; }

  std::int64_t changes() const override { return sqlite3_total_changes64(handle_.get()); }

  int log_pages() const override { return log_pages_; }

  Result<int> checkpoint() override {
    int pages = 0;
    int copied = 0;
    const int status = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                 &pages, &copied);
    if (status != SQLITE_OK && status != SQLITE_BUSY) return error("checkpoint");
    return pages - copied;
  }

  Result<std::int64_t> execute(std::string_view sql, Parameters parameters) override {
    TRY_ASSIGN(Statement * statement, prepared(sql));
    sqlite3_stmt* handle = statement->handle.get();
    const Resetting resetting(handle);
    TRY(bind(*statement, sql, parameters));
    int status = sqlite3_step(handle);
    while (status == SQLITE_ROW) status = sqlite3_step(handle);
    if (status != SQLITE_DONE) return error(sql);
    return sqlite3_changes64(handle_.get());
  }

  Result<std::int64_t> insert(std::string_view sql, Parameters parameters) override {
    TRY(execute(sql, parameters));
    return sqlite3_last_insert_rowid(handle_.get());
  }

  Result<void> query(std::string_view sql, Parameters parameters, const Visitor& visitor) override {
    TRY_ASSIGN(Statement * statement, prepared(sql));
    sqlite3_stmt* handle = statement->handle.get();
    const Resetting resetting(handle);
    TRY(bind(*statement, sql, parameters));
    const SqliteRow row(handle);
    int status = sqlite3_step(handle);
    for (; status == SQLITE_ROW; status = sqlite3_step(handle)) visitor(row);
    if (status != SQLITE_DONE) return error(sql);
    return {};
  }

  Result<void> run_script(const std::string& sql) override {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      return error(sql);
    }
    return {};
  }

 private:
  Result<Statement*> prepared(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
      return &found->second;
    }
    sqlite3_stmt* handle = nullptr;
    const int status = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    Statement statement;
    statement.handle.reset(handle);
    if (status != SQLITE_OK) return error(sql);
    for (int slot = 1; slot <= sqlite3_bind_parameter_count(handle); ++slot) {
      const std::string_view name = sqlite3_bind_parameter_name(handle, slot);  // "$3"
      std::size_t number = 0;
      std::from_chars(name.data() + 1, name.data() + name.size(), number);
      if (number == 0) return error(sql);
      if (statement.slots.size() < number) statement.slots.resize(number);
      statement.slots[number - 1] = slot;
    }
    return &statements_.emplace(std::string(sql), std::move(statement)).first->second;
  }

  Result<void> bind(const Statement& statement, std::string_view sql, Parameters parameters) {
    if (parameters.size() != statement.slots.size()) {
      return fail_with_detail(ErrorCode::internal_error, "The server made an internal error.",
                              fmt::format("{} parameters for: {}", parameters.size(), sql));
    }
    sqlite3_stmt* handle = statement.handle.get();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int slot = statement.slots[i];
      const int status = std::visit(
          [&](const auto& value) { return bind_one(handle, slot, value); }, parameters[i].value());
      if (status != SQLITE_OK) return error(sql);
    }
    return {};
  }

  // SQLITE_STATIC: the caller keeps its texts until execute() or query() returns, and nothing is
  // read from them afterwards, because each call binds every parameter anew.
  static int bind_one(sqlite3_stmt* handle, int slot, std::int64_t number) {
    return sqlite3_bind_int64(handle, slot, number);
  }
  static int bind_one(sqlite3_stmt* handle, int slot, double number) {
    return sqlite3_bind_double(handle, slot, number);
  }
  static int bind_one(sqlite3_stmt* handle, int slot, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    return sqlite3_bind_text64(handle, slot, data, text.size(), nullptr, SQLITE_UTF8);
  }
  static int bind_one(sqlite3_stmt* handle, int slot, Bytes bytes) {
    const char* data = bytes.data.data() == nullptr ? "" : bytes.data.data();
    return sqlite3_bind_blob64(handle, slot, data, bytes.data.size(), nullptr);
  }

  tl::unexpected<Error> error(std::string_view sql) {
    const int code = sqlite3_extended_errcode(handle_.get());
    std::string detail =
        fmt::format("sqlite {}: {} in: {}", code, sqlite3_errmsg(handle_.get()), sql);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
      return fail_with_detail(ErrorCode::conflict, "There is one with this id already.",
                              std::move(detail));
    }
    return fail_with_detail(ErrorCode::storage_failed, "The database could not do this.",
                            std::move(detail));
  }

  int log_pages_ = 0;
  std::unique_ptr<sqlite3, CloseDatabase> handle_;
  // After handle_: the statements go first.
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

// Counting every allocation takes a lock that all connections share.
void configure_once() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

// One process owns a database (the installation's lock), so SQLite takes its file locks once and
// keeps the index of the log in this process's memory: a read then makes no system calls for locks,
// which were a third of its cost. A file system that a test put in place is taken as it is. The log
// is written in large pieces on either.
const char* file_system() {
  const sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
  if (usual == nullptr) return nullptr;
  const std::string_view name = usual->zName;
  return log_combining_file_system(name == "unix" ? "unix-excl" : std::string(name));
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> open_sqlite_connection(const std::filesystem::path& file,
                                                                 SqliteAccess access) {
  configure_once();
  // A reader opens for writing too: it has to keep its mark in the shared index of the log.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == SqliteAccess::read_only ? 0 : SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  const int status = sqlite3_open_v2(file.c_str(), &handle, flags, file_system());
  auto connection = std::make_unique<Implementation>(handle);
  if (status != SQLITE_OK) {
    return fail_with_detail(
        ErrorCode::storage_failed,
        fmt::format("The database {} cannot be opened.", file.filename().string()),
        fmt::format("{}: {}", file.string(), sqlite3_errstr(status)));
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  TRY(connection->run_script(
      std::string(access == SqliteAccess::read_only ? kReadPragmas : kWritePragmas)));
  if (access == SqliteAccess::read_write_no_checkpoints) connection->count_log_pages();
  if (access == SqliteAccess::read_only) TRY(connection->run_script("PRAGMA query_only=1"));
  return connection;
}

}  // namespace understudy::storage
