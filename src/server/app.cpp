#include "server/app.h"

#include <charconv>

#include "api/dispatcher.h"
#include "api/own_links.h"
#include "api/server.h"
#include "base/log.h"
#include "jobs/local_workers.h"
#include "jobs/sandbox.h"
#include "products/top_ups/top_up_poller.h"
#include "server/all_routes.h"
#include "server/authentication.h"
#include "server/engine.h"
#include "server/installation.h"
#include "server/ledger_routes.h"
#include "server/price_files.h"
#include "server/sweeper.h"
#include "server/top_up_settings.h"
#include "server/webhooks.h"

namespace understudy::server {
namespace fs = std::filesystem;
namespace {

struct Endpoint {
  std::string address;
  int port = 0;
};

// "127.0.0.1:8080", "[::1]:8080".
Result<Endpoint> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string::npos) {
    endpoint.address = text.substr(0, colon);
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    const bool is_port = parsed.ec == std::errc() && parsed.ptr == end && endpoint.port >= 0 &&
                         endpoint.port < 65536;
    if (is_port && !endpoint.address.empty()) {
      if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']')) {
        endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
      }
      return endpoint;
    }
  }
  return fail(ErrorCode::invalid_parameter, "--listen takes address:port, such as 127.0.0.1:8080.");
}

api::Dispatcher::Config dispatcher_config(Engine& engine, Installation& installation,
                                          const Config& config) {
  api::Dispatcher::Config made;
  made.routes = all_routes(engine, installation);
  engine.inputs.set_own_files(api::own_links(made.routes));
  made.authenticate = authenticate_with(installation.accounts(), engine, config.concurrency);
  made.authenticate_bearer = authenticate_bearer_with(installation.oauth(), engine);
  made.idempotency = &installation.idempotency();
  made.clock = &engine.clock;
  made.local_principal = accounts::Principal{.account_id = {},
                                             .key_id = {},
                                             .scopes = {},
                                             .is_operator = true,
                                             .credential = accounts::Credential::local};
  made.waiting_max = config.queue == "off" ? 0 : config.queue_max;
  made.waits_always = config.queue == "always";
  made.requests_per_minute = config.requests_per_minute;
  made.unauthenticated_per_minute = config.unauthenticated_per_minute;
  made.allow_http_urls = config.allow_private;
  return made;
}

// A job in progress is billed by the version of its submit, so that version must be there.
Result<void> check_versions_of_jobs(storage::Database& database) {
  TRY_ASSIGN(const auto newest, database.read([](storage::Connection& connection) {
    return connection.first(
        "SELECT coalesce(max(price_version), 1) FROM job WHERE state IN ('queued', 'running')", {},
        [](const storage::Row& row) { return static_cast<int>(row.integer(0)); });
  }));
  const int version = newest.value_or(1);
  if (money::PriceBook::of_version(version)) return {};
  const std::string number = std::to_string(version);
  return fail(ErrorCode::invalid_parameter, "Jobs in progress were ordered at version " + number +
                                                " of the price book: put prices/" + number +
                                                ".toml back into the data folder.");
}

// The workers' arguments for the configured face models.
Result<std::vector<std::string>> face_arguments_of(const Config& config) {
  std::vector<std::string> arguments;
  for (const auto& [option, argument, file] :
       {std::tuple{"face.yunet_file", "--face-yunet", &config.face_yunet_file},
        std::tuple{"face.landmarks_file", "--face-landmarks", &config.face_landmarks_file}}) {
    if (file->empty()) continue;
    std::error_code failed;
    if (!fs::is_regular_file(*file, failed)) {
      return fail(ErrorCode::invalid_parameter,
                  "The option " + std::string(option) + " must name a file that is there.", option);
    }
    arguments.insert(arguments.end(), {argument, fs::absolute(*file, failed).string()});
  }
  return arguments;
}

Result<jobs::Sandbox> open_sandbox(const Config& config, const fs::path& work_folder) {
  jobs::SandboxOptions options;
  options.mode = jobs::sandbox_mode_from(config.sandbox).value_or(jobs::SandboxMode::auto_);
  options.work_folder = work_folder;
  TRY_ASSIGN(auto sandbox, jobs::Sandbox::open(options));
  log::info("sandbox: {}", sandbox.summary());
  if (!sandbox.weakness().empty()) log::warn("sandbox: {}", sandbox.weakness());
  return sandbox;
}

// The packages that HyperFrames compositions load; scripts/setup puts them beside the build's
// folder.
std::string libraries_folder(const Config& config, const fs::path& program) {
  if (!config.hyperframes_libraries.empty()) return config.hyperframes_libraries;
  return (program.parent_path().parent_path() / "hyperframes").string();
}

}  // namespace

