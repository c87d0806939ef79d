#include "cinema/director.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "cinema/vocabulary.h"

namespace understudy::cinema {
namespace {

struct Quoted {
  std::string text;
  bool is_lower_third = false;
};

struct Script {
  std::string plain;  // without what is quoted
  std::vector<Quoted> titles;
};

struct Marks {
  std::string_view open;
  std::string_view close;
};
constexpr Marks kMarks[] = {{"\"", "\""},
                            {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                            {"\xC2\xAB", "\xC2\xBB"},
                            {"\xE2\x80\x98", "\xE2\x80\x99"},
                            {"'", "'"}};

bool is_letter(std::string_view text, std::size_t at) {
  return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                              static_cast<unsigned char>(text[at]) >= 0x80);
}

// The marks that open a quotation here, and where it ends; an apostrophe stands within or behind a
// word and is none.
const Marks* quotation_at(std::string_view text, std::size_t at, std::size_t& end) {
  for (const Marks& marks : kMarks) {
    if (!text.substr(at).starts_with(marks.open)) continue;
    const bool may_be_apostrophe = marks.close == "'" || marks.open == "\xE2\x80\x98";
    if (may_be_apostrophe && at > 0 && is_letter(text, at - 1)) return nullptr;
    end = text.find(marks.close, at + marks.open.size());
    while (may_be_apostrophe && end != std::string_view::npos &&
           is_letter(text, end + marks.close.size()))
      end = text.find(marks.close, end + marks.close.size());
    return &marks;
  }
  return nullptr;
}

// What stands in quotation marks; at most two titles of 80 bytes are shown.
Script parted(std::string_view prompt) {
  Script script;
  std::size_t at = 0;
  while (at < prompt.size()) {
    std::size_t to = std::string_view::npos;
    const Marks* marks = quotation_at(prompt, at, to);
    if (marks == nullptr) {
      script.plain += prompt[at++];
      continue;
    }
    const std::size_t from = at + marks->open.size();
    if (to == std::string_view::npos) {
      script.plain += ' ';
      at = from;
      continue;
    }
    const auto before =
        words_in(std::string_view(script.plain)
                     .substr(script.plain.size() > 60 ? script.plain.size() - 60 : 0));
    const auto says = [&](std::string_view a, std::string_view b) {
      for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] == a && (b.empty() || (i + 1 < before.size() && before[i + 1] == b)))
          return true;
      return false;
    };
    const std::string text(prompt.substr(from, to - from));
    const bool is_lower = says("lower", "third") || says("caption", "") || says("name", "tag") ||
                          says("label", "") || says("nameplate", "");
    if (text.find_first_not_of(" \t\n") != std::string::npos && script.titles.size() < 2 &&
        text.size() <= 80)
      script.titles.push_back({text, is_lower});
    script.plain += ' ';
    at = to + marks->close.size();
  }
  return script;
}

// Where a new shot begins: at the ends of sentences and at words such as "then".
std::vector<std::vector<std::string>> clauses_of(std::string_view plain) {
  std::vector<std::vector<std::string>> clauses;
  std::string part;
  const auto finish = [&] {
    auto words = words_in(part);
    part.clear();
    std::vector<std::string> clause;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool is_break = words[i] == "then" || words[i] == "finally" ||
                            words[i] == "afterwards" ||
                            ((words[i] == "cut" || words[i] == "cuts") && i + 1 < words.size() &&
                             words[i + 1] == "to");
      if (is_break && !clause.empty()) {
        clauses.push_back(std::move(clause));
        clause.clear();
      }
      clause.push_back(words[i]);
    }
    if (!clause.empty()) clauses.push_back(std::move(clause));
  };
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool is_decimal =
        plain[i] == '.' && i + 1 < plain.size() && plain[i + 1] >= '0' && plain[i + 1] <= '9';
    part += plain[i];
    if ((plain[i] == '.' && !is_decimal) || plain[i] == ';' || plain[i] == '\n' || plain[i] == '!')
      finish();
  }
  finish();
  return clauses;
}

// Whether a clause is a shot of its own and no remark about the whole.
bool makes_a_shot(const std::vector<std::string>& clause) {
  return !found_in(clause, Topic::camera).empty() || !found_in(clause, Topic::size).empty() ||
         !found_in(clause, Topic::setting).empty() || !found_in(clause, Topic::transition).empty();
}

