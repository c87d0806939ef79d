#include "speech/script.h"

#include <algorithm>
#include <array>
#include <utility>

#include "speech/unicode.h"

namespace understudy::speech {
namespace {

// After these a full stop ends no sentence, whatever follows.
constexpr std::array kAbbreviations{
    "mr",     "mrs",  "ms",  "dr",  "prof", "st",   "sr",   "jr",  "rev",  "hon",  "gen",
    "col",    "capt", "lt",  "sgt", "maj",  "gov",  "sen",  "rep", "pres", "vs",   "cf",
    "al",     "e.g",  "i.e", "fig", "figs", "no",   "nos",  "vol", "pp",   "ed",   "eds",
    "approx", "dept", "est", "inc", "ltd",  "co",   "corp", "ave", "blvd", "rd",   "mt",
    "ft",     "jan",  "feb", "mar", "apr",  "jun",  "jul",  "aug", "sep",  "sept", "oct",
    "nov",    "dec",  "mon", "tue", "wed",  "thu",  "fri",  "sat", "sun",  "bzw",  "ca",
    "z.b",    "d.h",  "usw", "sra", "mme",  "mlle", "hr",   "fr"};
// These may also end one; the next word's capital decides.
constexpr std::array kMayEnd{"inc", "ltd", "co",  "corp", "ave", "blvd", "rd", "usw", "al", "no",
                             "mon", "sat", "sun", "mar",  "jan", "ed",   "ca", "fr",  "est"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The word without what stands round it: "(Dr." gives "dr".
std::string bare(std::string_view word) {
  while (!word.empty() && !is_speakable(static_cast<unsigned char>(word.front())) &&
         static_cast<unsigned char>(word.front()) < 0x80) {
    word.remove_prefix(1);
  }
  while (!word.empty() && !is_speakable(static_cast<unsigned char>(word.back())) &&
         static_cast<unsigned char>(word.back()) < 0x80) {
    word.remove_suffix(1);
  }
  return lower(word);
}

template <std::size_t N>
bool is_one_of(const std::array<const char*, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_initial(std::string_view word) {  // "J.", "U.S.", "a.m."
  bool is_letter_next = true;
  int letters = 0;
  for (const char c : word) {
    const bool is_letter = (c >= 'a' && c <= 'z');
    if (is_letter_next != is_letter || (!is_letter && c != '.')) return false;
    letters += is_letter ? 1 : 0;
    is_letter_next = !is_letter_next;
  }
  return letters > 0;
}

bool has_speech(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (is_speakable(next_character(text, at))) return true;
  }
  return false;
}

bool ends_sentence(std::string_view text) {
  bool ends = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    ends = is_sentence_end(c) || (ends && is_closing(c));
  }
  return ends;
}

bool ends_clause(std::string_view text) {
  return !text.empty() && (text.back() == ',' || text.back() == ';' || text.back() == ':');
}

}  // namespace

void ScriptBuilder::set_pronunciations(std::span<const Pronunciation> pronunciations) {
  pronunciations_ = PronunciationFinder(pronunciations);
}

void ScriptBuilder::add_text(std::string_view text) {
  std::size_t done = 0;
  for (const auto& match : pronunciations_.matches(text)) {
    add_plain_text(text.substr(done, match.start - done));
    add_alias(text.substr(match.start, match.size), *match.spoken);
    done = match.start + match.size;
  }
  add_plain_text(text.substr(done));
}

void ScriptBuilder::add_plain_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (is_blank(c)) {
      end_word();
      if (c == '\n' && ++newlines_ >= 2) end_paragraph();
      continue;
    }
    newlines_ = 0;
    if (piece_.spelling.empty()) piece_.prosody = prosody_;
    append_character(piece_.spelling, c);
    append_character(piece_.spoken, c);
    // Without blanks a mark is the only place to cut a caption.
    if (c >= 0x3000 && is_sentence_end(c)) end_word();
    if (c == 0x3001 || c == 0xFF0C) end_word();
  }
}

void ScriptBuilder::add_alias(std::string_view spelling, std::string_view spoken) {
  newlines_ = 0;
  if (piece_.spelling.empty()) piece_.prosody = prosody_;
  piece_.spelling += spelling;
  piece_.spoken += spoken;
}

