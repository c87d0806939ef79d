#include "products/hyperframes/hyperframes.h"

#include "base/text.h"

namespace understudy::hyperframes {
namespace {

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

}  // namespace

Result<Request> parse(const json::object& body) {
  Request request;
  const auto* project = object_or_null(body, "project");
  if (project == nullptr) return invalid("project", "Give 'project'.");
  request.project = jobs::input_source_from(*project);
  request.composition = string_or(body, "composition", "index.html");
  if (request.composition.empty()) request.composition = "index.html";
  const std::string lower = lower_case(request.composition);
  if (!lower.ends_with(".html") && !lower.ends_with(".htm")) {
    return invalid("composition", "'composition' must name an HTML file of the project.");
  }
  if (const auto* variables = object_or_null(body, "variables")) request.variables = *variables;
  request.fps = static_cast<int>(int_or(body, "fps", 30));
  request.quality = string_or(body, "quality", "standard");
  request.format = string_or(body, "format", "mp4");
  request.resolution = string_or(body, "resolution", "1080p");
  request.aspect_ratio = string_or(body, "aspect_ratio");
  request.title = string_or(body, "title");
  request.callback_url = string_or(body, "callback_url");
  request.callback_id = string_or(body, "callback_id");
  if (request.resolution == "4k" && request.has_alpha()) {
    return invalid("resolution", "'resolution' 4k and 'format' " + request.format +
                                     " exclude each other: transparent video is 1080p.");
  }
  return request;
}

CanvasSize canvas_size(const std::string& resolution, const std::string& aspect_ratio) {
  const int factor = resolution == "4k" ? 2 : 1;
  if (aspect_ratio == "9:16") return {1080 * factor, 1920 * factor};
  if (aspect_ratio == "1:1") return {1080 * factor, 1080 * factor};
  return {1920 * factor, 1080 * factor};
}

std::string aspect_ratio_of(int width, int height) {
  if (width <= 0 || height <= 0) return "16:9";
  if (width * 9 == height * 16) return "16:9";
  if (width * 16 == height * 9) return "9:16";
  return width == height ? "1:1" : "";
}

std::string price_item(const Request& request) {
  return "hyperframes." + std::string(request.resolution == "4k" ? "4k" : "1080p") +
         (request.fps > 30 ? "60" : "30");
}

std::int64_t billable_ms(std::int64_t frames, int fps) { return 1000 * frames / fps; }

json::object to_json(const Request& request) {
  return {{"composition", request.composition},
          {"variables", request.variables},
          {"fps", request.fps},
          {"quality", request.quality},
          {"format", request.format},
          {"resolution", request.resolution},
          {"aspect_ratio", request.aspect_ratio},
          {"title", request.title},
          {"callback_id", request.callback_id}};
}

Request from_json(const json::object& document) {
  Request request;
  request.composition = string_or(document, "composition", "index.html");
  if (const auto* variables = object_or_null(document, "variables")) request.variables = *variables;
  request.fps = static_cast<int>(int_or(document, "fps", 30));
  request.quality = string_or(document, "quality", "standard");
  request.format = string_or(document, "format", "mp4");
  request.resolution = string_or(document, "resolution", "1080p");
  request.aspect_ratio = string_or(document, "aspect_ratio");
  request.title = string_or(document, "title");
  request.callback_id = string_or(document, "callback_id");
  return request;
}

}  // namespace understudy::hyperframes
