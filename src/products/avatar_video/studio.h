// Studio video: whole-frame scenes one after the other, each with its own sound: a presenter who
// speaks, a still, or a film. This file is its rules: what a request may say, how long its scenes
// are, what each costs. No HTTP, no SQL, no pixels. Contract: POST /v3/videos, type studio.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "compose/timeline.h"
#include "money/price_lines.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

enum class SceneKind { presenter, image, film };  // presenter: anybody who is seen to speak
std::string_view to_string(SceneKind kind);

// once: black follows its end.
enum class FilmPlayback { freeze, loop, fit_to_scene, once };
std::string_view to_string(FilmPlayback playback);

// A file that a scene uses, as its job carries it.
struct SceneFile {
  InputSource source = {};
  std::string input = {};  // the name among the job's inputs; empty: none
  std::int64_t duration_ms = 0;
  int width = 0;
  int height = 0;
  int channels = 0;           // of its sound; 0: it has none
  bool is_animation = false;  // an animated GIF

  bool is_given() const { return !source.is_empty() || !input.empty(); }
};

struct Scene {
  std::string id;  // "scene_1"
  SceneKind kind = SceneKind::image;
  // Who speaks what: the look, engine and background colour of a presenter; of the others only
  // script, voice and sound.
  Request spoken;
  SceneFile picture;          // the image or film; of a person the photograph that speaks
  std::string face;           // the input with that photograph's face; empty: it is to be found
  SceneFile sound;            // the given sound, in place of a script
  double duration_s = 0;      // of an image without sound
  std::string fit = "cover";  // or "contain", or "none": in its own size
  FilmPlayback playback = FilmPlayback::freeze;
  bool lasts_as_film = false;  // the whole film is shown, also when its narration is shorter
  double volume = 1;           // of the film's own sound; 0 when it is muted

  bool is_narrated() const { return !spoken.script.empty() || sound.is_given(); }
};

struct Studio {
  Request video;  // canvas, frame rate, captions, watermark, labels; no look and no sound
  std::vector<Scene> scenes;
  bool keeps_shape = false;  // aspect_ratio auto: the canvas has the first scene's shape
};

// Reads a body that the schema has accepted. Templates add to it: `fps`, `dimension`, `audio` (an
// input) in place of the contract's fields, a scene's `fit`, and the playback modes once and
// full_video. Errors, with the field's place such as
// "scenes[2].input.script": invalid_parameter, avatar_not_found, voice_not_found; those of
// find_own.
Result<Studio> parse_studio(const json::object& body, const FindOwnLook& find_own = {});

// The canvas once the files are known. Errors: invalid_parameter.
Result<void> settle_canvas(const json::object& body, Studio& studio);

// How long a scene is. `speech_s`: of its narration, exact or estimated.
compose::SceneLength length_of(const Scene& scene, double speech_s);

// The narration's length as far as it is known before any work is done, seconds; of a script an
// upper bound. Errors: tts_text_invalid, invalid_parameter.
Result<double> estimated_speech_s(const Scene& scene);

// What the scenes are billed at. Presenters by engine and look; speech made for other scenes at the
// rate of speech; the rest is free.
std::string price_item(const Scene& scene);

// Milliseconds of each scene, which sum to those of the whole video.
std::vector<std::int64_t> scene_ms(const std::vector<compose::ScenePlace>& places, int fps);

// The document the worker gets, and back.
json::object to_json(const Studio& studio);
Result<Studio> studio_from_json(const json::object& document);
bool is_studio(const json::object& document);

}  // namespace understudy::avatar_video
