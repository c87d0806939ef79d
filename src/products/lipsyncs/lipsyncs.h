// Lipsync: the person in a film says another sound. This file is the product's rules: what a
// request may say and what it will cost. No HTTP, no SQL, no pixels. Contract: POST /v3/lipsyncs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/job_kind.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/input_source.h"
#include "media/frame_rate.h"

namespace understudy::lipsyncs {

inline constexpr std::int64_t kDurationMaxMs = 30 * 60 * 1000;
inline constexpr std::int64_t kVideoBytesMax = 500LL << 20;
inline constexpr std::int64_t kAudioBytesMax = 100LL << 20;
inline constexpr int kFpsMax = 60;

inline constexpr api::JobKind kKind{
    .name = "lipsyncs", .noun = "lipsync", .id_param = "lipsync_id", .running = "running"};

enum class Mode { speed, precision };
std::string_view to_string(Mode mode);

// How the pictures of the result lie in time. constant: at one rate. as_filmed: a picture only
// where the film has one, at the film's own times.
enum class Times { constant, as_filmed };

struct Request {
  jobs::InputSource video;
  jobs::InputSource audio;
  Mode mode = Mode::speed;
  bool is_duration_dynamic = true;  // the picture follows the sound; else the sound the picture
  std::optional<double> start_s;    // of the film; what lies outside is left out
  std::optional<double> end_s;
  bool has_captions = false;
  bool keeps_format = false;  // a WebM film gives a WebM video
  bool drops_music = false;   // else the film's own music goes on under the new sound
  bool is_sound_enhanced = false;
  bool has_watermark = false;
  Times times = Times::constant;
  std::string title;
  std::string folder_id;
  std::string callback_url;  // told of the end; stays here, the worker does not see it
  std::string callback_id;
};

// Reads a body that the schema has accepted. Errors: invalid_parameter with the field.
Result<Request> parse(const json::object& body);

// What is known of both files when the job is ordered.
struct Facts {
  std::int64_t video_ms = 0;
  media::FrameRate video_rate;  // on which each of its pictures has a place
  std::int64_t audio_ms = 0;
};

// The part of the film that is used, seconds. Errors: invalid_parameter (end_time, start_time
// beyond the film).
struct Span {
  double start_s = 0;
  double end_s = 0;
  double length_s() const { return end_s - start_s; }
};
Result<Span> span_of(const Request& request, const Facts& facts);

// Of the result: the film's own, or a whole part of it that is at most kFpsMax.
media::FrameRate rate_of(media::FrameRate video_rate);

// Pictures of a result that is as long as a sound: the last one begins before its end. At least 1.
int frames_of_sound(double length_s, media::FrameRate rate);
// Pictures that lie wholly within a span of the film, whose length was rounded to milliseconds. At
// least 1.
int frames_of_film(const Span& span, media::FrameRate rate);

// What will be billed, as far as the files' own data say it. Errors: those of span_of();
// video_too_long.
Result<std::int64_t> estimate_ms(const Request& request, const Facts& facts);

std::string price_item(const Request& request);

// The document the worker gets, and back.
json::object to_json(const Request& request);
Request from_json(const json::object& document);

}  // namespace understudy::lipsyncs
