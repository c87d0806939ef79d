#include "speech/stress.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "speech/prosody_track.h"
#include "speech/unicode.h"

namespace understudy::speech {
namespace {

constexpr double kPhrasePause = 0.08;  // seconds of silence that divide phrases
constexpr std::size_t kWordsInPhrase = 3;

bool is_pause_between(const Speech& speech, double from, double to) {
  for (const auto& phone : speech.phones) {
    if (phone.start_s >= to) break;
    if (phone.symbol != "pau" || phone.end_s <= from) continue;
    if (phone.end_s - phone.start_s >= kPhrasePause) return true;
  }
  return false;
}

double strength(const Speech& speech, const Word& word, double median_hz) {
  double best = -100;
  for (const auto& phone : speech.phones) {
    if (phone.end_s <= word.start_s || !phone.is_stressed) continue;
    if (phone.start_s >= word.end_s) break;
    const auto first = static_cast<std::size_t>(phone.start_s * kProsodyRate);
    const auto last =
        std::min(static_cast<std::size_t>(phone.end_s * kProsodyRate) + 1, speech.pitch_hz.size());
    for (std::size_t i = first; i < last; ++i) {
      const double hz = static_cast<double>(speech.pitch_hz[i]);
      const double semitones = hz > 0 && median_hz > 0 ? 12 * std::log2(hz / median_hz) : -6;
      best = std::max(best, semitones + 0.25 * static_cast<double>(speech.energy_db[i]));
    }
    best += 10 * std::min(phone.end_s - phone.start_s, 0.2);  // long vowels are strong
  }
  constexpr std::size_t kShort = 3;
  return best - (count_characters(word.text) <= kShort ? 4.0 : 0.0);
}

void mark_phrase(const Speech& speech, std::span<Word> phrase, double median_hz) {
  if (phrase.size() < kWordsInPhrase) return;
  if (std::any_of(phrase.begin(), phrase.end(), [](const Word& w) { return w.is_emphasised; }))
    return;
  const auto strongest =
      std::max_element(phrase.begin(), phrase.end(), [&](const Word& a, const Word& b) {
        return strength(speech, a, median_hz) < strength(speech, b, median_hz);
      });
  strongest->is_emphasised = true;
}

}  // namespace

void mark_strong_words(Speech& speech) {
  const double median_hz = median_pitch(speech.pitch_hz);
  std::size_t first = 0;
  for (std::size_t i = 1; i <= speech.words.size(); ++i) {
    const bool is_end =
        i == speech.words.size() || is_pause_between(speech, speech.words[i - 1].end_s - 0.001,
                                                     speech.words[i].start_s + 0.001);
    if (!is_end) continue;
    mark_phrase(speech, std::span(speech.words).subspan(first, i - first), median_hz);
    first = i;
  }
}

}  // namespace understudy::speech
