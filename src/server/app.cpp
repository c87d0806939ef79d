#include "server/app.h"

#include <charconv>

#include "accounts/account.h"
#include "api/dispatcher.h"
#include "api/documents.h"
#include "api/links.h"
#include "api/quote.h"
#include "api/server.h"
#include "api/worker_routes.h"
#include "base/log.h"
#include "jobs/input_resolver.h"
#include "jobs/job_notifier.h"
#include "jobs/local_workers.h"
#include "jobs/process_inspector.h"
#include "jobs/sandbox.h"
#include "net/http_client.h"
#include "products/account/account_routes.h"
#include "products/assets/assets_routes.h"
#include "products/avatar_video/avatar_video_routes.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars_routes.h"
#include "products/voices/voice_previews.h"
#include "products/voices/voices_routes.h"
#include "server/admin_routes.h"
#include "server/health_routes.h"
#include "server/installation.h"
#include "server/sweeper.h"

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

api::Authenticate authenticate_with(accounts::AccountStore& store, const Clock& clock) {
  return [&](std::string_view key) -> Result<std::optional<accounts::Principal>> {
    if (!accounts::is_key_text(key)) return std::optional<accounts::Principal>();
    return store.authenticate(accounts::key_hash(key), clock.now_ms());
  };
}

// Everything a request may reach. Members are made in this order and end in the reverse one.
struct Engine {
  Engine(Installation& installation, const Config& config, const Clock& the_clock,
         jobs::Sandbox the_sandbox, const fs::path& temporary_folder)
      : clock(the_clock),
        queue(jobs::make_waking_job_store(installation.queue(), notifier)),
        http({.allow_private = config.allow_private}),
        sandbox(std::move(the_sandbox)),
        inspector(sandbox, {.work_folder = temporary_folder}),
        inputs(
            http, installation.assets(), installation.blobs(),
            [this](const fs::path& file) { return inspector.inspect(file); }, temporary_folder),
        signer(installation.link_secret()),
        assets(
            installation.assets(), installation.blobs(),
            [this](const fs::path& file) { return inspector.inspect(file); },
            [](const std::string& account_id) -> Result<std::string> { return account_id; }, clock),
        videos(*queue, inputs, prices, clock),
        voices(*queue, notifier, prices, clock),
        voice_previews(installation.path("previews") / "voices"),
        avatar_previews(installation.path("previews") / "avatars") {}

  const Clock& clock;
  const money::PriceBook& prices = money::PriceBook::version_1();
  jobs::JobNotifier notifier;
  std::unique_ptr<jobs::JobStore> queue;
  net::HttpClient http;
  jobs::Sandbox sandbox;
  jobs::ProcessInspector inspector;
  jobs::InputResolver inputs;
  api::LinkSigner signer;
  assets::AssetService assets;
  avatar_video::AvatarVideoService videos;
  voices::VoicesService voices;
  voices::VoicePreviews voice_previews;
  avatars::AvatarPreviews avatar_previews;
};

void append(std::vector<api::Route>& all, std::vector<api::Route> more) {
  for (auto& route : more) all.push_back(std::move(route));
}

