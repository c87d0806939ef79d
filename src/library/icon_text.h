// The text of icons/lucide.txt, built into the program.
#pragma once

#include <string_view>

namespace understudy::library {

std::string_view icon_text();

}  // namespace understudy::library
