#include "money/price_lines.h"

#include <limits>
#include <utility>

namespace understudy::money {

Result<Money> charge(const PriceBook& book, const PriceLine& line) {
  if (line.quantity < 0) {
    return fail(ErrorCode::invalid_parameter, "A quantity is at least 0.", "quantity");
  }
  if (line.item.empty()) return Money{};
  TRY_ASSIGN(const auto price, book.find(line.item));
  return charge(price, Quantity{line.quantity});
}

Result<Money> charge(const PriceBook& book, std::span<const PriceLine> lines) {
  Money sum;
  for (const auto& line : lines) {
    TRY_ASSIGN(const Money amount, charge(book, line));
    // Beyond what Money can hold: the largest, which no wallet covers.
    if (__builtin_add_overflow(sum.nano_usd, amount.nano_usd, &sum.nano_usd)) {
      return Money{std::numeric_limits<std::int64_t>::max()};
    }
  }
  return sum;
}

Result<std::vector<PriceLine>> with_quantities(std::vector<PriceLine> lines,
                                               std::span<const std::int64_t> quantities) {
  if (lines.size() != quantities.size()) {
    return fail(ErrorCode::invalid_parameter, "Every part of the job needs its quantity.", "parts");
  }
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].quantity = quantities[i];
  return lines;
}

std::string formula(const PriceBook& book, std::span<const PriceLine> lines,
                    std::string_view currency) {
  std::string text;
  int terms = 0;
  Money sum;
  for (const auto& line : lines) {
    const auto amount = charge(book, line);
    if (!amount || line.item.empty()) continue;
    text += (terms++ == 0 ? "" : " + ") + to_text(*amount);
    sum = sum + *amount;
  }
  if (terms != 1) text += (terms == 0 ? "0" : " = " + to_text(sum));
  return text + " " + std::string(currency);
}

std::string to_text(std::span<const PriceLine> lines) {
  if (lines.empty()) return {};
  json::array array;
  for (const auto& line : lines) {
    array.push_back(json::object{{"item", line.item}, {"quantity", line.quantity}});
  }
  return understudy::to_text(array);
}

Result<std::vector<PriceLine>> price_lines_from(std::string_view text) {
  std::vector<PriceLine> lines;
  if (text.empty()) return lines;
  const auto value = parse_json(text);
  const auto* array = value ? value->if_array() : nullptr;
  if (array == nullptr) {
    return fail(ErrorCode::storage_failed, "The price lines of a job are unreadable.");
  }
  for (const auto& entry : *array) {
    const auto* line = entry.if_object();
    if (line == nullptr) {
      return fail(ErrorCode::storage_failed, "The price lines of a job are unreadable.");
    }
    lines.push_back({string_or(*line, "item"), int_or(*line, "quantity", 0)});
  }
  return lines;
}

}  // namespace understudy::money
