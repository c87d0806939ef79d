#include "server/app.h"

#include <charconv>

#include "accounts/account.h"
#include "accounts/oauth_text.h"
#include "api/dispatcher.h"
#include "api/documents.h"
#include "api/links.h"
#include "api/own_links.h"
#include "api/quote.h"
#include "api/server.h"
#include "api/worker_routes.h"
#include "base/log.h"
#include "jobs/input_resolver.h"
#include "jobs/job_notifier.h"
#include "jobs/local_workers.h"
#include "jobs/plan_gate.h"
#include "jobs/process_inspector.h"
#include "jobs/sandbox.h"
#include "money/ledger.h"
#include "net/http_client.h"
#include "products/account/account_routes.h"
#include "products/assets/assets_routes.h"
#include "products/assets/search_routes.h"
#include "products/assets/upload_routes.h"
#include "products/avatar_video/avatar_video_routes.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars_routes.h"
#include "products/avatars/consent_routes.h"
#include "products/background_removals/background_removals_routes.h"
#include "products/brand_glossaries/brand_glossaries_routes.h"
#include "products/brand_kits/brand_kits_routes.h"
#include "products/hyperframes/hyperframes_routes.h"
#include "products/lipsyncs/lipsyncs_routes.h"
#include "products/oauth/oauth_routes.h"
#include "products/sounds/sounds_routes.h"
#include "products/spending/spending_routes.h"
#include "products/templates/templates_routes.h"
#include "products/top_ups/top_up_poller.h"
#include "products/top_ups/top_ups_routes.h"
#include "products/voices/voice_previews.h"
#include "products/voices/voices_routes.h"
#include "products/webhooks/webhooks_routes.h"
#include "server/admin_routes.h"
#include "server/health_routes.h"
#include "server/installation.h"
#include "server/ledger_routes.h"
#include "server/login_routes.h"
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

// A film is decoded as a whole and a detector looks at two dozen of its pictures.
jobs::ProcessInspector::Config consent_inspection(const fs::path& temporary_folder) {
  jobs::ProcessInspector::Config config;
  config.work_folder = temporary_folder;
  config.parallel_max = 2;
  config.time_max = std::chrono::seconds(110);
  config.limits.address_space = 4LL << 30;
  config.limits.cpu_s = 90;
  config.command = "inspect-consent";
  return config;
}

// Everything a request may reach. Members are made in this order and end in the reverse one.
struct Engine {
  Engine(Installation& installation, const Config& config, const Clock& the_clock,
         top_ups::Settings top_up_settings, jobs::Sandbox the_sandbox,
         const fs::path& temporary_folder)
      : clock(the_clock),
        link_lifetime_ms(config.link_lifetime_s * 1000),
        plans(installation.plans(), installation.ledger(), config.plans, the_clock),
        gate(jobs::make_plan_gate(installation.queue(), plans, installation.plans())),
        queue(jobs::make_waking_job_store(*gate, notifier)),
        http({.allow_private = config.allow_private}),
        sandbox(std::move(the_sandbox)),
        inspector(sandbox, {.work_folder = temporary_folder}),
        inputs(
            http, installation.assets(), installation.blobs(),
            [this](const fs::path& file) { return inspector.inspect(file); }, temporary_folder),
        project_inspector(sandbox, {.work_folder = temporary_folder, .command = "inspect-project"}),
        signer(installation.link_secret()),
        assets(
            installation.assets(), installation.blobs(),
            [this](const fs::path& file) { return inspector.inspect(file); },
            [](const std::string& account_id) -> Result<std::string> { return account_id; }, clock),
        site_reader(sandbox,
                    {.work_folder = temporary_folder, .parallel_max = 2, .command = "read-site"}),
        kits({.documents = installation.documents(),
              .http = http,
              .inputs = inputs,
              .blobs = installation.blobs(),
              .clock = clock,
              .read_site = [this](const fs::path& file) { return site_reader.inspect(file); },
              .temporary_folder = temporary_folder}),
        glossaries(installation.documents(), clock),
        removals({.queue = *queue,
                  .inputs = inputs,
                  .documents = installation.documents(),
                  .prices = prices,
                  .clock = clock}),
        avatars(*queue, inputs, installation.avatars(), prices, clock),
        consent_inspector(sandbox, consent_inspection(temporary_folder)),
        consents(
            installation.avatars(), inputs, installation.blobs(),
            [this](const fs::path& file) { return consent_inspector.inspect(file); },
            installation.link_secret(), clock),
        videos(
            *queue, inputs, installation.avatars(), prices, clock,
            [this](std::string_view account_id, std::string_view id) {
              return glossaries.pronunciations(account_id, id);
            }),
        templates(installation.documents(), inputs, videos_for_templates(), clock),
        renders({.queue = *queue,
                 .inputs = inputs,
                 .blobs = installation.blobs(),
                 .inspect =
                     [this](const fs::path& archive, const std::string& composition) {
                       return project_inspector.inspect(archive, {composition});
                     },
                 .prices = prices,
                 .clock = clock}),
        lipsyncs(*queue, inputs, prices, clock),
        voices(*queue, notifier, prices, clock),
        top_ups(installation.top_ups(), http, std::move(top_up_settings), clock),
        auto_reload(top_ups),
        voice_previews(installation.path("previews") / "voices"),
        avatar_previews(installation.path("previews") / "avatars"),
        oauth(installation.oauth(), the_clock, config.oauth, installation.link_secret()),
        library_files(installation.path("library")),
        upload_signer(installation.link_secret()),
        uploads(
            installation.uploads(), installation.assets(), installation.blobs(),
            [this](const fs::path& file) { return inspector.inspect(file); },
            [](const std::string& account_id) -> Result<std::string> { return account_id; }, clock),
        webhooks(installation.webhooks(), jobs::webhook_transport(http),
                 jobs::WebhookSecrets(installation.webhook_secret()),
                 {.options = webhook_options(config), .allow_private = config.allow_private},
                 clock) {}

