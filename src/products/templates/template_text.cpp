#include "products/templates/template_text.h"

#include <algorithm>

#include "base/text.h"

namespace understudy::templates {
namespace {

struct Place {
  std::size_t start = 0;  // of "{{"
  std::size_t end = 0;    // behind "}}"
  std::string name;
};

// The next variable from `from` on.
std::optional<Place> next_place(std::string_view text, std::size_t from) {
  for (auto start = text.find("{{", from); start != std::string_view::npos;
       start = text.find("{{", start + 1)) {
    const auto close = text.find("}}", start + 2);
    if (close == std::string_view::npos) return std::nullopt;
    const auto name = trimmed(text.substr(start + 2, close - start - 2));
    if (is_variable_name(name)) return Place{start, close + 2, std::string(name)};
  }
  return std::nullopt;
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (const auto place = next_place(text, at)) {
    if (std::find(names.begin(), names.end(), place->name) == names.end())
      names.push_back(place->name);
    at = place->end;
  }
  return names;
}

std::optional<std::string> sole_variable(std::string_view text) {
  const auto bare = trimmed(text);
  const auto place = next_place(bare, 0);
  if (!place || place->start != 0 || place->end != bare.size()) return std::nullopt;
  return place->name;
}

std::string with_values(std::string_view text, const ValueOf& value_of) {
  std::string out;
  std::size_t at = 0;
  while (const auto place = next_place(text, at)) {
    out += text.substr(at, place->start - at);
    const auto value = value_of(place->name);
    out += value ? *value : std::string(text.substr(place->start, place->end - place->start));
    at = place->end;
  }
  return out + std::string(text.substr(at));
}

}  // namespace understudy::templates
