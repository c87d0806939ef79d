// The files of runtime/ as one script; the build embeds them.
#pragma once

#include <string_view>

namespace understudy::browser {

extern const std::string_view kRuntimeSource;

}  // namespace understudy::browser
