#include "server/webhooks.h"

#include <cstring>

#include "base/bytes.h"
#include "products/avatar_video/avatar_video_json.h"
#include "products/avatars/avatars_json.h"
#include "products/hyperframes/hyperframes_json.h"
#include "products/lipsyncs/lipsyncs_json.h"

namespace understudy::server {
namespace {

double chance() {
  std::uint32_t number = 0;
  const std::string bytes = random_bytes(sizeof number);
  std::memcpy(&number, bytes.data(), sizeof number);
  return number / 4294967296.0;
}

}  // namespace

jobs::WebhookOptions webhook_options(const Config& config) {
  return {.deadline_ms = config.webhook_deadline_ms,
          .first_retry_ms = config.webhook_first_retry_ms,
          .longest_retry_ms = config.webhook_longest_retry_ms,
          .give_up_after_ms = config.webhook_give_up_after_s * 1000,
          .secret_overlap_ms = config.webhook_secret_overlap_s * 1000,
          .history_ms = config.webhook_history_days * jobs::kDayMs,
          .concurrency = config.webhook_concurrency,
          .endpoint_concurrency = config.webhook_endpoint_concurrency};
}

jobs::JobDescribers job_describers(const api::LinkSigner& signer, const money::PriceBook& prices,
                                   const Clock& clock, const std::string& base_url,
                                   const Config& config) {
  const std::int64_t lifetime_ms = (config.link_lifetime_s + config.webhook_give_up_after_s) * 1000;
  const auto link = [&signer, &clock, base_url, lifetime_ms](const jobs::BlobRef& blob) {
    return base_url + signer.make(blob, clock.now_ms() + lifetime_ms);
  };
  return {{"avatar_video", [link, &prices](const jobs::Job& job) {
             return avatar_video::webhook_event(job, link, prices);
           }},
          {"avatars", [link, &prices](const jobs::Job& job) {
             return avatars::webhook_event(job, link, prices);
           }},
          {"hyperframes", [link, &prices](const jobs::Job& job) {
             return hyperframes::webhook_event(job, link, prices);
           }},
          {"lipsyncs", [link, &prices](const jobs::Job& job) {
             return lipsyncs::webhook_event(job, link, prices);
           }}};
}

WebhookThreads::WebhookThreads(Installation& installation, jobs::JobStore& queue,
                               const net::HttpClient& http, jobs::JobDescribers describers,
                               const Config& config, const Clock& clock)
    : publisher_(installation.webhooks(), queue, std::move(describers),
                 money::PriceBook::version_1(), webhook_options(config), clock),
      deliverer_(installation.webhooks(), jobs::webhook_transport(http),
                 jobs::WebhookSecrets(installation.webhook_secret()), webhook_options(config),
                 clock, chance),
      dispatcher_(publisher_, deliverer_, installation.webhooks(), webhook_options(config), clock) {
}

}  // namespace understudy::server
