#include "avatar/prosody.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "avatar/mouth_track.h"

namespace understudy::avatar {
namespace {

constexpr double kEnergyStep = 0.01;  // s
constexpr double kPitchStep = 0.02;   // s
constexpr double kPause = 0.18;       // s of silence that end a phrase

double interpolated(const std::vector<float>& values, double step, double t_s) {
  if (values.empty()) return 0;
  const double at = std::clamp(t_s / step, 0.0, static_cast<double>(values.size() - 1));
  const auto i = static_cast<std::size_t>(at);
  const std::size_t next = std::min(i + 1, values.size() - 1);
  return values[i] + (values[next] - values[i]) * (at - static_cast<double>(i));
}

// A centred moving average, done twice: a triangle.
void smooth(std::vector<float>& values, int radius) {
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<double> sums(values.size() + 1, 0);
    for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
    const int count = static_cast<int>(values.size());
    for (int i = 0; i < count; ++i) {
      const int a = std::max(i - radius, 0), b = std::min(i + radius + 1, count);
      values[i] = static_cast<float>((sums[b] - sums[a]) / (b - a));
    }
  }
}

bool is_function_word(std::string_view text) {
  static constexpr std::array<std::string_view, 45> kWords = {
      "a",    "an",  "the",  "and",  "or",   "but", "of",   "to",   "in",   "on",    "at",  "for",
      "is",   "are", "was",  "were", "be",   "it",  "its",  "that", "this", "with",  "as",  "by",
      "from", "has", "have", "had",  "will", "can", "he",   "she",  "they", "their", "his", "her",
      "so",   "if",  "than", "then", "been", "do",  "does", "did",  "would"};
  std::string word;
  for (const char k : text)
    if (std::isalpha(static_cast<unsigned char>(k)))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(k)));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// The fundamental frequency of 40 ms at 8 kHz by normalised autocorrelation; 0 when unvoiced.
double fundamental(const float* x) {
  constexpr int kWindow = 320, kLagMin = 20, kLagMax = 114;  // 400..70 Hz
  double power = 1e-9;
  for (int i = 0; i < kWindow; ++i) power += x[i] * x[i];
  if (power < 0.02) return 0;
  double best = 0.55;
  int best_lag = 0;
  for (int lag = kLagMin; lag <= kLagMax; ++lag) {
    float sum = 0, other = 1e-9F;
    for (int i = 0; i < kWindow - kLagMax; ++i) {
      sum += x[i] * x[i + lag];
      other += x[i + lag] * x[i + lag];
    }
    // A small tax on long lags keeps it from falling an octave.
    const double score = sum / std::sqrt(other * power) * (1.0 - 0.0008 * lag);
    if (score > best) best = score, best_lag = lag;
  }
  return best_lag == 0 ? 0 : 8000.0 / best_lag;
}

}  // namespace

Prosody::Prosody(const speech::Speech& speech) {
  measure_energy(speech.samples);
  measure_pitch(speech.samples);
  find_phrases(speech);
  find_stresses(speech);
}

void Prosody::measure_energy(const std::vector<float>& samples) {
  const std::size_t hop = static_cast<std::size_t>(kEnergyStep * speech::kSampleRate);
  for (std::size_t at = 0; at < samples.size(); at += hop) {
    double sum = 0;
    const std::size_t end = std::min(at + hop, samples.size());
    for (std::size_t i = at; i < end; ++i) sum += samples[i] * samples[i];
    energy_.push_back(static_cast<float>(std::sqrt(sum / static_cast<double>(end - at))));
  }
  smooth(energy_, 2);
  if (energy_.empty()) return;
  std::vector<float> sorted = energy_;
  const auto loud = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 95 / 100);
  std::nth_element(sorted.begin(), loud, sorted.end());
  const float reference = std::max(*loud, 1e-3F);
  for (float& value : energy_) value = std::min(value / reference, 1.0F);
}

