// Projects: groups of keys whose work is counted together. A key belongs to at most one. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy::accounts {

struct Project {
  std::string id;
  std::string account_id;
  std::string name;
  std::int64_t created_at_ms = 0;
  std::int64_t archived_at_ms = 0;  // 0: in use; no new keys once archived
};

class ProjectStore {
 public:
  virtual ~ProjectStore() = default;

  virtual Result<void> create(const Project& project) = 0;  // conflict (the name is taken)
  virtual Result<Project> find(std::string_view account_id, std::string_view id) = 0;  // not_found
  virtual Result<std::vector<Project>> list(std::string_view account_id) = 0;
  virtual Result<void> rename(std::string_view account_id, std::string_view id,
                              std::string_view name) = 0;  // not_found, conflict
  // Its keys are revoked with it.
  virtual Result<void> archive(std::string_view account_id, std::string_view id,
                               std::int64_t now_ms) = 0;  // not_found
};

}  // namespace understudy::accounts
