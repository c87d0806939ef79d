#include "cli/command_line.h"

#include <cstdlib>

#include <fmt/format.h>

#include "cli/api_client.h"
#include "cli/command_options.h"
#include "cli/hyperframes_command.h"
#include "cli/migrate_command.h"
#include "cli/video_command.h"
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

void add_hyperframes(CLI::App& app, Options& options) {
  auto* group = app.add_subcommand("hyperframes", "HTML compositions to video, without a server")
                    ->require_subcommand(1);
  HyperframesOptions& wanted = options.hyperframes;
  auto* render = group->add_subcommand("render", "Renders a project's folder to a video file");
  auto* preview = group->add_subcommand(
      "preview", "Shows a project in a browser, or writes a sheet of its frames");
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
  add_processes(app, options);
  add_accounts(app, options);
  add_money(app, options);
  add_limits(app, options);
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
