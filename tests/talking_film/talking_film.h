// Footage for tests of digital twins, made by our own photo engine: a presenter's still speaks
// sentences with pauses between them and moves the head. What is said and how far the mouth is open
// is known of every picture. Deterministic.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "avatar/photo_animator.h"
#include "base/result.h"
#include "speech/speech.h"

namespace understudy::testing {

inline constexpr int kFilmFps = 25;

struct FilmSettings {
  double seconds = 16;
  int width = 640;
  int height = 360;
  std::string text = {};  // empty: sentences until the seconds are full
  std::string motion_prompt =
      "turn left slowly, nod, turn right slowly, tilt left, look up, tilt right, nod";
  std::uint32_t seed = 1;
  std::string look = "daniel_shirt_office";  // of the catalogue
  std::string voice_id = {};                 // empty: a man's
};

struct MadeFilm {
  speech::Speech speech;
  std::vector<avatar::MouthLandmarks> truth;  // of each picture
};

// What is said in a film of these settings.
Result<speech::Speech> film_speech(const FilmSettings& settings);

// Writes an mp4 with sound. Errors: those of the engines.
Result<MadeFilm> make_talking_film(const std::filesystem::path& file, const FilmSettings& settings);

}  // namespace understudy::testing
