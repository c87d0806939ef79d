#include "jobs/webhook_rules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <arpa/inet.h>

#include "base/text.h"
#include "net/address.h"

namespace understudy::jobs {
namespace {

constexpr std::array<WebhookEventType, 34> kV3Types = {{
    {"avatar_video.success", "A video is ready."},
    {"avatar_video.fail", "A video failed or was cancelled; nothing was charged."},
    {"avatar_video_gif.success", "The animated preview of a video is ready."},
    {"avatar_video_gif.fail", "The animated preview of a video failed with it."},
    {"video_translate.success", "A translation is ready."},
    {"video_translate.fail", "A translation failed; nothing was charged."},
    {"video_translate.preflight.validation_failed", "A translation's source was refused."},
    {"video_translate.preflight.download_failed", "A translation's source could not be fetched."},
    {"personalized_video", "A personalised video changed its state."},
    {"instant_avatar.success", "A digital twin is ready."},
    {"instant_avatar.fail", "A digital twin failed; nothing was charged."},
    {"photo_avatar_generation.success", "A photo avatar was generated."},
    {"photo_avatar_generation.fail", "Generating a photo avatar failed; nothing was charged."},
    {"photo_avatar_train.success", "A photo avatar was trained."},
    {"photo_avatar_train.fail", "Training a photo avatar failed; nothing was charged."},
    {"photo_avatar_add_motion.success", "A photo avatar has motion."},
    {"photo_avatar_add_motion.fail", "Adding motion to a photo avatar failed."},
    {"proofread_creation.success", "A proofread is ready."},
    {"proofread_creation.fail", "A proofread failed."},
    {"live_avatar.success", "A realtime session ended."},
    {"live_avatar.fail", "A realtime session failed."},
    {"avatar_video_caption.success",
     "The captions of a video are ready; also its captioned form, where one was asked for."},
    {"avatar_video_caption.fail", "The captions of a video failed with it."},
    {"video_agent.success", "A video of the agent is ready."},
    {"video_agent.fail", "A video of the agent failed; nothing was charged."},
    {"hyperframes_video.success", "A HyperFrames render is ready."},
    {"hyperframes_video.fail", "A HyperFrames render failed; nothing was charged."},
    {"ai_clipping.success", "Clips are ready."},
    {"ai_clipping.fail", "Clipping failed; nothing was charged."},
    {"batch.finished", "Every item of a batch has ended. Sent once per batch."},
    {"filler_word_removal.success", "A film without its filler words is ready."},
    {"filler_word_removal.fail", "Removing filler words failed."},
    {"podcast.success", "A podcast is ready."},
    {"podcast.fail", "A podcast failed; nothing was charged."},
}};

constexpr std::array<WebhookEventType, 21> kExtensionTypes = {{
    {"wallet.*", "All of the wallet's."},
    {"wallet.held", "A job's price was reserved."},
    {"wallet.captured", "A job was charged; what was reserved beyond it is free again."},
    {"wallet.released", "A job ended without a charge; what was reserved is free again."},
    {"wallet.low_balance", "What is available fell below the account's threshold."},
    {"wallet.top_up_succeeded", "A payment was credited."},
    {"wallet.top_up_failed", "A payment failed or expired."},
    {"wallet.reload_started", "The saved card is asked for an automatic top-up."},
    {"wallet.reload_succeeded", "An automatic top-up was credited."},
    {"wallet.reload_failed",
     "An automatic top-up failed, or this month's limit stands in its way."},
    {"wallet.refunded", "A payment was given back, in full or in part."},
    {"wallet.disputed", "A card holder disputes a payment."},
    {"wallet.dispute_won", "A dispute was won: what it took is back."},
    {"wallet.dispute_lost", "A dispute was lost."},
    {"cap.*", "All of the spending caps'."},
    {"cap.threshold_reached", "A share of a spending cap was reached."},
    {"lipsync.success", "A lipsync is ready."},
    {"lipsync.fail", "A lipsync failed; nothing was charged."},
    {"background_removal.success", "A film without its background is ready."},
    {"background_removal.fail", "Removing a background failed."},
    {"webhook.test", "Sent on request, to one endpoint."},
}};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '.' && text.back() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

// "wallet.*" fits "wallet.low_balance".
bool fits(std::string_view pattern, std::string_view type) {
  if (!pattern.ends_with(".*")) return pattern == type;
  return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

struct UrlParts {
  std::string scheme;
  std::string authority;  // with the port
  std::string host;
};

UrlParts parts_of(std::string_view url) {
  UrlParts parts;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return parts;
  parts.scheme = lower_case(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  parts.authority = lower_case(rest.substr(0, rest.find_first_of("/?#\\")));
  std::string_view host = parts.authority;
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') == std::string_view::npos ? 0 : host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  while (host.ends_with('.')) host.remove_suffix(1);
  parts.host = host;
  return parts;
}

bool is_private_name(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  std::array<unsigned char, 16> bytes{};
  const bool is_address = ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
                          ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
  return is_address && !net::is_public_address(host);
}

}  // namespace

std::string_view to_string(DeliveryReason reason) {
  switch (reason) {
    case DeliveryReason::event: return "event";
    case DeliveryReason::redelivery: return "redelivery";
    case DeliveryReason::replay: return "replay";
    case DeliveryReason::test: return "test";
  }
  std::abort();
}

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::pending: return "pending";
    case DeliveryState::delivered: return "delivered";
    case DeliveryState::failed: return "failed";
  }
  std::abort();
}

std::span<const WebhookEventType> v3_event_types() { return kV3Types; }
std::span<const WebhookEventType> extension_event_types() { return kExtensionTypes; }

bool is_v3_event_type(std::string_view type) {
  return std::any_of(kV3Types.begin(), kV3Types.end(),
                     [type](const auto& known) { return known.name == type; });
}

bool is_money_topic(std::string_view topic) {
  return is_name(topic) && (topic.starts_with("wallet.") || topic.starts_with("cap."));
}

Result<void> check_extension_filter(std::string_view pattern) {
  if (is_money_topic(pattern) || is_v3_event_type(pattern)) return {};
  const auto fits_known = [pattern](const WebhookEventType& known) {
    return known.name == pattern || (pattern.ends_with(".*") && fits(pattern, known.name));
  };
  if (std::any_of(kExtensionTypes.begin(), kExtensionTypes.end(), fits_known) ||
      std::any_of(kV3Types.begin(), kV3Types.end(), fits_known)) {
    return {};
  }
  return fail(ErrorCode::invalid_parameter,
              "'events' names '" + printable(pattern, 80) +
                  "', which is no event type; GET /understudy/v1/webhooks/event-types lists them.",
              "events");
}

bool may_hear_of_money(std::span<const std::string> filter) {
  return filter.empty() || std::any_of(filter.begin(), filter.end(), [](const std::string& name) {
           return name.starts_with("wallet.") || name.starts_with("cap.");
         });
}

bool listens(const WebhookEndpoint& endpoint, const WebhookEvent& event) {
  if (!endpoint.is_enabled || (event.is_extension && !endpoint.is_extension)) return false;
  if (!endpoint.entity_id.empty() && endpoint.entity_id != event.entity_id) return false;
  return endpoint.events.empty() ||
         std::any_of(endpoint.events.begin(), endpoint.events.end(),
                     [&event](const std::string& pattern) { return fits(pattern, event.type); });
}

Result<void> check_webhook_url(std::string_view url, bool allow_private, std::string_view param) {
  const auto wrong = [param](std::string_view rule) {
    return fail(ErrorCode::invalid_parameter, "'" + std::string(param) + "' " + std::string(rule),
                std::string(param));
  };
  if (url.size() > kWebhookUrlMax) return wrong("must have at most 2048 characters.");
  if (std::any_of(url.begin(), url.end(),
                  [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '\\'; })) {
    return wrong("must be an absolute URL.");
  }
  const UrlParts parts = parts_of(url);
  if (parts.scheme != "https" && !(allow_private && parts.scheme == "http")) {
    return wrong("must be an https URL.");
  }
  if (parts.host.empty()) return wrong("must be an absolute URL.");
  if (parts.authority.find('@') != std::string::npos) return wrong("must not hold a user name.");
  if (!allow_private && is_private_name(parts.host)) {
    return wrong("leads to an address that is not public, which this server does not call.");
  }
  return {};
}

Result<void> check_callback_url(std::string_view url, bool allow_private) {
  if (url.empty()) return {};
  return check_webhook_url(url, allow_private, "callback_url");
}

std::string origin_of(std::string_view url) {
  const UrlParts parts = parts_of(url);
  return parts.scheme + "://" + parts.authority.substr(parts.authority.rfind('@') + 1);
}

std::string callback_lane(std::string_view account_id, std::string_view url) {
  return "callback:" + std::string(account_id) + ":" + origin_of(url);
}

std::int64_t retry_delay_ms(const WebhookOptions& options, int attempts, double chance) {
  const double doubled =
      static_cast<double>(options.first_retry_ms) * std::exp2(std::clamp(attempts - 1, 0, 40));
  const double pause = std::min(doubled, static_cast<double>(options.longest_retry_ms));
  return static_cast<std::int64_t>(pause * (0.8 + 0.4 * std::clamp(chance, 0.0, 1.0)));
}

}  // namespace understudy::jobs
