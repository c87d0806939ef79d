#include "cinema/choices.h"

namespace understudy::cinema {

std::string setting_for(Light light, Mood mood, Weather weather) {
  switch (light) {
    case Light::golden_hour: return mood == Mood::romantic ? "sunset-sea" : "sunrise-mountains";
    case Light::noir: return "brick-wall";
    case Light::neon: return "city-skyline-night";
    case Light::moonlight: return weather == Weather::fog ? "dark-forest" : "night-sky";
    case Light::studio: return "grey-studio";
    case Light::backlight: return "misty-forest";
    default: break;
  }
  if (weather == Weather::rain) return "rainy-window";
  if (weather == Weather::snow) return "winter-mountains";
  if (weather == Weather::embers) return "dark-forest";
  if (weather == Weather::fog) return "misty-mountains";
  switch (mood) {
    case Mood::epic: return "misty-mountains";
    case Mood::calm: return "golden-sea";
    case Mood::happy: return "green-meadow";
    case Mood::sad: return "rainy-window";
    case Mood::tense: return "dark-studio";
    case Mood::romantic: return "golden-bokeh";
    case Mood::mysterious: return "dark-forest";
    case Mood::energetic: return "stage-spotlights";
    case Mood::playful: return "peach-gradient";
    case Mood::neutral: break;
  }
  return "beige-studio";
}

std::string music_for(Mood mood, Light light) {
  switch (mood) {
    case Mood::epic: return "rise-of-heroes";
    case Mood::calm: return "still-water";
    case Mood::happy: return "sunny-steps";
    case Mood::sad: return "empty-chairs";
    case Mood::tense: return "dark-corridor";
    case Mood::romantic: return "first-dance";
    case Mood::playful: return "tiptoe-parade";
    case Mood::mysterious: return "orbit";
    case Mood::energetic: return "full-throttle";
    case Mood::neutral: break;
  }
  switch (light) {
    case Light::neon: return "neon-drive";
    case Light::noir: return "velvet-lounge";
    case Light::moonlight: return "after-midnight";
    default: return "open-sky";
  }
}

std::string ambience_for(Weather weather, const std::string& picture) {
  if (weather == Weather::rain || picture == "rainy-window") return "rain";
  if (weather == Weather::embers) return "fireplace";
  if (weather == Weather::snow || picture.find("mountains") != std::string::npos ||
      picture == "desert-dunes" || picture == "storm-sky")
    return "wind";
  if (picture == "dark-forest" || picture == "night-sky") return "crickets";
  if (picture.find("forest") != std::string::npos || picture == "green-meadow") return "birds";
  if (picture.find("sea") != std::string::npos || picture == "tropical-beach") return "ocean-waves";
  if (picture == "underwater") return "bubbles";
  if (picture.find("city") != std::string::npos) return "city-traffic";
  if (picture.find("office") != std::string::npos) return "office-ambience";
  return {};
}

Move bold_move(int index) {
  constexpr Move kMoves[] = {Move::push_in, Move::orbit, Move::crane_up};
  return kMoves[index % 3];
}

}  // namespace understudy::cinema
