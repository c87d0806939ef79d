// Rows of `seal`, and the check that each seal still is what the entries say.
#pragma once

#include "money/seal.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

inline constexpr std::string_view kSelectSeal =
    "SELECT number, wallets, root, previous, hash, signature, created_at_ms FROM seal ";
money::Seal seal_of(const Row& row);  // of kSelectSeal

// "I13": the seals follow each other, and the root of each recomputes from the entries.
Result<money::Check> check_seals(Connection& connection);

}  // namespace understudy::storage