std::vector<std::vector<std::string>> shot_clauses(std::string_view plain) {
  std::vector<std::vector<std::string>> shots;
  for (auto& clause : clauses_of(plain)) {
    if (shots.empty() ||
        (makes_a_shot(clause) && shots.size() < kShotsMax && makes_a_shot(shots.back())))
      shots.push_back(std::move(clause));
    else
      shots.back().insert(shots.back().end(), clause.begin(), clause.end());
  }
  if (shots.empty()) shots.emplace_back();
  return shots;
}

// "Night" is often only where it takes place: a light that is named beside it is what is meant.
const Entry* meant_of(const std::vector<const Entry*>& found, Topic topic) {
  const bool is_night =
      topic == Topic::light && static_cast<Light>(found.front()->value) == Light::moonlight;
  return is_night && found.size() > 1 ? found[1] : found.front();
}

class Reader {
 public:
  Reader(const std::vector<std::string>& all, std::vector<std::string>& understood)
      : all_(all), understood_(understood) {}

  // The clause's own word counts, else the first of the whole prompt.
  const Entry* find(const std::vector<std::string>& clause, Topic topic) {
    for (const auto* words : {&clause, &all_}) {
      const auto found = found_in(*words, topic);
      if (found.empty()) continue;
      const Entry* meant = meant_of(found, topic);
      note(topic, std::string(meant->name));
      return meant;
    }
    return nullptr;
  }
  const Entry* find_own(const std::vector<std::string>& clause, Topic topic) {
    const auto found = found_in(clause, topic);
    if (found.empty()) return nullptr;
    note(topic, std::string(found.front()->name));
    return found.front();
  }
  void note(Topic topic, const std::string& what) {
    note(std::string(to_string(topic)) + ": " + what);
  }
  void note(std::string line) {
    if (std::find(understood_.begin(), understood_.end(), line) == understood_.end())
      understood_.push_back(std::move(line));
  }

 private:
  const std::vector<std::string>& all_;
  std::vector<std::string>& understood_;
};

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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Shot shot_of(const std::vector<std::string>& clause, int index, const Brief& brief,
             Reader& reader) {
  Shot shot;
  const Entry* camera = reader.find_own(clause, Topic::camera);
  if (camera == nullptr && index == 0) camera = reader.find(clause, Topic::camera);
  if (camera != nullptr)
    shot.move = static_cast<Move>(camera->value);
  else if (brief.is_enhanced || index > 0)
    shot.move = bold_move(index);
  if (const auto* entry = reader.find(clause, Topic::speed)) shot.strength = entry->value / 10.0;
  if (const auto* entry = reader.find_own(clause, Topic::size))
    shot.size = static_cast<ShotSize>(entry->value);
  else if (index > 0)
    shot.size = index % 2 == 1 ? ShotSize::close_up : ShotSize::medium;
  if (const auto* entry = reader.find(clause, Topic::mood))
    shot.mood = static_cast<Mood>(entry->value);
  if (const auto* entry = reader.find(clause, Topic::light))
    shot.light = static_cast<Light>(entry->value);
  if (const auto* entry = reader.find(clause, Topic::weather)) {
    shot.weather = static_cast<Weather>(entry->value);
    const auto own = found_in(clause, Topic::weather);
    if (own.size() > 1) {
      shot.more_weather = static_cast<Weather>(own[1]->value);
      reader.note(Topic::weather, std::string(own[1]->name));
    }
  }
  if (const auto* entry = reader.find_own(clause, Topic::transition))
    shot.transition = static_cast<Transition>(entry->value);
  else if (index > 0)
    shot.transition = shot.mood == Mood::energetic ? Transition::whip : Transition::dissolve;
  shot.is_walking = reader.find_own(clause, Topic::acting) != nullptr;
  if (brief.picture_references > 0) {
    shot.reference = std::min(index, brief.picture_references - 1);
    reader.note("setting: reference " + std::to_string(shot.reference + 1));
  } else if (const auto* entry = reader.find(clause, Topic::setting)) {
    shot.picture = entry->name;
  } else {
    shot.picture = setting_for(shot.light, shot.mood, shot.weather);
    reader.note("setting: " + shot.picture + " (chosen)");
  }
  shot.acting = joined(clause);
  return shot;
}

