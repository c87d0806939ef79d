#include <charconv>
#include <utility>

#include "api/pagination.h"
#include "products/webhooks/webhooks_json.h"
#include "products/webhooks/webhooks_routes.h"

namespace understudy::webhooks {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kPage{.limit_default = 20, .limit_max = 100};

Result<void> check_is_object(const Request& request) {
  if (request.json.is_object()) return {};
  return fail(ErrorCode::invalid_parameter, "A JSON object is required as the body.");
}

Result<void> check_is_empty_or_object(const Request& request) {
  if (request.body.empty()) return {};
  return check_is_object(request);
}

Result<Response> create(WebhooksService& service, const Request& request) {
  TRY(check_is_object(request));
  return service.create(request, Surface::extension,
                        [](const auto& endpoint, std::string_view secret) {
                          return api::data_response(extended_endpoint_json(endpoint, secret));
                        });
}

Result<Response> show(WebhooksService& service, const Request& request) {
  TRY_ASSIGN(const auto endpoint,
             service.store().find_endpoint(request.principal.account_id,
                                           request.path_param("endpoint_id"), true));
  return api::data_response(extended_endpoint_json(endpoint));
}

Result<Response> update(WebhooksService& service, const Request& request) {
  TRY(check_is_object(request));
  TRY_ASSIGN(const auto endpoint, service.update(request, Surface::extension));
  return api::data_response(extended_endpoint_json(endpoint));
}

Result<Response> remove(WebhooksService& service, const Request& request) {
  TRY(service.remove(request, Surface::extension));
  return api::data_response(json::object());
}

Result<Response> rotate(WebhooksService& service, const Request& request) {
  return service.rotate(request, Surface::extension, [&request](std::string_view secret) {
    return api::data_response(secret_json(request.path_param("endpoint_id"), secret));
  });
}

Result<Response> send_test(WebhooksService& service, const Request& request) {
  TRY_ASSIGN(const auto id, service.send_test(request));
  return api::data_response(json::object{{"delivery_id", std::to_string(id)}});
}

Result<Response> list_types(WebhooksService&, const Request&) {
  json::array all = event_types_json(jobs::v3_event_types());
  for (auto& type : event_types_json(jobs::extension_event_types())) all.push_back(std::move(type));
  return api::page_response(std::move(all), std::nullopt);
}

Result<Response> redeliver(WebhooksService& service, const Request& request) {
  TRY(check_is_empty_or_object(request));
  TRY_ASSIGN(const auto made, service.redeliver(request));
  json::array ids;
  for (const auto id : made) ids.push_back(json::value(std::to_string(id)));
  return api::data_response(
      json::object{{"event_id", request.path_param("event_id")}, {"delivery_ids", std::move(ids)}});
}

Result<Response> replay(WebhooksService& service, const Request& request) {
  TRY(check_is_object(request));
  TRY_ASSIGN(const auto replayed, service.replay(request));
  return api::data_response(
      json::object{{"events", replayed.events}, {"deliveries", replayed.deliveries}});
}

Result<std::int64_t> delivery_number(std::string_view text, std::string_view param) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number > 0) return number;
  return fail(ErrorCode::invalid_parameter, "'" + std::string(param) + "' is not of this list.",
              std::string(param));
}

Result<json::object> with_log(WebhooksService& service, const jobs::WebhookDelivery& delivery) {
  TRY_ASSIGN(const auto attempts, service.store().attempts(delivery.id));
  return delivery_json(delivery, attempts);
}

