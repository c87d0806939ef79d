#include "cli/command_options.h"
#include "cli/render_command.h"

namespace understudy::cli {
namespace {

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

void add_worker(CLI::App& app, Options& options) {
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
}

}  // namespace

void add_processes(CLI::App& app, Options& options) {
  add_serve(app, options);
  add_worker(app, options);
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

  auto* consent =
      app.add_subcommand("inspect-consent", "Prints what the film of a consent shows, as JSON");
  consent->add_option("file", options.folder, "The film")->required();
  consent->callback([&] { options.status = run_inspect_consent(options.folder); });

  auto* read_site =
      app.add_subcommand("read-site", "Prints the brand of a saved web site, as JSON");
  read_site->add_option("file", options.folder, "{\"url\", \"html\", \"styles\"} as JSON")
      ->required();
  read_site->callback([&] { options.status = run_read_site(options.folder); });
}

}  // namespace understudy::cli
