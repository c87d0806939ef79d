#include "products/webhooks/webhooks_routes.h"

#include <charconv>
#include <utility>

#include "api/pagination.h"
#include "api/time_text.h"
#include "products/webhooks/webhooks_json.h"

namespace understudy::webhooks {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kPage{.limit_default = 10, .limit_max = 100};

Result<Response> create(WebhooksService& service, const Request& request) {
  return service.create(request, Surface::v3, [](const auto& endpoint, std::string_view secret) {
    return api::data_response(endpoint_json(endpoint, secret));
  });
}

Result<Response> update(WebhooksService& service, const Request& request) {
  TRY_ASSIGN(const auto endpoint, service.update(request, Surface::v3));
  return api::data_response(endpoint_json(endpoint));
}

Result<Response> remove(WebhooksService& service, const Request& request) {
  TRY(service.remove(request, Surface::v3));
  return api::data_response(json::object());
}

Result<Response> rotate(WebhooksService& service, const Request& request) {
  return service.rotate(request, Surface::v3, [&request](std::string_view secret) {
    return api::data_response(secret_json(request.path_param("endpoint_id"), secret));
  });
}

Result<Response> list_types(WebhooksService&, const Request&) {
  return api::page_response(event_types_json(jobs::v3_event_types()), std::nullopt);
}

// Events page by their number.
Result<std::int64_t> number_before(const api::PageRequest& page) {
  if (page.after_id.empty()) return INT64_MAX;
  std::int64_t number = 0;
  const auto* end = page.after_id.data() + page.after_id.size();
  const auto read = std::from_chars(page.after_id.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number > 0) return number;
  return fail(ErrorCode::invalid_parameter, "'token' must be a next_token of this list.", "token");
}

}  // namespace

Result<Response> list_endpoints(WebhooksService& service, const Request& request, Surface surface) {
  const auto fetch = [&](const api::PageRequest& page) {
    return service.store().list_endpoints({.account_id = request.principal.account_id,
                                           .with_extension = surface == Surface::extension,
                                           .before_id = page.after_id,
                                           .limit = page.limit});
  };
  return api::list_response(request, kPage, fetch, [&](const jobs::WebhookEndpoint& endpoint) {
    return surface == Surface::v3 ? endpoint_json(endpoint) : extended_endpoint_json(endpoint);
  });
}

Result<Response> list_events(WebhooksService& service, const Request& request, Surface surface) {
  TRY_ASSIGN(const auto page, api::page_request(request, kPage));
  jobs::EventQuery query;
  query.account_id = request.principal.account_id;
  query.with_extension = surface == Surface::extension && may_see_money(request);
  query.type = std::string(request.query_value("event_type").value_or(""));
  query.entity_id = std::string(request.query_value("entity_id").value_or(""));
  TRY_ASSIGN(query.before_seq, number_before(page));
  if (surface == Surface::extension) {
    if (const auto from = request.query_value("from")) {
      TRY_ASSIGN(query.from_ms, api::parse_time(*from, "from"));
    }
    if (const auto to = request.query_value("to")) {
      TRY_ASSIGN(query.until_ms, api::parse_time(*to, "to"));
    }
  }
  query.limit = page.limit + 1;
  TRY_ASSIGN(auto events, service.store().list_events(query));
  const auto next = api::cut_page(events, page.limit,
                                  [](const auto& event) { return std::to_string(event.seq); });
  std::string data;
  for (const auto& event : events) {
    data += data.empty() ? "" : ",";
    data += surface == Surface::v3 ? event_text(event) : extended_event_text(event);
  }
  Response response;
  response.text = "{\"data\":[" + data + "],\"has_more\":" + (next ? "true" : "false") +
                  ",\"next_token\":" + (next ? "\"" + *next + "\"" : "null") + "}";
  return response;
}

std::vector<api::Route> routes(WebhooksService& service) {
  const auto handle = [&service](Result<Response> (*handler)(WebhooksService&, const Request&)) {
    return [&service, handler](const Request& request) { return handler(service, request); };
  };
  const auto list = [&service](const Request& request) {
    return list_endpoints(service, request, Surface::v3);
  };
  const auto events = [&service](const Request& request) {
    return list_events(service, request, Surface::v3);
  };
  return {
      {"POST", "/v3/webhooks/endpoints", handle(create)},
      {"GET", "/v3/webhooks/endpoints", list},
      {"PATCH", "/v3/webhooks/endpoints/{endpoint_id}", handle(update)},
      {"DELETE", "/v3/webhooks/endpoints/{endpoint_id}", handle(remove)},
      {"POST", "/v3/webhooks/endpoints/{endpoint_id}/rotate-secret", handle(rotate)},
      {"GET", "/v3/webhooks/event-types", handle(list_types)},
      {"GET", "/v3/webhooks/events", events},
  };
}

}  // namespace understudy::webhooks
