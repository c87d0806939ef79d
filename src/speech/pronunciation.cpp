#include <algorithm>

#include "base/text.h"
#include "speech/script.h"
#include "speech/unicode.h"

namespace understudy::speech {
namespace {

// Whether a word may begin or end between two characters. Scripts without blanks are written
// together, so there it always may.
bool is_border(char32_t left, char32_t right) {
  if (is_unspaced_script(left) || is_unspaced_script(right)) return true;
  return !is_speakable(left) || !is_speakable(right);
}

bool is_in_capitals(const std::u32string& exact, const std::u32string& folded) {
  bool has_letter = false;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const bool is_small_letter =
        exact[i] == folded[i] && is_speakable(exact[i]) && !(exact[i] >= '0' && exact[i] <= '9');
    if (is_small_letter) return false;
    has_letter = has_letter || exact[i] != folded[i];
  }
  return has_letter;
}

}  // namespace

PronunciationFinder::PronunciationFinder(std::span<const Pronunciation> pronunciations) {
  for (const auto& [term, spoken] : pronunciations) {
    const auto bare = trimmed(term);
    if (bare.empty() || trimmed(spoken).empty()) continue;
    Term made{
        .folded = folded(bare), .exact = code_points(bare), .spoken = std::string(trimmed(spoken))};
    if (!is_in_capitals(made.exact, made.folded)) made.exact.clear();
    terms_[made.folded.front()].push_back(std::move(made));
  }
  for (auto& [first, terms] : terms_) {
    std::stable_sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) {
      return a.folded.size() > b.folded.size();
    });
  }
}

std::vector<PronunciationFinder::Match> PronunciationFinder::matches(std::string_view text) const {
  std::vector<Match> found;
  if (terms_.empty()) return found;
  const std::u32string exact = code_points(text);
  const std::u32string folded_text = folded(text);
  std::vector<std::size_t> bytes;  // where each character begins
  for (std::size_t at = 0; at < text.size();) {
    bytes.push_back(at);
    next_character(text, at);
  }
  bytes.push_back(text.size());
  if (bytes.size() != exact.size() + 1) return found;  // no UTF-8: nothing is a term
  const auto fits = [&](const Term& term, std::size_t at) {
    const std::size_t end = at + term.folded.size();
    if (end > exact.size() || folded_text.compare(at, term.folded.size(), term.folded) != 0)
      return false;
    if (!term.exact.empty() && exact.compare(at, term.exact.size(), term.exact) != 0) return false;
    const bool starts = at == 0 || is_border(exact[at - 1], exact[at]);
    return starts && (end == exact.size() || is_border(exact[end - 1], exact[end]));
  };
  for (std::size_t at = 0; at < exact.size(); ++at) {
    const auto candidates = terms_.find(folded_text[at]);
    if (candidates == terms_.end()) continue;
    for (const Term& term : candidates->second) {
      if (!fits(term, at)) continue;
      const std::size_t end = at + term.folded.size();
      found.push_back({bytes[at], bytes[end] - bytes[at], &term.spoken});
      at = end - 1;
      break;
    }
  }
  return found;
}

}  // namespace understudy::speech