Result<Response> list_deliveries(WebhooksService& service, const Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, kPage));
  jobs::DeliveryQuery query;
  query.account_id = request.principal.account_id;
  query.endpoint_id = std::string(request.query_value("endpoint_id").value_or(""));
  query.event_id = std::string(request.query_value("event_id").value_or(""));
  query.state = std::string(request.query_value("status").value_or(""));
  if (!query.state.empty() && query.state != "pending" && query.state != "delivered" &&
      query.state != "failed") {
    return fail(ErrorCode::invalid_parameter, "'status' must be pending, delivered or failed.",
                "status");
  }
  if (!page.after_id.empty()) {
    TRY_ASSIGN(query.before_id, delivery_number(page.after_id, "token"));
  }
  query.limit = page.limit + 1;
  TRY_ASSIGN(auto deliveries, service.store().list_deliveries(query));
  const auto next =
      api::cut_page(deliveries, page.limit, [](const auto& one) { return std::to_string(one.id); });
  json::array data;
  for (const auto& delivery : deliveries) {
    TRY_ASSIGN(auto shown, with_log(service, delivery));
    data.push_back(std::move(shown));
  }
  return api::page_response(std::move(data), next);
}

Result<Response> show_delivery(WebhooksService& service, const Request& request) {
  const auto missing =
      fail(ErrorCode::resource_not_found, "There is no delivery with this id.", "delivery_id");
  const auto id = delivery_number(request.path_param("delivery_id"), "delivery_id");
  if (!id || *id == INT64_MAX) return missing;
  TRY_ASSIGN(const auto found,
             service.store().list_deliveries(
                 {.account_id = request.principal.account_id, .before_id = *id + 1, .limit = 1}));
  if (found.empty() || found.front().id != *id) return missing;
  TRY_ASSIGN(auto shown, with_log(service, found.front()));
  return api::data_response(std::move(shown));
}

Result<Response> rotate_callback_secret(WebhooksService& service, const Request& request) {
  return service.rotate_callback_secret(request, [](std::string_view secret) {
    return api::data_response(json::object{{"secret", secret}});
  });
}

Result<Response> show_callback_secret(WebhooksService& service, const Request& request) {
  TRY_ASSIGN(const bool is_set, service.has_callback_secret(request));
  return api::data_response(json::object{{"are_callbacks_signed", is_set}});
}

Result<Response> remove_callback_secret(WebhooksService& service, const Request& request) {
  TRY(service.remove_callback_secret(request));
  return api::data_response(json::object{{"are_callbacks_signed", false}});
}

}  // namespace

std::vector<api::Route> extension_routes(WebhooksService& service) {
  using Handler = Result<Response> (*)(WebhooksService&, const Request&);
  const Handler list = [](WebhooksService& all, const Request& request) {
    return list_endpoints(all, request, Surface::extension);
  };
  const Handler events = [](WebhooksService& all, const Request& request) {
    return list_events(all, request, Surface::extension);
  };
  const auto route = [&service](const char* method, const std::string& path, Handler handler) {
    api::Route made;
    made.method = method;
    made.path = "/understudy/v1/webhooks" + path;
    made.handler = [&service, handler](const Request& request) {
      return handler(service, request);
    };
    made.scope = std::string_view(method) == "GET" ? "webhooks:read" : "webhooks:write";
    return made;
  };
  return {
      route("GET", "/event-types", list_types),
      route("POST", "/endpoints", create),
      route("GET", "/endpoints", list),
      route("GET", "/endpoints/{endpoint_id}", show),
      route("PATCH", "/endpoints/{endpoint_id}", update),
      route("DELETE", "/endpoints/{endpoint_id}", remove),
      route("POST", "/endpoints/{endpoint_id}/rotate-secret", rotate),
      route("POST", "/endpoints/{endpoint_id}/test", send_test),
      route("GET", "/events", events),
      route("POST", "/events/{event_id}/redeliver", redeliver),
      route("POST", "/replays", replay),
      route("GET", "/deliveries", list_deliveries),
      route("GET", "/deliveries/{delivery_id}", show_delivery),
      route("GET", "/callback-secret", show_callback_secret),
      route("POST", "/callback-secret", rotate_callback_secret),
      route("DELETE", "/callback-secret", remove_callback_secret),
  };
}

}  // namespace understudy::webhooks
