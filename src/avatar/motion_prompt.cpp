#include "avatar/motion_prompt.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "base/text.h"

namespace understudy::avatar {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view text) {
  Words words;
  std::string word;
  for (const char c : lower_case(text)) {
    if ((c >= 'a' && c <= 'z') || c == '\'') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

// Whether a word begins with one of these: "nod" stands for nods, nodding, nodded.
bool has_stem(const Words& words, std::initializer_list<std::string_view> stems) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::any_of(stems.begin(), stems.end(),
                       [&](std::string_view stem) { return word.starts_with(stem); });
  });
}

bool has_word(const Words& words, std::initializer_list<std::string_view> wanted) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  });
}

// The words between which one movement follows another.
bool is_joint(const std::string& word) {
  return word == "then" || word == "afterwards" || word == "next" || word == "followed" ||
         word == "before" || word == "finally";
}

// Clauses that follow each other.
std::vector<Words> clauses_of(std::string_view text) {
  std::vector<Words> clauses(1);
  std::string part;
  const auto end_part = [&](bool ends_clause) {
    for (auto& word : words_of(part)) {
      if (is_joint(word) && !clauses.back().empty()) clauses.emplace_back();
      clauses.back().push_back(std::move(word));
    }
    part.clear();
    if (ends_clause && !clauses.back().empty()) clauses.emplace_back();
  };
  for (const char c : text) {
    const bool is_end = c == ';' || c == ',' || c == '.' || c == '\n';
    if (is_end) end_part(true);
    if (!is_end) part += c;
  }
  end_part(false);
  return clauses;
}

double eased(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// Rises at the start of a movement's time and falls at its end.
double envelope(double t, double start, double end, double ramp) {
  ramp = std::min(ramp, (end - start) / 2.2);
  return eased((t - start) / ramp) * eased((end - t) / ramp);
}

}  // namespace

