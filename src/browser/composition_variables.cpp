#include "browser/composition_variables.h"

#include <algorithm>

#include "base/text.h"
#include "browser/composition.h"

namespace understudy::browser {
namespace {

// A font is also written {"name": ...}, an image {"url": ...}.
std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (const auto* object = value.if_object())
    return string_or(*object, "name", string_or(*object, "url"));
  return value.is_null() ? std::string() : to_text(value);
}

// No address that runs something or leaves the project.
bool is_safe_source(std::string_view address) {
  const auto lower = lower_case(trimmed(address));
  return lower.starts_with("data:image/") || lower.starts_with("data:audio/") ||
         lower.starts_with("data:video/") || lower.find(':') == std::string::npos ||
         lower.starts_with("https://");
}

bool has_type(const json::value& value, std::string_view type) {
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  return value.is_string();
}

// The first text stands where the old one stood; elements among it stay.
void set_own_text(HtmlNode& node, std::string text) {
  bool is_set = false;
  for (auto& child : node.children) {
    if (child->kind != HtmlNode::Kind::text) continue;
    child->text = is_set ? std::string() : text;
    is_set = true;
  }
  if (!is_set) node.insert(0, make_text(std::move(text)));
}

}  // namespace

void declare(const HtmlNode& node, std::vector<Variable>& variables) {
  const auto* text = node.attribute("data-composition-variables");
  if (text == nullptr) return;
  const auto parsed = parse_json(*text);
  const auto* list = parsed ? parsed->if_array() : nullptr;
  if (list == nullptr) return;
  for (auto& variable : variables_from(*list)) variables.push_back(std::move(variable));
}

json::object defaults_of(const std::vector<Variable>& variables) {
  json::object values;
  for (const auto& variable : variables) values[variable.id] = variable.fallback;
  return values;
}

void merge(json::object& into, const json::object& more) {
  for (const auto& [key, value] : more) into[key] = value;
}

void bind_variables(HtmlNode& scope, const json::object& values) {
  visit(scope, [&](HtmlNode& node) {
    if (const auto* id = node.attribute("data-var-text")) {
      if (const auto* value = values.if_contains(*id)) {
        set_own_text(node, text_of(*value));
      }
    }
    if (const auto* id = node.attribute("data-var-src")) {
      const auto* value = values.if_contains(*id);
      if (value != nullptr && is_safe_source(text_of(*value))) node.set("src", text_of(*value));
    }
    return true;
  });
  std::string style = scope.attribute_or("style");
  for (const auto& [id, value] : values) {
    if (value.is_array() || value.is_null()) continue;
    std::string text = text_of(value);
    std::erase_if(text, [](char c) {
      return c == ';' || c == '{' || c == '}' || c == '<' || c == '>' || c == '\n' || c == '\r';
    });
    const std::string name(id);
    const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    });
    if (!is_name) continue;
    if (!style.empty() && !style.ends_with(';')) style += ';';
    style += "--" + name + ":" + text;
  }
  if (!style.empty()) scope.set("style", style);
}

json::array to_json(const std::vector<Variable>& variables) {
  json::array list;
  for (const auto& variable : variables) {
    json::array choices;
    for (const auto& choice : variable.options) choices.emplace_back(choice);
    list.push_back(json::object{{"id", variable.id},
                                {"type", variable.type},
                                {"default", variable.fallback},
                                {"options", std::move(choices)}});
  }
  return list;
}

std::vector<Variable> variables_from(const json::array& declarations) {
  std::vector<Variable> variables;
  for (const auto& entry : declarations) {
    const auto* object = entry.if_object();
    if (object == nullptr) continue;
    Variable variable;
    variable.id = string_or(*object, "id");
    variable.type = string_or(*object, "type", "string");
    if (const auto* fallback = object->if_contains("default")) variable.fallback = *fallback;
    if (const auto* choices = array_or_null(*object, "options")) {
      for (const auto& choice : *choices) {
        if (choice.is_string()) variable.options.emplace_back(choice.get_string());
        if (choice.is_object()) variable.options.push_back(string_or(choice.get_object(), "value"));
      }
    }
    if (!variable.id.empty()) variables.push_back(std::move(variable));
  }
  return variables;
}

std::vector<VariableComplaint> check_variables(const std::vector<Variable>& declared,
                                               const json::object& given) {
  std::vector<VariableComplaint> complaints;
  for (const auto& [key, value] : given) {
    const std::string id(key);
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [&](const Variable& variable) { return variable.id == id; });
    if (found == declared.end()) {
      complaints.push_back(
          {"'variables' names '" + id + "', which the composition does not declare.",
           !declared.empty()});
    } else if (!has_type(value, found->type)) {
      complaints.push_back({"The variable '" + id + "' must be a " + found->type + ".", true});
    } else if (found->type == "enum" && !found->options.empty() &&
               std::find(found->options.begin(), found->options.end(), text_of(value)) ==
                   found->options.end()) {
      complaints.push_back(
          {"The variable '" + id + "' has no option '" + text_of(value) + "'.", false});
    }
  }
  return complaints;
}

}  // namespace understudy::browser
