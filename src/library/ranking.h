// Ranking: finds the items whose names and tags say what a query says.
//
// Each word of the query counts by how rare it is among the items (its inverse document frequency,
// flattened: a word that no item knows says little about which one is meant), and matches an item
// by the same stem, a synonym, a common beginning or one typing error, each worth less than the one
// before. The score is the square root of the share of the query that an
// item matches: 1 is everything, 0.7 about half, so that a sentence with words beside the point
// still finds its item. Fillers and words that describe all items ("music") do not count.
//
// Built once, then used by any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::library {

struct Tagged {
  std::string name;
  std::vector<std::string> tags;  // each a word or a few
  std::string description;
};

struct Hit {
  std::size_t item = 0;
  double score = 0;  // 0..1
};

class Ranking {
 public:
  // `common`: words that describe every item.
  Ranking(const std::vector<Tagged>& items, std::vector<std::string> common);

  // Best first, equal ones by their order; those of at least `score_min`. A query of nothing but
  // common words and fillers finds everything, with 0.75.
  std::vector<Hit> find(std::string_view query, double score_min) const;

 private:
  struct Posting {
    std::size_t item;
    double strength;
  };
  using Strengths = std::vector<double>;  // by item

  void add(std::size_t item, std::string_view text, double strength);
  std::vector<std::string> terms_of(std::string_view query) const;
  Strengths matches(const std::string& term) const;
  void take(Strengths& best, const std::string& term, double factor) const;

  std::size_t count_;
  std::vector<std::string> common_;
  std::map<std::string, std::vector<Posting>, std::less<>> postings_;  // by stem
  std::vector<std::vector<std::string>> names_;                        // stems of each name
};

}  // namespace understudy::library