  // Signed, as the request's client reaches us.
  std::string link(const jobs::BlobRef& blob, const api::Request& request) const {
    return request.base_url + signer.make(blob, clock.now_ms() + link_lifetime_ms);
  }

  templates::Videos videos_for_templates() {
    const auto links = [this](const jobs::BlobRef& blob, const api::Request& request) {
      return link(blob, request);
    };
    return {
        .create =
            [this, links](const api::Request& request, const json::object& body) {
              return avatar_video::create_studio(videos, links, prices, request, body);
            },
        .check = [this](const accounts::Principal& principal,
                        const json::object& body) { return videos.check_studio(principal, body); },
        .find = [this](std::string_view account_id,
                       std::string_view id) { return videos.videos().find(account_id, id); }};
  }

  const Clock& clock;
  const std::int64_t link_lifetime_ms;
  const money::PriceBook& prices = money::PriceBook::version_1();
  jobs::JobNotifier notifier;
  accounts::PlanAllocator plans;
  std::unique_ptr<jobs::JobStore> gate;
  std::unique_ptr<jobs::JobStore> queue;
  net::HttpClient http;
  jobs::Sandbox sandbox;
  jobs::ProcessInspector inspector;
  jobs::InputResolver inputs;
  jobs::ProcessInspector project_inspector;
  api::LinkSigner signer;
  assets::AssetService assets;
  jobs::ProcessInspector site_reader;
  brand_kits::BrandKitsService kits;
  brand_glossaries::BrandGlossariesService glossaries;
  background_removals::BackgroundRemovalsService removals;
  avatars::AvatarsService avatars;
  jobs::ProcessInspector consent_inspector;
  avatars::Consents consents;
  avatar_video::AvatarVideoService videos;
  templates::TemplatesService templates;
  hyperframes::HyperframesService renders;
  lipsyncs::LipsyncsService lipsyncs;
  voices::VoicesService voices;
  top_ups::TopUpService top_ups;
  top_ups::AutoReloadService auto_reload;
  voices::VoicePreviews voice_previews;
  avatars::AvatarPreviews avatar_previews;
  oauth::OAuthService oauth;
  library::RenderCache library_files;
  assets::UploadSigner upload_signer;
  assets::UploadService uploads;
  webhooks::WebhooksService webhooks;
};

api::Authenticate authenticate_with(accounts::AccountStore& store, Engine& engine,
                                    int concurrency) {
  return [&, concurrency](std::string_view key) -> Result<std::optional<accounts::Principal>> {
    if (!accounts::is_key_text(key)) return std::optional<accounts::Principal>();
    TRY_ASSIGN(auto principal, store.authenticate(accounts::key_hash(key), engine.clock.now_ms()));
    if (!principal) return principal;
    TRY_ASSIGN(const auto terms, engine.plans.terms(principal->account_id));
    principal->account_concurrency = concurrency < 0 ? terms.concurrency_keys : concurrency;
    if (!terms.is_usage_based) return principal;
    principal->wallet_id = money::credits_wallet(principal->account_id);
    TRY(engine.plans.allocate(principal->account_id));
    return principal;
  };
}

