#include "storage/postgres/database_copy.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "storage/postgres/postgres_setup.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/sql/ledger_check.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::storage {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;

enum class ColumnType { integer, real, text, bytes };

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::string numbered;  // the column that is INTEGER PRIMARY KEY, if one is

  std::string column_list() const {
    std::string list;
    for (const Column& column : columns) list += (list.empty() ? "" : ", ") + column.name;
    return list;
  }
};

ColumnType type_from(std::string_view name) {
  if (name == "INTEGER") return ColumnType::integer;
  if (name == "REAL") return ColumnType::real;
  return name == "BLOB" ? ColumnType::bytes : ColumnType::text;
}

// What the file has, so that a later migration's table is moved too.
Result<std::vector<Table>> tables_of(Connection& source) {
  TRY_ASSIGN(auto tables,
             source.all("SELECT name FROM sqlite_schema WHERE type = 'table' "
                        "AND name NOT LIKE 'sqlite%' AND name <> 'schema_migration' ORDER BY name",
                        {}, [](const Row& row) {
                          Table table;
                          table.name = row.text(0);
                          return table;
                        }));
  for (Table& table : tables) {
    int key_columns = 0;
    TRY(source.query("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid",
                     std::vector<Parameter>{table.name}, [&](const Row& row) {
                       Column column{std::string(row.text(0)), type_from(row.text(1))};
                       const bool is_key = row.integer(2) > 0;
                       key_columns += is_key ? 1 : 0;
                       if (is_key && column.type == ColumnType::integer) {
                         table.numbered = column.name;
                       }
                       table.columns.push_back(std::move(column));
                     }));
    if (key_columns != 1) table.numbered.clear();
  }
  return tables;
}

// COPY's text format: tabs between values, and a backslash before what would be misread.
void append_escaped(std::string& line, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '\\': line += "\\\\"; break;
      case '\t': line += "\\t"; break;
      case '\n': line += "\\n"; break;
      case '\r': line += "\\r"; break;
      default: line += letter;
    }
  }
}

// False for a text that PostgreSQL cannot keep.
bool append_value(std::string& line, const Row& row, int index, ColumnType type) {
  if (row.is_null(index)) {
    line += "\\N";
  } else if (type == ColumnType::integer) {
    line += fmt::format_int(row.integer(index)).str();
  } else if (type == ColumnType::real) {
    line += fmt::format("{}", row.real(index));
  } else if (type == ColumnType::bytes) {
    line += "\\\\x" + to_hex(row.text(index));
  } else {
    const auto text = row.text(index);
    if (text.find('\0') != std::string_view::npos) return false;
    append_escaped(line, text);
  }
  return true;
}

Result<void> copy_table(Connection& source, PostgresConnection& target, const Table& table) {
  TRY(target.copy_begin(table.name, table.column_list()));
  std::string piece;
  Result<void> outcome;
  const auto send = [&] {
    if (outcome && !piece.empty()) outcome = target.copy_rows(piece);
    piece.clear();
  };
  TRY(source.query(fmt::format("SELECT {} FROM {}", table.column_list(), table.name), {},
                   [&](const Row& row) {
                     for (std::size_t i = 0; i < table.columns.size(); ++i) {
                       if (i > 0) piece += '\t';
                       if (append_value(piece, row, static_cast<int>(i), table.columns[i].type)) {
                         continue;
                       }
                       outcome = fail(ErrorCode::storage_failed,
                                      fmt::format("A text in {}.{} has the character U+0000, which "
                                                  "PostgreSQL cannot keep.",
                                                  table.name, table.columns[i].name));
                     }
                     piece += '\n';
                     if (piece.size() >= kPieceBytes) send();
                   }));
  send();
  auto ended = target.copy_end();
  TRY(outcome);
  TRY(ended);
  if (table.numbered.empty()) return {};
  return target.run_script(
      fmt::format("SELECT setval(pg_get_serial_sequence('{0}', '{1}'),"
                  " (SELECT coalesce(max({1}), 0) + 1 FROM {0}), false)",
                  table.name, table.numbered));
}

