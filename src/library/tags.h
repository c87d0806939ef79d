// The rows of a catalogue as the ranking takes them: every row has name, tags and description.
#pragma once

#include <string_view>
#include <vector>

#include "base/text.h"
#include "library/ranking.h"

namespace understudy::library {

inline std::vector<std::string> tags_of(std::string_view list) {
  std::vector<std::string> tags;
  for (const auto& tag : split(list, ',')) tags.emplace_back(trimmed(tag));
  return tags;
}

template <class Rows>
std::vector<Tagged> tagged(const Rows& rows) {
  std::vector<Tagged> made;
  for (const auto& row : rows) {
    made.push_back({.name = std::string(row.name),
                    .tags = tags_of(row.tags),
                    .description = std::string(row.description)});
  }
  return made;
}

}  // namespace understudy::library
