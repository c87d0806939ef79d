#include "storage/postgres/postgres_pool.h"

namespace understudy::storage {

PostgresPool::PostgresPool(std::string url, std::size_t connections_max)
    : url_(std::move(url)), connections_max_(connections_max) {}

PostgresPool::Lease::Lease(PostgresPool& pool) : pool_(pool) {
  std::unique_lock lock(pool_.mutex_);
  pool_.has_free_.wait(lock, [&] { return pool_.lent_ < pool_.connections_max_; });
  ++pool_.lent_;
  if (pool_.free_.empty()) return;
  connection_ = std::move(pool_.free_.back());
  pool_.free_.pop_back();
}

PostgresPool::Lease::~Lease() {
  if (connection_ && connection_->is_alive()) connection_->rollback();
  {
    const std::lock_guard lock(pool_.mutex_);
    --pool_.lent_;
    const bool is_good =
        connection_ && connection_->is_alive() && !connection_->is_in_transaction();
    if (is_good) pool_.free_.push_back(std::move(connection_));
  }
  pool_.has_free_.notify_one();
}

Result<PostgresConnection*> PostgresPool::Lease::live() {
  if (!connection_ || !connection_->is_alive()) {
    TRY_ASSIGN(connection_, open_postgres_connection(pool_.url_));
  }
  return connection_.get();
}

}  // namespace understudy::storage
