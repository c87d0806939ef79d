// A row of a libpq result, and how values are written for PostgreSQL.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "storage/sql/connection.h"

namespace understudy::storage {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;  // also of a boolean: 0 or 1
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  std::string_view raw(int column) const;

  const PGresult* result_;
  int row_;
  mutable std::deque<std::string> decoded_;  // of bytea columns
};

// What the server is told of the parameters. Of numbers and bytes their type: beside a literal it
// would take a number for one of 32 bits. A text's place decides.
std::vector<Oid> types_of(Connection::Parameters parameters);

// The parameters of one statement as libpq takes them; borrows their texts.
class PostgresParameters {
 public:
  // Errors: invalid_parameter (a text with a zero byte, which PostgreSQL cannot keep).
  static Result<PostgresParameters> from(Connection::Parameters parameters);
  PostgresParameters(PostgresParameters&&) noexcept = default;
  PostgresParameters& operator=(PostgresParameters&&) noexcept = default;
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }

 private:
  PostgresParameters() = default;

  // `values_` points into it: a vector of fixed capacity, so that neither grows nor copies, and a
  // move leaves the texts where they are.
  std::vector<std::string> made_;
  std::vector<const char*> values_;
};

}  // namespace understudy::storage
