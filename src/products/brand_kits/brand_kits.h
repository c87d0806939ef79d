// Brand kits: an account's colours, fonts and logos, with the part each plays. Built from a site
// (site_brand.h) or by hand. This file is the rules and the JSON of the document; no HTTP, no SQL.
// Contract: /v3/brand-kits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/documents_of_kind.h"
#include "api/links.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/job.h"
#include "products/brand_kits/site_brand.h"

namespace understudy::brand_kits {

inline constexpr accounts::DocumentKind kKind{
    .name = "brand_kit", .noun = "brand kit", .id_param = "brand_kit_id"};
// The account under which kits stand that everyone may read and only an operator may change.
inline constexpr std::string_view kShared = "shared";

// A logo whose picture is kept.
struct StoredLogo {
  std::string name;
  jobs::BlobRef blob;
};

// A kit that is to be built from a site. Errors: invalid_parameter (no http or https URL).
Result<accounts::Document> kit_from_url(const json::object& body, std::string_view account_id,
                                        std::int64_t now_ms);

// What was found replaces what is there; a name that was given stays.
void complete(accounts::Document& kit, const SiteBrand& brand, const std::vector<StoredLogo>& logos,
              std::int64_t now_ms);
void fail_kit(accounts::Document& kit, std::string_view why, std::int64_t now_ms);

// Turns a file that a body names into one that is kept.
using StoreLogo =
    std::function<Result<jobs::BlobRef>(const json::object& input, const std::string& param)>;

// A kit made by hand: {"name", "colors", "color_roles", "fonts", "font_roles", "logos"}, as
// README.md says. Errors: invalid_parameter.
Result<accounts::Document> kit_from_body(const json::object& body, std::string_view account_id,
                                         const StoreLogo& store, std::int64_t now_ms);

// A PATCH that the schema has accepted. Roles are replaced as a whole. Errors: resource_not_ready
// (roles, while the kit is not completed), invalid_parameter (a colour that is none, a logo or font
// that the kit does not have).
Result<void> change_kit(accounts::Document& kit, const json::object& body, std::int64_t now_ms);

json::object summary_json(const accounts::Document& kit, const api::LinkFunction& link);
json::object kit_json(const accounts::Document& kit, const api::LinkFunction& link);

std::string status_of(const accounts::Document& kit);  // "loading", "completed", "error"

}  // namespace understudy::brand_kits
