// TurnTaking: a Database on one connection whose callers take turns, so that everything happens in
// the same order each time: only one thread ever runs. Calls made together are written together, in
// the order of the calls, by the code that writes the batches of a server (batch_writer.h).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "storage/sql/database.h"
#include "storage/sqlite/sqlite_connection.h"

namespace understudy::simulator {

class TurnTaking final : public storage::Database {
 public:
  explicit TurnTaking(std::unique_ptr<storage::SqliteConnection> connection);
  ~TurnTaking() override;

  // Runs the calls, each of which may use the database: they read in their order, then their writes
  // become one batch, then each goes on in their order; further writes become further batches.
  void together(const std::vector<std::function<void()>>& calls);

  storage::SqliteConnection& connection() { return *connection_; }

 protected:
  Result<void> run_write(const Step& step) override;
  Result<void> run_read(const Step& step) override;

 private:
  class Turns;
  std::unique_ptr<storage::SqliteConnection> connection_;
  std::unique_ptr<Turns> turns_;  // while calls run together
};

}  // namespace understudy::simulator
