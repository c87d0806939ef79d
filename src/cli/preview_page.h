// preview_page.html as text; the build embeds it.
#pragma once

#include <string_view>

namespace understudy::cli {

extern const std::string_view kPreviewPage;

}  // namespace understudy::cli
