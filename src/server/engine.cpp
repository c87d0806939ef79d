#include "server/engine.h"

#include "jobs/plan_gate.h"
#include "products/avatar_video/avatar_video_routes.h"
#include "server/webhooks.h"

namespace understudy::server {
namespace fs = std::filesystem;
namespace {

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

}  // namespace

Engine::Engine(Installation& installation, const Config& config, const Clock& the_clock,
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
      videos(*queue, inputs, installation.avatars(), prices, clock,
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
               {.options = webhook_options(config), .allow_private = config.allow_private}, clock) {
}

templates::Videos Engine::videos_for_templates() {
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

}  // namespace understudy::server
