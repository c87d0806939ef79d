// project, budget and refund, and what keys can do after their creation: thin calls of
// products/spending and of the administration routes.
#pragma once

#include <string>
#include <vector>

#include "cli/admin_channel.h"

namespace understudy::cli {

struct ProjectOptions {
  std::string account = "owner";
  std::string id;
  std::string name;
};
int create_project(const AdminTarget& target, const ProjectOptions& project, bool is_json);
int list_projects(const AdminTarget& target, const ProjectOptions& project, bool is_json);
int rename_project(const AdminTarget& target, const ProjectOptions& project, bool is_json);
int archive_project(const AdminTarget& target, const ProjectOptions& project, bool is_json);

struct BudgetOptions {
  std::string account = "owner";
  std::string id;
  std::string project;  // whose cap it is; with neither project nor key the account's
  std::string key;
  std::string period = "monthly";
  std::string time_zone = "UTC";
  std::string limit_usd;
  std::vector<int> alerts;
};
int create_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json);
int list_budgets(const AdminTarget& target, const BudgetOptions& budget, bool is_json);
int change_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json);
int remove_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json);

struct RefundOptions {
  std::string job_id;
  std::string usd;  // empty: all that is left of the charge
  std::string reason;
  std::string reference;
};
int refund_job(const AdminTarget& target, const RefundOptions& refund, bool is_json);

struct AdjustmentOptions {
  std::string account = "owner";
  std::string usd;
  std::string reason;
  std::string reference;
};
int adjust_wallet(const AdminTarget& target, const AdjustmentOptions& adjustment, bool is_json);

struct GrantOptions {
  std::string account = "owner";
  std::string usd;
  std::string note;
  std::string reference;
  int priority = 40;
  std::int64_t expires_at_s = 0;
};
int grant_credit(const AdminTarget& target, const GrantOptions& grant, bool is_json);
int list_lots(const AdminTarget& target, const std::string& account, bool is_json);

int rotate_key(const AdminTarget& target, const std::string& id, std::int64_t overlap_s,
               bool is_json);

}  // namespace understudy::cli
