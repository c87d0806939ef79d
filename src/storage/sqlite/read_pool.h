// Connections for reading, as many as threads read at the same time. The last one used is the first
// one taken again: its cache is warm. Any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite/sqlite_connection.h"

namespace understudy::storage {

class ReadPool {
 public:
  explicit ReadPool(std::filesystem::path file) : file_(std::move(file)) {}

  // Runs the step on a connection of its own; what it leaves open is ended.
  Result<void> run(const std::function<Result<void>(Connection&)>& step);

 private:
  Result<std::unique_ptr<SqliteConnection>> take();

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> free_;
};

}  // namespace understudy::storage
