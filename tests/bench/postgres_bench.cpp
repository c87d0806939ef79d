// What a durable wallet operation costs on PostgreSQL with many callers: the batcher with one call
// per operation against the naive way, a transaction per operation that locks the wallet's row.
// Both write the same rows of the full ledger, on one server with fsync, in the same run, turn by
// turn.
//
//   postgres_bench [folder on the disk to measure] [seconds per turn] [turns]
//
// One JSON line per figure.
#include "base/log.h"
#include "storage/postgres/postgres_database.h"
#include "storage/postgres/postgres_pool.h"
#include "storage/postgres/postgres_transaction.h"
#include "storage/postgres/test_cluster.h"
#include "wallet_load.h"

namespace understudy::storage {
namespace {

constexpr int kCallers = 64;
constexpr int kManyWallets = 10'000;
constexpr double kHotRatioMin = 8;

// The naive way: a connection per caller, a transaction per operation, and SELECT ... FOR UPDATE of
// the wallet before anything else is done with it.
class RowLock final : public Database {
 public:
  explicit RowLock(const std::string& url) : connections_(url, kCallers) {}

 protected:
  Result<void> run_write(const Step& step) override { return locked("", step); }
  Result<void> run_write_for(std::string_view account_id, const Step& step) override {
    return locked(account_id, step);
  }
  Result<void> run_read(const Step& step) override {
    PostgresPool::Lease lease(connections_);
    TRY_ASSIGN(auto* connection, lease.live());
    return step(*connection);
  }

 private:
  Result<void> locked(std::string_view account_id, const Step& step) {
    PostgresPool::Lease lease(connections_);
    return run_transaction([&] { return lease.live(); },
                           [&](PostgresConnection& connection) -> Result<void> {
                             if (!account_id.empty()) {
                               TRY(lock_account(connection, account_id));
                             }
                             return step(connection);
                           });
  }

  PostgresPool connections_;
};

Pair measure(TestCluster& cluster, int wallets, double seconds, int turns) {
  std::vector<Pair> pairs;
  for (int turn = 0; turn < turns; ++turn) {
    const auto url = need(cluster.new_database());
    Subject batched(need(open_postgres({.url = url, .now_ms = now_ms()})), wallets);
    const auto naive_url = need(cluster.new_database());
    need(open_postgres({.url = naive_url, .now_ms = now_ms()}));  // its tables
    Subject naive(std::make_unique<RowLock>(naive_url), wallets);
    const Figures ours = run_turn(batched, kCallers, seconds);
    pairs.push_back({.ours = ours, .baseline = run_turn(naive, kCallers, seconds)});
    for (const Subject* subject : {&batched, &naive}) subject->need_clean();
  }
  return median_of(pairs);
}

int run(const std::filesystem::path& parent, double seconds, int turns) {
  log::set_level(log::Level::warn);
  const auto cluster = need(TestCluster::start({.is_durable = true, .parent = parent}));
  const bool holds = print_pair("postgres_hot_wallet", measure(*cluster, 1, seconds, turns),
                                kCallers, kHotRatioMin);
  print_pair("postgres_many_wallets", measure(*cluster, kManyWallets, seconds, 1), kCallers,
             std::nullopt);
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace understudy::storage

int main(int count, char** arguments) {
  const std::filesystem::path parent = count > 1 ? arguments[1] : "";
  const double seconds = count > 2 ? std::atof(arguments[2]) : 3;
  const int turns = count > 3 ? std::atoi(arguments[3]) : 3;
  return understudy::storage::run(parent, seconds, std::max(turns, 1));
}
