#include "server/price_files.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/file.h"
#include "server/toml_document.h"

namespace understudy::server {
namespace fs = std::filesystem;
namespace {

using money::Money;
using money::Price;
using money::PriceBook;
using money::PriceUnit;

tl::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message));
}

// A Price borrows its texts, and books live as long as the process.
std::string_view kept(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> texts;
  const std::lock_guard lock(mutex);
  return *texts.insert(text).first;
}

std::optional<PriceUnit> unit_from(std::string_view name) {
  for (const auto unit :
       {PriceUnit::second, PriceUnit::minute, PriceUnit::video, PriceUnit::clip, PriceUnit::call}) {
    if (to_string(unit) == name) return unit;
  }
  return std::nullopt;
}

// A date-time with an offset, as TOML has them.
Result<std::int64_t> time_of(const toml::table& root) {
  const auto time = root["effective_from"].value_exact<toml::date_time>();
  if (!time || !time->offset) {
    return wrong("effective_from must be a time with its offset, such as 2026-12-01T00:00:00Z");
  }
  std::tm day = {};
  day.tm_year = static_cast<int>(time->date.year) - 1900;
  day.tm_mon = static_cast<int>(time->date.month) - 1;
  day.tm_mday = static_cast<int>(time->date.day);
  day.tm_hour = static_cast<int>(time->time.hour);
  day.tm_min = static_cast<int>(time->time.minute);
  day.tm_sec = static_cast<int>(time->time.second);
  return (static_cast<std::int64_t>(::timegm(&day)) - time->offset->minutes * 60) * 1000;
}

using Texts = std::map<std::string, std::string, std::less<>>;

Result<Texts> texts_of(const toml::table& row) {
  constexpr std::string_view kNames[] = {"item",      "heading",    "row",     "unit",
                                         "row_title", "rate_title", "rate_usd"};
  Texts texts;
  for (const auto& [key, node] : row) {
    const std::string name(key.str());
    if (name == "quantum_ms") continue;
    if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
      return wrong("there is no '" + name + "' in a row");
    }
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty()) return wrong("'" + name + "' must be a text in quotes");
    texts[name] = *text;
  }
  return texts;
}

Result<void> apply(const Texts& texts, const toml::table& row, Price& price, bool is_new) {
  const auto text = [&](const char* name, std::string_view& target) {
    if (const auto found = texts.find(name); found != texts.end()) target = kept(found->second);
  };
  text("heading", price.heading);
  text("row", price.row);
  text("row_title", price.row_title);
  text("rate_title", price.rate_title);
  if (price.heading.empty() || price.row.empty()) {
    return wrong("a new item needs 'heading' and 'row'");
  }
  if (const auto unit = texts.find("unit"); unit != texts.end()) {
    const auto known = unit_from(unit->second);
    if (!known) return wrong("'unit' must be second, minute, video, clip or call");
    price.unit = *known;
  } else if (is_new) {
    return wrong("a new item needs its 'unit'");
  }
  const auto rate = texts.find("rate_usd");
  const auto amount = money::parse_usd(rate != texts.end() ? rate->second : "");
  if (!amount || *amount < Money{}) {
    return wrong("'rate_usd' must be an amount in quotes, such as \"0.05\"");
  }
  price.rate = *amount;
  if (row.contains("quantum_ms")) {
    const auto quantum = row["quantum_ms"].value_exact<std::int64_t>();
    if (!quantum || *quantum < 1 || *quantum > 3'600'000) {
      return wrong("'quantum_ms' must be a whole number from 1 to 3600000");
    }
    price.quantum_ms = *quantum;
  }
  return {};
}

Result<void> apply_row(const toml::table& row, std::vector<Price>& rows,
                       std::set<std::string>& seen) {
  TRY_ASSIGN(const auto texts, texts_of(row));
  const auto item = texts.find("item");
  if (item == texts.end()) return wrong("every row needs an 'item'");
  if (!seen.insert(item->second).second) return wrong(item->second + " stands there twice");
  auto found = std::find_if(rows.begin(), rows.end(),
                            [&](const Price& price) { return price.item == item->second; });
  const bool is_new = found == rows.end();
  Price price = is_new ? Price{} : *found;
  price.item = kept(item->second);
  if (auto applied = apply(texts, row, price, is_new); !applied) {
    return wrong(item->second + ": " + applied.error().message);
  }
  if (!is_new) {
    *found = price;
    return {};
  }
  // Beside the rows of its table, so that the page shows one table per heading.
  const auto last = std::find_if(rows.rbegin(), rows.rend(), [&](const Price& other) {
    return other.heading == price.heading;
  });
  rows.insert(last.base() == rows.begin() ? rows.end() : last.base(), price);
  return {};
}

Result<std::vector<int>> versions_in(const fs::path& folder) {
  std::vector<int> versions;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const fs::path& file = entry.path();
    if (file.extension() != ".toml") continue;
    const std::string stem = file.stem().string();
    int version = 0;
    const auto read = std::from_chars(stem.data(), stem.data() + stem.size(), version);
    const bool is_version = read.ec == std::errc() && read.ptr == stem.data() + stem.size() &&
                            version >= 2 && stem.front() != '0';
    if (!is_version) {
      return wrong(
          fmt::format("{}: price books are called 2.toml, 3.toml and so on; version 1 is "
                      "the program's own.",
                      file.string()));
    }
    versions.push_back(version);
  }
  if (failed) return wrong(folder.string() + " cannot be read.");
  std::sort(versions.begin(), versions.end());
  return versions;
}

}  // namespace

Result<PriceBook> parse_price_book(int version, std::string_view document,
                                   const PriceBook& before) {
  TRY_ASSIGN(const toml::table root, parse_toml(document));
  for (const auto& [key, node] : root) {
    if (key.str() != "effective_from" && key.str() != "rows") {
      return wrong("there is no option '" + std::string(key.str()) + "'");
    }
  }
  TRY_ASSIGN(const auto effective_from_ms, time_of(root));
  const auto* list = root["rows"].as_array();
  if (list == nullptr || list->empty()) return wrong("it has no [[rows]]");
  std::vector<Price> rows(before.rows().begin(), before.rows().end());
  std::set<std::string> seen;
  for (const auto& node : *list) {
    const auto* row = node.as_table();
    if (row == nullptr) return wrong("its rows must be written as [[rows]]");
    TRY(apply_row(*row, rows, seen));
  }
  return PriceBook::make(version, std::move(rows), effective_from_ms);
}

Result<std::vector<PriceBook>> load_price_books(const fs::path& folder) {
  std::vector<PriceBook> books;
  if (!fs::exists(folder)) return books;
  TRY_ASSIGN(const auto versions, versions_in(folder));
  for (const int version : versions) {
    const fs::path file = folder / (std::to_string(version) + ".toml");
    if (version != static_cast<int>(books.size()) + 2) {
      return wrong(
          fmt::format("{} is there and version {} is missing.", file.string(), books.size() + 2));
    }
    const auto document = read_file(file, 1 << 20);
    if (!document) return wrong(file.string() + " cannot be read.");
    const PriceBook& before = books.empty() ? PriceBook::version_1() : books.back();
    auto book = parse_price_book(version, *document, before);
    if (!book) return wrong(fmt::format("{}: {}.", file.string(), book.error().message));
    books.push_back(*std::move(book));
  }
  return books;
}

}  // namespace understudy::server
