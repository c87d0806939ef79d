#include "products/background_removals/background_removals.h"

#include <algorithm>
#include <cmath>

namespace understudy::background_removals {
namespace {

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

}  // namespace

const std::vector<std::string>& all_layers() {
  static const std::vector<std::string> kLayers{"foreground", "mask", "background"};
  return kLayers;
}

Result<Request> parse(const json::object& body) {
  const auto* video = object_or_null(body, "video");
  if (video == nullptr) return invalid("video", "Give 'video'.");
  Request request{.video = jobs::input_source_from(*video),
                  .layers = {},
                  .request_id = string_or(body, "request_id"),
                  .title = string_or(body, "title")};
  if (request.request_id.size() > 255)
    return invalid("request_id", "'request_id' may have at most 255 characters.");
  const auto* layers = array_or_null(body, "layers");
  for (const auto& layer : all_layers()) {
    const bool is_wanted =
        layers == nullptr ||
        std::any_of(layers->begin(), layers->end(), [&](const json::value& each) {
          return each.is_string() && std::string_view(each.get_string()) == layer;
        });
    if (is_wanted) request.layers.push_back(layer);
  }
  return request;
}

Result<Film> film_of(const json::object& facts) {
  Film film;
  film.width = static_cast<int>(int_or(facts, "width", 0)) & ~1;
  film.height = static_cast<int>(int_or(facts, "height", 0)) & ~1;
  film.has_audio = bool_or(facts, "has_audio", false);
  const std::int64_t length_ms = int_or(facts, "duration_ms", 0);
  if (film.width < 64 || film.height < 64)
    return invalid("video", "'video' must be at least 64 pixels wide and high.");
  if (std::max(film.width, film.height) > kSideMax)
    return invalid("video", "'video' may be at most 2048 pixels wide and high.");
  if (length_ms <= 0) return invalid("video", "'video' has no length.");
  if (length_ms > kDurationMaxMs)
    return fail(ErrorCode::video_too_long, "'video' may be at most 10 minutes long.", "video");
  film.fps = std::clamp(static_cast<int>(std::lround(number_or(facts, "fps", 25))), 1, kFpsMax);
  film.frames =
      std::max(1, static_cast<int>(std::llround(static_cast<double>(length_ms) * film.fps / 1000)));
  return film;
}

json::object to_json(const Film& film) {
  return {{"width", film.width},
          {"height", film.height},
          {"fps", film.fps},
          {"frames", film.frames},
          {"has_audio", film.has_audio}};
}

Film film_from(const json::object& document) {
  return {.width = static_cast<int>(int_or(document, "width", 2)),
          .height = static_cast<int>(int_or(document, "height", 2)),
          .fps = static_cast<int>(int_or(document, "fps", 25)),
          .frames = static_cast<int>(int_or(document, "frames", 1)),
          .has_audio = bool_or(document, "has_audio", false)};
}

money::PriceLine price_line(const money::PriceBook& book, std::int64_t duration_ms) {
  return {book.find(kPriceItem) ? std::string(kPriceItem) : std::string(), duration_ms};
}

}  // namespace understudy::background_removals
