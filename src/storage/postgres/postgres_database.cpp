#include "storage/postgres/postgres_database.h"

#include <algorithm>
#include <array>
#include <thread>

#include "storage/postgres/hot_job_store.h"
#include "storage/postgres/postgres_pool.h"
#include "storage/postgres/postgres_setup.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/postgres/write_batcher.h"

namespace understudy::storage {
namespace {

std::size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const PostgresOptions& options)
      : with_hot_steps_(options.with_hot_steps),
        readers_(options.url, std::clamp<std::size_t>(2 * cores(), 4, 24)),
        writers_(options.url, std::clamp<std::size_t>(cores(), 2, 8)),
        batcher_(options.url, options.writers > 0 ? static_cast<std::size_t>(options.writers)
                                                  : std::clamp<std::size_t>(cores(), 2, 4)) {}

  std::unique_ptr<jobs::JobStore> with_own_steps(std::unique_ptr<jobs::JobStore> store) override {
    if (!with_hot_steps_) return store;
    return make_hot_job_store(*this, batcher_, std::move(store));
  }

 protected:
  Result<void> run_write(const Step& step) override {
    PostgresPool::Lease lease(writers_);
    return run_transaction(
        [&] { return lease.live(); },
        [&](PostgresConnection& connection) { return run_guarded(step, connection); });
  }

  Result<void> run_write_for(std::string_view account_id, const Step& step) override {
    return batcher_.run(account_id, step);
  }

  Result<void> run_write_for_job(std::string_view job_id, const Step& step) override {
    TRY_ASSIGN(const auto account_id, account_of(job_id));
    return batcher_.run(account_id, step);
  }

  // Once more on a new connection when the one that was kept turns out to be broken.
  Result<void> run_read(const Step& step) override {
    PostgresPool::Lease lease(readers_);
    for (bool is_repeat : {false, true}) {
      TRY_ASSIGN(auto* connection, lease.live());
      auto outcome = run_guarded(step, *connection);
      if (outcome || is_repeat || connection->is_alive()) return outcome;
    }
    return {};
  }

 private:
  // Who pays for a job never changes. Empty for an unknown job, which the step will refuse.
  Result<std::string> account_of(std::string_view job_id) {
    std::string account_id;
    TRY(run_read([&](Connection& connection) {
      return connection.query("SELECT account_id FROM job WHERE id = $1",
                              std::array{Parameter(job_id)},
                              [&](const Row& row) { account_id = row.text(0); });
    }));
    return account_id;
  }

  const bool with_hot_steps_;
  PostgresPool readers_;
  PostgresPool writers_;
  WriteBatcher batcher_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options) {
  TRY_ASSIGN(auto connection, open_postgres_connection(options.url));
  TRY(prepare_postgres(*connection, options.now_ms));
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace understudy::storage
