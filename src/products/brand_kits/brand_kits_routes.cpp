#include "products/brand_kits/brand_kits_routes.h"

#include <utility>

#include "api/body_fields.h"
#include "api/pagination.h"

namespace understudy::brand_kits {
namespace {

using api::Request;
using api::Response;

struct Context {
  BrandKitsService& service;
  api::Links links;

  api::LinkFunction link_for(const Request& request) const { return api::link_for(links, request); }
};

Result<Response> create(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto kit, context.service.create(request.principal, request.object()));
  return api::data_response(json::object{{"brand_kit_id", kit.id}, {"status", status_of(kit)}},
                            201);
}

Result<Response> create_by_hand(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body,
             api::closed_body(request, {"name", "colors", "color_roles", "fonts", "font_roles",
                                        "logos", "logo_roles", "shared"}));
  TRY_ASSIGN(const auto kit, context.service.create_by_hand(request.principal, *body));
  return api::data_response(kit_json(kit, context.link_for(request)), 201);
}

Result<Response> list(const Context& context, const Request& request) {
  const auto fetch = [&](const api::PageRequest& page) {
    return context.service.list({.account_id = request.principal.account_id,
                                 .before_id = page.after_id,
                                 .limit = page.limit});
  };
  return api::list_response(
      request, {.limit_default = 20, .limit_max = 100}, fetch,
      [&](const accounts::Document& kit) { return summary_json(kit, context.link_for(request)); });
}

Result<Response> show(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto kit, context.service.find(request.principal.account_id,
                                                  request.path_param("brand_kit_id")));
  return api::data_response(kit_json(kit, context.link_for(request)));
}

Result<Response> change(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto kit,
             context.service.change(request.principal, request.path_param("brand_kit_id"),
                                    request.object()));
  return api::data_response(kit_json(kit, context.link_for(request)));
}

Result<Response> remove(const Context& context, const Request& request) {
  const std::string& id = request.path_param("brand_kit_id");
  TRY(context.service.remove(request.principal, id));
  return api::data_response(json::object{{"brand_kit_id", id}});
}

}  // namespace

std::vector<api::Route> routes(BrandKitsService& service, api::Links links) {
  const Context context{service, std::move(links)};
  return {
      api::port_route(context, "POST", "/v3/brand-kits", "", create),
      api::port_route(context, "GET", "/v3/brand-kits", "", list),
      api::port_route(context, "GET", "/v3/brand-kits/{brand_kit_id}", "", show),
      api::port_route(context, "PATCH", "/v3/brand-kits/{brand_kit_id}", "", change),
      api::port_route(context, "DELETE", "/v3/brand-kits/{brand_kit_id}", "", remove),
      api::port_route(context, "POST", "/understudy/v1/brand-kits", "brand:write", create_by_hand)};
}

}  // namespace understudy::brand_kits
