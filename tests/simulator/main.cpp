// simulator [--seed N [--verbose]] [--first N] [--seeds N] [--steps N]
// Exit 0: all seeds hold. 1: one failed; its trace and the command that repeats it were printed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "simulation.h"

namespace {

using understudy::simulator::Simulation;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  int steps = 200;
};

int usage() {
  std::fprintf(stderr, "usage: simulator [--seed N] [--first N] [--seeds N] [--steps N]\n");
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
  for (auto seed = options.first; seed < options.first + options.seeds; ++seed) {
    Simulation simulation(seed);
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
    std::printf("%s\nseed %llu failed; to repeat it: simulator --seed %llu --steps %d\n",
                failure.c_str(), static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(seed), options.steps);
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
