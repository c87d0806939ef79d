#include "avatar/gesture_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>

#include "avatar/noise.h"

namespace understudy::avatar {
namespace {

constexpr double kPreparation = 0.46;  // s from rest to the stroke
constexpr double kRetreat = 0.62;      // s back to rest
constexpr double kSpacing = 2.1;       // s, least time between two strokes
constexpr double kThreshold = 0.5;     // stresses weaker than this get no gesture of their own

struct Choice {
  ArmPlace place;
  bool both;
};

std::string letters_of(std::string_view text) {
  std::string word;
  for (const char k : text)
    if (std::isalpha(static_cast<unsigned char>(k)))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(k)));
  return word;
}

// A word's own gesture, if it has one.
std::optional<Choice> choice_for(std::string_view word) {
  struct Entry {
    std::string_view word;
    Choice choice;
  };
  using enum ArmPlace;
  static constexpr std::array<Entry, 38> kEntries = {{
      {"hello", {wave, false}},        {"hi", {wave, false}},
      {"hey", {wave, false}},          {"welcome", {offer, true}},
      {"goodbye", {wave, false}},      {"bye", {wave, false}},
      {"you", {offer, false}},         {"your", {offer, false}},
      {"we", {offer, true}},           {"our", {offer, true}},
      {"us", {offer, true}},           {"everyone", {offer, true}},
      {"everybody", {offer, true}},    {"all", {offer, true}},
      {"every", {offer, true}},        {"everything", {offer, true}},
      {"whole", {offer, true}},        {"together", {offer, true}},
      {"i", {chest, false}},           {"my", {chest, false}},
      {"me", {chest, false}},          {"myself", {chest, false}},
      {"feel", {chest, false}},        {"thank", {chest, false}},
      {"thanks", {chest, false}},      {"one", {point_up, false}},
      {"first", {point_up, false}},    {"important", {point_up, false}},
      {"remember", {point_up, false}}, {"never", {open_up, false}},
      {"stop", {open_up, false}},      {"no", {open_up, false}},
      {"not", {open_up, false}},       {"here", {present_out, false}},
      {"look", {present_out, false}},  {"exactly", {pinch, false}},
      {"precise", {pinch, false}},     {"small", {pinch, false}},
  }};
  for (const Entry& entry : kEntries)
    if (entry.word == word) return entry.choice;
  return std::nullopt;
}

Choice habitual(std::uint32_t dice) {
  using enum ArmPlace;
  static constexpr std::array<Choice, 8> kHabits = {{{offer, false},
                                                     {offer, true},
                                                     {present_out, false},
                                                     {pinch, false},
                                                     {offer, true},
                                                     {present_out, false},
                                                     {open_up, false},
                                                     {offer, false}}};
  return kHabits[dice % kHabits.size()];
}

// Minimum-jerk: rests at both ends.
double eased(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * t * (t * (t * 6 - 15) + 10);
}

}  // namespace

GesturePlan::GesturePlan(const Prosody& prosody, const std::vector<speech::Word>& words,
                         double duration_s, std::uint32_t seed)
    : left_{{-1e6, ArmPlace::rest}}, right_{{-1e6, ArmPlace::rest}} {
  struct Planned {
    Stroke stroke;
    double hold_until_s;
    double priority;
  };
  std::vector<Planned> planned;
  for (const Stress& stress : prosody.stresses()) {
    const std::string word = stress.word < words.size() ? letters_of(words[stress.word].text) : "";
    const std::optional<Choice> own = choice_for(word);
    const bool greets = own && own->place == ArmPlace::wave && stress.time_s < 1.5;
    beats_.push_back(stress);
    if (stress.time_s < 0.25 && !greets) continue;  // the hand could not be up in time
    if (stress.time_s + 0.3 > duration_s) continue;
    if (!greets && stress.strength < (own ? 0.35 : kThreshold)) continue;
    const std::uint32_t dice = hash(seed, static_cast<std::uint32_t>(stress.time_s * 1000));
    const Choice choice = own.value_or(habitual(dice >> 8));
    const bool prefers_left = (dice & 3) == 0;
    planned.push_back(
        {{stress.time_s, choice.both || prefers_left, choice.both || !prefers_left, choice.place},
         std::max(stress.phrase_end_s, stress.time_s + 0.55),
         stress.strength + (greets ? 1
                            : own  ? 0.3
                                   : 0)});
  }
  // The strongest words first; a weaker one near them goes without.
  std::stable_sort(planned.begin(), planned.end(),
                   [](const Planned& a, const Planned& b) { return a.priority > b.priority; });
  std::map<double, Planned> kept;
  for (const Planned& plan : planned) {
    const auto after = kept.lower_bound(plan.stroke.time_s);
    if (after != kept.end() && after->first - plan.stroke.time_s < kSpacing) continue;
    if (after != kept.begin() && plan.stroke.time_s - std::prev(after)->first < kSpacing) continue;
    kept.emplace(plan.stroke.time_s, plan);
  }
  planned.clear();
  for (const auto& [time_s, plan] : kept) planned.push_back(plan);
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const double next = i + 1 < planned.size() ? planned[i + 1].stroke.time_s : 1e9;
    // Nobody holds a hand up for a whole long sentence.
    const double hold = std::min(planned[i].hold_until_s, planned[i].stroke.time_s + 2.4);
    strokes_.push_back(planned[i].stroke);
    add_gesture(planned[i].stroke, hold, next);
  }
}

