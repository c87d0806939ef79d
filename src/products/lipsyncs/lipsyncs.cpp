#include "products/lipsyncs/lipsyncs.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace understudy::lipsyncs {
namespace {

constexpr double kSpanLeast_s = 0.2;
constexpr double kSlack_s = 1e-3;  // containers round their lengths

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

MediaSource source_of(const json::object& body, std::string_view name) {
  const auto* source = object_or_null(body, name);
  if (source == nullptr) return {};
  return {.url = string_or(*source, "url"), .asset_id = string_or(*source, "asset_id")};
}

std::optional<double> seconds_of(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return number_or(body, name, 0);
}

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::speed: return "speed";
    case Mode::precision: return "precision";
  }
  std::abort();
}

Result<Request> parse(const json::object& body) {
  Request request;
  request.video = source_of(body, "video");
  request.audio = source_of(body, "audio");
  if (string_or(body, "mode", "speed") == "precision") request.mode = Mode::precision;
  request.is_duration_dynamic = bool_or(body, "enable_dynamic_duration", true);
  request.start_s = seconds_of(body, "start_time");
  request.end_s = seconds_of(body, "end_time");
  request.has_captions = bool_or(body, "enable_caption", false);
  request.keeps_format = bool_or(body, "keep_the_same_format", false);
  request.drops_music = bool_or(body, "disable_music_track", false);
  request.is_sound_enhanced = bool_or(body, "enable_speech_enhancement", false);
  request.has_watermark = bool_or(body, "enable_watermark", false);
  const std::string fps_mode = string_or(body, "fps_mode", "cfr");
  if (fps_mode == "vfr" || fps_mode == "passthrough") request.times = Times::as_filmed;
  request.title = string_or(body, "title");
  request.folder_id = string_or(body, "folder_id");
  request.callback_url = string_or(body, "callback_url");
  request.callback_id = string_or(body, "callback_id");
  if (request.start_s && request.end_s && *request.end_s <= *request.start_s)
    return invalid("end_time", "'end_time' must be after 'start_time'.");
  return request;
}

Result<Span> span_of(const Request& request, const Facts& facts) {
  const double length_s = static_cast<double>(facts.video_ms) / 1000;
  const std::string length = std::to_string(static_cast<int>(length_s * 10) / 10.0).substr(0, 6);
  Span span{request.start_s.value_or(0), length_s};
  if (span.start_s >= length_s)
    return invalid("start_time", "'start_time' must be before the end of the video, which is " +
                                     length + " s long.");
  if (request.end_s) {
    if (*request.end_s > length_s + kSlack_s)
      return invalid("end_time", "'end_time' must not be after the end of the video, which is " +
                                     length + " s long.");
    span.end_s = std::min(*request.end_s, length_s);
  }
  if (span.length_s() < kSpanLeast_s) {
    const std::string param = request.end_s ? "end_time" : "start_time";
    return invalid(param, "'" + param + "' leaves less than 0.2 s of the video.");
  }
  return span;
}

media::FrameRate rate_of(media::FrameRate video_rate) {
  return media::limited(video_rate, kFpsMax);
}

int frames_of_sound(double length_s, media::FrameRate rate) {
  return std::max(1, static_cast<int>(std::ceil(length_s * rate.per_s() - 1e-6)));
}

int frames_of_film(const Span& span, media::FrameRate rate) {
  constexpr double kRounded_s =
      6e-4;  // of both ends together, a little more than half a millisecond
  return std::max(1, static_cast<int>(std::floor((span.length_s() + kRounded_s) * rate.per_s())));
}

Result<std::int64_t> estimate_ms(const Request& request, const Facts& facts) {
  TRY_ASSIGN(const Span span, span_of(request, facts));
  if (facts.audio_ms > kDurationMaxMs || facts.video_ms > kDurationMaxMs) {
    return fail(ErrorCode::video_too_long, "Video and sound are at most 30 minutes long.",
                facts.audio_ms > kDurationMaxMs ? "audio" : "video");
  }
  const media::FrameRate rate = rate_of(facts.video_rate);
  return rate.ms_of(request.is_duration_dynamic
                        ? frames_of_sound(static_cast<double>(facts.audio_ms) / 1000, rate)
                        : frames_of_film(span, rate));
}

std::string price_item(const Request& request) {
  return "lipsync." + std::string(to_string(request.mode));
}

json::object to_json(const Request& request) {
  json::object document{{"mode", to_string(request.mode)},
                        {"enable_dynamic_duration", request.is_duration_dynamic},
                        {"enable_caption", request.has_captions},
                        {"keep_the_same_format", request.keeps_format},
                        {"disable_music_track", request.drops_music},
                        {"enable_speech_enhancement", request.is_sound_enhanced},
                        {"enable_watermark", request.has_watermark},
                        {"fps_mode", request.times == Times::as_filmed ? "passthrough" : "cfr"},
                        {"title", request.title},
                        {"callback_id", request.callback_id}};
  if (request.start_s) document["start_time"] = *request.start_s;
  if (request.end_s) document["end_time"] = *request.end_s;
  return document;
}

Request from_json(const json::object& document) {
  // The members are spelled as in the body, which was accepted.
  return parse(document).value_or(Request());
}

}  // namespace understudy::lipsyncs
