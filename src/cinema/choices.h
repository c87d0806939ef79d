// Choices: what the director takes when the prompt leaves it open. Private to this folder.
#pragma once

#include <string>

#include "cinema/direction.h"

namespace understudy::cinema {

// Ids of the library's pictures, music and sounds; no ambience: empty.
std::string setting_for(Light light, Mood mood, Weather weather);
std::string music_for(Mood mood, Light light);
std::string ambience_for(Weather weather, const std::string& picture);

Move bold_move(int shot);  // of an enhanced prompt's shot 0, 1, 2

}  // namespace understudy::cinema
