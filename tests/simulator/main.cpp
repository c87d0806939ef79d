// simulator [--seed N] [--first N] [--seeds N] [--steps N] [--postgres 1]
// --postgres 1: the same seeds against a PostgreSQL server of the simulator's own.
// Exit 0: all seeds hold. 1: one failed; its trace and the command that repeats it were printed.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "simulation.h"
#include "storage/postgres/test_cluster.h"

namespace {

using understudy::simulator::Simulation;
using understudy::storage::TestCluster;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  int steps = 200;
  bool on_postgres = false;
};

int usage() {
  std::fprintf(stderr,
               "usage: simulator [--seed N] [--first N] [--seeds N] [--steps N] [--postgres 1]\n");
  return 2;
}

bool read(int count, char** arguments, Options& options) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const auto number = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--seed") {
      options.first = number;
      options.seeds = 1;
    } else if (name == "--first") {
      options.first = number;
    } else if (name == "--seeds") {
      options.seeds = number;
    } else if (name == "--steps") {
      options.steps = static_cast<int>(number);
    } else if (name == "--postgres") {
      options.on_postgres = number == 1;
    } else {
      return false;
    }
  }
  return count % 2 == 1;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  if (!read(count, arguments, options)) return usage();
  understudy::log::set_level(understudy::log::Level::error);
  Simulation::Counts all;
  std::unique_ptr<TestCluster> cluster;
  if (options.on_postgres) {
    auto started = TestCluster::start({});
    if (!started) {
      std::printf("%s\n", started.error().message.c_str());
      return 1;
    }
    cluster = *std::move(started);
  }
  for (auto seed = options.first; seed < options.first + options.seeds; ++seed) {
    std::string url;
    if (cluster) {
      auto made = cluster->new_database();
      if (!made) return 1;
      url = *std::move(made);
    }
    Simulation simulation(seed, url);
    const std::string failure = simulation.run(options.steps);
    const auto& counts = simulation.counts();
    all.operations += counts.operations;
    all.batches += counts.batches;
    for (const auto& [code, number] : counts.refusals) all.refusals[code] += number;
    all.storage_failures += counts.storage_failures;
    all.restarts += counts.restarts;
    all.unanswered_kept += counts.unanswered_kept;
    all.completed += counts.completed;
    if (failure.empty()) continue;
    std::printf("%s\nseed %llu failed; to repeat it: simulator --seed %llu --steps %d%s\n",
                failure.c_str(), static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(seed), options.steps,
                options.on_postgres ? " --postgres 1" : "");
    return 1;
  }
  std::printf(
      "%llu seeds from %llu hold: %lld operations, %lld batches, %lld failures of the store, %lld "
      "restarts, %lld unanswered batches kept, %lld jobs completed\n",
      static_cast<unsigned long long>(options.seeds),
      static_cast<unsigned long long>(options.first), static_cast<long long>(all.operations),
      static_cast<long long>(all.batches), static_cast<long long>(all.storage_failures),
      static_cast<long long>(all.restarts), static_cast<long long>(all.unanswered_kept),
      static_cast<long long>(all.completed));
  std::printf("refusals:");
  for (const auto& [code, number] : all.refusals) {
    std::printf(" %lld %s", static_cast<long long>(number), code.c_str());
  }
  std::printf("\n");
  return 0;
}
