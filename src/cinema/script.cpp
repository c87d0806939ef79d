#include "cinema/script.h"

#include <algorithm>
#include <cctype>

#include "cinema/direction.h"
#include "cinema/vocabulary.h"

namespace understudy::cinema {
namespace {

struct Marks {
  std::string_view open;
  std::string_view close;
};
constexpr Marks kMarks[] = {{"\"", "\""},
                            {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                            {"\xC2\xAB", "\xC2\xBB"},
                            {"\xE2\x80\x98", "\xE2\x80\x99"},
                            {"'", "'"}};

bool is_letter(std::string_view text, std::size_t at) {
  return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                              static_cast<unsigned char>(text[at]) >= 0x80);
}

// The marks that open a quotation here, and where it ends; an apostrophe stands within or behind a
// word and is none.
const Marks* quotation_at(std::string_view text, std::size_t at, std::size_t& end) {
  for (const Marks& marks : kMarks) {
    if (!text.substr(at).starts_with(marks.open)) continue;
    const bool may_be_apostrophe = marks.close == "'" || marks.open == "\xE2\x80\x98";
    if (may_be_apostrophe && at > 0 && is_letter(text, at - 1)) return nullptr;
    end = text.find(marks.close, at + marks.open.size());
    while (may_be_apostrophe && end != std::string_view::npos &&
           is_letter(text, end + marks.close.size()))
      end = text.find(marks.close, end + marks.close.size());
    return &marks;
  }
  return nullptr;
}

// Where a new shot begins: at the ends of sentences and at words such as "then".
std::vector<std::vector<std::string>> clauses_of(std::string_view plain) {
  std::vector<std::vector<std::string>> clauses;
  std::string part;
  const auto finish = [&] {
    auto words = words_in(part);
    part.clear();
    std::vector<std::string> clause;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool is_break = words[i] == "then" || words[i] == "finally" ||
                            words[i] == "afterwards" ||
                            ((words[i] == "cut" || words[i] == "cuts") && i + 1 < words.size() &&
                             words[i + 1] == "to");
      if (is_break && !clause.empty()) {
        clauses.push_back(std::move(clause));
        clause.clear();
      }
      clause.push_back(words[i]);
    }
    if (!clause.empty()) clauses.push_back(std::move(clause));
  };
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool is_decimal =
        plain[i] == '.' && i + 1 < plain.size() && plain[i + 1] >= '0' && plain[i + 1] <= '9';
    part += plain[i];
    if ((plain[i] == '.' && !is_decimal) || plain[i] == ';' || plain[i] == '\n' || plain[i] == '!')
      finish();
  }
  finish();
  return clauses;
}

// Whether a clause is a shot of its own and no remark about the whole.
bool makes_a_shot(const std::vector<std::string>& clause) {
  return !found_in(clause, Topic::camera).empty() || !found_in(clause, Topic::size).empty() ||
         !found_in(clause, Topic::setting).empty() || !found_in(clause, Topic::transition).empty();
}

}  // namespace

Script parted(std::string_view prompt) {
  Script script;
  std::size_t at = 0;
  while (at < prompt.size()) {
    std::size_t to = std::string_view::npos;
    const Marks* marks = quotation_at(prompt, at, to);
    if (marks == nullptr) {
      script.plain += prompt[at++];
      continue;
    }
    const std::size_t from = at + marks->open.size();
    if (to == std::string_view::npos) {
      script.plain += ' ';
      at = from;
      continue;
    }
    const auto before =
        words_in(std::string_view(script.plain)
                     .substr(script.plain.size() > 60 ? script.plain.size() - 60 : 0));
    const auto says = [&](std::string_view a, std::string_view b) {
      for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] == a && (b.empty() || (i + 1 < before.size() && before[i + 1] == b)))
          return true;
      return false;
    };
    const std::string text(prompt.substr(from, to - from));
    const bool is_lower = says("lower", "third") || says("caption", "") || says("name", "tag") ||
                          says("label", "") || says("nameplate", "");
    if (text.find_first_not_of(" \t\n") != std::string::npos && script.titles.size() < 2 &&
        text.size() <= 80)
      script.titles.push_back({text, is_lower});
    script.plain += ' ';
    at = to + marks->close.size();
  }
  return script;
}

std::vector<std::vector<std::string>> shot_clauses(std::string_view plain) {
  std::vector<std::vector<std::string>> shots;
  for (auto& clause : clauses_of(plain)) {
    if (shots.empty() ||
        (makes_a_shot(clause) && shots.size() < kShotsMax && makes_a_shot(shots.back())))
      shots.push_back(std::move(clause));
    else
      shots.back().insert(shots.back().end(), clause.begin(), clause.end());
  }
  if (shots.empty()) shots.emplace_back();
  return shots;
}

}  // namespace understudy::cinema
