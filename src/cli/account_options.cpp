#include "cli/command_options.h"

namespace understudy::cli {
namespace {

void add_logins(CLI::App& account, Options& options) {
  auto* password = account.add_subcommand(
      "password", "Sets the password an account signs in with; it is read from standard input");
  password->add_option("--account", options.password.account, "Account id (default: the owner)");
  password->add_option("--email", options.password.email,
                       "The address to sign in with (default: the account's)");
  auto* plan = account.add_subcommand("plan", "Sets what an account's bearer tokens may spend");
  plan->add_option("--account", options.plan.account, "Account id (default: the owner)");
  plan->add_option("--plan", options.plan.plan,
                   "free, starter, creator, pro, team, enterprise, business_plus");
  plan->add_flag("--usage-based", options.plan.is_usage_based, "Pays by use, in place of a plan");
  plan->add_option("--included-credits", options.plan.included_credits,
                   "A month, when usage-based");
  plan->add_option("--overage-rate", options.plan.overage_rate_usd,
                   "USD for a credit beyond them, such as 0.01");
  plan->add_option("--cap", options.plan.cap_usd, "USD a month for credits beyond them");
  for (auto* command : {password, plan}) add_target(*command, options.target);
  password->callback(
      [&] { options.status = set_password(options.target, options.password, options.is_json); });
  plan->callback([&] { options.status = set_plan(options.target, options.plan, options.is_json); });
}

void add_keys(CLI::App& app, Options& options) {
  auto* key = app.add_subcommand("key", "API keys of an account")->require_subcommand(1);
  auto* create = key->add_subcommand("create", "Makes a key and prints it, once");
  create->add_option("--account", options.key.account, "Account id (default: the owner)");
  create->add_option("--label", options.key.label, "A name for people");
  create->add_option("--scope", options.key.scopes, "videos:write and the like; none means all");
  create->add_flag("--operator", options.key.is_operator, "May act on every account");
  create->add_flag("--test", options.key.is_test, "Prices are computed and not taken");
  create->add_option("--project", options.key.project, "The id of the project it belongs to");
  create->add_option("--concurrency", options.key.concurrency, "Jobs under way at a time");
  create->add_option("--requests-per-minute", options.key.requests_per_minute,
                     "Its own rate (default: as the server is configured)");
  create->add_option("--cap", options.key.caps, "PERIOD=USD, such as daily=2.50; repeatable");
  create->add_option("--time-zone", options.key.time_zone, "Of the caps' periods (default: UTC)");
  create->add_option("--expires-at", options.key.expires_at_s, "Seconds since 1970");
  auto* list = key->add_subcommand("list", "Lists an account's keys");
  list->add_option("--account", options.key.account, "Account id (default: the owner)");
  auto* change = key->add_subcommand("change", "Changes a key's name and limits from now on");
  change->add_option("id", options.id, "The key's id")->required();
  change->add_option("--label", options.changed_key.label, "A name for people");
  change->add_option("--concurrency", options.changed_key.concurrency,
                     "Jobs under way at a time; 0: as the account's plan says");
  change->add_option("--requests-per-minute", options.changed_key.requests_per_minute,
                     "Its own rate; 0: as the server is configured");
  auto* revoke = key->add_subcommand("revoke", "Refuses a key from now on");
  revoke->add_option("id", options.id, "The key's id")->required();
  auto* rotate = key->add_subcommand("rotate", "Gives a key a new text and prints it, once");
  rotate->add_option("id", options.id, "The key's id")->required();
  rotate->add_option("--overlap", options.overlap_s,
                     "Seconds for which the old text works too (at most 86400)");
  for (auto* command : {create, list, change, revoke, rotate}) add_target(*command, options.target);
  change->callback([&] {
    options.status = change_key(options.target, options.id, options.changed_key, options.is_json);
  });
  rotate->callback([&] {
    options.status = rotate_key(options.target, options.id, options.overlap_s, options.is_json);
  });
  create->callback(
      [&] { options.status = create_key(options.target, options.key, options.is_json); });
  list->callback(
      [&] { options.status = list_keys(options.target, options.key.account, options.is_json); });
  revoke->callback(
      [&] { options.status = revoke_key(options.target, options.id, options.is_json); });
}

void add_corrections(CLI::App& app, CLI::App& wallet, Options& options) {
  auto* refund = app.add_subcommand("refund", "Gives back what a job cost");
  refund->add_option("job", options.refund.job_id, "The job's id")->required();
  refund->add_option("--usd", options.refund.usd, "Amount (default: all that is left)");
  refund->add_option("--reason", options.refund.reason, "For people")->required();
  refund->add_option("--reference", options.refund.reference, "A repeat gives nothing back");
  refund->callback(
      [&] { options.status = refund_job(options.target, options.refund, options.is_json); });

  auto* adjust = wallet.add_subcommand("adjust", "Corrects a balance, up or down");
  adjust->add_option("--account", options.adjustment.account, "Account id (default: the owner)");
  adjust->add_option("--usd", options.adjustment.usd, "Such as 2.50 or -2.50")->required();
  adjust->add_option("--reason", options.adjustment.reason, "For people")->required();
  adjust->add_option("--reference", options.adjustment.reference, "A repeat changes nothing")
      ->required();
  adjust->callback(
      [&] { options.status = adjust_wallet(options.target, options.adjustment, options.is_json); });

  auto* grant = wallet.add_subcommand("grant", "Gives promotional credit, which may expire");
  grant->add_option("--account", options.grant.account, "Account id (default: the owner)");
  grant->add_option("--usd", options.grant.usd, "Amount, such as 10 or 2.50")->required();
  grant->add_option("--note", options.grant.note, "For people")->required();
  grant->add_option("--reference", options.grant.reference, "A repeat gives nothing")->required();
  grant->add_option("--priority", options.grant.priority, "1 is spent first, 100 last (40)");
  grant->add_option("--expires-at", options.grant.expires_at_s, "Seconds since 1970");
  grant->callback(
      [&] { options.status = grant_credit(options.target, options.grant, options.is_json); });

  auto* lots = wallet.add_subcommand("lots", "Shows what a wallet is made of");
  lots->add_option("--account", options.top_up.account, "Account id (default: the owner)");
  lots->callback(
      [&] { options.status = list_lots(options.target, options.top_up.account, options.is_json); });
  for (auto* command : {refund, adjust, grant, lots}) add_target(*command, options.target);
}

void add_projects(CLI::App& app, Options& options) {
  auto* group = app.add_subcommand("project", "Projects: keys that are counted together")
                    ->require_subcommand(1);
  auto* create = group->add_subcommand("create", "Makes a project");
  auto* list = group->add_subcommand("list", "Lists the projects");
  auto* rename = group->add_subcommand("rename", "Gives a project another name");
  auto* archive = group->add_subcommand("archive", "Ends a project and revokes its keys");
  for (auto* command : {rename, archive}) {
    command->add_option("id", options.project.id, "The project's id")->required();
  }
  for (auto* command : {create, rename}) {
    command->add_option("--name", options.project.name, "Its name")->required();
  }
  const auto bind = [&](CLI::App* command, auto act) {
    command->add_option("--account", options.project.account, "Account id (default: the owner)");
    add_target(*command, options.target);
    command->callback([&options, act] {
      options.status = act(options.target, options.project, options.is_json);
    });
  };
  bind(create, create_project);
  bind(list, list_projects);
  bind(rename, rename_project);
  bind(archive, archive_project);
}

void add_budgets(CLI::App& app, Options& options) {
  auto* group = app.add_subcommand("budget", "Spending caps of an account, a project or a key")
                    ->require_subcommand(1);
  auto* create = group->add_subcommand("create", "Makes a cap");
  auto* list = group->add_subcommand("list", "Lists the caps with what is spent, held and left");
  auto* change = group->add_subcommand("change", "Changes a cap from now on");
  auto* remove = group->add_subcommand("remove", "Ends a cap");
  create->add_option("--limit-usd", options.budget.limit_usd, "Such as 10 or 2.50")->required();
  create->add_option("--project", options.budget.project, "The project's id");
  create->add_option("--key", options.budget.key, "The key's id");
  create->add_option("--period", options.budget.period, "daily, weekly, monthly (default), total");
  create->add_option("--time-zone", options.budget.time_zone, "Of the period (default: UTC)");
  change->add_option("--limit-usd", options.budget.limit_usd, "Such as 10 or 2.50");
  for (auto* command : {create, change}) {
    command->add_option("--alert", options.budget.alerts, "Percentages that are told; repeatable");
  }
  for (auto* command : {change, remove}) {
    command->add_option("id", options.budget.id, "The budget's id")->required();
  }
  const auto bind = [&](CLI::App* command, auto act) {
    command->add_option("--account", options.budget.account, "Account id (default: the owner)");
    add_target(*command, options.target);
    command->callback(
        [&options, act] { options.status = act(options.target, options.budget, options.is_json); });
  };
  bind(create, create_budget);
  bind(list, list_budgets);
  bind(change, change_budget);
  bind(remove, remove_budget);
}

}  // namespace

void add_target(CLI::App& command, AdminTarget& target) {
  command.add_option("--data", target.data, "The installation's data folder");
  command.add_option(
      "--config", target.config_file,
      "The server's options; needed while nobody serves a folder with [database] url");
  command.add_option("--server", target.server,
                     "A server's URL; the key comes from UNDERSTUDY_API_KEY");
}

void add_accounts(CLI::App& app, Options& options) {
  auto* account =
      app.add_subcommand("account", "Accounts of an installation")->require_subcommand(1);
  auto* create = account->add_subcommand("create", "Makes an account with an empty wallet");
  create->add_option("--name", options.account.name, "Its name")->required();
  create->add_option("--email", options.account.email, "Its e-mail address");
  auto* list = account->add_subcommand("list", "Lists the accounts");
  for (auto* command : {create, list}) add_target(*command, options.target);
  create->callback(
      [&] { options.status = create_account(options.target, options.account, options.is_json); });
  list->callback([&] { options.status = list_accounts(options.target, options.is_json); });
  add_logins(*account, options);
  add_keys(app, options);
}

void add_money(CLI::App& app, Options& options) {
  auto* wallet = app.add_subcommand("wallet", "Wallet of an account")->require_subcommand(1);
  auto* top_up_command = wallet->add_subcommand("top-up", "Adds credit");
  top_up_command->add_option("--usd", options.top_up.usd, "Amount, such as 10 or 2.50")->required();
  top_up_command->add_option("--reference", options.top_up.reference,
                             "Of the payment; a repeat adds nothing");
  top_up_command->add_option("--note", options.top_up.note, "For people");
  auto* show = wallet->add_subcommand("show", "Shows posted, held and available credit");
  for (auto* command : {top_up_command, show}) {
    command->add_option("--account", options.top_up.account, "Account id (default: the owner)");
    add_target(*command, options.target);
  }
  top_up_command->callback(
      [&] { options.status = top_up(options.target, options.top_up, options.is_json); });
  show->callback([&] {
    options.status = show_wallet(options.target, options.top_up.account, options.is_json);
  });
  add_corrections(app, *wallet, options);

  auto* prices = app.add_subcommand("prices", "Prints the price book");
  prices->add_option("--data", options.folder,
                     "An installation's data folder: its own versions count too");
  prices->add_option("--version", options.price_version,
                     "Which version (default: the one in effect; without --data 1)");
  prices->callback([&] { options.status = print_prices(options.folder, options.price_version); });
  auto* verify_command =
      app.add_subcommand("verify", "Checks every invariant of the ledger; also while serving");
  add_target(*verify_command, options.target);
  verify_command->add_option("--seal", options.seals,
                             "NUMBER=HASH of a seal that was kept elsewhere; repeatable");
  verify_command->callback(
      [&] { options.status = verify(options.target, options.seals, options.is_json); });
  auto* seal = app.add_subcommand("seal", "Signed Merkle roots over all wallets, to keep elsewhere")
                   ->require_subcommand(1);
  auto* list = seal->add_subcommand("list", "Lists the newest seals");
  auto* make = seal->add_subcommand("make", "Seals what is booked by now");
  for (auto* command : {list, make}) add_target(*command, options.target);
  list->callback([&] { options.status = list_seals(options.target, options.is_json); });
  make->callback([&] { options.status = make_seal(options.target, options.is_json); });
}

void add_limits(CLI::App& app, Options& options) {
  add_projects(app, options);
  add_budgets(app, options);
}

}  // namespace understudy::cli
