// Assets as the API spells them.
#pragma once

#include <string>

#include "base/json.h"
#include "jobs/asset_store.h"

namespace understudy::assets {

json::object uploaded_json(const jobs::Asset& asset, const std::string& url);  // AssetUploaded
json::object asset_json(const jobs::Asset& asset, const std::string& url);     // Asset

}  // namespace understudy::assets
