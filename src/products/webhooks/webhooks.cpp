#include "products/webhooks/webhooks.h"

#include <algorithm>

#include "api/body_fields.h"
#include "api/time_text.h"
#include "base/text.h"

namespace understudy::webhooks {
namespace {

constexpr std::size_t kFilterMax = 100;
constexpr std::size_t kNameMax = 256;

tl::unexpected<Error> invalid(std::string_view param, std::string_view rule) {
  return fail(ErrorCode::invalid_parameter, "'" + std::string(param) + "' " + std::string(rule),
              std::string(param));
}

bool is_given(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value != nullptr && !value->is_null();
}

// A text of at most kNameMax bytes; empty when it is not given.
Result<std::string> text_field(const json::object& body, std::string_view name,
                               std::size_t size_max = kNameMax) {
  if (!is_given(body, name)) return std::string();
  const auto* text = body.at(name).if_string();
  if (text == nullptr) return invalid(name, "must be a string.");
  if (text->size() > size_max) {
    return invalid(name, "must have at most " + std::to_string(size_max) + " characters.");
  }
  if (text->find('\0') != json::string::npos) return invalid(name, "must not hold a NUL.");
  return std::string(text->data(), text->size());
}

// No list and an empty one both mean: all.
Result<std::vector<std::string>> parse_filter(const json::object& body, Surface surface) {
  std::vector<std::string> events;
  if (!is_given(body, "events")) return events;
  const auto* list = body.at("events").if_array();
  if (list == nullptr) return invalid("events", "must be a list of event types, or null for all.");
  if (list->size() > kFilterMax) return invalid("events", "must have at most 100 items.");
  for (const auto& item : *list) {
    if (!item.is_string()) return invalid("events", "must be a list of event types.");
    std::string name(item.get_string());
    if (surface == Surface::extension) TRY(jobs::check_extension_filter(name));
    if (surface == Surface::v3 && !jobs::is_v3_event_type(name)) {
      return invalid("events", "names '" + printable(name, 80) + "', which is no event type.");
    }
    if (std::find(events.begin(), events.end(), name) == events.end()) {
      events.push_back(std::move(name));
    }
  }
  return events;
}

Result<std::string> parse_url(const json::object& body, bool allow_private) {
  TRY_ASSIGN(std::string url, text_field(body, "url", jobs::kWebhookUrlMax));
  if (url.empty()) return invalid("url", "is required.");
  TRY(jobs::check_webhook_url(url, allow_private, "url"));
  return url;
}

Result<std::int64_t> time_field(const json::object& body, std::string_view name) {
  if (!is_given(body, name)) return invalid(name, "is required.");
  const auto& value = body.at(name);
  if (value.is_int64()) return api::parse_time(std::to_string(value.get_int64()), name);
  if (value.is_string()) return api::parse_time(std::string_view(value.get_string()), name);
  return api::parse_time("", name);
}

}  // namespace

Result<jobs::WebhookEndpoint> parse_endpoint(const json::object& body, Surface surface,
                                             bool allow_private) {
  TRY(api::check_members(body, {"url", "events", "entity_id"}));
  jobs::WebhookEndpoint endpoint;
  TRY_ASSIGN(endpoint.url, parse_url(body, allow_private));
  TRY_ASSIGN(endpoint.events, parse_filter(body, surface));
  TRY_ASSIGN(endpoint.entity_id, text_field(body, "entity_id"));
  endpoint.is_extension = surface == Surface::extension;
  return endpoint;
}

Result<jobs::EndpointChange> parse_change(const json::object& body, Surface surface,
                                          bool allow_private) {
  const bool is_extension = surface == Surface::extension;
  TRY(api::check_members(body, {"url", "events", is_extension ? "status" : "url"}));
  jobs::EndpointChange change;
  if (is_given(body, "url")) {
    TRY_ASSIGN(change.url, parse_url(body, allow_private));
    change.is_enabled = true;  // it has just been verified
  }
  if (body.contains("events")) {
    TRY_ASSIGN(change.events, parse_filter(body, surface));
  }
  if (is_extension && is_given(body, "status")) {
    TRY_ASSIGN(const std::string status, text_field(body, "status"));
    if (status != "enabled" && status != "disabled") {
      return invalid("status", "must be enabled or disabled.");
    }
    change.is_enabled = status == "enabled";
  }
  if (!change.url && !change.events && !change.is_enabled) {
    return fail(ErrorCode::invalid_parameter,
                "Give 'url' or 'events': there is nothing to change.");
  }
  return change;
}

Result<Replay> parse_replay(const json::object& body) {
  TRY(api::check_members(body, {"from", "to", "endpoint_id", "event_type", "only_failed"}));
  Replay replay;
  TRY_ASSIGN(replay.from_ms, time_field(body, "from"));
  TRY_ASSIGN(replay.until_ms, time_field(body, "to"));
  if (replay.until_ms < replay.from_ms) return invalid("to", "must not be before 'from'.");
  TRY_ASSIGN(replay.endpoint_id, text_field(body, "endpoint_id"));
  TRY_ASSIGN(replay.event_type, text_field(body, "event_type"));
  if (is_given(body, "only_failed")) {
    if (!body.at("only_failed").is_bool()) return invalid("only_failed", "must be true or false.");
    replay.is_given_up_only = body.at("only_failed").get_bool();
  }
  return replay;
}

Result<std::string> parse_redelivery(const json::object& body) {
  TRY(api::check_members(body, {"endpoint_id"}));
  return text_field(body, "endpoint_id");
}

}  // namespace understudy::webhooks