MotionPrompt::MotionPrompt(std::string_view text, double duration_s) {
  const auto clauses = clauses_of(text.substr(0, 2000));
  std::vector<std::vector<Movement>> groups;
  for (const auto& clause : clauses) {
    std::vector<Movement> found;
    read_clause(clause, found);
    if (!found.empty()) groups.push_back(std::move(found));
  }
  // Movements in one clause act together; clauses share the time of the speech.
  const double share = duration_s / std::max<double>(1, static_cast<double>(groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (Movement& movement : groups[i]) {
      if (movement.end_s <= 0) {
        movement.start_s = share * static_cast<double>(i);
        movement.end_s = share * static_cast<double>(i + 1);
      } else {  // "at the start", "at the end": a share of the whole
        movement.start_s *= duration_s;
        movement.end_s *= duration_s;
      }
      movements_.push_back(movement);
    }
  }
}

void MotionPrompt::read_clause(const Words& words, std::vector<Movement>& found) {
  if (has_stem(words, {"still", "motionless", "calm", "static", "frozen"}) &&
      !has_stem(words, {"smil"}))
    liveliness_ = has_stem(words, {"calm"}) ? 0.6 : 0.25;
  if (has_stem(words, {"energ", "livel", "excit", "enthus", "animated", "passion", "dynamic"}))
    liveliness_ = 1.5;

  Movement base;
  if (has_stem(words, {"slow", "gentl", "soft"})) base.tempo = 0.6;
  if (has_stem(words, {"quick", "fast", "rapid"})) base.tempo = 1.6;
  if (has_stem(words, {"slight", "subtl", "little", "bit"})) base.strength = 0.55;
  if (has_stem(words, {"strong", "vigorous", "wide", "broad", "big", "deep", "firm"}))
    base.strength = 1.4;
  if (has_word(words, {"once"})) base.times = 1;
  if (has_word(words, {"twice"})) base.times = 2;
  if (has_word(words, {"thrice"})) base.times = 3;
  if (has_word(words, {"end", "finally", "finish", "last"})) base.start_s = 0.72, base.end_s = 1;
  if (has_word(words, {"start", "beginning", "first", "begin"})) base.end_s = 0.3;

  const double side = has_stem(words, {"left"}) ? -1 : has_stem(words, {"right"}) ? 1 : 0;
  const bool is_up = has_stem(words, {"up", "above", "ceiling", "sky"});
  const bool is_down = has_stem(words, {"down", "floor", "below"});
  const auto add = [&](Kind kind, std::string name, double direction, bool is_vertical = false) {
    Movement movement = base;
    movement.kind = kind;
    movement.direction = direction;
    movement.is_vertical = is_vertical;
    movement.name = std::move(name);
    found.push_back(std::move(movement));
  };
  const auto sided = [&](const char* name) {
    std::string text(name);
    if (side != 0) text.append(side < 0 ? " left" : " right");
    return text;
  };

  if (has_stem(words, {"nod", "agree"})) add(Kind::nod, "nod", 0);
  if (has_stem(words, {"shak", "disagree"}) && !has_stem(words, {"hand"}))
    add(Kind::shake, "shake", 0);
  if (has_stem(words, {"tilt", "cock"})) add(Kind::tilt, sided("tilt"), side == 0 ? 1 : side);
  if (has_stem(words, {"lean"})) {
    const bool is_back = has_stem(words, {"back", "away"});
    if (side != 0) add(Kind::lean, sided("lean"), side);
    if (side == 0) add(Kind::lean, is_back ? "lean back" : "lean forward", is_back ? -1 : 1, true);
  }
  if (has_stem(words, {"turn", "rotat"})) add(Kind::turn, sided("turn"), side == 0 ? 1 : side);
  if (has_stem(words, {"look", "glanc", "gaz", "star", "watch"})) {
    if (side != 0) add(Kind::look, sided("look"), side);
    if (is_up) add(Kind::look, "look up", -1, true);
    if (is_down) add(Kind::look, "look down", 1, true);
    if (side == 0 && !is_up && !is_down && has_stem(words, {"around", "about"}))
      add(Kind::sway, "look around", 0);
  }
  if (has_stem(words, {"smil", "grin", "happ", "cheer", "joy", "laugh", "friendl", "warm"}))
    add(Kind::smile, "smile", 1);
  if (has_stem(words, {"frown", "sad", "serious", "angry", "worr", "concern"}))
    add(Kind::frown, "frown", 1);
  if (has_stem(words, {"brow", "eyebrow", "surpris", "amaz"}) &&
      !has_stem(words, {"frown", "furrow"}))
    add(Kind::brows, "raise brows", 1);
  if (has_stem(words, {"close", "shut"}) && has_stem(words, {"eye"}))
    add(Kind::eyes_shut, "close eyes", 1);
  if (has_stem(words, {"blink", "wink"})) add(Kind::blink, "blink", 1);
  if (has_stem(words, {"sway", "rock", "danc", "bob"})) add(Kind::sway, "sway", 0);
}

void MotionPrompt::add(const Movement& m, double t_s, Pose& pose) {
  constexpr double kTurn = 2 * std::numbers::pi;
  const double t = t_s - m.start_s;
  double amount = m.strength * envelope(t_s, m.start_s, m.end_s, 0.45 / m.tempo);
  if (amount <= 0) return;
  const double rate = 1.15 * m.tempo;  // swings a second
  if (m.times > 0 && t * rate > m.times) amount = 0;
  const double swing = std::sin(kTurn * rate * t);
  switch (m.kind) {
    case Kind::nod:
      pose.pitch += 1.1 * amount * swing;
      pose.head_y += 7 * amount * swing;
      break;
    case Kind::shake:
      pose.yaw += 1.5 * amount * swing;
      pose.head_x += 5 * amount * swing;
      break;
    case Kind::tilt: pose.head_roll += 0.13 * amount * m.direction; break;
    case Kind::lean:
      if (m.is_vertical) {
        pose.lean += 0.085 * amount * m.direction;
      } else {
        pose.head_x += 22 * amount * m.direction;
        pose.head_roll += 0.05 * amount * m.direction;
        pose.body_x += 14 * amount * m.direction;
      }
      break;
    case Kind::turn: pose.yaw += 1.7 * amount * m.direction; break;
    case Kind::look:
      if (m.is_vertical) {
        pose.pitch += 1.3 * amount * m.direction;
        pose.gaze_y += 1.0 * amount * m.direction;
      } else {
        pose.yaw += 1.3 * amount * m.direction;
        pose.gaze_x += 1.6 * amount * m.direction;
      }
      break;
    case Kind::smile:
      pose.mouth.smile += 1.6 * amount;
      pose.squint += 0.3 * amount;
      break;
    case Kind::frown:
      pose.mouth.smile -= 1.2 * amount;
      pose.brow_raise -= 0.9 * amount;
      break;
    case Kind::brows: pose.brow_raise += 1.2 * amount; break;
    case Kind::eyes_shut: pose.blink = std::max(pose.blink, std::min(1.0, amount * 1.5)); break;
    case Kind::blink:
      if (std::fmod(t * m.tempo, 1.1) < 0.22)
        pose.blink =
            std::max(pose.blink, std::sin(std::numbers::pi * std::fmod(t * m.tempo, 1.1) / 0.22));
      break;
    case Kind::sway:
      pose.yaw += 1.0 * amount * std::sin(kTurn * 0.35 * m.tempo * t);
      pose.head_x += 9 * amount * std::sin(kTurn * 0.35 * m.tempo * t);
      break;
  }
}

void MotionPrompt::apply(double t_s, Pose& pose) const {
  for (const Movement& movement : movements_) add(movement, t_s, pose);
}

std::vector<std::string> MotionPrompt::understood() const {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const Movement& movement : movements_)
    if (seen.insert(movement.name).second) names.push_back(movement.name);
  if (liveliness_ < 0.99) names.push_back("calm");
  if (liveliness_ > 1.01) names.push_back("lively");
  return names;
}

}  // namespace understudy::avatar