// Bearer tokens spend the month's credits, which the first request of a month brings.
api::Authenticate authenticate_bearer_with(accounts::OAuthStore& store, Engine& engine) {
  return [&](std::string_view token) -> Result<std::optional<accounts::Principal>> {
    if (!accounts::is_oauth_text(accounts::OAuthText::access, token)) {
      return std::optional<accounts::Principal>();
    }
    TRY_ASSIGN(auto principal,
               store.authenticate(accounts::oauth_hash(token), engine.clock.now_ms()));
    if (!principal) return principal;
    TRY_ASSIGN(const auto terms, engine.plans.terms(principal->account_id));
    principal->account_concurrency = terms.concurrency_oauth;
    TRY(engine.plans.allocate(principal->account_id));
    return principal;
  };
}

void append(std::vector<api::Route>& all, std::vector<api::Route> more) {
  for (auto& route : more) all.push_back(std::move(route));
}

std::vector<api::Route> all_routes(Engine& engine, Installation& installation) {
  const auto links = [&engine](const jobs::BlobRef& blob, const api::Request& request) {
    return engine.link(blob, request);
  };
  std::vector<api::Route> routes = avatar_video::routes(engine.videos, links, engine.prices);
  append(routes, avatars::routes(engine.avatar_previews, engine.avatars, links));
  append(routes, background_removals::routes(engine.removals, links, engine.prices));
  append(routes, avatars::consent_routes(engine.consents, engine.avatars, links));
  append(routes, brand_glossaries::routes(engine.glossaries));
  append(routes, brand_kits::routes(engine.kits, links));
  append(routes, hyperframes::routes(engine.renders, links, engine.prices));
  append(routes, lipsyncs::routes(engine.lipsyncs, links, engine.prices));
  append(routes, voices::routes(engine.voices, engine.voice_previews, links, engine.prices));
  append(routes, assets::routes(engine.assets, engine.uploads, links));
  append(routes, assets::upload_routes(engine.uploads, engine.assets, engine.upload_signer,
                                       engine.clock, links));
  append(routes, templates::routes(engine.templates, links));
  append(routes, assets::search_routes(installation.assets(), engine.library_files, links));
  append(routes, sounds::routes(engine.library_files));
  append(routes, webhooks::routes(engine.webhooks));
  append(routes, webhooks::extension_routes(engine.webhooks));
  append(routes,
         account::routes(
             {.accounts = installation.accounts(),
              .plans = engine.plans,
              .ledger = installation.ledger(),
              .jobs = *engine.queue,
              .prices = engine.prices,
              .clock = engine.clock,
              .top_ups = engine.top_ups.is_configured() ? &installation.top_ups() : nullptr}));
  append(routes, top_ups::routes({.top_ups = engine.top_ups,
                                  .reloads = engine.auto_reload,
                                  .accounts = installation.accounts(),
                                  .jobs = *engine.queue,
                                  .prices = engine.prices}));
  api::QuoteFunctions quotes = avatar_video::quotes(engine.videos);
  quotes.merge(background_removals::quotes(engine.removals));
  quotes.merge(avatars::quotes(engine.avatars));
  quotes.merge(voices::quotes(engine.voices));
  quotes.merge(hyperframes::quotes(engine.renders));
  quotes.merge(lipsyncs::quotes(engine.lipsyncs));
  append(routes, api::quote_routes(std::move(quotes), installation.accounts()));
  append(routes, api::file_routes(engine.signer, installation.blobs(), engine.clock));
  append(routes, oauth::routes(engine.oauth));
  const auto ports = spending_ports(installation, engine.clock);
  append(routes, spending::routes(ports));
  append(routes, admin_routes(ports));
  append(routes, ledger_routes(installation, engine.clock));
  append(routes, login_routes({.accounts = installation.accounts(),
                               .plans = installation.plans(),
                               .allocator = &engine.plans,
                               .oauth = engine.oauth,
                               .clock = engine.clock}));
  append(routes, health_routes(engine.sandbox));
  append(routes, api::worker_routes({.jobs = *engine.queue,
                                     .blobs = installation.blobs(),
                                     .notifier = engine.notifier,
                                     .clock = engine.clock},
                                    {.token = installation.worker_token()}));
  append(routes, api::document_routes(routes));
  return routes;
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

  parts->sweeper =
      std::make_unique<Sweeper>(*parts->installation, *parts->engine->queue,
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
