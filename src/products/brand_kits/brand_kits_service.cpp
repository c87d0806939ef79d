#include "products/brand_kits/brand_kits_service.h"

#include <algorithm>
#include <utility>

namespace understudy::brand_kits {
namespace {

Error worded(Error error, std::string_view id) {
  if (error.code != ErrorCode::not_found) return error;
  error.code = ErrorCode::resource_not_found;
  error.message = "There is no brand kit with the id '" + std::string(id) + "'.";
  error.param = "brand_kit_id";
  return error;
}

}  // namespace

Result<accounts::Document> BrandKitsService::create(const accounts::Principal& principal,
                                                    const json::object& body) {
  TRY_ASSIGN(const auto kit, kit_from_url(body, principal.account_id, clock_.now_ms()));
  TRY(documents_.create(kit));
  builder_.add(kit);
  return kit;
}

Result<accounts::Document> BrandKitsService::create_by_hand(const accounts::Principal& principal,
                                                            const json::object& body) {
  const bool is_shared = bool_or(body, "shared", false);
  if (is_shared && !principal.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator shares kits with every account.", "shared");
  }
  const StoreLogo store = [&](const json::object& input,
                              const std::string& param) -> Result<jobs::BlobRef> {
    const jobs::InputRules rules{.param = param, .kinds = {"image"}, .size_max = 5 << 20};
    const auto keep = jobs::Keep::in_blob_store;
    const std::string type = string_or(input, "type");
    const auto found =
        type == "url" ? inputs_.from_url(string_or(input, "url"), rules, keep)
        : type == "asset_id"
            ? inputs_.from_asset(principal.account_id, string_or(input, "asset_id"), rules)
        : type == "base64"
            ? inputs_.from_base64(string_or(input, "data"), rules, keep)
            : fail(ErrorCode::invalid_parameter,
                   "'" + param + "' must be of type url, asset_id or base64.", param);
    if (!found) return tl::make_unexpected(found.error());
    return found->blob;
  };
  const std::string_view owner = is_shared ? kShared : std::string_view(principal.account_id);
  TRY_ASSIGN(const auto kit, kit_from_body(body, owner, store, clock_.now_ms()));
  TRY(documents_.create(kit));
  return kit;
}

Result<accounts::Document> BrandKitsService::find(std::string_view account_id,
                                                  std::string_view id) {
  auto own = documents_.find(account_id, kKind, id);
  if (own || own.error().code != ErrorCode::not_found) return own;
  auto shared = documents_.find(kShared, kKind, id);
  if (!shared) return tl::make_unexpected(worded(std::move(shared).error(), id));
  return shared;
}

Result<std::vector<accounts::Document>> BrandKitsService::list(accounts::DocumentQuery query) {
  query.kind = kKind;
  TRY_ASSIGN(auto kits, documents_.list(query));
  query.account_id = kShared;
  TRY_ASSIGN(auto shared, documents_.list(query));
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
  auto changed = documents_.change(
      owner, kKind, id, [&](accounts::Document& kit) { return change_kit(kit, body, now_ms); });
  if (!changed) return tl::make_unexpected(worded(std::move(changed).error(), id));
  return changed;
}

Result<void> BrandKitsService::remove(const accounts::Principal& principal, std::string_view id) {
  TRY_ASSIGN(const std::string owner, owner_for_change(principal, id));
  auto removed = documents_.remove(owner, kKind, id);
  if (!removed) return tl::make_unexpected(worded(std::move(removed).error(), id));
  return {};
}

}  // namespace understudy::brand_kits
