#include "storage/sql/dialect.h"

namespace understudy::storage {

std::string_view begin_write(Dialect dialect) {
  return dialect == Dialect::sqlite ? "BEGIN IMMEDIATE" : "BEGIN ISOLATION LEVEL READ COMMITTED";
}

std::string_view begin_snapshot(Dialect dialect) {
  return dialect == Dialect::sqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

Result<void> lock_rows(Connection& connection, std::string_view select,
                       std::initializer_list<Parameter> parameters) {
  if (connection.dialect() == Dialect::sqlite) return {};
  return connection.query(std::string(select) + " FOR UPDATE",
                          Connection::Parameters(parameters.begin(), parameters.size()),
                          [](const Row&) {});
}

std::string locking(const Connection& connection, std::string_view select) {
  std::string sql(select);
  if (connection.dialect() == Dialect::postgres) sql += " FOR UPDATE";
  return sql;
}

Result<void> lock_table(Connection& connection, std::string_view table) {
  if (connection.dialect() == Dialect::sqlite) return {};
  TRY(connection.execute("LOCK TABLE " + std::string(table) + " IN SHARE ROW EXCLUSIVE MODE"));
  return {};
}

std::string skip_locked(const Connection& connection, std::string_view select) {
  std::string sql(select);
  if (connection.dialect() == Dialect::postgres) sql += " FOR UPDATE SKIP LOCKED";
  return sql;
}

}  // namespace understudy::storage
