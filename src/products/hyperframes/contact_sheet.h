// A sheet of frames of a composition, evenly over its length: what `hyperframes preview` shows.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "browser/player.h"

namespace understudy::hyperframes {

// Frames beside and below each other, each 480 pixels wide at most, as JPEG. Returns how many.
Result<int> write_contact_sheet(browser::Player& player, int width, int height, int stills,
                                const std::filesystem::path& file);

}  // namespace understudy::hyperframes
