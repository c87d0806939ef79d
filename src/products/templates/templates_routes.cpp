#include "products/templates/templates_routes.h"

#include <utility>

#include "api/body_fields.h"
#include "api/pagination.h"
#include "products/templates/templates_json.h"

namespace understudy::templates {
namespace {

using api::Request;
using api::Response;

struct Context {
  TemplatesService& service;
  api::Links links;

  api::LinkFunction link_for(const Request& request) const { return api::link_for(links, request); }
};

Result<Response> page_of(const Context& context, const Request& request, bool with_variables_only) {
  const auto fetch = [&](const api::PageRequest& page) -> Result<std::vector<accounts::Document>> {
    std::vector<accounts::Document> shown;
    accounts::DocumentQuery query{.account_id = request.principal.account_id,
                                  .before_id = page.after_id,
                                  .limit = page.limit};
    // The contract lists templates with variables only; others are passed over.
    for (bool has_more = true; has_more && static_cast<int>(shown.size()) < page.limit;) {
      TRY_ASSIGN(auto found, context.service.list(query));
      has_more = static_cast<int>(found.size()) == query.limit;
      if (!found.empty()) query.before_id = found.back().id;
      for (auto& document : found) {
        if (!with_variables_only || has_variables(document.body))
          shown.push_back(std::move(document));
      }
    }
    return shown;
  };
  return api::list_response(request, {.limit_default = 10, .limit_max = 100}, fetch,
                            [&](const accounts::Document& document) {
                              return summary_json(document, context.link_for(request));
                            });
}

Result<Response> list(const Context& context, const Request& request) {
  return page_of(context, request, true);
}

Result<Response> list_all(const Context& context, const Request& request) {
  return page_of(context, request, false);
}

Result<Response> show(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto document,
             context.service.find(request.principal.account_id, request.path_param("template_id")));
  return api::data_response(template_json(document, context.link_for(request)));
}

Result<Response> generate(const Context& context, const Request& request) {
  return context.service.generate(request, request.path_param("template_id"));
}

Result<Response> show_document(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto document,
             context.service.find(request.principal.account_id, request.path_param("template_id")));
  return api::data_response(document_json(document, context.link_for(request)));
}

Result<const json::object*> body_of(const Request& request) {
  const auto* body = request.json.if_object();
  if (body == nullptr) return fail(ErrorCode::invalid_parameter, "The body must be an object.");
  return body;
}

Result<Response> create(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, body_of(request));
  TRY_ASSIGN(const auto document, context.service.create(request.principal, *body));
  return api::data_response(document_json(document, context.link_for(request)), 201);
}

Result<Response> change(const Context& context, const Request& request) {
  TRY_ASSIGN(const auto* body, body_of(request));
  TRY_ASSIGN(const auto document,
             context.service.change(request.principal, request.path_param("template_id"), *body));
  return api::data_response(document_json(document, context.link_for(request)));
}

Result<Response> remove(const Context& context, const Request& request) {
  const std::string& id = request.path_param("template_id");
  TRY(context.service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"id", id}, {"deleted", true}});
}

}  // namespace

std::vector<api::Route> routes(TemplatesService& service, api::Links links) {
  const Context context{service, std::move(links)};
  constexpr const char* kRead = "templates:read";
  constexpr const char* kWrite = "templates:write";
  constexpr const char* kAll = "/understudy/v1/templates";
  constexpr const char* kOne = "/understudy/v1/templates/{template_id}";
  return {api::port_route(context, "GET", "/v3/templates", "", list),
          api::port_route(context, "GET", "/v3/templates/{template_id}", "", show),
          api::port_route(context, "POST", "/v3/templates/{template_id}", "", generate),
          api::port_route(context, "GET", kAll, kRead, list_all),
          api::port_route(context, "POST", kAll, kWrite, create),
          api::port_route(context, "GET", kOne, kRead, show_document),
          api::port_route(context, "PATCH", kOne, kWrite, change),
          api::port_route(context, "DELETE", kOne, kWrite, remove)};
}

}  // namespace understudy::templates