void Prosody::measure_pitch(const std::vector<float>& samples) {
  constexpr int kDecimation = speech::kSampleRate / 8000;
  std::vector<float> slow(samples.size() / kDecimation);
  for (std::size_t i = 0; i < slow.size(); ++i) {
    float sum = 0;
    for (int k = 0; k < kDecimation; ++k) sum += samples[i * kDecimation + k];
    slow[i] = sum / kDecimation;
  }
  std::vector<float> voiced;
  for (std::size_t at = 0; at + 320 <= slow.size(); at += 160) {
    pitch_.push_back(static_cast<float>(fundamental(slow.data() + at)));
    if (pitch_.back() > 0) voiced.push_back(pitch_.back());
  }
  if (voiced.empty()) return;
  const auto middle = voiced.begin() + static_cast<std::ptrdiff_t>(voiced.size() / 2);
  std::nth_element(voiced.begin(), middle, voiced.end());
  for (float& value : pitch_)
    value = value <= 0 ? 0 : std::clamp(2 * std::log2(value / *middle), -1.0F, 1.0F);
  smooth(pitch_, 4);
}

void Prosody::find_phrases(const speech::Speech& speech) {
  const double duration = speech.duration_s();
  speaking_.assign(static_cast<std::size_t>(duration / kPitchStep) + 2, 0);
  double last_end = -1e9;
  for (const speech::Phone& phone : speech.phones) {
    if (viseme_of(phone.symbol) == Viseme::rest) continue;
    if (phone.start_s - last_end > kPause) {
      if (!phrase_starts_.empty()) phrase_ends_.push_back(last_end);
      phrase_starts_.push_back(phone.start_s);
    }
    last_end = phone.end_s;
    const auto a = static_cast<std::size_t>(std::max(phone.start_s, 0.0) / kPitchStep);
    const auto b = static_cast<std::size_t>(std::max(phone.end_s, 0.0) / kPitchStep);
    for (std::size_t i = a; i <= b && i < speaking_.size(); ++i) speaking_[i] = 1;
  }
  if (!phrase_starts_.empty()) phrase_ends_.push_back(last_end);
  smooth(speaking_, 8);
}

void Prosody::find_stresses(const speech::Speech& speech) {
  std::size_t phone = 0;
  for (std::size_t w = 0; w < speech.words.size(); ++w) {
    const speech::Word& word = speech.words[w];
    double best = -1, time = (word.start_s + word.end_s) / 2;
    while (phone < speech.phones.size() && speech.phones[phone].end_s <= word.start_s + 1e-6)
      ++phone;
    for (std::size_t i = phone; i < speech.phones.size() && speech.phones[i].start_s < word.end_s;
         ++i) {
      const speech::Phone& p = speech.phones[i];
      if (!p.is_stressed) continue;
      const double middle = (p.start_s + p.end_s) / 2;
      if (energy(middle) > best) best = energy(middle), time = middle;
    }
    if (is_function_word(word.text) && !word.is_emphasised) continue;
    const double loud = best < 0 ? energy(time) * 0.7 : best;
    const double strength =
        word.is_emphasised ? 1.0 : std::clamp(0.2 + 0.45 * loud + 0.25 * pitch(time), 0.05, 0.85);
    stresses_.push_back({time, strength, 0, w});
  }
  if (speech.words.empty())
    for (const speech::Phone& p : speech.phones)
      if (p.is_stressed)
        stresses_.push_back(
            {(p.start_s + p.end_s) / 2, 0.3 + 0.4 * energy(p.start_s), 0, SIZE_MAX});
  for (Stress& stress : stresses_) {
    const auto end = std::lower_bound(phrase_ends_.begin(), phrase_ends_.end(), stress.time_s);
    stress.phrase_end_s = end == phrase_ends_.end() ? stress.time_s + 0.5 : *end;
  }
}

double Prosody::energy(double t_s) const { return interpolated(energy_, kEnergyStep, t_s); }
double Prosody::pitch(double t_s) const { return interpolated(pitch_, kPitchStep, t_s); }
double Prosody::speaking(double t_s) const { return interpolated(speaking_, kPitchStep, t_s); }

}  // namespace understudy::avatar
