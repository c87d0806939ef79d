// What the command line's options are parsed into, and the functions that add the subcommands.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/admin_commands.h"
#include "cli/hyperframes_command.h"
#include "cli/login_commands.h"
#include "cli/migrate_command.h"
#include "cli/serve_command.h"
#include "cli/spending_commands.h"
#include "cli/video_command.h"
#include "cli/worker_command.h"

namespace understudy::cli {

// Everything the options are parsed into; it outlives the callbacks.
struct Options {
  int status = 0;
  bool is_json = false;
  AdminTarget target;
  MigrateOptions migrate;
  ServeOptions serve;
  WorkerOptions worker;
  std::filesystem::path folder;
  std::string kind;
  NewAccount account;
  NewPassword password;
  NewPlan plan;
  NewKey key;
  ChangedKey changed_key;
  TopUp top_up;
  std::string id;
  std::int64_t overlap_s = 0;
  std::vector<std::string> seals;
  ProjectOptions project;
  BudgetOptions budget;
  RefundOptions refund;
  AdjustmentOptions adjustment;
  GrantOptions grant;
  int price_version = 0;
  VideoOptions video;
  HyperframesOptions hyperframes;
  std::string server = "http://127.0.0.1:8080";
};

// Of commands that an installation or a server is told.
void add_target(CLI::App& command, AdminTarget& target);

void add_processes(CLI::App& app, Options& options);  // serve, worker, render, inspect, ...
void add_accounts(CLI::App& app, Options& options);   // account, key
void add_money(CLI::App& app, Options& options);      // wallet, prices, verify, seal, refund
void add_limits(CLI::App& app, Options& options);     // project, budget

}  // namespace understudy::cli
