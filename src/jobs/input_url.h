// What the contract asks of a URL that is given as an input: https, and an extension that is not of
// another kind of file than what lies behind it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy::jobs {

// Where private addresses are allowed (development and tests), http is too. Errors: download_failed.
Result<void> check_input_url(std::string_view url, bool allows_private, const std::string& param);

// "https://a.example/voice.wav?x=1" must not hold audio/mpeg. An extension that says nothing about
// media, or none, fits everything. Errors: invalid_parameter.
Result<void> check_input_extension(std::string_view url, std::string_view mime_type,
                                   const std::string& param);

}  // namespace understudy::jobs
