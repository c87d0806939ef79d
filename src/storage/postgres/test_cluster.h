// A PostgreSQL server for tests and benchmarks: its own data folder, one Unix socket, nobody
// else's. It stops with the object, and also when the program is killed. As root it runs as the
// user postgres, because PostgreSQL refuses to run as root. Without PostgreSQL start() fails: a
// test that needs it never passes by leaving something out.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace understudy::storage {

class TestCluster {
 public:
  struct Options {
    bool is_durable = false;       // fsync; off saves a test's time
    std::filesystem::path parent;  // of the data folder; empty: the system's temporary folder
  };
  // Errors: storage_failed. To be called by the thread that lives longest.
  static Result<std::unique_ptr<TestCluster>> start(const Options& options);
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  // The URL of a new, empty database: a schema, of which a server makes and drops many quickly.
  Result<std::string> new_database();
  // A way in for administration: the database "postgres".
  std::string admin_url() const;
  // The socket's file.
  std::filesystem::path socket() const { return folder_ / "socket" / ".s.PGSQL.5432"; }

  void stop_at_once();     // as a power cut of the server's process
  Result<void> restart();  // after stop_at_once()

 private:
  explicit TestCluster(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> launch();

  std::filesystem::path folder_;
  int process_ = -1;
  int databases_ = 0;
  bool is_durable_ = false;
};

// The one that the tests of a program share, started at its first use and stopped at the end of the
// program; each database of it is a test's own.
Result<std::string> new_test_database();
TestCluster& shared_test_cluster();

}  // namespace understudy::storage
