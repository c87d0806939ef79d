#include "cinema/director.h"

#include <algorithm>
#include <cmath>

#include "cinema/choices.h"
#include "cinema/script.h"
#include "cinema/vocabulary.h"

namespace understudy::cinema {
namespace {

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
  if (!found_in(clause, Topic::figure).empty()) {
    if (found_in(clause, Topic::size).empty()) shot.size = ShotSize::wide;
    reader.note("figure: from the hips up (full bodies are not drawn)");
  }
  if (!found_in(clause, Topic::acting).empty()) {
    shot.is_walking = true;
    reader.note("people: walking towards the camera, from the hips up");
  }
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

// A title stands below every face that is seen with it, and above the bar of a letterbox.
double middle_of(const std::vector<Shot>& shots, int from, int until) {
  double middle = 0.735;
  for (const Shot& shot : shots) {
    if (shot.first_frame >= until || shot.first_frame + shot.frame_count <= from) continue;
    if (shot.size == ShotSize::close_up) middle = std::max(middle, 0.80);
    if (shot.size == ShotSize::extreme_close_up) middle = std::max(middle, 0.84);
    if (shot.safe_height < 1) middle = std::min(middle, 0.78);
  }
  return middle;
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
    direction.titles.push_back({title.text, title.is_lower_third, from, until - from,
                                middle_of(direction.shots, from, until)});
    reader.note(std::string(title.is_lower_third ? "lower third: " : "title: ") + title.text);
  }
  direction.music = music_for(first.mood, first.light);
  direction.ambience = ambience_for(first.weather, first.picture);
  reader.note("music: " + direction.music);
  if (!direction.ambience.empty()) reader.note("ambience: " + direction.ambience);
  return direction;
}

}  // namespace understudy::cinema
