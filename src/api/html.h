// Text in a page. Pure.
#pragma once

#include <string>
#include <string_view>

namespace understudy::api {

// No character of it is markup any more, in an element and in an attribute.
std::string html_escaped(std::string_view text);

}  // namespace understudy::api
