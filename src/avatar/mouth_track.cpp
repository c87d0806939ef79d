#include "avatar/mouth_track.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <tuple>

namespace understudy::avatar {
namespace {

constexpr double kSigma_s = 0.045;        // of the coarticulation window
constexpr double kFilmedSigma_s = 0.055;  // jaws are slower than drawings
constexpr double kReach = 0.2;            // s, beyond which a segment has no weight
constexpr double kClosureHold = 0.03;     // s, least half width of a closure
constexpr double kClosureFall = 0.032;    // s, how fast the lips part

const std::array<MouthShape, 10> kShapes = {{
    // open width pucker upper tuck tongue press smile
    {0.00, 0.05, 0.00, 0.00, 0.00, 0.00, 0.0, 0},   // rest
    {0.00, -0.02, 0.08, 0.00, 0.00, 0.00, 1.0, 0},  // closed: m b p
    {0.13, 0.06, 0.00, 0.30, 0.95, 0.00, 0.0, 0},   // lip_teeth: f v
    {0.24, -0.62, 1.00, 0.10, 0.00, 0.00, 0.0, 0},  // rounded: uw w
    {0.56, -0.36, 0.62, 0.15, 0.00, 0.05, 0.0, 0},  // open_round: ao r
    {0.95, 0.00, 0.00, 0.30, 0.00, 0.10, 0.0, 0},   // open: aa ay
    {0.62, 0.22, 0.00, 0.35, 0.00, 0.15, 0.0, 0},   // mid: eh ae
    {0.32, 0.46, 0.00, 0.35, 0.00, 0.30, 0.0, 0},   // spread: iy
    {0.20, 0.16, 0.00, 0.25, 0.00, 0.25, 0.0, 0},   // narrow: s t d n
    {0.36, 0.05, 0.00, 0.20, 0.00, 1.00, 0.0, 0},   // lateral: l th
}};

// Openings on film, in the order of the visemes.
constexpr std::array<double, 10> kFilmedOpen = {0,    0,    0.13, 0.24, 0.50,
                                                0.80, 0.60, 0.45, 0.40, 0.45};
constexpr double kBefore_s = 0.25, kAfter_s = 0.20;  // lips part round the voice
constexpr double kPartedOpen = 0.4;

// The part of a Gaussian round t that lies in a..b.
double weight_of(double a, double b, double t, double sigma_s) {
  const auto cdf = [&](double x) {
    return 0.5 * std::erf((x - t) / (sigma_s * std::numbers::sqrt2));
  };
  return cdf(b) - cdf(a);
}

void add(MouthShape& sum, const MouthShape& shape, double open, double weight, double strength) {
  sum.open += weight * open * strength;
  sum.width += weight * shape.width * std::min(strength, 1.1);
  sum.pucker += weight * shape.pucker;
  sum.upper_raise += weight * shape.upper_raise;
  sum.lower_tuck += weight * shape.lower_tuck;
  sum.tongue += weight * shape.tongue;
}

}  // namespace

Viseme viseme_of(const std::string& phone) {
  using enum Viseme;
  static const std::map<std::string, Viseme, std::less<>> kVisemes = {
      {"pau", rest},      {"sil", rest},       {"", rest},         {"p", closed},
      {"b", closed},      {"m", closed},       {"em", closed},     {"f", lip_teeth},
      {"v", lip_teeth},   {"uw", rounded},     {"w", rounded},     {"wh", rounded},
      {"uh", rounded},    {"ow", open_round},  {"oy", open_round}, {"ao", open_round},
      {"er", open_round}, {"axr", open_round}, {"r", open_round},  {"aa", open},
      {"ay", open},       {"aw", open},        {"ah", open},       {"hh", mid},
      {"ax", mid},        {"eh", mid},         {"ae", mid},        {"ey", mid},
      {"iy", spread},     {"ih", spread},      {"ix", spread},     {"y", spread},
      {"l", lateral},     {"el", lateral},     {"th", lateral},    {"dh", lateral}};
  const auto found = kVisemes.find(phone);
  return found == kVisemes.end() ? narrow : found->second;
}

const MouthShape& shape_of(Viseme viseme) { return kShapes[static_cast<std::size_t>(viseme)]; }

MouthTrack::MouthTrack(const std::vector<speech::Phone>& phones, MouthStyle style)
    : sigma_s_(style == MouthStyle::filmed ? kFilmedSigma_s : kSigma_s) {
  segments_.reserve(phones.size());
  for (std::size_t i = 0; i < phones.size(); ++i) {
    const speech::Phone& phone = phones[i];
    const Viseme viseme = viseme_of(phone.symbol);
    const bool is_vowel = viseme >= Viseme::rounded && viseme <= Viseme::spread;
    const double strength = !is_vowel ? 1 : phone.is_stressed ? 1.12 : 0.82;
    if (style == MouthStyle::filmed && viseme == Viseme::rest) {
      add_silence(phone.start_s, phone.end_s, i == 0, i + 1 == phones.size());
    } else {
      const double open = style == MouthStyle::filmed
                              ? kFilmedOpen[static_cast<std::size_t>(viseme)]
                              : shape_of(viseme).open;
      segments_.push_back({phone.start_s, phone.end_s, viseme, strength, open});
    }
  }
}

void MouthTrack::add_silence(double start_s, double end_s, bool is_first, bool is_last) {
  const double parted_to = is_first ? start_s : std::min(end_s, start_s + kAfter_s);
  const double parted_from = is_last ? end_s : std::max(parted_to, end_s - kBefore_s);
  for (const auto& [from, to, open] :
       {std::tuple(start_s, parted_to, kPartedOpen), std::tuple(parted_to, parted_from, 0.0),
        std::tuple(parted_from, end_s, kPartedOpen)}) {
    if (to > from) segments_.push_back({from, to, Viseme::rest, 1, open});
  }
}

MouthShape MouthTrack::at(double t_s) const {
  MouthShape result;
  double total = 0, closure = 0;
  const auto first =
      std::lower_bound(segments_.begin(), segments_.end(), t_s - kReach,
                       [](const Segment& segment, double t) { return segment.end_s < t; });
  for (auto it = first; it != segments_.end() && it->start_s <= t_s + kReach; ++it) {
    const double weight = weight_of(it->start_s, it->end_s, t_s, sigma_s_);
    total += weight;
    add(result, shape_of(it->viseme), it->open, weight, it->strength);
    if (it->viseme != Viseme::closed) continue;
    const double middle = (it->start_s + it->end_s) / 2;
    const double hold = std::max(kClosureHold, (it->end_s - it->start_s) / 2);
    const double beyond = std::max(std::abs(t_s - middle) - hold, 0.0) / kClosureFall;
    closure = std::max(closure, std::exp(-beyond * beyond));
  }
  // Outside of the speech the mouth rests; `total` is below 1 at its ends.
  const double rest = std::max(1 - total, 0.0);
  add(result, shape_of(Viseme::rest), 0, rest, 1);
  result.open *= 1 - closure;
  // The lips stick together until they part, so that closed is closed and not a hair's breadth.
  constexpr double kStick = 0.035;
  result.open = std::max(0.0, result.open - kStick) / (1 - kStick);
  result.lower_tuck *= 1 - closure;
  result.upper_raise *= 1 - closure;
  result.press = closure;
  return result;
}

}  // namespace understudy::avatar
