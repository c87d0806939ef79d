#include "products/brand_kits/brand_kits_service.h"

#include <algorithm>
#include <utility>

namespace understudy::brand_kits {
namespace {

// Keeps a logo's file.
StoreLogo store_for(jobs::InputResolver& inputs, const std::string& account_id) {
  return [&inputs, account_id](const json::object& input,
                               const std::string& param) -> Result<jobs::BlobRef> {
    const std::string type = string_or(input, "type");
    if (type != "url" && type != "asset_id" && type != "base64") {
      return fail(ErrorCode::invalid_parameter,
                  "'" + param + "' must be of type url, asset_id or base64.", param);
    }
    const jobs::InputRules rules{.param = param, .kinds = {"image"}, .size_max = 5 << 20};
    TRY_ASSIGN(const auto found, inputs.from_source(account_id, jobs::input_source_from(input),
                                                    rules, jobs::Keep::in_blob_store));
    return found.blob;
  };
}

}  // namespace

Result<accounts::Document> BrandKitsService::create(const accounts::Principal& principal,
                                                    const json::object& body) {
  TRY_ASSIGN(const auto kit, kit_from_url(body, principal.account_id, clock_.now_ms()));
  TRY(kits_.create(kit));
  builder_.add(kit);
  return kit;
}

Result<accounts::Document> BrandKitsService::create_by_hand(const accounts::Principal& principal,
                                                            const json::object& body) {
  const bool is_shared = bool_or(body, "shared", false);
  if (is_shared && !principal.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator shares kits with every account.", "shared");
  }
  const std::string_view owner = is_shared ? kShared : std::string_view(principal.account_id);
  TRY_ASSIGN(const auto kit,
             kit_from_body(body, owner, store_for(inputs_, principal.account_id), clock_.now_ms()));
  TRY(kits_.create(kit));
  return kit;
}

Result<accounts::Document> BrandKitsService::find(std::string_view account_id,
                                                  std::string_view id) {
  auto own = kits_.find(account_id, id);
  if (own || own.error().code != kKind.not_found) return own;
  return kits_.find(kShared, id);
}

Result<std::vector<accounts::Document>> BrandKitsService::list(accounts::DocumentQuery query) {
  TRY_ASSIGN(auto kits, kits_.list(query));
  query.account_id = kShared;
  TRY_ASSIGN(auto shared, kits_.list(query));
  std::move(shared.begin(), shared.end(), std::back_inserter(kits));
  std::sort(kits.begin(), kits.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  if (kits.size() > static_cast<std::size_t>(query.limit))
    kits.resize(static_cast<std::size_t>(query.limit));
  return kits;
}

Result<std::string> BrandKitsService::owner_for_change(const accounts::Principal& principal,
                                                       std::string_view id) {
  TRY_ASSIGN(const auto kit, find(principal.account_id, id));
  if (kit.account_id == kShared && !principal.is_operator) {
    return fail(ErrorCode::resource_access_denied,
                "This kit is shared with every account; only an operator can change it.",
                "brand_kit_id");
  }
  return kit.account_id;
}

Result<accounts::Document> BrandKitsService::change(const accounts::Principal& principal,
                                                    std::string_view id, const json::object& body) {
  TRY_ASSIGN(const std::string owner, owner_for_change(principal, id));
  const std::int64_t now_ms = clock_.now_ms();
  return kits_.change(owner, id,
                      [&](accounts::Document& kit) { return change_kit(kit, body, now_ms); });
}

Result<void> BrandKitsService::remove(const accounts::Principal& principal, std::string_view id) {
  TRY_ASSIGN(const std::string owner, owner_for_change(principal, id));
  return kits_.remove(owner, id);
}

}  // namespace understudy::brand_kits
