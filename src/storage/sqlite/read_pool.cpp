#include "storage/sqlite/read_pool.h"

namespace understudy::storage {

Result<void> ReadPool::run(const std::function<Result<void>(Connection&)>& step) {
  TRY_ASSIGN(auto connection, take());
  auto outcome = step(*connection);
  if (connection->is_in_transaction()) TRY(connection->run_script("ROLLBACK"));
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(connection));
  return outcome;
}

Result<std::unique_ptr<SqliteConnection>> ReadPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return connection;
    }
  }
  return open_sqlite_connection(file_, SqliteAccess::read_only);
}

}  // namespace understudy::storage
