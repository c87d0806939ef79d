// Background removal: a film becomes up to three films: the person on transparency, the mask, and
// what is behind. This file is the product's rules. No HTTP, no SQL, no pixels.
// Contract: POST /v3/background-removals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/job_kind.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/input_source.h"
#include "money/price_book.h"
#include "money/price_lines.h"

namespace understudy::background_removals {

inline constexpr std::int64_t kDurationMaxMs = 10 * 60 * 1000;
inline constexpr int kSideMax = 2048;
inline constexpr int kFpsMax = 60;

// The published page has no price for it: free, unless the operator's price book sells this item
// (per second of the film).
inline constexpr std::string_view kPriceItem = "background_removal.video";

inline constexpr api::JobKind kKind{
    .name = "background_removals", .noun = "background removal", .id_param = "job_id"};

struct Request {
  jobs::InputSource video;
  std::vector<std::string> layers;  // of kLayers, in their order
  std::string request_id;           // empty: none
  std::string title;
};

// "foreground", "mask", "background": in this order.
const std::vector<std::string>& all_layers();

// Reads a body that the schema has accepted. Errors: invalid_parameter with the field.
Result<Request> parse(const json::object& body);

// What was found out of the film. Errors: invalid_parameter (too large), video_too_long.
struct Film {
  int width = 0;   // even
  int height = 0;  // even
  int fps = 25;
  int frames = 1;
  bool has_audio = false;
  std::int64_t duration_ms() const { return std::int64_t{1000} * frames / fps; }
};
Result<Film> film_of(const json::object& facts);

json::object to_json(const Film& film);
Film film_from(const json::object& document);

// One line: the item when `book` sells it, else free.
money::PriceLine price_line(const money::PriceBook& book, std::int64_t duration_ms);

}  // namespace understudy::background_removals
