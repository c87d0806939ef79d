// Direction: what a director has made of a prompt: shots with camera, light, weather, mood, setting
// and the people in them, titles, and sound. Plain data; times are frames.
#pragma once

#include <string>
#include <vector>

namespace understudy::cinema {

inline constexpr int kFps = 25;
inline constexpr int kShotsMax = 3;

enum class Move {
  drift,
  still,
  push_in,
  pull_out,
  pan_left,
  pan_right,
  tilt_up,
  tilt_down,
  orbit,
  crane_up,
  crane_down,
  handheld,
  dolly_zoom,
  whip
};
enum class ShotSize { wide, medium, close_up, extreme_close_up };
enum class Light { natural, golden_hour, noir, neon, soft, backlight, moonlight, studio };
enum class Weather { clear, rain, snow, dust, embers, fog };
enum class Mood {
  neutral,
  epic,
  calm,
  happy,
  sad,
  tense,
  romantic,
  playful,
  mysterious,
  energetic
};
enum class Transition { cut, dissolve, fade, whip, flash };

struct Shot {
  int first_frame = 0;
  int frame_count = 1;
  std::vector<int> subjects;  // indices of the looks, from left to right
  Move move = Move::drift;
  double strength = 1;  // of the move: 0.5 "slowly" .. 1.6 "fast"
  ShotSize size = ShotSize::medium;
  Light light = Light::natural;
  Weather weather = Weather::clear;
  Weather more_weather = Weather::clear;  // fog with embers in it
  Mood mood = Mood::neutral;
  Transition transition = Transition::cut;  // into this shot
  bool is_walking = false;
  double safe_height = 1;  // of the canvas, between the bars of a letterbox
  std::string picture;     // of the library
  int reference = -1;      // instead of it: which of the given pictures or films
  std::string acting;      // the words, for the people's own movement
};

struct Title {
  std::string text;
  bool is_lower_third = false;
  int first_frame = 0;
  int frame_count = 0;
  double middle = 0.735;  // of the canvas' height, of a card: below the face
};

struct Direction {
  int frame_count = 0;
  std::vector<Shot> shots;
  std::vector<Title> titles;
  bool has_letterbox = false;
  double grain = 0.5;    // 0..1
  std::string music;     // of the library; empty: none
  std::string ambience;  // of the library; empty: none
  std::vector<std::string>
      understood;  // "camera: push in", "light: noir", "setting: misty-forest (chosen)", ...
};

}  // namespace understudy::cinema
