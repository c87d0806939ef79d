// The product's operations, as its routes call them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "base/clock.h"
#include "products/brand_kits/brand_kits_builder.h"

namespace understudy::brand_kits {

class BrandKitsService {
 public:
  explicit BrandKitsService(BuilderPorts ports)
      : kits_(kKind, ports.documents),
        inputs_(ports.inputs),
        clock_(ports.clock),
        builder_(std::move(ports)) {}

  Result<accounts::Document> create(const accounts::Principal& principal, const json::object& body);
  // By hand; {"shared": true} of an operator makes one that everyone may read. Errors:
  // invalid_parameter, forbidden.
  Result<accounts::Document> create_by_hand(const accounts::Principal& principal,
                                            const json::object& body);
  // One's own and the shared ones. Errors: resource_not_found.
  Result<accounts::Document> find(std::string_view account_id, std::string_view id);
  Result<std::vector<accounts::Document>> list(accounts::DocumentQuery query);  // newest first
  // Errors: resource_not_found, resource_access_denied (a shared one), those of change_kit().
  Result<accounts::Document> change(const accounts::Principal& principal, std::string_view id,
                                    const json::object& body);
  Result<void> remove(const accounts::Principal& principal, std::string_view id);

 private:
  // Whose document it is that the caller may change.
  Result<std::string> owner_for_change(const accounts::Principal& principal, std::string_view id);

  accounts::DocumentsOfKind kits_;
  jobs::InputResolver& inputs_;
  const Clock& clock_;
  BrandKitsBuilder builder_;
};

}  // namespace understudy::brand_kits
