// Engine: the services of a running server over one installation, and what they need of each other.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "accounts/plan_allocator.h"
#include "api/links.h"
#include "base/clock.h"
#include "jobs/input_resolver.h"
#include "jobs/job_notifier.h"
#include "jobs/job_store.h"
#include "jobs/process_inspector.h"
#include "jobs/sandbox.h"
#include "library/render_cache.h"
#include "money/price_book.h"
#include "net/http_client.h"
#include "products/assets/assets_service.h"
#include "products/assets/upload_links.h"
#include "products/assets/upload_service.h"
#include "products/avatar_video/avatar_video_service.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars_service.h"
#include "products/avatars/consents.h"
#include "products/background_removals/background_removals_service.h"
#include "products/brand_glossaries/brand_glossaries_service.h"
#include "products/brand_kits/brand_kits_service.h"
#include "products/hyperframes/hyperframes_service.h"
#include "products/lipsyncs/lipsyncs_service.h"
#include "products/oauth/oauth_service.h"
#include "products/templates/templates_service.h"
#include "products/top_ups/auto_reload_service.h"
#include "products/top_ups/top_ups_service.h"
#include "products/voices/voice_previews.h"
#include "products/voices/voices_service.h"
#include "products/webhooks/webhooks_service.h"
#include "server/config.h"
#include "server/installation.h"

namespace understudy::server {

// Everything a request may reach. Members are made in this order and end in the reverse one.
struct Engine {
  Engine(Installation& installation, const Config& config, const Clock& the_clock,
         top_ups::Settings top_up_settings, jobs::Sandbox the_sandbox,
         const std::filesystem::path& temporary_folder);

  // Signed, as the request's client reaches us.
  std::string link(const jobs::BlobRef& blob, const api::Request& request) const {
    return request.base_url + signer.make(blob, clock.now_ms() + link_lifetime_ms);
  }

  // What templates ask of the product that makes videos.
  templates::Videos videos_for_templates();

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

}  // namespace understudy::server