void GesturePlan::add_gesture(const Stroke& stroke, double hold_until_s, double next_s) {
  const auto add = [&](Track& track) {
    const double free_since = track.back().time_s;
    const double start = std::max(free_since, stroke.time_s - kPreparation);
    if (start > free_since) track.push_back({start, track.back().place});
    track.push_back({stroke.time_s, stroke.place});
    // The next gesture takes over from here when there is no time for a rest.
    const double hold =
        std::min(hold_until_s, std::max(next_s - kPreparation, stroke.time_s + 0.3));
    track.push_back({hold, stroke.place});
    if (next_s - kPreparation - hold > kRetreat) track.push_back({hold + kRetreat, ArmPlace::rest});
  };
  const auto lower = [&](Track& track) {
    if (track.back().place == ArmPlace::rest) return;
    const double start = std::max(track.back().time_s, stroke.time_s - kPreparation);
    track.push_back({start, track.back().place});
    track.push_back({start + kRetreat, ArmPlace::rest});
  };
  stroke.uses_left ? add(left_) : lower(left_);
  stroke.uses_right ? add(right_) : lower(right_);
}

ArmPose GesturePlan::sample(const Track& track, double t_s, double& raised) const {
  const auto next = std::upper_bound(track.begin(), track.end(), t_s,
                                     [](double t, const Key& key) { return t < key.time_s; });
  const Key& from = *(next - 1);
  const Key& to = next == track.end() ? from : *next;
  const double span = to.time_s - from.time_s;
  const double t = span > 0 ? eased((t_s - from.time_s) / span) : 1;
  raised = 0;
  if (from.place == ArmPlace::rest && to.place == ArmPlace::rest) return arm_place(ArmPlace::rest);
  ArmPose pose = blend(arm_place(from.place), arm_place(to.place), t);
  if (from.place != to.place) {
    // Wrists travel on arcs, outwards of the straight line.
    const double arc = std::sin(t * 3.14159265) * 26;
    pose.wrist.x -= arc;
    pose.elbow.x -= arc * 0.35;
  }
  const double up_from = from.place == ArmPlace::rest ? 0 : 1,
               up_to = to.place == ArmPlace::rest ? 0 : 1;
  raised = up_from + (up_to - up_from) * t;
  // Beats: the raised hand dips on every stress, and sways a little with life.
  double beat = 0;
  for (auto it = std::lower_bound(beats_.begin(), beats_.end(), t_s - 0.5,
                                  [](const Stress&a, double at) { return a.time_s < at; });
       it != beats_.end() && it->time_s < t_s + 0.5; ++it) {
    const double dt = (t_s - it->time_s) / (t_s < it->time_s ? 0.11 : 0.2);
    beat += it->strength * std::exp(-dt * dt);
  }
  if (from.place == ArmPlace::wave || to.place == ArmPlace::wave) {
    const double swing = std::sin(t_s * 2 * 3.14159265 * 1.7);
    pose.wrist.x += 20 * swing * raised;
    pose.hand_angle += 0.26 * swing * raised;
    beat *= 0.3;
  }
  pose.wrist.y += (16 * beat - 5 * std::sin(t_s * 1.9)) * raised;
  pose.hand_angle += (0.05 * beat + 0.03 * std::sin(t_s * 1.3)) * raised;
  pose.elbow.y += 4 * beat * raised;
  return pose;
}

GesturePlan::Arms GesturePlan::at(double t_s) const {
  Arms arms;
  double left = 0, right = 0;
  arms.left = sample(left_, t_s, left);
  arms.right = mirrored(sample(right_, t_s, right));
  arms.raised = std::max(left, right);
  return arms;
}

}  // namespace understudy::avatar
