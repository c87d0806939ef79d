// Avatar video: a presenter, a photograph or a digital twin says a script (or moves the lips to a
// given sound) in front of a background. This file is the product's rules: what a request may say,
// what it will cost. No HTTP, no SQL, no pixels. Contract: POST /v3/videos, types avatar and image.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/job_kind.h"
#include "avatar/presenter_catalogue.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/input_source.h"
#include "jobs/job.h"
#include "money/price_book.h"
#include "speech/synthesizer.h"

namespace understudy::avatar_video {

inline constexpr int kFps = 25;
inline constexpr std::int64_t kDurationMaxMs = 30 * 60 * 1000;

enum class Engine { avatar_iii, avatar_iv, avatar_v };
std::string_view to_string(Engine engine);

inline constexpr api::JobKind kKind{.name = "avatar_video",
                                    .noun = "video",
                                    .id_param = "video_id",
                                    .not_found = ErrorCode::video_not_found};

// What a client names; or a file that was looked at before and is kept, which only other products
// of this server name (templates).
struct InputSource : jobs::InputSource {
  json::object stored = {};  // {"blob": BlobRef, "facts": MediaInfo}
  bool is_empty() const { return jobs::InputSource::is_empty() && stored.empty(); }
};

struct Background {
  std::string color;  // "#rrggbb", or empty
  InputSource image;
};

struct Watermark {
  InputSource image;
  double opacity = 1;
  double scale = 1;
  std::string position = "bottom_right";
  std::optional<double> offset_x;  // share of the width, -1..1
  std::optional<double> offset_y;
};

struct VoiceSettings {
  double speed = 1;   // 0.5..1.5
  double pitch = 0;   // -50..50, percent of an octave: 50 is half an octave up
  double volume = 1;  // 0..1
  std::string locale;
};

// A look of the account: a photograph with its face, a presenter made from words, or a person in
// footage.
enum class LookKind { photo, prompt, twin };

struct OwnLook {
  std::string id = {};
  std::string group_id = {};
  LookKind kind = LookKind::photo;
  std::string default_voice_id = {};                               // empty: none
  std::vector<std::string> engines = {"avatar_iv", "avatar_iii"};  // that it supports
  // What was kept when it was made: photo, face; film, track, heard, loop. Named so in the job's
  // inputs, behind Request::prefix.
  std::map<std::string, jobs::BlobRef, std::less<>> files = {};
  int width = 0;  // of the photograph or film
  int height = 0;
  std::string prompt = {};
  std::int64_t seed = 0;
  bool is_test = false;  // nothing was paid for it
  // Of a twin: how its person is cut out of the footage, {method, clear_edges, problems}, or why
  // not, {refused}; as found when it was made.
  json::object matte = {};
};
using FindOwnLook = std::function<Result<OwnLook>(const std::string& id)>;

// Who is seen. nobody: a studio scene is narrated.
enum class Person { nobody, presenter, photo, composed, twin };
std::string_view to_string(Person person);

struct Request {
  Person person = Person::nobody;
  const avatar::Look* look = nullptr;  // of the catalogue: a presenter
  std::optional<OwnLook> own_look;     // of the account
  std::optional<OwnLook> reference;    // another twin of the group, whose mouths serve too
  std::string prefix;                  // of the names of its inputs: "scene_2_"
  InputSource photo;                   // of type image
  std::string expressiveness;          // of a photo look: "low", "medium", "high"
  std::string motion_prompt;           // of a photo look, and of twins with avatar_v
  Engine engine = Engine::avatar_iv;
  std::string script;  // empty when the sound is given
  std::string voice_id;
  VoiceSettings voice;
  InputSource audio;
  std::string audio_param;  // "audio_url" or "audio_asset_id"
  int fps = kFps;
  int width = 1920;
  int height = 1080;
  std::string auto_resolution;  // aspect ratio auto: the picture's own shape, see set_shape()
  std::string output_format = "mp4";
  bool is_transparent = false;  // webm, or the studio backdrop removed
  std::optional<Background> background;
  bool has_fit = false;
  std::string fit = "cover";
  bool are_captions_burned_in = false;
  std::optional<Watermark> watermark;
  std::string title;
  std::string folder_id;
  std::string glossary_id;
  std::vector<speech::Pronunciation> pronunciations;  // of the glossary
  std::string callback_id;
  std::string callback_url;  // told of the end; stays here, the worker does not see it
};

// Reads a body that the schema has accepted, and applies the rules that no schema shows.
// Errors: invalid_parameter with the field, avatar_not_found, voice_not_found, not_implemented.
// `find_own`: looks that the catalogue does not have; empty: there are none.
Result<Request> parse(const json::object& body, const FindOwnLook& find_own = {});

// The canvas of a request whose aspect ratio follows its photograph, whose size is now known.
Result<void> set_shape(Request& request, int photo_width, int photo_height);

// What the synthesiser is asked for.
speech::SpeechRequest speech_request(const Request& request);

// What is known of the length before any work is done.
struct Estimate {
  std::int64_t duration_ms = 0;  // an upper estimate, or the exact length of a given sound
  bool is_exact = false;
};

// A bound from the script's own words, pauses and speed. Errors: tts_text_invalid,
// invalid_parameter.
Result<Estimate> estimate_script(const Request& request);
Estimate estimate_audio(std::int64_t duration_ms);  // rounded up to whole frames

std::string price_item(const Request& request);

// Frames of a video that holds `duration_s` of sound; at least one.
int frame_count(double duration_s, int fps = kFps);
std::int64_t billable_ms(int frames, int fps = kFps);

// The document the worker gets, and back.
json::object to_json(const Request& request);
Result<Request> from_json(const json::object& document);

}  // namespace understudy::avatar_video