bool ScriptBuilder::is_new_sentence_before(std::string_view next_word) const {
  const auto& last = sentence_.tokens.back().text;
  const std::string word = bare(last);
  const bool is_stop =
      last.find('.') != std::string::npos && last.find_first_of("!?") == std::string::npos;
  std::size_t at = 0;
  char32_t first = 0;
  while (at < next_word.size() && !is_speakable(first)) first = next_character(next_word, at);
  const bool is_lower = first >= 'a' && first <= 'z';
  if (!is_stop) return !is_lower;
  if (is_lower) return false;
  if (is_one_of(kMayEnd, word)) return true;
  if (is_one_of(kAbbreviations, word)) return false;
  // "U.S. Army" goes on, "J. Smith" goes on, "plan B. Then" cannot be told and goes on too; "at 5
  // p.m. We" ends.
  if (is_initial(word)) return word == "a.m" || word == "p.m";
  return true;
}

void ScriptBuilder::place(Piece piece) {
  if (!has_speech(piece.spoken)) {
    // A lone dash or picture belongs to the word before it.
    if (!script_.words.empty()) {
      script_.words.back() += " " + piece.spelling;
      if (!sentence_.tokens.empty()) sentence_.tokens.back().text += piece.spoken;
    }
    may_end_ = may_end_ || (!sentence_.tokens.empty() && ends_sentence(piece.spoken));
    return;
  }
  if (may_end_ && !sentence_.tokens.empty() && is_new_sentence_before(piece.spoken))
    close_sentence();
  script_.words.push_back(piece.spelling);
  const std::size_t word = script_.words.size() - 1;
  std::string token;
  const auto end_token = [&] {
    if (!token.empty()) sentence_.tokens.push_back({token, word, piece.prosody});
    token.clear();
  };
  for (std::size_t at = 0; at < piece.spoken.size();) {
    const char32_t c = next_character(piece.spoken, at);
    if (is_blank(c)) {
      end_token();
    } else {
      append_character(token, c);
      if (token.size() >= kTokenBytes) end_token();
    }
  }
  end_token();
  may_end_ = ends_sentence(sentence_.tokens.back().text);
  while (sentence_.tokens.size() >= kTokensPerSentence) cut_long_sentence();
}

void ScriptBuilder::cut_long_sentence() {
  auto& tokens = sentence_.tokens;
  std::size_t cut = std::min(tokens.size(), kTokensPerSentence);
  for (std::size_t i = cut; i > kTokensPerSentence / 3; --i) {
    if (ends_clause(tokens[i - 1].text)) {
      cut = i;
      break;
    }
  }
  Sentence rest;
  rest.tokens.assign(tokens.begin() + static_cast<std::ptrdiff_t>(cut), tokens.end());
  tokens.resize(cut);
  script_.sentences.push_back(std::exchange(sentence_, std::move(rest)));
}

void ScriptBuilder::end_word() {
  if (!piece_.spelling.empty()) place(std::exchange(piece_, Piece{}));
}

void ScriptBuilder::close_sentence() {
  if (!sentence_.tokens.empty()) script_.sentences.push_back(std::exchange(sentence_, Sentence{}));
  may_end_ = false;
}

void ScriptBuilder::end_sentence() {
  end_word();
  close_sentence();
}

void ScriptBuilder::end_paragraph() {
  end_sentence();
  if (!script_.sentences.empty()) script_.sentences.back().ends_paragraph = true;
}

void ScriptBuilder::add_break(double seconds) {
  end_sentence();
  if (script_.sentences.empty()) {
    script_.lead_silence_s += seconds;
  } else {
    auto& pause = script_.sentences.back().pause_after_s;
    pause = pause.value_or(0) + seconds;
  }
}

Script ScriptBuilder::finish() {
  end_sentence();
  return std::exchange(script_, Script{});
}

Script script_from_text(std::string_view text, std::span<const Pronunciation> pronunciations) {
  ScriptBuilder builder;
  builder.set_pronunciations(pronunciations);
  builder.add_text(text);
  return builder.finish();
}

}  // namespace understudy::speech
