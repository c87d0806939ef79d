// A Connection to PostgreSQL over libpq. Statements are prepared once and kept; parameters and rows
// travel as text, so the server decides the types ($n as they are). libpq stops here.
// One thread at a time. docs/decisions/0008-postgresql.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/sql/connection.h"

namespace understudy::storage {

// What a failed statement means for its transaction.
enum class Trouble {
  none,
  again,  // a deadlock or a serialisation failure: the same work may succeed now
  lost,   // the connection is gone
};

// One call of a function of the server, to be sent together with others. `read` gets its row.
struct ServerCall {
  std::string_view sql;
  std::vector<Parameter> parameters;
  std::function<void(const Row&)> read;
};

enum class CommitOutcome { committed, undone, unknown };

class PostgresConnection : public Connection {
 public:
  using Connection::execute;

  // BEGIN, with a transaction number that tells later whether it was committed.
  virtual Result<void> begin() = 0;
  virtual CommitOutcome commit() = 0;  // undone: trouble() says why
  virtual void rollback() = 0;
  virtual const std::string& transaction_number() const = 0;

  virtual bool is_in_transaction() const = 0;
  virtual bool has_failed() const = 0;  // a statement failed: only a rollback is left
  virtual bool is_alive() const = 0;
  // Of the first statement that failed since begin().
  virtual Trouble trouble() const = 0;
  // Rows changed since the connection was opened.
  virtual std::int64_t changes() const = 0;

  // Sends all calls before it waits for their answers. Inside a transaction. Errors: of the first
  // that failed; nothing after it ran, and the transaction is to be undone.
  virtual Result<void> call_all(std::span<const ServerCall* const> calls) = 0;

  // COPY table (columns) FROM STDIN: rows as PostgreSQL's text format has them, begin to end.
  virtual Result<void> copy_begin(const std::string& table, const std::string& columns) = 0;
  virtual Result<void> copy_rows(std::string_view text) = 0;
  virtual Result<void> copy_end() = 0;
};

// `url`: postgresql://user@host:port/database?options, or "host=... dbname=..."; what it leaves out
// comes from the environment (PGHOST, PGPASSFILE ...). Errors: storage_failed.
Result<std::unique_ptr<PostgresConnection>> open_postgres_connection(const std::string& url);

}  // namespace understudy::storage
