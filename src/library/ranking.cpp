#include "library/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "library/words.h"

namespace understudy::library {
namespace {

constexpr double kTag = 0.95;         // beside the name, which counts in full
constexpr double kWordOfATag = 0.85;  // of a tag of several words
constexpr double kDescription = 0.8;
constexpr double kSynonym = 0.88;
constexpr double kBeginning = 0.75;
constexpr double kTypingError = 0.7;
constexpr double kUnknownWeight = 0.8;  // of a word that no item knows; others have 1.3 and more
constexpr double kNameShare = 0.06;     // of the score: how much of the name was asked for
constexpr double kEverything = 0.75;
constexpr std::size_t kTermsMax = 24;
constexpr std::size_t kBeginningMin = 4;
constexpr std::size_t kTypingErrorMin = 5;

// Whether one insertion, deletion, replacement or swap of neighbours makes `a` into `b`.
bool is_one_error_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  std::size_t at = 0;
  while (at < a.size() && a[at] == b[at]) ++at;
  if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
  if (a.substr(at + 1) == b.substr(at + 1)) return true;
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
         a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace

Ranking::Ranking(const std::vector<Tagged>& items, std::vector<std::string> common)
    : count_(items.size()), common_(std::move(common)) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    add(i, items[i].name, 1);
    for (const auto& tag : items[i].tags) {
      add(i, tag, words_of(tag).size() > 1 ? kWordOfATag : kTag);
    }
    add(i, items[i].description, kDescription);
    names_.emplace_back();
    for (const auto& word : words_of(items[i].name)) names_.back().push_back(stem_of(word));
  }
  for (auto& [term, postings] : postings_) {  // the strongest of each item
    std::sort(postings.begin(), postings.end(), [](const Posting& a, const Posting& b) {
      return a.item != b.item ? a.item < b.item : a.strength > b.strength;
    });
    postings.erase(std::unique(postings.begin(), postings.end(),
                               [](const Posting& a, const Posting& b) { return a.item == b.item; }),
                   postings.end());
  }
}

void Ranking::add(std::size_t item, std::string_view text, double strength) {
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_filler(words[i])) continue;
    postings_[stem_of(words[i])].push_back({.item = item, .strength = strength});
    if (i + 1 < words.size()) {  // "lo-fi" is also found as "lofi"
      postings_[stem_of(words[i] + words[i + 1])].push_back({.item = item, .strength = strength});
    }
  }
}

// The stems that count; two words that the items know as one are one.
std::vector<std::string> Ranking::terms_of(std::string_view query) const {
  const auto words = words_of(query);
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < words.size() && terms.size() < kTermsMax; ++i) {
    const bool is_common = std::find(common_.begin(), common_.end(), words[i]) != common_.end();
    if (is_common || is_filler(words[i])) continue;
    std::string term = stem_of(words[i]);
    if (i + 1 < words.size() && !postings_.contains(term)) {
      if (std::string joined = stem_of(words[i] + words[i + 1]); postings_.contains(joined)) {
        term = std::move(joined);
        ++i;
      }
    }
    if (std::find(terms.begin(), terms.end(), term) == terms.end()) {
      terms.push_back(std::move(term));
    }
  }
  return terms;
}

void Ranking::take(Strengths& best, const std::string& term, double factor) const {
  const auto found = postings_.find(term);
  if (found == postings_.end()) return;
  for (const Posting& posting : found->second) {
    // A description's words are about much; only the very word counts there.
    if (factor < 1 && posting.strength <= kDescription) continue;
    best[posting.item] = std::max(best[posting.item], factor * posting.strength);
  }
}

Ranking::Strengths Ranking::matches(const std::string& term) const {
  Strengths best(count_, 0);
  take(best, term, 1);
  for (const auto& synonym : synonyms_of(term)) take(best, synonym, kSynonym);
  if (term.size() >= kBeginningMin) {
    for (auto at = postings_.lower_bound(term); at != postings_.end(); ++at) {
      if (!at->first.starts_with(term)) break;
      if (at->first != term) take(best, at->first, kBeginning);
    }
  }
  const bool is_known = std::any_of(best.begin(), best.end(), [](double s) { return s > 0; });
  if (is_known || term.size() < kTypingErrorMin) return best;
  for (std::size_t size = kBeginningMin; size < term.size(); ++size) {  // "thunderstorm"
    take(best, term.substr(0, size), kBeginning);
  }
  for (const auto& [other, postings] : postings_) {
    if (is_one_error_apart(term, other)) take(best, other, kTypingError);
  }
  return best;
}

std::vector<Hit> Ranking::find(std::string_view query, double score_min) const {
  const auto terms = terms_of(query);
  std::vector<Hit> hits;
  if (terms.empty()) {
    for (std::size_t i = 0; i < count_; ++i) hits.push_back({.item = i, .score = kEverything});
    if (words_of(query).empty() || kEverything < score_min) hits.clear();
    return hits;
  }
  Strengths sum(count_, 0);
  double whole = 0;
  for (const auto& term : terms) {
    const auto strengths = matches(term);
    const auto found = std::count_if(strengths.begin(), strengths.end(),
                                     [](double strength) { return strength > 0; });
    const double share_of_items =
        static_cast<double>(count_) / static_cast<double>(std::max<std::ptrdiff_t>(1, found));
    const double weight = found == 0 ? kUnknownWeight : 1 + 0.5 * std::log(1 + share_of_items);
    whole += weight;
    for (std::size_t i = 0; i < count_; ++i) sum[i] += weight * strengths[i];
  }
  std::map<std::string, double> asked;  // what a name may be made of
  for (const auto& term : terms) {
    for (const auto& synonym : synonyms_of(term)) asked.try_emplace(synonym, kSynonym);
  }
  for (const auto& term : terms) asked[term] = 1;
  for (std::size_t i = 0; i < count_; ++i) {
    if (sum[i] <= 0) continue;
    double named = 0;
    for (const auto& stem : names_[i]) {
      if (const auto found = asked.find(stem); found != asked.end()) named += found->second;
    }
    const double share = named / static_cast<double>(std::max<std::size_t>(1, names_[i].size()));
    const double score = std::sqrt(sum[i] / whole) * (1 - kNameShare + kNameShare * share);
    if (score >= score_min) hits.push_back({.item = i, .score = score});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.score > b.score; });
  return hits;
}

}  // namespace understudy::library
