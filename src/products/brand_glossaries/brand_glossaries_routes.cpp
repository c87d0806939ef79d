#include "products/brand_glossaries/brand_glossaries_routes.h"

#include <utility>

#include "api/pagination.h"

namespace understudy::brand_glossaries {
namespace {

using api::Request;
using api::Response;

Result<Response> create(BrandGlossariesService& service, const Request& request) {
  TRY_ASSIGN(const auto glossary, service.create(request.principal.account_id, request.object()));
  return api::data_response(glossary_json(glossary), 201);
}

Result<Response> list(BrandGlossariesService& service, const Request& request) {
  const auto fetch = [&](const api::PageRequest& page) {
    return service.list({.account_id = request.principal.account_id,
                         .before_id = page.after_id,
                         .limit = page.limit});
  };
  return api::list_response(request, {.limit_default = 10, .limit_max = 100}, fetch, summary_json);
}

Result<Response> show(BrandGlossariesService& service, const Request& request) {
  TRY_ASSIGN(const auto glossary,
             service.find(request.principal.account_id, request.path_param("brand_glossary_id")));
  return api::data_response(glossary_json(glossary));
}

Result<Response> change(BrandGlossariesService& service, const Request& request) {
  TRY_ASSIGN(const auto glossary,
             service.change(request.principal.account_id, request.path_param("brand_glossary_id"),
                            request.object()));
  return api::data_response(glossary_json(glossary));
}

Result<Response> remove(BrandGlossariesService& service, const Request& request) {
  const std::string& id = request.path_param("brand_glossary_id");
  TRY(service.remove(request.principal.account_id, id));
  return api::data_response(json::object{{"brand_glossary_id", id}});
}

}  // namespace

std::vector<api::Route> routes(BrandGlossariesService& service) {
  const auto handle =
      [&service](Result<Response> (*handler)(BrandGlossariesService&, const Request&)) {
        return [&service, handler](const Request& request) { return handler(service, request); };
      };
  return {{"POST", "/v3/brand-glossaries", handle(create)},
          {"GET", "/v3/brand-glossaries", handle(list)},
          {"GET", "/v3/brand-glossaries/{brand_glossary_id}", handle(show)},
          {"PATCH", "/v3/brand-glossaries/{brand_glossary_id}", handle(change)},
          {"DELETE", "/v3/brand-glossaries/{brand_glossary_id}", handle(remove)}};
}

}  // namespace understudy::brand_glossaries
