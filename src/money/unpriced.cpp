#include "money/unpriced.h"

namespace understudy::money {

std::vector<Unpriced> unpriced(const PriceBook& book) {
  constexpr Unpriced kOffered[] = {
      {"background_removal.video", "Background removal",
       "No rate is published. It is free until a later price book has a row for it."}};
  std::vector<Unpriced> without;
  for (const Unpriced& offered : kOffered)
    if (!book.find(offered.item)) without.push_back(offered);
  return without;
}

}  // namespace understudy::money
