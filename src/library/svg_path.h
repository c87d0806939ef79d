// Path data of SVG 1.1 (section 8.3) onto a Cairo path: all commands, numbers as tightly written as
// the grammar allows. Elliptical arcs after appendix F.6.
#pragma once

#include <string_view>

#include <cairo.h>

#include "base/result.h"

namespace understudy::library {

Result<void> add_svg_path(cairo_t& cairo, std::string_view data);  // Errors: engine_failed

}  // namespace understudy::library
