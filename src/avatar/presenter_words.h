// What the words of a description may name: colours of cloth and hair, tones of skin; and a
// description as its words.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace understudy::avatar {

struct NamedColour {
  const char* name;
  std::uint32_t rgb;
};

inline constexpr std::array<NamedColour, 30> kCloth = {{
    {"red", 0xC23B3B},    {"crimson", 0xA8243A},   {"burgundy", 0x6E2437}, {"maroon", 0x6B2530},
    {"pink", 0xE59BB0},   {"rose", 0xD98A98},      {"orange", 0xE0813A},   {"coral", 0xEC7C66},
    {"peach", 0xF2B894},  {"yellow", 0xE8C14B},    {"gold", 0xC9A045},     {"mustard", 0xC79A2E},
    {"green", 0x3E8259},  {"olive", 0x77783F},     {"emerald", 0x1F7A5C},  {"mint", 0xA8D8C2},
    {"teal", 0x2A7F86},   {"turquoise", 0x3AA7A5}, {"blue", 0x3F6FB5},     {"navy", 0x26395F},
    {"purple", 0x6E4B96}, {"violet", 0x7A58A8},    {"lilac", 0xB9A3D6},    {"brown", 0x75503A},
    {"beige", 0xDFCDB3},  {"cream", 0xF3E9D6},     {"white", 0xF5F3EF},    {"grey", 0x8B9097},
    {"gray", 0x8B9097},   {"black", 0x26272B},
}};

struct HairTone {
  const char* name;
  std::uint32_t base, light, brow;
};
inline constexpr std::array<HairTone, 14> kHairTones = {{
    {"blonde", 0xC99A54, 0xEFCB86, 0x8F6A3C},
    {"blond", 0xC99A54, 0xEFCB86, 0x8F6A3C},
    {"ginger", 0xB4572A, 0xE08A4C, 0x8A4526},
    {"red", 0x9A3F24, 0xCE6C3C, 0x74351F},
    {"auburn", 0x6E3220, 0xA55A38, 0x542A1C},
    {"copper", 0xA5522B, 0xD98550, 0x7B4023},
    {"black", 0x1F1B1D, 0x4A434A, 0x1C181A},
    {"brown", 0x4A2F20, 0x855B3E, 0x3B261A},
    {"brunette", 0x432A1D, 0x7C543A, 0x36231A},
    {"dark", 0x2A1F1B, 0x5B463B, 0x241B18},
    {"grey", 0x9A9B9E, 0xD3D4D6, 0x77787C},
    {"gray", 0x9A9B9E, 0xD3D4D6, 0x77787C},
    {"silver", 0xA9ABB0, 0xE2E3E6, 0x808288},
    {"white", 0xD3D1CC, 0xF4F2EE, 0xA8A6A2},
}};

struct SkinTone {
  std::uint32_t skin, lips, blush;
};
inline constexpr std::array<SkinTone, 6> kSkins = {{
    {0xF7D3B8, 0xCC6F6B, 0xEE8F80},
    {0xF0C29E, 0xC4645F, 0xE67F6C},
    {0xE0AC82, 0xB96A5E, 0xD67F66},
    {0xC68D62, 0xA85B50, 0xBE6F54},
    {0x96613F, 0x8E4B45, 0x9A5540},
    {0x68422E, 0x7A3F3C, 0x7E4436},
}};

inline constexpr std::array<std::uint32_t, 5> kIrises = {0x5B3A24, 0x6B4A2B, 0x4A6F94, 0x4E7F63,
                                                         0x6F6A4A};

class Description {
 public:
  explicit Description(std::string_view text) {
    std::string word;
    for (const char c : lower_case(text)) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        word += c;
      } else if (!word.empty()) {
        words_.push_back(std::exchange(word, {}));
      }
    }
    if (!word.empty()) words_.push_back(word);
  }

  bool has(std::initializer_list<std::string_view> stems) const { return find(stems).has_value(); }

  // Where the first word with one of these stems stands.
  std::optional<std::size_t> find(std::initializer_list<std::string_view> stems) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (const auto stem : stems)
        if (words_[i].starts_with(stem)) return i;
    }
    return std::nullopt;
  }

  bool has_exactly(std::initializer_list<std::string_view> wanted) const {
    return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) {
      return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
  }

  // The nearest name of `table` among the four words before a thing: "dark green wool sweater".
  template <class Table>
  auto before(std::optional<std::size_t> thing, const Table& table) const
      -> std::optional<typename Table::value_type> {
    if (!thing) return std::nullopt;
    for (std::size_t back = 1; back <= 4 && back <= *thing; ++back) {
      for (const auto& entry : table)
        if (words_[*thing - back] == entry.name) return entry;
    }
    return std::nullopt;
  }

  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
};

}  // namespace understudy::avatar
