// The price book as the published page shows it: one table per heading, in the page's own spelling.
#include <algorithm>

#include <fmt/format.h>

#include "money/price_book.h"

namespace understudy::money {
namespace {

// Bytes of UTF-8 are not columns: the page's dashes are three bytes wide.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned>(byte) & 0xc0u) != 0x80u;
  }));
}

std::string padded(std::string_view text, std::size_t columns, char with = ' ') {
  std::string result(text);
  result.append(columns - std::min(columns, columns_of(text)), with);
  return result;
}

// At least cents, and as many decimals as the rate has.
std::string dollars(Money amount) {
  std::string text = to_text(amount);
  const auto point = text.find('.');
  if (point == std::string::npos) return text + ".00";
  const std::size_t decimals = text.size() - point - 1;
  return decimals < 2 ? text + "0" : text;
}

std::string table_text(std::span<const Price> rows) {
  std::size_t name_width = columns_of(rows.front().row_title);
  std::size_t rate_width = columns_of(rows.front().rate_title);
  for (const Price& price : rows) {
    name_width = std::max(name_width, columns_of(price.row));
    rate_width = std::max(rate_width, columns_of(rate_text(price)));
  }
  std::string text = fmt::format("### {}\n\n| {} | {} |\n| {} | {} |\n", rows.front().heading,
                                 padded(rows.front().row_title, name_width),
                                 padded(rows.front().rate_title, rate_width),
                                 padded("", name_width, '-'), padded("", rate_width, '-'));
  for (const Price& price : rows) {
    text += fmt::format("| {} | {} |\n", padded(price.row, name_width),
                        padded(rate_text(price), rate_width));
  }
  return text;
}

}  // namespace

std::string rate_text(const Price& price) {
  const std::string rate = "$" + dollars(price.rate);
  switch (price.unit) {
    case PriceUnit::second: return rate + " / sec";
    case PriceUnit::minute: return rate + " / min";
    case PriceUnit::video: return rate + " / video";
    case PriceUnit::clip: return rate + " / clip";
    case PriceUnit::call: return rate + " per call";
  }
  return rate;
}

std::string to_page_text(const PriceBook& book) {
  std::string text;
  const auto rows = book.rows();
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t last = first;
    while (last < rows.size() && rows[last].heading == rows[first].heading) ++last;
    if (first > 0) text += "\n";
    text += table_text(rows.subspan(first, last - first));
    first = last;
  }
  return text;
}

}  // namespace understudy::money
