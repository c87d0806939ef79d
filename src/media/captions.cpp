#include "media/captions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace understudy::media {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kPause = 0.35;        // s between words that reads as a break
constexpr double kHang = 0.4;          // s a cue stays after its last word
constexpr double kGap = 0.04;          // s between cues: one frame
constexpr std::size_t kWordsMax = 60;  // of one cue, bounds the search

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

int length_of(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> marks) {
  while (!word.empty() && (word.back() == '"' || word.back() == '\'' || word.back() == ')')) {
    word.remove_suffix(1);
  }
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return word.ends_with(mark); });
}

bool ends_sentence(std::string_view word) {
  return ends_with_any(word, {".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔"});
}

bool ends_clause(std::string_view word) {
  return ends_with_any(word, {",", ";", ":", "–", "—", "、", "，", "；", "：", "،"});
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// Cuts a word that fits no line (a URL, a script without spaces) into pieces that do.
std::vector<std::string> pieces_of(const std::string& word, int length_max) {
  std::vector<std::string> pieces(1);
  int length = 0;
  for (const char c : word) {
    if (!is_continuation(c) && ++length > length_max) {
      pieces.emplace_back();
      length = 1;
    }
    pieces.back() += c;
  }
  return pieces;
}

// The fewest lines that hold the words, greedily filled; 0 when one word is longer than a line.
int lines_needed(std::span<const int> lengths, int length_max) {
  int lines = 1;
  int used = -1;
  for (const int length : lengths) {
    if (length > length_max) return 0;
    if (used + 1 + length > length_max) {
      ++lines;
      used = length;
    } else {
      used += 1 + length;
    }
  }
  return lines;
}

// What it costs to end a cue after word `last`: nothing at the end of a sentence.
double ending_cost(std::span<const TimedWord> words, std::size_t last) {
  if (last + 1 == words.size() || ends_sentence(words[last].text)) return 0;
  if (ends_clause(words[last].text)) return 4;
  if (words[last + 1].start_s - words[last].end_s >= kPause) return 5;
  return 14;
}

// What speaks against words [first, last] as one cue; infinite when it does not fit.
double cue_cost(std::span<const TimedWord> words, std::span<const int> lengths, std::size_t first,
                std::size_t last, const CaptionRules& rules) {
  const double duration = words[last].end_s - words[first].start_s;
  const int lines = lines_needed(lengths.subspan(first, last - first + 1), rules.line_length_max);
  const bool is_single = first == last;
  if (!is_single && (lines == 0 || lines > rules.lines_max || duration > rules.duration_max_s)) {
    return kInfinite;
  }
  double cost = 8 + ending_cost(words, last);
  for (std::size_t i = first; i < last; ++i) {
    if (ends_sentence(words[i].text)) cost += 7;
    if (words[i + 1].start_s - words[i].end_s > 1.0)
      cost += 20;  // do not announce what comes later
  }
  if (duration < rules.duration_min_s) cost += 6 * (rules.duration_min_s - duration);
  return cost;
}

// The cheapest division into cues: the index of the first word of each.
std::vector<std::size_t> divide(std::span<const TimedWord> words, const CaptionRules& rules) {
  std::vector<int> lengths;
  for (const auto& word : words) lengths.push_back(length_of(word.text));
  std::vector<double> best(words.size() + 1, kInfinite);
  std::vector<std::size_t> first_of(words.size() + 1, 0);
  best[0] = 0;
  for (std::size_t end = 1; end <= words.size(); ++end) {
    for (std::size_t first = end; first-- > 0 && end - first <= kWordsMax;) {
      const double cost = cue_cost(words, lengths, first, end - 1, rules);
      if (cost == kInfinite) break;  // a longer cue fits even less
      if (best[first] + cost < best[end]) {
        best[end] = best[first] + cost;
        first_of[end] = first;
      }
    }
  }
  std::vector<std::size_t> starts;
  for (std::size_t end = words.size(); end > 0; end = first_of[end])
    starts.push_back(first_of[end]);
  std::reverse(starts.begin(), starts.end());
  return starts;
}

// Cues stay a little after the last word and long enough to be read, but end before the next one.
void settle_times(std::vector<Caption>& captions, const CaptionRules& rules) {
  for (std::size_t i = 0; i < captions.size(); ++i) {
    Caption& cue = captions[i];
    const double wanted = std::max(cue.end_s + kHang, cue.start_s + rules.duration_min_s);
    const double room = i + 1 < captions.size() ? captions[i + 1].start_s - kGap : kInfinite;
    cue.end_s = std::min({wanted, room, std::max(cue.end_s, cue.start_s + rules.duration_max_s)});
    cue.end_s = std::max(cue.end_s, cue.start_s + 0.001);
  }
}

// Lines from `starts` on; the cost prefers equal lengths, a longer last line, and breaks at
// clauses.
struct LineBreaker {
  std::span<const std::string> words;
  int length_max;

  int length(std::size_t first, std::size_t end) const {
    int total = -1;
    for (std::size_t i = first; i < end; ++i) total += 1 + length_of(words[i]);
    return total;
  }

  // Best costs for exactly `lines` lines; empty when they do not suffice.
  std::vector<std::size_t> breaks(int lines) const {
    const auto count = words.size();
    const double ideal = static_cast<double>(length(0, count)) / lines;
    std::vector<std::vector<double>> best(static_cast<std::size_t>(lines) + 1,
                                          std::vector<double>(count + 1, kInfinite));
    std::vector<std::vector<std::size_t>> from(static_cast<std::size_t>(lines) + 1,
                                               std::vector<std::size_t>(count + 1, 0));
    best[0][0] = 0;
    for (std::size_t line = 1; line < best.size(); ++line) {
      for (std::size_t end = 1; end <= count; ++end) {
        for (std::size_t first = end; first-- > 0;) {
          const int size = length(first, end);
          if (size > length_max) break;
          double cost = best[line - 1][first] + (size - ideal) * (size - ideal) * 0.1;
          if (end < count && !ends_clause(words[end - 1]) && !ends_sentence(words[end - 1]))
            cost += 6;
          if (cost >= best[line][end]) continue;
          best[line][end] = cost;
          from[line][end] = first;
        }
      }
    }
    if (best.back()[count] == kInfinite) return {};
    std::vector<std::size_t> starts;
    std::size_t end = count;
    for (std::size_t line = best.size() - 1; line > 0; --line)
      starts.push_back(end = from[line][end]);
    std::reverse(starts.begin(), starts.end());
    return starts;
  }
};

}  // namespace

