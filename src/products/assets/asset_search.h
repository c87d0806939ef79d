// Search for pictures and icons: the library's, or the caller's own files by their names.
#pragma once

#include <string>
#include <vector>

#include "accounts/account.h"
#include "jobs/asset_store.h"
#include "library/icons.h"
#include "library/pictures.h"
#include "library/ranking.h"

namespace understudy::assets {

enum class SearchType { image, icon };

struct OwnHit {
  jobs::Asset asset;
  double score = 0;
};

// The caller's pictures; an icon is one with transparency and at most 1024 pixels wide and high.
// Looks at the newest thousand. Errors: storage_failed.
Result<std::vector<OwnHit>> search_own(jobs::AssetStore& assets, const std::string& account_id,
                                       const std::string& query, SearchType type);

// What a search finds at least half of, in the sense of library/ranking.h.
inline constexpr double kSearchScoreMin = 0.4;

}  // namespace understudy::assets
