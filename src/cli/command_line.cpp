#include "cli/command_line.h"

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/admin_commands.h"
#include "cli/api_client.h"
#include "cli/hyperframes_command.h"
#include "cli/login_commands.h"
#include "cli/migrate_command.h"
#include "cli/render_command.h"
#include "cli/serve_command.h"
#include "cli/spending_commands.h"
#include "cli/video_command.h"
#include "cli/worker_command.h"
#include "server/doctor.h"

namespace understudy::cli {
namespace {

constexpr const char* kAbout =
    "Understudy: talking-avatar video from your own machine, paid from a prepaid wallet.\n"
    "An open server that speaks the HeyGen v3 API.";

std::string api_key() {
  const char* key = std::getenv("UNDERSTUDY_API_KEY");
  return key != nullptr ? key : "";
}

void add_target(CLI::App& command, AdminTarget& target) {
  command.add_option("--data", target.data, "The installation's data folder");
  command.add_option(
      "--config", target.config_file,
      "The server's options; needed while nobody serves a folder with [database] url");
  command.add_option("--server", target.server,
                     "A server's URL; the key comes from UNDERSTUDY_API_KEY");
}

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

void add_serve(CLI::App& app, Options& options) {
  auto* serve = app.add_subcommand("serve", "HTTP API, wallet, job queue and local workers");
  serve->add_option("--data", options.serve.data, "Folder for the database and all files")
      ->required();
  serve->add_option("--listen", options.serve.listen, "address:port (default 127.0.0.1:8080)");
  serve->add_option("--config", options.serve.config_file,
                    "Options as TOML; see config/understudy.example.toml");
  serve
      ->add_option("--workers", options.serve.workers,
                   "Local worker processes (default: one per core)")
      ->check(CLI::Range(0, 1024));
  serve->add_option("--address-file", options.serve.address_file,
                    "Write the address that is listened on here");
  serve->callback([&] { options.status = run_serve(options.serve); });
}

void add_processes(CLI::App& app, Options& options) {
  auto* worker = app.add_subcommand("worker", "Claims jobs from a server and renders them");
  worker->add_option("--server", options.worker.server, "The server's URL")->required();
  worker
      ->add_option("--token-file", options.worker.token_file,
                   "File with the worker token (DIR/worker.token)")
      ->required();
  worker->add_option("--work", options.worker.work_folder, "Folder for jobs in progress")
      ->required();
  worker->add_option("--lane", options.worker.lanes, "standard, speech (default: both)");
  worker
      ->add_option("--sandbox", options.worker.sandbox,
                   "auto: the strongest that works; required: with namespaces")
      ->check(CLI::IsMember({"auto", "required"}));
  worker->add_option("--libraries", options.worker.libraries,
                     "Folder of the packages that HyperFrames compositions may load");
  worker
      ->add_option("--warm-browsers", options.worker.warm_browsers,
                   "1: a browser is started before the HyperFrames job that it is for")
      ->check(CLI::Range(0, 1));
  worker->add_option("--face-yunet", options.worker.face_yunet, "A YuNet model (ONNX) for faces");
  worker->add_option("--face-landmarks", options.worker.face_landmarks,
                     "A dlib file of 68 face landmarks; mind its terms");
  worker->callback([&] { options.status = run_worker(options.worker); });

  auto* render =
      app.add_subcommand("render", "Runs one job folder: input in, output out; no network");
  render->add_option("folder", options.folder, "The job's folder")->required();
  render->add_option("--ahead", options.kind, "Prepare for a job of this kind, and wait for it");
  render->callback([&] { options.status = run_render(options.folder, options.kind); });

  auto* inspect = app.add_subcommand("inspect", "Prints what a media file is, as JSON");
  inspect->add_option("file", options.folder, "The file")->required();
  inspect->callback([&] { options.status = run_inspect(options.folder); });

  auto* project = app.add_subcommand("inspect-project",
                                     "Prints what a HyperFrames project's archive is, as JSON");
  project->add_option("file", options.folder, "The ZIP archive")->required();
  project->add_option("composition", options.id, "The composition's file in it")->required();
  project->callback([&] { options.status = run_inspect_project(options.folder, options.id); });

  auto* read_site =
      app.add_subcommand("read-site", "Prints the brand of a saved web site, as JSON");
  read_site->add_option("file", options.folder, "{\"url\", \"html\", \"styles\"} as JSON")
      ->required();
  read_site->callback([&] { options.status = run_read_site(options.folder); });
}

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

void add_corrections(CLI::App& app, CLI::App& wallet, Options& options);

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

void add_hyperframes(CLI::App& app, Options& options) {
  auto* group = app.add_subcommand("hyperframes", "HTML compositions to video, without a server")
                    ->require_subcommand(1);
  HyperframesOptions& wanted = options.hyperframes;
  auto* render = group->add_subcommand("render", "Renders a project's folder to a video file");
  auto* preview = group->add_subcommand("preview", "Shows a project in a browser, or writes a sheet of its frames");
  auto* lint = group->add_subcommand("lint", "Says what is wrong with a project; 1 for errors");
  for (auto* command : {render, preview, lint}) {
    command->add_option("folder", wanted.project, "The project's folder")->required();
    command->add_option("--composition", wanted.composition, "Its file (default: index.html)");
  }
  for (auto* command : {render, preview}) {
    command->add_option("--output,-o", wanted.output, "The file to write");
    command->add_option("--variables", wanted.variables, "A JSON object");
    command->add_option("--fps", wanted.fps, "Frames a second (30)")->check(CLI::Range(1, 240));
    command->add_option("--resolution", wanted.resolution, "1080p or 4k")
        ->check(CLI::IsMember({"1080p", "4k"}));
    command->add_option("--libraries", wanted.libraries,
                        "Folder of the packages that compositions may load");
  }
  render->add_option("--quality", wanted.quality, "draft, standard or high")
      ->check(CLI::IsMember({"draft", "standard", "high"}));
  render->add_option("--format", wanted.format, "mp4, webm or mov (default: by the output's name)")
      ->check(CLI::IsMember({"mp4", "webm", "mov"}));
  render->add_option("--browsers", wanted.browsers, "That draw at once (default: by the cores)")
      ->check(CLI::Range(1, 8));
  render
      ->add_option("--source", wanted.source,
                   "Where frames are taken first: compositor memory, frame tap or screenshots")
      ->check(CLI::IsMember({"compositor memory", "frame tap", "screenshots"}));
  for (auto* command : {render, preview}) {
    command->add_option("--sandbox", wanted.sandbox, "auto, required or jail")
        ->check(CLI::IsMember({"auto", "required", "jail"}));
  }
  render->add_flag("--strict", wanted.is_strict, "Render nothing while lint finds errors");
  preview->add_option("--port", wanted.port, "Of the preview's server on the loopback (8090)");
  preview->add_option("--stills", wanted.stills, "Frames of the sheet that --output names (12)")
      ->check(CLI::Range(1, 100));
  render->callback([&] { options.status = render_project(wanted); });
  preview->callback([&] { options.status = preview_project(wanted); });
  lint->callback([&] {
    wanted.is_json = options.is_json;
    options.status = lint_project(wanted);
  });
}

void add_migrate(CLI::App& app, Options& options) {
  auto* migrate = app.add_subcommand(
      "migrate", "Moves an embedded installation that is not served to PostgreSQL");
  migrate->add_option("--data", options.migrate.data, "The installation's data folder")->required();
  migrate
      ->add_option("--to", options.migrate.url,
                   "postgresql://user@host/database: an empty database; the password may come from "
                   "PGPASSWORD or ~/.pgpass")
      ->required();
  migrate->callback([&] { options.status = run_migrate(options.migrate); });
}

void add_video(CLI::App& app, Options& options) {
  auto* video =
      app.add_subcommand("video", "Makes a talking video from a sentence and prints its receipt");
  video->add_option("--server", options.server, "The server's URL (default http://127.0.0.1:8080)");
  video->add_option("--script", options.video.script, "What is said")->required();
  video->add_option("--avatar", options.video.avatar_id, "A look's id (default: the first)");
  video->add_option("--voice", options.video.voice_id, "A voice's id (default: the look's)");
  video->add_option("--resolution", options.video.resolution, "720p or 1080p");
  video->add_option("--aspect-ratio", options.video.aspect_ratio, "16:9, 9:16, 4:5, 5:4, 1:1");
  video->add_option("--output", options.video.output,
                    "File to write: .mp4, or .webm with transparency");
  video->callback([&] {
    const std::string key = api_key();
    if (key.empty()) {
      fmt::print(
          stderr,
          "understudy: set UNDERSTUDY_API_KEY to a key (DIR/owner.key has the first one).\n");
      options.status = 2;
      return;
    }
    auto client = ApiClient::at_url(options.server, key);
    if (const auto made = make_video(client, options.video); !made) {
      fmt::print(stderr, "understudy: {}\n", made.error().message);
      options.status = 1;
    }
  });
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app(kAbout, "understudy");
  app.require_subcommand(1);
  app.set_version_flag("--version", "understudy " UNDERSTUDY_VERSION);
  Options options;
  app.add_flag("--json", options.is_json, "Print answers as JSON");
  app.fallthrough();
  add_serve(app, options);
  add_processes(app, options);
  add_accounts(app, options);
  add_keys(app, options);
  add_money(app, options);
  add_projects(app, options);
  add_budgets(app, options);
  add_migrate(app, options);
  add_video(app, options);
  add_hyperframes(app, options);
  auto* doctor = app.add_subcommand(
      "doctor", "What is installed, which providers are active, what is missing");
  add_target(*doctor, options.target);
  doctor->callback([&] { options.status = server::print_doctor_report(options.target.data); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop) == 0 ? 0 : 2;
  }
  return options.status;
}

}  // namespace understudy::cli
