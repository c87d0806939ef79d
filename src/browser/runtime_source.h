// runtime.js as text; the build embeds it.
#pragma once

#include <string_view>

namespace understudy::browser {

extern const std::string_view kRuntimeSource;

}  // namespace understudy::browser