Result<std::int64_t> count_rows(Connection& connection, const Table& table) {
  TRY_ASSIGN(const auto count, connection.first("SELECT count(*) FROM " + table.name, {},
                                                [](const Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

// Where the two sides differ; empty when they agree.
Result<std::string> difference(Connection& source, Connection& target,
                               const std::vector<Table>& tables) {
  for (const Table& table : tables) {
    TRY_ASSIGN(const auto here, count_rows(source, table));
    TRY_ASSIGN(const auto there, count_rows(target, table));
    if (here != there) return fmt::format("{} rows of {}, not {}", there, table.name, here);
  }
  constexpr std::string_view kSums[] = {
      "SELECT account_id, count(*), sum(amount), max(seq) FROM entry GROUP BY account_id "
      "ORDER BY account_id",
      "SELECT id, posted, held, last_seq FROM wallet ORDER BY id",
      "SELECT wallet_id, count(*), sum(remaining), sum(held) FROM grant_lot GROUP BY wallet_id "
      "ORDER BY wallet_id",
      "SELECT wallet_id, count(*), sum(amount), sum(captured) FROM hold GROUP BY wallet_id "
      "ORDER BY wallet_id",
      "SELECT job_id, count(*), sum(amount), sum(captured) FROM hold_lot GROUP BY job_id "
      "ORDER BY job_id",
      "SELECT budget_id, count(*), sum(spent), sum(held) FROM budget_window GROUP BY budget_id "
      "ORDER BY budget_id",
      "SELECT account_id, count(*), sum(amount), sum(balance_after) FROM top_up GROUP BY account_id "
      "ORDER BY account_id",
      "SELECT wallet_id, count(*), sum(amount), sum(quantity) FROM usage GROUP BY wallet_id "
      "ORDER BY wallet_id"};
  for (const auto sums : kSums) {
    const auto lines = [&](Connection& connection) {
      return connection.all(sums, {}, [](const Row& row) {
        return fmt::format("{} {} {} {}", row.text(0), row.integer(1), row.integer(2),
                           row.integer(3));
      });
    };
    TRY_ASSIGN(const auto here, lines(source));
    TRY_ASSIGN(const auto there, lines(target));
    if (here != there) return fmt::format("other sums for: {}", sums);
  }
  return std::string();
}

// Nobody else may fill the target meanwhile.
Result<bool> is_empty(PostgresConnection& target, const std::vector<Table>& tables) {
  bool is_empty = true;
  for (const Table& table : tables) {
    TRY(target.run_script("LOCK TABLE " + table.name + " IN EXCLUSIVE MODE"));
    TRY_ASSIGN(const auto rows, count_rows(target, table));
    is_empty = is_empty && rows == 0;
  }
  return is_empty;
}

Result<void> need_clean(const money::VerifyReport& report, const char* side) {
  if (report.is_ok()) return {};
  return fail_with_detail(
      ErrorCode::storage_failed,
      fmt::format("The ledger does not hold on the {} side; nothing was moved.", side),
      to_text(report));
}

Result<void> copy_all(Connection& source, PostgresConnection& target,
                      const std::vector<Table>& tables, CopyReport& report) {
  TRY_ASSIGN(const bool can_copy, is_empty(target, tables));
  report.was_there = !can_copy;
  if (can_copy) {
    for (const Table& table : tables) TRY(copy_table(source, target, table));
  }
  TRY_ASSIGN(const auto differs, difference(source, target, tables));
  if (!can_copy && !differs.empty()) {
    return fail_with_detail(ErrorCode::conflict,
                            "The PostgreSQL database is not empty; give an empty one. Nothing was "
                            "moved.",
                            differs);
  }
  if (!differs.empty()) {
    return fail_with_detail(ErrorCode::storage_failed,
                            "The two sides differ after the copy; nothing was moved.", differs);
  }
  TRY_ASSIGN(report.target, check_ledger(target));
  return need_clean(report.target, "PostgreSQL");
}

}  // namespace

Result<CopyReport> copy_to_postgres(const std::filesystem::path& file, const std::string& url,
                                    std::int64_t now_ms) {
  if (!std::filesystem::exists(file)) {
    return fail(ErrorCode::invalid_parameter, "There is no embedded database " + file.string());
  }
  TRY(open_sqlite({.file = file, .now_ms = now_ms}));  // brings it up to date
  TRY_ASSIGN(auto source, open_sqlite_connection(file, SqliteAccess::read_only));
  TRY(source->execute(begin_snapshot(source->dialect())));
  CopyReport report;
  TRY_ASSIGN(report.source, check_ledger(*source));
  TRY(need_clean(report.source, "embedded"));
  TRY_ASSIGN(const auto tables, tables_of(*source));
  for (const Table& table : tables) {
    TRY_ASSIGN(const auto rows, count_rows(*source, table));
    report.tables.push_back({table.name, rows});
  }

  TRY_ASSIGN(auto target, open_postgres_connection(url));
  TRY(prepare_postgres(*target, now_ms));
  const auto live = [&]() -> Result<PostgresConnection*> {
    if (!target->is_alive()) {
      TRY_ASSIGN(target, open_postgres_connection(url));
    }
    return target.get();
  };
  TRY(run_transaction(live, [&](PostgresConnection& connection) {
    return copy_all(*source, connection, tables, report);
  }));
  return report;
}

}  // namespace understudy::storage