std::string wrap_caption(std::string_view text, const CaptionRules& rules) {
  std::vector<std::string> words;
  for (const auto& word : split_words(text)) {
    for (auto& piece : pieces_of(word, rules.line_length_max)) words.push_back(std::move(piece));
  }
  if (words.empty()) return {};
  const LineBreaker breaker{words, rules.line_length_max};
  std::vector<std::size_t> starts;
  for (int lines = 1; starts.empty(); ++lines) starts = breaker.breaks(lines);
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_start = std::find(starts.begin(), starts.end(), i) != starts.end();
    if (i > 0) out += is_start ? '\n' : ' ';
    out += words[i];
  }
  return out;
}

std::vector<Caption> captions_from_words(std::span<const TimedWord> words,
                                         const CaptionRules& rules) {
  std::vector<Caption> captions;
  const auto starts = divide(words, rules);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto end = i + 1 < starts.size() ? starts[i + 1] : words.size();
    std::string text;
    for (auto at = starts[i]; at < end; ++at) text += (text.empty() ? "" : " ") + words[at].text;
    captions.push_back({words[starts[i]].start_s, words[end - 1].end_s, wrap_caption(text, rules)});
  }
  std::erase_if(captions, [](const Caption& cue) { return cue.text.empty(); });
  settle_times(captions, rules);
  return captions;
}

}  // namespace understudy::media