struct App::Parts {
  SystemClock clock;
  std::unique_ptr<Installation> installation;
  std::optional<std::string> new_key;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<api::Dispatcher> dispatcher;
  std::unique_ptr<api::Server> server;
  std::unique_ptr<Sweeper> sweeper;
  std::unique_ptr<WebhookThreads> webhooks;
  std::unique_ptr<top_ups::TopUpPoller> top_up_poller;
  std::unique_ptr<jobs::LocalWorkers> workers;
  Endpoint listen;
  std::string sandbox_summary;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  parts_->workers.reset();
  parts_->top_up_poller.reset();
  parts_->sweeper.reset();
  parts_->webhooks.reset();
  parts_->engine->notifier.stop();
  parts_->server->stop();
}

Result<std::unique_ptr<App>> App::start(const fs::path& data, const Config& config) {
  auto parts = std::make_unique<Parts>();
  TRY_ASSIGN(parts->listen, parse_listen(config.listen));
  TRY_ASSIGN(parts->installation, Installation::open(data, parts->clock, shared_places(config)));
  TRY_ASSIGN(auto prices, load_price_books(parts->installation->shared_path("prices")));
  TRY(money::PriceBook::install(std::move(prices)));
  TRY(check_versions_of_jobs(parts->installation->database()));
  TRY(verify_at_start(*parts->installation, config.verify_at_start));
  TRY_ASSIGN(const auto credit, money::parse_usd(config.welcome_credit_usd));
  TRY_ASSIGN(parts->new_key, parts->installation->make_owner(credit));

  const fs::path work = parts->installation->path("work");
  TRY_ASSIGN(auto sandbox, open_sandbox(config, work));
  parts->sandbox_summary = sandbox.summary();
  if (config.allow_private)
    log::warn("network.allow_private is on: inputs by URL and webhooks may be private addresses");
  TRY_ASSIGN(auto top_up_settings, top_up_settings_of(config));
  parts->engine = std::make_unique<Engine>(*parts->installation, config, parts->clock,
                                           std::move(top_up_settings), std::move(sandbox), work);
  parts->dispatcher = std::make_unique<api::Dispatcher>(
      dispatcher_config(*parts->engine, *parts->installation, config));

  api::ServerConfig server;
  server.listen_address = parts->listen.address;
  server.port = parts->listen.port;
  server.unix_socket = parts->installation->path("serve.sock").string();
  server.public_url = config.public_url;
  server.connections_max = config.connections_max;
  server.behind_proxy = config.behind_proxy;
  server.upload_folder = work;
  server.logs_requests = config.log_level == "debug";
  parts->server = std::make_unique<api::Server>(server, *parts->dispatcher, parts->clock);
  TRY(parts->server->start());

  parts->sweeper = std::make_unique<Sweeper>(*parts->installation, *parts->engine->queue,
                                             config.seal_interval_s * 1000, parts->clock);
  const std::string base_url = config.public_url.empty() ? parts->server->url() : config.public_url;
  parts->webhooks = std::make_unique<WebhookThreads>(
      *parts->installation, *parts->engine->queue, parts->engine->http,
      job_describers(parts->engine->signer, parts->engine->prices, parts->clock, base_url, config),
      config, parts->clock);
  parts->top_up_poller =
      std::make_unique<top_ups::TopUpPoller>(parts->engine->top_ups, parts->engine->auto_reload);
  jobs::LocalWorkersConfig workers;
  workers.program = fs::read_symlink("/proc/self/exe");  // so that ps shows its name
  workers.server_url = parts->server->url();
  workers.token_file = parts->installation->shared_path("worker.token");
  workers.work_folder = work;
  workers.further_arguments = {"--sandbox",       config.sandbox,
                               "--libraries",     libraries_folder(config, workers.program),
                               "--warm-browsers", std::to_string(config.hyperframes_warm_browsers)};
  TRY_ASSIGN(auto face_arguments, face_arguments_of(config));
  for (auto& argument : face_arguments) workers.further_arguments.push_back(std::move(argument));
  workers.count = config.workers < 0 ? jobs::default_worker_count() : config.workers;
  parts->workers = std::make_unique<jobs::LocalWorkers>(workers);
  return std::unique_ptr<App>(new App(std::move(parts)));
}

std::string App::url() const { return parts_->server->url(); }

std::string App::address() const {
  return parts_->listen.address + ":" + std::to_string(parts_->server->port());
}

const std::string& App::sandbox_summary() const { return parts_->sandbox_summary; }

const std::optional<std::string>& App::new_key() const { return parts_->new_key; }

}  // namespace understudy::server
