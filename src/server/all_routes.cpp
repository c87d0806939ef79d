#include "server/all_routes.h"

#include "api/documents.h"
#include "api/quote.h"
#include "api/worker_routes.h"
#include "products/account/account_routes.h"
#include "products/assets/assets_routes.h"
#include "products/assets/search_routes.h"
#include "products/assets/upload_routes.h"
#include "products/avatar_video/avatar_video_routes.h"
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
#include "products/top_ups/top_ups_routes.h"
#include "products/voices/voices_routes.h"
#include "products/webhooks/webhooks_routes.h"
#include "server/admin_routes.h"
#include "server/health_routes.h"
#include "server/ledger_routes.h"
#include "server/login_routes.h"

namespace understudy::server {
namespace {

void append(std::vector<api::Route>& all, std::vector<api::Route> more) {
  for (auto& route : more) all.push_back(std::move(route));
}

}  // namespace

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

}  // namespace understudy::server
