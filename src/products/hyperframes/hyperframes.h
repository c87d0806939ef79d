// HyperFrames: an HTML composition becomes a video. This file is the product's rules: what a
// request may say and what it will cost. No HTTP, no SQL, no browser.
// Contract: POST /v3/hyperframes/renders.
#pragma once

#include <cstdint>
#include <string>

#include "api/job_kind.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/input_source.h"

namespace understudy::hyperframes {

inline constexpr std::int64_t kDurationMaxMs = 30 * 60 * 1000;
inline constexpr std::int64_t kFramesMax = 30 * 60 * 60;  // half an hour at 60 fps
// What is held for a composition that does not say its length; the exact price follows before the
// first frame.
inline constexpr std::int64_t kUnknownDurationMs = 60 * 1000;
inline constexpr std::int64_t kArchiveBytesMax = 200LL << 20;

inline constexpr api::JobKind kKind{.name = "hyperframes",
                                    .noun = "render",
                                    .id_param = "render_id",
                                    .id_field = "render_id",
                                    .not_found = ErrorCode::hyperframes_render_not_found,
                                    .queued = "queued",
                                    .running = "rendering"};

struct Request {
  jobs::InputSource project;  // a ZIP archive
  std::string composition = "index.html";
  json::object variables;
  int fps = 30;
  std::string quality = "standard";  // draft, standard, high
  std::string format = "mp4";        // mp4, webm, mov
  std::string resolution = "1080p";  // 1080p, 4k
  std::string aspect_ratio;          // empty: the composition's own
  std::string title;
  std::string callback_url;  // told of the end; stays here, the worker does not see it
  std::string callback_id;

  bool has_alpha() const { return format != "mp4"; }
};

// Reads a body that the schema has accepted. Errors: invalid_parameter with the field.
Result<Request> parse(const json::object& body);

struct CanvasSize {
  int width = 1920;
  int height = 1080;
};
// aspect_ratio: "16:9", "9:16" or "1:1".
CanvasSize canvas_size(const std::string& resolution, const std::string& aspect_ratio);
// The aspect ratio of a composition; empty when it is none of the three.
std::string aspect_ratio_of(int width, int height);

// Up to 30 frames a second one column of the price book, the other above.
std::string price_item(const Request& request);

// floor(1000 x frames / fps): what is billed.
std::int64_t billable_ms(std::int64_t frames, int fps);

// The document the worker gets, and back.
json::object to_json(const Request& request);
Request from_json(const json::object& document);

}  // namespace understudy::hyperframes
