// The settings of top-ups out of the configuration: reads the files that hold secrets.
#pragma once

#include "products/top_ups/top_ups_service.h"
#include "server/config.h"

namespace understudy::server {

// Errors: invalid_parameter naming the option (an unreadable file, a minimum above the maximum).
Result<top_ups::Settings> top_up_settings_of(const Config& config);

}  // namespace understudy::server
