// Connection: one connection to an SQL database, as the stores use it. Statements are prepared once
// and kept, so a store repeats a constant text. Parameters are written $1, $2, ...
// One thread at a time.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "money/money.h"

namespace understudy::storage {

struct Bytes {
  std::string_view data;
};

// A parameter. It borrows its text, which must live until the call returns.
class Parameter {
 public:
  using Value = std::variant<std::int64_t, double, std::string_view, Bytes>;

  Parameter(std::integral auto number) : value_(static_cast<std::int64_t>(number)) {}
  Parameter(double number) : value_(number) {}
  Parameter(std::string_view text) : value_(text) {}
  Parameter(const std::string& text) : value_(std::string_view(text)) {}
  Parameter(const char* text) : value_(std::string_view(text)) {}
  Parameter(Bytes bytes) : value_(bytes) {}
  Parameter(money::Money amount) : value_(amount.nano_usd) {}

  const Value& value() const { return value_; }

 private:
  Value value_;
};

// The row a query stands on; texts live until the visitor returns. NULL reads as 0 or "".
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  // also of a blob
};

// Reads a row's columns one after the other.
class Columns {
 public:
  explicit Columns(const Row& row) : row_(row) {}
  std::int64_t integer() { return row_.integer(next_++); }
  int small() { return static_cast<int>(integer()); }
  bool flag() { return integer() != 0; }
  double real() { return row_.real(next_++); }
  std::string text() { return std::string(row_.text(next_++)); }
  money::Money money() { return {integer()}; }

 private:
  const Row& row_;
  int next_ = 0;
};

// The SQL of the stores is one text for all databases but for what sql/dialect.h has.
enum class Dialect { sqlite, postgres };

// After a statement has failed the step must return its error: PostgreSQL has given up the
// transaction by then.
class Connection {
 public:
  using Parameters = std::span<const Parameter>;
  using Visitor = std::function<void(const Row&)>;

  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;

  // Runs one statement; returns how many rows it changed. Errors: conflict (a key exists already),
  // storage_failed.
  virtual Result<std::int64_t> execute(std::string_view sql, Parameters parameters) = 0;

  // Runs one INSERT of one row into a table that numbers its rows in `id`; returns that number.
  virtual Result<std::int64_t> insert(std::string_view sql, Parameters parameters) = 0;

  // The visitor must not use the connection.
  virtual Result<void> query(std::string_view sql, Parameters parameters,
                             const Visitor& visitor) = 0;

  // Several statements without parameters, not kept.
  virtual Result<void> run_script(const std::string& sql) = 0;

  Result<std::int64_t> execute(std::string_view sql,
                               std::initializer_list<Parameter> parameters = {}) {
    return execute(sql, Parameters(parameters.begin(), parameters.size()));
  }

  Result<std::int64_t> insert(std::string_view sql, std::initializer_list<Parameter> parameters) {
    return insert(sql, Parameters(parameters.begin(), parameters.size()));
  }

  // The first row, made into a T by `read`.
  template <class Read, class T = std::invoke_result_t<Read&, const Row&>>
  Result<std::optional<T>> first(std::string_view sql, std::initializer_list<Parameter> parameters,
                                 Read read) {
    std::optional<T> found;
    TRY(query(sql, Parameters(parameters.begin(), parameters.size()), [&](const Row& row) {
      if (!found) found.emplace(read(row));
    }));
    return found;
  }

  template <class Read, class T = std::invoke_result_t<Read&, const Row&>>
  Result<std::vector<T>> all(std::string_view sql, Parameters parameters, Read read) {
    std::vector<T> rows;
    TRY(query(sql, parameters, [&](const Row& row) { rows.push_back(read(row)); }));
    return rows;
  }

  template <class Read, class T = std::invoke_result_t<Read&, const Row&>>
  Result<std::vector<T>> all(std::string_view sql, std::initializer_list<Parameter> parameters,
                             Read read) {
    return all(sql, Parameters(parameters.begin(), parameters.size()), read);
  }
};

}  // namespace understudy::storage
