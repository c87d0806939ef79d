// An operator's versions of the price book: DIR/prices/2.toml, 3.toml, ... Each takes the version
// before, replaces rates of its items and adds new ones:
//
//   effective_from = 2026-12-01T00:00:00Z
//   [[rows]]
//   item = "speech.starfish"
//   rate_usd = "0.0007"
//   [[rows]]                       # an item that is new also says how it is shown and counted
//   item = "lipsync.draft"
//   heading = "Lipsync"
//   row = "Draft"
//   unit = "second"                # second, minute, video, clip or call
//   rate_usd = "0.01"
//
// A file that jobs were billed by is never changed: a new price is a new file.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/price_book.h"

namespace understudy::server {

// Errors: invalid_parameter, naming the file and what is wrong with it. No folder: no books.
Result<std::vector<money::PriceBook>> load_price_books(const std::filesystem::path& folder);

Result<money::PriceBook> parse_price_book(int version, std::string_view document,
                                          const money::PriceBook& before);

}  // namespace understudy::server
