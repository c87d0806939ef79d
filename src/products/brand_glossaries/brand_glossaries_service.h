// The product's operations, as its routes and the products that speak call them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "products/brand_glossaries/brand_glossaries.h"

namespace understudy::brand_glossaries {

class BrandGlossariesService {
 public:
  BrandGlossariesService(accounts::DocumentStore& documents, const Clock& clock)
      : glossaries_(kKind, documents), clock_(clock) {}

  // Errors: conflict (the name is taken), invalid_parameter.
  Result<accounts::Document> create(std::string_view account_id, const json::object& body);
  Result<accounts::Document> find(std::string_view account_id,
                                  std::string_view id);  // resource_not_found
  Result<std::vector<accounts::Document>> list(accounts::DocumentQuery query);
  // Errors: resource_not_found, conflict, invalid_parameter.
  Result<accounts::Document> change(std::string_view account_id, std::string_view id,
                                    const json::object& body);
  Result<void> remove(std::string_view account_id, std::string_view id);  // resource_not_found

  // For scripts. Errors: resource_not_found.
  Result<std::vector<speech::Pronunciation>> pronunciations(std::string_view account_id,
                                                            std::string_view id);

 private:
  accounts::DocumentsOfKind glossaries_;
  const Clock& clock_;
};

}  // namespace understudy::brand_glossaries
