#include "cli/serve_command.h"

#include <csignal>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "server/app.h"

namespace understudy::cli {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "  {}\n", error.detail);
  return 2;
}

Result<server::Config> config_of(const ServeOptions& options) {
  server::Config config;
  if (!options.config_file.empty()) {
    TRY_ASSIGN(config, server::load_config(options.config_file));
  }
  if (options.listen) config.listen = *options.listen;
  if (options.workers) config.workers = *options.workers;
  return config;
}

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warn") return log::Level::warn;
  if (name == "error") return log::Level::error;
  return log::Level::info;
}

void greet(const server::App& app) {
  fmt::print("understudy serves at {}\n", app.url());
  if (app.new_key()) {
    fmt::print("The owner's API key, shown this once and kept in owner.key:\n  {}\n",
               *app.new_key());
  }
  std::fflush(stdout);
}

}  // namespace

int run_serve(const ServeOptions& options) {
  const auto config = config_of(options);
  if (!config) return complain(config.error());
  log::set_level(level_of(config->log_level));

  // Blocked in every thread, so that only the wait below takes them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto app = server::App::start(options.data, *config);
  if (!app) return complain(app.error());
  greet(**app);
  if (!options.address_file.empty()) {
    if (const auto written =
            write_file_durably(options.address_file, (*app)->address() + "\n", 0644);
        !written) {
      return complain(written.error());
    }
  }
  int signal = 0;
  sigwait(&stop_signals, &signal);
  log::info("stopping");
  app->reset();
  return 0;
}

}  // namespace understudy::cli
