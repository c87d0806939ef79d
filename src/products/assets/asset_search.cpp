#include "products/assets/asset_search.h"

namespace understudy::assets {
namespace {

constexpr int kOwnMax = 1000;
constexpr std::int64_t kIconSideMax = 1024;

bool is_icon(const jobs::Asset& asset) {
  return bool_or(asset.info, "has_alpha", false) &&
         int_or(asset.info, "width", kIconSideMax + 1) <= kIconSideMax &&
         int_or(asset.info, "height", kIconSideMax + 1) <= kIconSideMax;
}

// "Team photo.final.png" is found by team, photo, final.
library::Tagged named(const jobs::Asset& asset) {
  const std::string& name = asset.filename;
  return {.name = name.substr(0, name.rfind('.')), .tags = {}, .description = {}};
}

}  // namespace

Result<std::vector<OwnHit>> search_own(jobs::AssetStore& assets, const std::string& account_id,
                                       const std::string& query, SearchType type) {
  jobs::AssetQuery wanted;
  wanted.account_id = account_id;
  wanted.kind = "image";
  wanted.limit = kOwnMax;
  TRY_ASSIGN(auto own, assets.list(wanted));
  if (type == SearchType::icon)
    std::erase_if(own, [](const auto& asset) { return !is_icon(asset); });
  std::vector<library::Tagged> names;
  for (const auto& asset : own) names.push_back(named(asset));
  const library::Ranking ranking(names, {"image", "picture", "photo", "icon"});
  std::vector<OwnHit> hits;
  for (const auto& hit : ranking.find(query, kSearchScoreMin)) {
    hits.push_back({.asset = own[hit.item], .score = hit.score});
  }
  return hits;
}

}  // namespace understudy::assets
