#include "library/chords.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/text.h"

namespace understudy::library {
namespace {

struct Kind {
  std::string_view name;
  std::array<int, 5> intervals;  // -1: none
};

constexpr Kind kKinds[] = {
    {"", {0, 4, 7, -1, -1}},     {"m", {0, 3, 7, -1, -1}},    {"5", {0, 7, 12, -1, -1}},
    {"7", {0, 4, 7, 10, -1}},    {"m7", {0, 3, 7, 10, -1}},   {"maj7", {0, 4, 7, 11, -1}},
    {"m9", {0, 3, 7, 10, 14}},   {"maj9", {0, 4, 7, 11, 14}}, {"add9", {0, 4, 7, 14, -1}},
    {"sus2", {0, 2, 7, -1, -1}}, {"sus4", {0, 5, 7, -1, -1}}, {"dim", {0, 3, 6, -1, -1}},
    {"6", {0, 4, 7, 9, -1}},
};

constexpr std::array<int, 7> kLetters = {9, 11, 0, 2, 4, 5, 7};  // A to G

}  // namespace

std::vector<double> Chord::notes_near(double midi) const {
  std::vector<double> notes;
  const double bottom = midi - 6;
  for (const int interval : intervals_) {
    double note = root_ + interval;
    while (note < bottom) note += 12;
    while (note >= bottom + 12) note -= 12;
    notes.push_back(note);
  }
  std::sort(notes.begin(), notes.end());
  return notes;
}

double Chord::root_near(double midi) const {
  double note = root_;
  while (note < midi - 6) note += 12;
  return note;
}

bool Chord::is_minor() const {
  return std::find(intervals_.begin(), intervals_.end(), 3) != intervals_.end();
}

double Chord::scale_note(int degree, bool is_strong) const {
  static constexpr std::array<int, 5> kMajor = {0, 2, 4, 7, 9};
  static constexpr std::array<int, 5> kMinor = {0, 3, 5, 7, 10};
  const auto& scale = is_minor() ? kMinor : kMajor;
  const double note =
      root_near(60) + scale[static_cast<std::size_t>(degree) % 5] + 12.0 * (degree / 5);
  if (!is_strong) return note;
  double best = note;
  double nearest = 99;
  for (const int interval : intervals_) {
    for (int octave = 4; octave < 8; ++octave) {
      const double candidate = root_ + interval + 12.0 * octave;
      if (std::abs(candidate - note) >= nearest) continue;
      nearest = std::abs(candidate - note);
      best = candidate;
    }
  }
  return best;
}

std::vector<Chord> parse_chords(std::string_view names) {
  std::vector<Chord> chords;
  for (const auto& name : split(names, ' ')) {
    if (name.empty() || name[0] < 'A' || name[0] > 'G') continue;
    int root = kLetters[static_cast<std::size_t>(name[0] - 'A')];
    std::size_t at = 1;
    if (at < name.size() && name[at] == '#') ++root, ++at;
    if (at < name.size() && name[at] == 'b') --root, ++at;
    const std::string_view kind = std::string_view(name).substr(at);
    for (const Kind& candidate : kKinds) {
      if (candidate.name != kind) continue;
      std::vector<int> intervals(candidate.intervals.begin(), candidate.intervals.end());
      std::erase(intervals, -1);
      chords.emplace_back((root + 12) % 12, std::move(intervals));
    }
  }
  return chords;
}

}  // namespace understudy::library
