// Rows of assets and of uploads, as several stores write and read them.
#pragma once

#include <string_view>

#include "jobs/asset_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

// With its hold on the blob. Errors: conflict (id).
Result<void> insert_asset(Connection& connection, const jobs::Asset& asset);

// Why there is no asset with this id: asset_not_available for an upload that is not completed,
// asset_not_found else.
Result<Error> absence_of_asset(Connection& connection, std::string_view account_id,
                               std::string_view id);

}  // namespace understudy::storage
