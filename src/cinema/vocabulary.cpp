#include "cinema/vocabulary.h"

#include <algorithm>
#include <map>
#include <string>

#include "cinema/direction.h"

namespace understudy::cinema {
namespace {

template <class T>
constexpr int of(T value) {
  return static_cast<int>(value);
}

// clang-format off
constexpr Entry kEntries[] = {
    {Topic::camera, of(Move::dolly_zoom), "dolly zoom", "dolly zoom, vertigo effect, vertigo shot, zolly, hitchcock zoom"},
    {Topic::camera, of(Move::push_in), "push in", "push in, pushes in, pushing in, push towards, dolly in, dollies in, zoom in, zooms in, move in, moves in, closing in, track in, tracks in, moves closer, creep in"},
    {Topic::camera, of(Move::pull_out), "pull out", "pull out, pulls out, pull back, pulls back, pulling back, dolly out, zoom out, zooms out, move back, moves away, reveal, reveals, retreats"},
    {Topic::camera, of(Move::pan_left), "pan left", "pan left, pans left, track left, tracks left, truck left, slide left, slides left, moves left"},
    {Topic::camera, of(Move::pan_right), "pan right", "pan right, pans right, pan, pans, panning, track right, tracks right, truck right, tracking shot, tracking, slide right, slides right, sideways, lateral"},
    {Topic::camera, of(Move::tilt_up), "tilt up", "tilt up, tilts up, tilting up, looks up along"},
    {Topic::camera, of(Move::tilt_down), "tilt down", "tilt down, tilts down, tilt, tilts"},
    {Topic::camera, of(Move::orbit), "orbit", "orbit, orbits, orbiting, arc shot, arcs around, circles, circling, revolve, rotates around, around her, around him, around them, parallax"},
    {Topic::camera, of(Move::crane_up), "crane up", "crane, crane up, cranes up, boom up, rises, rising shot, lifts, jib, drone, aerial"},
    {Topic::camera, of(Move::crane_down), "crane down", "crane down, cranes down, boom down, descends, lowers"},
    {Topic::camera, of(Move::handheld), "handheld", "handheld, hand held, shaky, shaky cam, documentary style, verite"},
    {Topic::camera, of(Move::whip), "whip pan", "whip, whip pan, swish pan, flash pan"},
    {Topic::camera, of(Move::still), "still", "static, locked off, tripod, fixed camera, still camera, no camera movement"},
    {Topic::size, of(ShotSize::extreme_close_up), "extreme close-up", "extreme close up, extreme closeup, macro, eyes only, tight on the eyes"},
    {Topic::size, of(ShotSize::close_up), "close-up", "close up, closeup, close ups, tight shot, portrait shot, headshot, 85mm, on her face, on his face"},
    {Topic::size, of(ShotSize::medium), "medium shot", "medium shot, mid shot, medium, waist up, half body, 50mm, cowboy shot"},
    {Topic::size, of(ShotSize::wide), "wide shot", "wide shot, wide, wide angle, long shot, establishing shot, establishing, landscape, vista, 24mm, 16mm"},
    {Topic::light, of(Light::golden_hour), "golden hour", "golden hour, golden light, golden, sunset, sunrise, dusk, twilight, dawn, daybreak, magic hour, amber light, candlelight, candlelit, lantern light, firelight, sun kissed, warm light, evening sun, low sun"},
    {Topic::light, of(Light::noir), "noir", "noir, film noir, black and white, monochrome, chiaroscuro, venetian blinds, detective, hard shadows, private eye"},
    {Topic::light, of(Light::neon), "neon", "neon, cyberpunk, synthwave, neon lights, neon lit, magenta, electric, club, nightclub, blade runner, ultraviolet, holographic, hologram, arcade, disco, laser, lasers, vaporwave"},
    {Topic::light, of(Light::soft), "soft light", "soft light, soft, softly lit, diffused, overcast, gentle light, airy, pastel, window light, daylight, milky, pearly, even light"},
    {Topic::light, of(Light::backlight), "backlight", "backlight, backlit, back light, rim light, rim lit, silhouette, lens flare, flare, halo, sunbeams, sunbeam, god rays, light rays, shafts of light, contre jour, glowing edges, hazy sun"},
    {Topic::light, of(Light::moonlight), "moonlight", "moonlight, moonlit, moon, night, midnight, starlight, nocturnal, blue hour, stars, starry, moonless, dead of night, after dark, lunar"},
    {Topic::light, of(Light::studio), "studio light", "studio light, studio lighting, key light, three point lighting, high key, bright light, spotlight, clinical, beauty light, softbox, ring light, stage light, limelight"},
    {Topic::weather, of(Weather::rain), "rain", "rain, raining, rainy, rains, downpour, storm, stormy, drizzle, wet, monsoon, thunder, storm lashed, rain soaked, puddles"},
    {Topic::weather, of(Weather::snow), "snow", "snow, snowing, snowy, snowfall, snowflakes, blizzard, winter, wintry, christmas, frost, frosty, icy, sleet"},
    {Topic::weather, of(Weather::dust), "dust", "dust, dusty, dust motes, motes, particles, pollen, sandstorm, sand in the air, pollen in the air, drifting seeds, chalk dust"},
    {Topic::weather, of(Weather::embers), "embers", "embers, ember, sparks, fire, flames, campfire, ash, ashes, burning, fireflies, forge, bonfire, volcano, volcanic, lava"},
    {Topic::weather, of(Weather::fog), "fog", "fog, foggy, mist, misty, haze, hazy, smoke, smoky, steam, steamy, vapour, vapor, murky, volumetric"},
    {Topic::mood, of(Mood::epic), "epic", "epic, heroic, triumphant, grand, majestic, powerful, hero, trailer, blockbuster, inspiring, monumental, victorious, legendary, bold, hopeful"},
    {Topic::mood, of(Mood::calm), "calm", "calm, peaceful, serene, quiet, tranquil, relaxing, meditative, gentle, zen, dreamy, contemplative, thoughtful, reflective, soothing, hushed"},
    {Topic::mood, of(Mood::happy), "happy", "happy, joyful, cheerful, bright mood, uplifting, optimistic, sunny, celebration, fun, smiling, cosy, cozy, warm hearted, joyous, delighted"},
    {Topic::mood, of(Mood::sad), "sad", "sad, melancholic, melancholy, lonely, grief, sorrow, nostalgic, tears, wistful, gloomy, bleak, mournful, heartbroken, desolate, bittersweet, longing"},
    {Topic::mood, of(Mood::tense), "tense", "tense, tension, suspense, suspenseful, thriller, dark mood, dark tone, scary, horror, ominous, dangerous, dramatic, menacing, sinister, foreboding, anxious, paranoid, brooding, gritty"},
    {Topic::mood, of(Mood::romantic), "romantic", "romantic, romance, love, tender, intimate, wedding"},
    {Topic::mood, of(Mood::playful), "playful", "playful, quirky, funny, whimsical, comedy, silly, cute"},
    {Topic::mood, of(Mood::mysterious), "mysterious", "mysterious, mystery, enigmatic, magical, magic, eerie, surreal, dreamlike, secret, otherworldly, haunting, ghostly, ethereal, mystical, cryptic, uncanny"},
    {Topic::mood, of(Mood::energetic), "energetic", "energetic, fast paced, action, sport, sports, dynamic, intense, racing, upbeat, party, dance, frantic, frenetic, adrenaline, explosive, high octane, rave"},
    {Topic::transition, of(Transition::dissolve), "dissolve", "dissolve, dissolves, crossfade, cross fade, fades into, blends into, melts into"},
    {Topic::transition, of(Transition::fade), "fade through black", "fade to black, fades to black, fade in, fade out, fade through black, dip to black"},
    {Topic::transition, of(Transition::whip), "whip transition", "whip transition, whip cut, swipe to"},
    {Topic::transition, of(Transition::flash), "flash", "flash, flash cut, white flash, flashes to, flashbulb, lightning"},
    {Topic::transition, of(Transition::cut), "cut", "cut to, cuts to, hard cut, jump cut, smash cut"},
    {Topic::finish, 1, "letterbox", "letterbox, letterboxed, anamorphic, cinemascope, widescreen, black bars, 2.39, scope"},
    {Topic::finish, 2, "film grain", "film grain, grain, grainy, 35mm, 16mm film, analog, analogue, vintage, retro, super 8"},
    {Topic::finish, 3, "clean picture", "clean, crisp, digital, no grain"},
    {Topic::speed, 5, "slow", "slow, slowly, slow motion, gently, gradual, gradually, subtle"},
    {Topic::speed, 16, "fast", "fast, quick, quickly, rapid, rapidly, sudden, suddenly, swift"},
    {Topic::figure, 1, "full body", "full body, full shot, full length, full figure, whole body, entire body, head to toe, from head to foot, feet, legs, shoes, boots, barefoot, sneakers"},
    {Topic::acting, 1, "walking", "walk, walks, walking, strolls, stroll, strolling, strides, stride, striding, marching, marches, runs, running, run, jogs, jogging, wanders, wandering, hikes, hiking"},
    {Topic::together, 1, "together", "together, both of them, all of them, two shot, side by side, group shot, with each other, the three of them"},
    {Topic::setting, 0, "city-skyline-night", "city at night, night city, skyline at night, downtown at night, neon city, metropolis, tokyo, hong kong, times square, street at night, bridge at night, rooftop at night"},
    {Topic::setting, 0, "city-skyline-sunset", "city at sunset, skyline at sunset, rooftop at sunset, rooftop"},
    {Topic::setting, 0, "city-skyline-day", "city, skyline, downtown, street, streets, skyscrapers, urban, town, boulevard, plaza, market, bazaar, station, airport, harbor, harbour, bridge"},
    {Topic::setting, 0, "dark-forest", "dark forest, haunted forest, forest at night, night forest, spooky forest, graveyard, cemetery, cave, ruins"},
    {Topic::setting, 0, "misty-forest", "forest, woods, trees, woodland, jungle, rainforest, grove, greenhouse, botanical garden, orchard, swamp, bamboo"},
    {Topic::setting, 0, "winter-mountains", "snowy mountains, snow covered mountains, winter mountains, glacier, arctic, antarctic, alps, snowy alps, ski, iceberg, tundra"},
    {Topic::setting, 0, "sunrise-mountains", "mountains at sunrise, mountain sunrise, mountains at dawn, summit"},
    {Topic::setting, 0, "misty-mountains", "mountains, mountain, peaks, cliffs, cliff, valley, highlands, canyon, himalaya, volcano, castle, monastery, temple"},
    {Topic::setting, 0, "autumn-hills", "autumn, fall colours, fall colors, hills"},
    {Topic::setting, 0, "desert-dunes", "desert, dunes, dune, sahara, sand, wasteland, mars, savanna, savannah, oasis"},
    {Topic::setting, 0, "green-meadow", "meadow, field, grass, countryside, farm, garden, park, prairie, vineyard, village, wheat field, lavender field, backyard, playground"},
    {Topic::setting, 0, "tropical-beach", "beach, tropical, island, seaside, coast, shore, lagoon, palm trees, poolside"},
    {Topic::setting, 0, "sunset-sea", "sea, ocean, waves, water, lake, horizon, pier, lighthouse, ship, boat, sailing, deck of a ship, river, dock"},
    {Topic::setting, 0, "underwater", "underwater, under water, deep sea, aquarium"},
    {Topic::setting, 0, "night-sky", "night sky, starry sky, space, galaxy, milky way, universe, stars, cosmos, spaceship, spacecraft, orbiting station, planet, observatory"},
    {Topic::setting, 0, "aurora", "aurora, northern lights, polar night"},
    {Topic::setting, 0, "storm-sky", "stormy sky, storm clouds, thunderstorm"},
    {Topic::setting, 0, "blue-sky", "sky, clouds, heaven"},
    {Topic::setting, 0, "rainy-window", "window, rainy window, cafe, coffee shop, diner, bar, train, taxi, bus, restaurant, pub"},
    {Topic::setting, 0, "night-office", "office at night, late office, dark office"},
    {Topic::setting, 0, "bright-office", "office, workplace, startup, boardroom, meeting room, hospital, clinic, bank, headquarters, coworking space"},
    {Topic::setting, 0, "library-bookshelf", "library, bookshelf, books, bookshop, bookstore, study, archive, museum"},
    {Topic::setting, 0, "living-room", "living room, home, house, apartment, sofa, kitchen, bedroom, fireplace, cottage, cabin, hotel room"},
    {Topic::setting, 0, "classroom-chalkboard", "classroom, chalkboard, school, lecture, university, lecture hall"},
    {Topic::setting, 0, "news-studio", "news studio, newsroom, broadcast, tv studio"},
    {Topic::setting, 0, "stage-spotlights", "stage, concert, theatre, theater, spotlights, conference, arena, stadium, ballroom, auditorium, gym, boxing ring"},
    {Topic::setting, 0, "red-curtain", "curtain, cabaret, opera"},
    {Topic::setting, 0, "brick-wall", "brick wall, bricks, alley, alleyway, backstreet, warehouse, loft, speakeasy, workshop, cellar"},
    {Topic::setting, 0, "concrete-wall", "concrete, bunker, brutalist, parking garage, factory, subway, tunnel, garage, prison, dungeon, laboratory, lab, hangar"},
    {Topic::setting, 0, "white-studio", "white studio, white background, white room"},
    {Topic::setting, 0, "dark-studio", "dark studio, black studio, black background, void, darkness"},
    {Topic::setting, 0, "grey-studio", "studio, backdrop, grey background, gray background"},
    {Topic::setting, 0, "golden-bokeh", "gala, award, awards, red carpet, glamour, casino, jazz club, cocktail party, masquerade"},
    {Topic::setting, 0, "festive-bokeh", "christmas market, christmas tree, fairground, festival, carnival, circus, amusement park"},
};
// clang-format on

std::vector<std::vector<std::string>> phrases_of(const Entry& entry) {
  std::vector<std::vector<std::string>> phrases;
  std::string_view rest = entry.phrases;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    phrases.push_back(words_in(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return phrases;
}

struct Hit {
  std::size_t at;
  std::size_t length;
  const Entry* entry;
};

}  // namespace

std::string_view to_string(Topic topic) {
  switch (topic) {
    case Topic::camera: return "camera";
    case Topic::size: return "shot";
    case Topic::light: return "light";
    case Topic::weather: return "weather";
    case Topic::mood: return "mood";
    case Topic::transition: return "transition";
    case Topic::setting: return "setting";
    case Topic::finish: return "finish";
    case Topic::acting: return "acting";
    case Topic::speed: return "speed";
    case Topic::together: return "people";
    case Topic::figure: return "figure";
  }
  return "";
}

std::span<const Entry> vocabulary() { return kEntries; }

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word =
        byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_word) {
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    } else if (c != '\'' && !word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::vector<const Entry*> found_in(const std::vector<std::string>& words, Topic topic) {
  std::vector<Hit> hits;
  static const auto kPhrases = [] {
    std::map<const Entry*, std::vector<std::vector<std::string>>> all;
    for (const Entry& entry : kEntries) all[&entry] = phrases_of(entry);
    return all;
  }();
  for (const Entry& entry : kEntries) {
    if (entry.topic != topic) continue;
    for (const auto& phrase : kPhrases.at(&entry)) {
      if (phrase.empty()) continue;
      for (std::size_t i = 0; i + phrase.size() <= words.size(); ++i)
        if (std::equal(phrase.begin(), phrase.end(),
                       words.begin() + static_cast<std::ptrdiff_t>(i)))
          hits.push_back({i, phrase.size(), &entry});
    }
  }
  // Of phrases that overlap the longer one is meant: "dolly zoom" is no zoom.
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.length > b.length; });
  std::vector<Hit> kept;
  for (const Hit& hit : hits) {
    const bool overlaps = std::any_of(kept.begin(), kept.end(), [&](const Hit& other) {
      return hit.at < other.at + other.length && other.at < hit.at + hit.length;
    });
    if (!overlaps) kept.push_back(hit);
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Hit& a, const Hit& b) { return a.at < b.at; });
  std::vector<const Entry*> entries;
  for (const Hit& hit : kept)
    if (std::find(entries.begin(), entries.end(), hit.entry) == entries.end())
      entries.push_back(hit.entry);
  return entries;
}

}  // namespace understudy::cinema
