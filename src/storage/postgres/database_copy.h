// Moves an embedded database to PostgreSQL: every row of every table, in one transaction that is
// committed only when the invariants hold on both sides and their rows and sums agree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "money/ledger_store.h"
#include "storage/sql/database.h"

namespace understudy::storage {

struct CopyReport {
  struct Table {
    std::string name;
    std::int64_t rows = 0;
  };
  std::vector<Table> tables;
  money::VerifyReport source;
  money::VerifyReport target;
  bool was_there = false;  // an earlier run had finished: nothing was copied
};

// Nobody may be writing to the file. Errors: storage_failed (also: the ledger is broken, or the two
// sides differ in the end), conflict (the target holds other rows), service_unavailable (whether
// the commit happened is unknown: run it again).
Result<CopyReport> copy_to_postgres(const std::filesystem::path& file, const std::string& url,
                                    std::int64_t now_ms);

}  // namespace understudy::storage
