// {{variables}} in the texts of templates.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::templates {

bool is_variable_name(std::string_view name);  // 1 to 64 of a-z A-Z 0-9 _ -

// The names in a text, each once, in order. What is in braces and no name is plain text.
std::vector<std::string> variables_in(std::string_view text);

// The name, when the text is nothing but one variable.
std::optional<std::string> sole_variable(std::string_view text);

// The text with values in place of its variables; one without a value stays as it is written. A
// value is never searched for variables.
using ValueOf = std::function<std::optional<std::string>(std::string_view name)>;
std::string with_values(std::string_view text, const ValueOf& value_of);

}  // namespace understudy::templates