std::vector<api::Route> all_routes(Engine& engine, Installation& installation,
                                   const Config& config) {
  const auto links = [&engine, lifetime_ms = config.link_lifetime_s * 1000](
                         const jobs::BlobRef& blob, const api::Request& request) {
    return request.base_url + engine.signer.make(blob, engine.clock.now_ms() + lifetime_ms);
  };
  std::vector<api::Route> routes = avatar_video::routes(engine.videos, links, engine.prices);
  append(routes, avatars::routes(engine.avatar_previews));
  append(routes, voices::routes(engine.voices, engine.voice_previews, links, engine.prices));
  append(routes, assets::routes(engine.assets, links));
  append(routes, account::routes({.accounts = installation.accounts(),
                                  .ledger = installation.ledger(),
                                  .jobs = *engine.queue,
                                  .prices = engine.prices,
                                  .clock = engine.clock}));
  api::QuoteFunctions quotes = avatar_video::quotes(engine.videos);
  quotes.merge(voices::quotes(engine.voices));
  append(routes, api::quote_routes(std::move(quotes), installation.accounts(), engine.prices));
  append(routes, api::file_routes(engine.signer, installation.blobs(), engine.clock));
  append(routes, api::document_routes());
  append(routes, admin_routes(installation.accounts(), installation.ledger(), engine.clock));
  append(routes, health_routes(engine.sandbox));
  append(routes, api::worker_routes({.jobs = *engine.queue,
                                     .blobs = installation.blobs(),
                                     .notifier = engine.notifier,
                                     .clock = engine.clock},
                                    {.token = installation.worker_token()}));
  return routes;
}

api::Dispatcher::Config dispatcher_config(Engine& engine, Installation& installation,
                                          const Config& config) {
  api::Dispatcher::Config made;
  made.routes = all_routes(engine, installation, config);
  made.authenticate = authenticate_with(installation.accounts(), engine.clock);
  made.idempotency = &installation.idempotency();
  made.clock = &engine.clock;
  made.local_principal =
      accounts::Principal{.account_id = {}, .key_id = {}, .scopes = {}, .is_operator = true};
  made.allow_http_urls = config.allow_private;
  return made;
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

}  // namespace

struct App::Parts {
  SystemClock clock;
  std::unique_ptr<Installation> installation;
  std::optional<std::string> new_key;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<api::Dispatcher> dispatcher;
  std::unique_ptr<api::Server> server;
  std::unique_ptr<Sweeper> sweeper;
  std::unique_ptr<jobs::LocalWorkers> workers;
  Endpoint listen;
  std::string sandbox_summary;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  parts_->workers.reset();
  parts_->sweeper.reset();
  parts_->engine->notifier.stop();
  parts_->server->stop();
}

Result<std::unique_ptr<App>> App::start(const fs::path& data, const Config& config) {
  auto parts = std::make_unique<Parts>();
  TRY_ASSIGN(parts->listen, parse_listen(config.listen));
  TRY_ASSIGN(parts->installation, Installation::open(data, parts->clock, config.database_url));
  TRY_ASSIGN(const auto credit, money::parse_usd(config.welcome_credit_usd));
  TRY_ASSIGN(parts->new_key, parts->installation->make_owner(credit));

  const fs::path work = parts->installation->path("work");
  TRY_ASSIGN(auto sandbox, open_sandbox(config, work));
  parts->sandbox_summary = sandbox.summary();
  if (config.allow_private)
    log::warn("network.allow_private is on: inputs by URL may be private addresses");
  parts->engine = std::make_unique<Engine>(*parts->installation, config, parts->clock,
                                           std::move(sandbox), work);
  parts->dispatcher = std::make_unique<api::Dispatcher>(
      dispatcher_config(*parts->engine, *parts->installation, config));

  api::ServerConfig server;
  server.listen_address = parts->listen.address;
  server.port = parts->listen.port;
  server.unix_socket = parts->installation->path("serve.sock").string();
  server.public_url = config.public_url;
  server.connections_max = config.connections_max;
  server.upload_folder = work;
  server.logs_requests = config.log_level == "debug";
  parts->server = std::make_unique<api::Server>(server, *parts->dispatcher, parts->clock);
  TRY(parts->server->start());

  parts->sweeper =
      std::make_unique<Sweeper>(*parts->installation, *parts->engine->queue, parts->clock);
  jobs::LocalWorkersConfig workers;
  workers.program = fs::read_symlink("/proc/self/exe");  // so that ps shows its name
  workers.server_url = parts->server->url();
  workers.token_file = parts->installation->path("worker.token");
  workers.work_folder = work;
  workers.further_arguments = {"--sandbox", config.sandbox};
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
