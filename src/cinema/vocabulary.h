// The words that the director knows. One row is one meaning with its synonyms; README.md of this
// folder lists them for users, and a test compares the two. Private to this folder.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::cinema {

enum class Topic {
  camera,
  size,
  light,
  weather,
  mood,
  transition,
  setting,
  finish,
  acting,
  speed,
  together,
  figure  // how much of somebody is asked for
};
std::string_view to_string(Topic topic);

struct Entry {
  Topic topic = Topic::camera;
  int value = 0;             // of the topic's enum
  std::string_view name;     // "push in"; of a setting: the library's picture
  std::string_view phrases;  // "push in, dolly in, zoom in"
};

std::span<const Entry> vocabulary();

// Lower-case words; hyphens part words.
std::vector<std::string> words_in(std::string_view text);

// All entries of a topic that occur in the words, in the order of their first place.
std::vector<const Entry*> found_in(const std::vector<std::string>& words, Topic topic);

}  // namespace understudy::cinema
