#include "cli/command_line.h"

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/admin_commands.h"
#include "cli/api_client.h"
#include "cli/migrate_command.h"
#include "cli/render_command.h"
#include "cli/serve_command.h"
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
  NewAccount account;
  NewKey key;
  TopUp top_up;
  std::string id;
  VideoOptions video;
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
  worker->callback([&] { options.status = run_worker(options.worker); });

  auto* render =
      app.add_subcommand("render", "Runs one job folder: input in, output out; no network");
  render->add_option("folder", options.folder, "The job's folder")->required();
  render->callback([&] { options.status = run_render(options.folder); });

  auto* inspect = app.add_subcommand("inspect", "Prints what a media file is, as JSON");
  inspect->add_option("file", options.folder, "The file")->required();
  inspect->callback([&] { options.status = run_inspect(options.folder); });
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
}

void add_keys(CLI::App& app, Options& options) {
  auto* key = app.add_subcommand("key", "API keys of an account")->require_subcommand(1);
  auto* create = key->add_subcommand("create", "Makes a key and prints it, once");
  create->add_option("--account", options.key.account, "Account id (default: the owner)");
  create->add_option("--label", options.key.label, "A name for people");
  create->add_option("--scope", options.key.scopes, "videos:write and the like; none means all");
  create->add_flag("--operator", options.key.is_operator, "May act on every account");
  auto* list = key->add_subcommand("list", "Lists an account's keys");
  list->add_option("--account", options.key.account, "Account id (default: the owner)");
  auto* revoke = key->add_subcommand("revoke", "Refuses a key from now on");
  revoke->add_option("id", options.id, "The key's id")->required();
  for (auto* command : {create, list, revoke}) add_target(*command, options.target);
  create->callback(
      [&] { options.status = create_key(options.target, options.key, options.is_json); });
  list->callback(
      [&] { options.status = list_keys(options.target, options.key.account, options.is_json); });
  revoke->callback(
      [&] { options.status = revoke_key(options.target, options.id, options.is_json); });
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

  auto* prices = app.add_subcommand("prices", "Prints the price book");
  prices->callback([&] { options.status = print_prices(); });
  auto* verify_command =
      app.add_subcommand("verify", "Checks every invariant of the ledger; also while serving");
  add_target(*verify_command, options.target);
  verify_command->callback([&] { options.status = verify(options.target, options.is_json); });
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
  add_migrate(app, options);
  add_video(app, options);
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
