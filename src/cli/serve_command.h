// `understudy serve`: reads the configuration, runs the application until SIGINT or SIGTERM.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace understudy::cli {

struct ServeOptions {
  std::filesystem::path data;
  std::filesystem::path config_file;
  std::filesystem::path address_file;
  std::optional<std::string> listen;
  std::optional<int> workers;
};

int run_serve(const ServeOptions& options);

}  // namespace understudy::cli
