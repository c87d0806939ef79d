// PostgresPool: at most so many connections, each lent to one caller at a time. More connections
// than a few per core make every kind of work on PostgreSQL slower, so callers wait instead.
// Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/postgres/postgres_connection.h"

namespace understudy::storage {

class PostgresPool {
 public:
  PostgresPool(std::string url, std::size_t connections_max);

  // A connection until the end of the scope. One that is broken then is not given back.
  class Lease {
   public:
    explicit Lease(PostgresPool& pool);  // waits while all are in use
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    // Opened anew when it is broken. Errors: storage_failed.
    Result<PostgresConnection*> live();

   private:
    PostgresPool& pool_;
    std::unique_ptr<PostgresConnection> connection_;
  };

 private:
  const std::string url_;
  const std::size_t connections_max_;
  std::mutex mutex_;
  std::condition_variable has_free_;
  std::size_t lent_ = 0;
  std::vector<std::unique_ptr<PostgresConnection>> free_;
};

}  // namespace understudy::storage
