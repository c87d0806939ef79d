// migrate: moves an embedded installation's database to PostgreSQL. The files stay where they are.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::cli {

struct MigrateOptions {
  std::filesystem::path data;
  std::string url;
};
int run_migrate(const MigrateOptions& options);  // 0 moved, 1 refused or failed, 2 wrong options

}  // namespace understudy::cli
