#include "cli/spending_commands.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/admin_call.h"

namespace understudy::cli {
namespace {

constexpr const char* kProjects = "/understudy/v1/projects";
constexpr const char* kBudgets = "/understudy/v1/budgets";

std::string one(const char* all, const std::string& id, const std::string& account) {
  return std::string(all) + "/" + id + account_query(account);
}

void print_project(const json::value& data) {
  const auto& project = data.get_object();
  fmt::print("{}  {}{}\n", string_or(project, "id"), string_or(project, "name"),
             int_or(project, "archived_at", 0) != 0 ? "  archived" : "");
}

void print_budget(const json::value& data) {
  const auto& budget = data.get_object();
  fmt::print("{}  {} {}  {} {}  limit {} USD, spent {}, held {}, left {}\n",
             string_or(budget, "id"), string_or(budget, "scope"), string_or(budget, "scope_id"),
             string_or(budget, "period"), string_or(budget, "time_zone"),
             usd_text(budget, "limit_usd"), usd_text(budget, "spent_usd"),
             usd_text(budget, "held_usd"), usd_text(budget, "left_usd"));
}

void print_available(const json::object& wallet) {
  fmt::print("available {} USD\n", usd_text(wallet, "available_usd"));
}

}  // namespace

int create_project(const AdminTarget& target, const ProjectOptions& project, bool is_json) {
  const json::object body{{"name", project.name}};
  return call_and_print(target, {"POST", kProjects + account_query(project.account), &body},
                        is_json, print_project);
}

int list_projects(const AdminTarget& target, const ProjectOptions& project, bool is_json) {
  return call_and_print(target, {"GET", kProjects + account_query(project.account)}, is_json,
                        [](const json::value& data) { print_each(data, print_project); });
}

int rename_project(const AdminTarget& target, const ProjectOptions& project, bool is_json) {
  const json::object body{{"name", project.name}};
  return call_and_print(target, {"PATCH", one(kProjects, project.id, project.account), &body},
                        is_json, print_project);
}

int archive_project(const AdminTarget& target, const ProjectOptions& project, bool is_json) {
  return call_and_print(target, {"DELETE", one(kProjects, project.id, project.account)}, is_json,
                        print_project);
}

int create_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json) {
  if (!budget.project.empty() && !budget.key.empty()) {
    return complain(fail(ErrorCode::invalid_parameter,
                         "A budget is of a project or of a key: give --project or --key, or "
                         "neither for the whole account.")
                        .value());
  }
  json::object body{{"scope", "account"},
                    {"period", budget.period},
                    {"time_zone", budget.time_zone},
                    {"limit_usd", budget.limit_usd}};
  if (!budget.project.empty()) {
    body["scope"] = "project";
    body["scope_id"] = budget.project;
  } else if (!budget.key.empty()) {
    body["scope"] = "key";
    body["scope_id"] = budget.key;
  }
  if (!budget.alerts.empty())
    body["alerts"] = json::array(budget.alerts.begin(), budget.alerts.end());
  return call_and_print(target, {"POST", kBudgets + account_query(budget.account), &body}, is_json,
                        print_budget);
}

int list_budgets(const AdminTarget& target, const BudgetOptions& budget, bool is_json) {
  return call_and_print(target, {"GET", kBudgets + account_query(budget.account)}, is_json,
                        [](const json::value& data) { print_each(data, print_budget); });
}

int change_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json) {
  json::object body;
  if (!budget.limit_usd.empty()) body["limit_usd"] = budget.limit_usd;
  if (!budget.alerts.empty())
    body["alerts"] = json::array(budget.alerts.begin(), budget.alerts.end());
  return call_and_print(target, {"PATCH", one(kBudgets, budget.id, budget.account), &body}, is_json,
                        print_budget);
}

int remove_budget(const AdminTarget& target, const BudgetOptions& budget, bool is_json) {
  return call_and_print(target, {"DELETE", one(kBudgets, budget.id, budget.account)}, is_json,
                        [](const json::value& data) {
                          fmt::print("removed {}\n", string_or(data.get_object(), "id"));
                        });
}

int refund_job(const AdminTarget& target, const RefundOptions& refund, bool is_json) {
  json::object body{{"job_id", refund.job_id}, {"reason", refund.reason}};
  if (!refund.usd.empty()) body["amount_usd"] = refund.usd;
  if (!refund.reference.empty()) body["reference"] = refund.reference;
  return call_and_print(
      target, {"POST", "/understudy/v1/refunds", &body}, is_json, [](const json::value& data) {
        const auto& entry = data.get_object();
        fmt::print("refunded {} USD of {} (transaction {})\n", usd_text(entry, "refunded_usd"),
                   string_or(entry, "job_id"), int_or(entry, "transaction_id", 0));
      });
}

int adjust_wallet(const AdminTarget& target, const AdjustmentOptions& adjustment, bool is_json) {
  const json::object body{
      {"usd", adjustment.usd}, {"reason", adjustment.reason}, {"reference", adjustment.reference}};
  return call_and_print(
      target, {"POST", "/understudy/v1/accounts/" + adjustment.account + "/adjustments", &body},
      is_json, [](const json::value& data) {
        fmt::print("adjusted by {} USD; ", usd_text(data.get_object(), "adjusted_usd"));
        print_available(data.get_object());
      });
}

int grant_credit(const AdminTarget& target, const GrantOptions& grant, bool is_json) {
  json::object body{{"usd", grant.usd},
                    {"note", grant.note},
                    {"reference", grant.reference},
                    {"priority", grant.priority}};
  if (grant.expires_at_s != 0) body["expires_at"] = grant.expires_at_s;
  return call_and_print(
      target, {"POST", "/understudy/v1/accounts/" + grant.account + "/grants", &body}, is_json,
      [](const json::value& data) {
        fmt::print("granted {} USD; ", usd_text(data.get_object(), "granted_usd"));
        print_available(data.get_object());
      });
}

int list_lots(const AdminTarget& target, const std::string& account, bool is_json) {
  return call_and_print(
      target, {"GET", "/understudy/v1/accounts/" + account + "/lots"}, is_json,
      [](const json::value& data) {
        print_each(data, [](const json::value& entry) {
          const auto& lot = entry.get_object();
          const auto expires_at = int_or(lot, "expires_at", 0);
          fmt::print("{}  {}  priority {}  left {} USD of {}, held {}{}\n", int_or(lot, "id", 0),
                     string_or(lot, "source"), int_or(lot, "priority", 0),
                     usd_text(lot, "remaining_usd"), usd_text(lot, "amount_usd"),
                     usd_text(lot, "held_usd"),
                     expires_at == 0 ? std::string() : fmt::format(", until {}", expires_at));
        });
      });
}

int rotate_key(const AdminTarget& target, const std::string& id, std::int64_t overlap_s,
               bool is_json) {
  const json::object body{{"overlap_s", overlap_s}};
  return call_and_print(target, {"POST", "/understudy/v1/keys/" + id + "/rotate", &body}, is_json,
                        [](const json::value& data) {
                          fmt::print("{}\n", string_or(data.get_object(), "key"));
                          fmt::print(stderr,
                                     "The key is shown this once; only its hash is kept.\n");
                        });
}

}  // namespace understudy::cli
