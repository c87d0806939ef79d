// What the server offers without a rate, since none is published. It costs nothing until a later
// price book of the operator has a row for its item. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "money/price_book.h"

namespace understudy::money {

struct Unpriced {
  std::string_view item;  // under which a book would price it
  std::string_view title;
  std::string_view reason;
};

std::vector<Unpriced> unpriced(const PriceBook& book);

}  // namespace understudy::money
