#include "avatar/mouth_style.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace understudy::avatar {
namespace {

constexpr double kPairsMin = 50;      // frames
constexpr double kSilence_db = 35;    // below the loud parts of a speech
constexpr double kVoicedOpen = 0.62;  // of a loud vowel, as the visemes are opened
constexpr double kJaw_s = 0.025;      // a jaw is this slow (sigma)

class Agreement {  // Pearson's correlation, summed up
 public:
  void add(double x, double y) { ++n_, x_ += x, y_ += y, xx_ += x * x, yy_ += y * y, xy_ += x * y; }
  double count() const { return n_; }
  double value() const {
    const double spread = (n_ * xx_ - x_ * x_) * (n_ * yy_ - y_ * y_);
    return spread > 0 ? (n_ * xy_ - x_ * y_) / std::sqrt(spread) : 0;
  }

 private:
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

Agreement agreement(std::span<const MouthFootage> footage, const Articulation& articulation) {
  Agreement sum;
  for (const MouthFootage& each : footage) {
    if (each.heard == nullptr) continue;
    const SpokenMouth lips(*each.heard, articulation);
    for (std::size_t i = 0; i < each.track->frames.size(); ++i) {
      const auto& face = each.track->frames[i];
      if (face.trust >= face::kTrusted)
        sum.add(lips.at(static_cast<double>(i) / each.track->fps).open, face.mouth_open);
    }
  }
  return sum;
}

// Against the speech's own loud parts: recordings differ.
std::vector<float> voice_of(const std::vector<float>& energy_db) {
  if (energy_db.empty()) return {};
  std::vector<float> sorted = energy_db;
  std::sort(sorted.begin(), sorted.end());
  const double loud_db = sorted[sorted.size() * 95 / 100];
  if (loud_db < -80) return {};
  const auto level = [&](std::ptrdiff_t i) {
    const double db = energy_db[static_cast<std::size_t>(i)];
    return std::clamp((db - loud_db + kSilence_db) / kSilence_db, 0.0, 1.0);
  };
  const int reach = static_cast<int>(std::lround(3 * kJaw_s * speech::kProsodyRate));
  const auto count = static_cast<std::ptrdiff_t>(energy_db.size());
  std::vector<float> voice;
  voice.reserve(energy_db.size());
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    double sum = 0, weights = 0;
    for (std::ptrdiff_t k = std::max<std::ptrdiff_t>(0, i - reach);
         k <= std::min(count - 1, i + reach); ++k) {
      const double away = static_cast<double>(k - i) / speech::kProsodyRate / kJaw_s;
      const double weight = std::exp(-0.5 * away * away);
      sum += weight * level(k);
      weights += weight;
    }
    voice.push_back(static_cast<float>(sum / weights));
  }
  return voice;
}

}  // namespace

Articulation articulation_of(std::span<const MouthFootage> footage) {
  constexpr double kClearlyBetter = 0.03;  // before recognised sounds count for less
  Articulation best;
  const Agreement usual = agreement(footage, best);
  if (usual.count() < kPairsMin) return best;
  double most = usual.value();
  if (const double clear = agreement(footage, {MouthStyle::clear}).value(); clear > most)
    best.style = MouthStyle::clear, most = clear;
  for (const double share : {0.6, 0.85}) {
    const double agreed = agreement(footage, {best.style, share}).value();
    if (agreed > most + kClearlyBetter) best.voice_share = share, most = agreed;
  }
  return best;
}

SpokenMouth::SpokenMouth(const speech::Speech& speech, const Articulation& articulation)
    : lips_(speech.phones, articulation.style),
      voice_(voice_of(speech.energy_db)),
      share_(voice_.empty() ? 0 : articulation.voice_share),
      trust_(articulation.sound_trust()) {}

MouthShape SpokenMouth::at(double t_s) const {
  MouthShape shape = lips_.at(t_s);
  if (share_ <= 0) return shape;
  const double place =
      std::clamp(t_s * speech::kProsodyRate, 0.0, static_cast<double>(voice_.size() - 1));
  const auto i = static_cast<std::size_t>(place);
  const double next = voice_[std::min(i + 1, voice_.size() - 1)];
  const double voice = voice_[i] + (next - voice_[i]) * (place - static_cast<double>(i));
  // Lips that must touch do, if they must.
  shape.press *= trust_;
  const double opened = kVoicedOpen * voice * (1 - shape.press);
  shape.open += (opened - shape.open) * share_;
  return shape;
}

}  // namespace understudy::avatar
