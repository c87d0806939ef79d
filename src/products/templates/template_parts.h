// What reading a template document and filling it in share. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "products/templates/templates.h"

namespace understudy::templates {

inline constexpr std::size_t kScenesMax = 50;

tl::unexpected<Error> invalid(std::string param, std::string message);

// A variable as it is kept: its file stored. Errors: invalid_parameter, those of `store`.
Result<json::object> read_variable(const json::object& variable, const std::string& param,
                                   const StoreFile& store);

// "text", "image", ...; empty when there is no such variable.
std::string type_of(const json::object& variables, std::string_view name);

}  // namespace understudy::templates