// Who is in which shot.
void cast(std::vector<Shot>& shots, int looks, const std::vector<bool>& are_together) {
  const int count = static_cast<int>(shots.size());
  for (int i = 0; i < count; ++i) {
    shots[static_cast<std::size_t>(i)].subjects.clear();
    const bool is_together = are_together[static_cast<std::size_t>(i)];
    const bool is_group = is_together || (looks > count && i == count - 1);
    if (is_group)
      for (int k = is_together ? 0 : i; k < looks; ++k)
        shots[static_cast<std::size_t>(i)].subjects.push_back(k);
    else
      shots[static_cast<std::size_t>(i)].subjects.push_back(i % looks);
    if (shots[static_cast<std::size_t>(i)].subjects.size() > 1 &&
        shots[static_cast<std::size_t>(i)].size != ShotSize::wide)
      shots[static_cast<std::size_t>(i)].size =
          shots[static_cast<std::size_t>(i)].subjects.size() == 2 ? ShotSize::medium
                                                                  : ShotSize::wide;
  }
}

}  // namespace

int seconds_for(std::string_view prompt, int looks) {
  const Script script = parted(prompt);
  const int shots =
      std::max(static_cast<int>(shot_clauses(script.plain).size()), std::min(looks, kShotsMax));
  double seconds = 2.5 + 3.5 * shots;
  for (const auto& title : script.titles)
    seconds += 1.0 + 0.05 * static_cast<double>(title.text.size());
  return std::clamp(static_cast<int>(std::lround(seconds)), 4, 15);
}

Direction direct(const Brief& brief) {
  Direction direction;
  const int seconds = brief.seconds > 0 ? brief.seconds : seconds_for(brief.prompt, brief.looks);
  direction.frame_count = seconds * kFps;
  const Script script = parted(brief.prompt);
  auto clauses = shot_clauses(script.plain);
  const auto all = words_in(script.plain);
  Reader reader(all, direction.understood);
  const bool are_together = brief.looks > 1 && reader.find_own(all, Topic::together) != nullptr;
  // Everybody gets a shot, and none is shorter than two seconds.
  const int wanted = std::max(static_cast<int>(clauses.size()), are_together ? 1 : brief.looks);
  const int count = std::clamp(std::min(wanted, seconds / 2), 1, kShotsMax);
  while (static_cast<int>(clauses.size()) < count) clauses.emplace_back();
  for (int i = 0; i < count; ++i)
    direction.shots.push_back(shot_of(clauses[static_cast<std::size_t>(i)], i, brief, reader));
  std::vector<bool> groups;
  for (const auto& clause : clauses)
    groups.push_back(brief.looks > 1 && !found_in(clause, Topic::together).empty());
  groups.resize(direction.shots.size(), false);
  cast(direction.shots, brief.looks, groups);
  for (int i = 0; i < count; ++i) {
    Shot& shot = direction.shots[static_cast<std::size_t>(i)];
    shot.first_frame = direction.frame_count * i / count;
    shot.frame_count = direction.frame_count * (i + 1) / count - shot.first_frame;
  }
  for (const auto* finish : found_in(all, Topic::finish)) {
    reader.note(Topic::finish, std::string(finish->name));
    if (finish->value == 1) direction.has_letterbox = true;
    if (finish->value == 2) direction.grain = 1;
    if (finish->value == 3) direction.grain = 0.1;
  }
  const Shot& first = direction.shots.front();
  if (first.light == Light::noir) direction.grain = std::max(direction.grain, 0.8);
  if (brief.is_enhanced && (first.mood == Mood::epic || first.light == Light::noir))
    direction.has_letterbox = true;
  if (direction.has_letterbox)
    for (auto& shot : direction.shots) shot.safe_height = 0.76;
  for (const auto& title : script.titles) {
    const bool is_second = !direction.titles.empty();
    const int from = is_second ? direction.frame_count * 6 / 10 : kFps * 6 / 10;
    const int until = is_second ? direction.frame_count - 8
                                : std::min(direction.frame_count - 8,
                                           from + std::max(3 * kFps, direction.frame_count / 3));
    direction.titles.push_back({title.text, title.is_lower_third, from, until - from});
    reader.note(std::string(title.is_lower_third ? "lower third: " : "title: ") + title.text);
  }
  direction.music = music_for(first.mood, first.light);
  direction.ambience = ambience_for(first.weather, first.picture);
  reader.note("music: " + direction.music);
  if (!direction.ambience.empty()) reader.note("ambience: " + direction.ambience);
  return direction;
}

}  // namespace understudy::cinema
