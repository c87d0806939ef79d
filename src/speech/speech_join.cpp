#include "speech/speech_join.h"

#include <algorithm>
#include <cmath>

#include "media/resample.h"

namespace understudy::speech {
namespace {

constexpr double kEdge = 0.04;   // seconds of an engine's own silence kept beside an exact pause
constexpr double kLead = 0.15;   // before the first word
constexpr double kTrail = 0.25;  // behind the last
constexpr double kSentencePause = 0.32;  // at least

std::size_t samples_of(double seconds) {
  return static_cast<std::size_t>(std::llround(seconds * kSampleRate));
}

double lead_of(const EngineSpeech& speech) {
  const auto& first = speech.phones.front();
  return first.symbol == "pau" ? first.end_s : 0;
}

double trail_of(const EngineSpeech& speech) {
  const auto& last = speech.phones.back();
  return last.symbol == "pau" ? last.end_s - last.start_s : 0;
}

// Cuts `lead` and `trail` seconds off the ends, which must be silence. Samples are at kSampleRate.
void trim(EngineSpeech& speech, double lead, double trail) {
  const std::size_t front = std::min(samples_of(lead), speech.samples.size());
  const std::size_t back = std::min(samples_of(trail), speech.samples.size() - front);
  speech.samples.erase(speech.samples.begin(),
                       speech.samples.begin() + static_cast<std::ptrdiff_t>(front));
  speech.samples.resize(speech.samples.size() - back);
  const double shift = static_cast<double>(front) / kSampleRate;
  const double end = static_cast<double>(speech.samples.size()) / kSampleRate;
  const auto moved = [&](double time) { return std::clamp(time - shift, 0.0, end); };
  for (auto& phone : speech.phones) {
    phone.start_s = moved(phone.start_s);
    phone.end_s = moved(phone.end_s);
  }
  for (auto& token : speech.tokens) {
    token.start_s = moved(token.start_s);
    token.end_s = moved(token.end_s);
  }
  speech.phones.back().end_s = end;
  // A cut through noise clicks; 3 ms of fade do not.
  const std::size_t fade = std::min<std::size_t>(samples_of(0.003), speech.samples.size() / 2);
  for (std::size_t i = 0; i < fade; ++i) {
    const float level = static_cast<float>(i) / static_cast<float>(fade);
    speech.samples[i] *= level;
    speech.samples[speech.samples.size() - 1 - i] *= level;
  }
}

}  // namespace

void SpeechJoin::add_silence(double seconds) {
  const std::size_t count = samples_of(seconds);
  if (count == 0) return;
  const double start = speech_.duration_s();
  speech_.samples.resize(speech_.samples.size() + count, 0.0F);
  if (!speech_.phones.empty() && speech_.phones.back().symbol == "pau") {
    speech_.phones.back().end_s = speech_.duration_s();
  } else {
    speech_.phones.push_back({start, speech_.duration_s(), "pau", false});
  }
}

void SpeechJoin::add(std::size_t index, EngineSpeech spoken) {
  const auto& sentence = script_.sentences[index];
  const bool is_first = speech_.samples.empty();
  const bool is_last = index + 1 == script_.sentences.size();
  if (!spoken.samples.empty()) {
    spoken.samples = media::resample(spoken.samples, spoken.rate, kSampleRate);
    spoken.rate = kSampleRate;
    double keep_lead = lead_of(spoken);
    double keep_trail = trail_of(spoken);
    if (is_exact_) {
      keep_lead = std::min({keep_lead, kEdge, wanted_pause_s_ / 2});
    } else if (is_first) {
      keep_lead = std::min(keep_lead, kLead);
    }
    if (sentence.pause_after_s) {
      keep_trail = std::min({keep_trail, kEdge, *sentence.pause_after_s / 2});
    } else if (is_last) {
      keep_trail = std::min(keep_trail, kTrail);
    }
    const double behind = !speech_.phones.empty() && speech_.phones.back().symbol == "pau"
                              ? speech_.phones.back().end_s - speech_.phones.back().start_s
                              : 0;
    if (!is_exact_) {
      wanted_pause_s_ = is_first ? kLead : is_paragraph_ ? kParagraphPause : kSentencePause;
    }
    add_silence(std::max(0.0, wanted_pause_s_ - behind - keep_lead));
    trim(spoken, lead_of(spoken) - keep_lead, trail_of(spoken) - keep_trail);
    append(spoken, sentence);
    wanted_pause_s_ = 0;
    is_exact_ = false;
    is_paragraph_ = false;
  }
  if (sentence.pause_after_s) {
    wanted_pause_s_ += *sentence.pause_after_s;
    is_exact_ = true;
  } else if (sentence.ends_paragraph) {
    is_paragraph_ = true;
  }
}

void SpeechJoin::append(const EngineSpeech& spoken, const Sentence& sentence) {
  const double offset = speech_.duration_s();
  speech_.samples.insert(speech_.samples.end(), spoken.samples.begin(), spoken.samples.end());
  for (Phone phone : spoken.phones) {
    if (phone.end_s <= phone.start_s) continue;
    phone.start_s += offset;
    phone.end_s += offset;
    if (!speech_.phones.empty() && phone.symbol == "pau" && speech_.phones.back().symbol == "pau") {
      speech_.phones.back().end_s = phone.end_s;
      continue;
    }
    if (!speech_.phones.empty()) phone.start_s = speech_.phones.back().end_s;
    speech_.phones.push_back(std::move(phone));
  }
  if (!speech_.phones.empty()) speech_.phones.back().end_s = speech_.duration_s();
  for (const auto& time : spoken.tokens) {
    auto& word = words_[sentence.tokens[time.token].word];
    if (!word.is_set) word.start_s = time.start_s + offset;
    word.end_s = time.end_s + offset;
    word.is_set = true;
  }
}

Speech SpeechJoin::finish() {
  const double behind = !speech_.phones.empty() && speech_.phones.back().symbol == "pau"
                            ? speech_.phones.back().end_s - speech_.phones.back().start_s
                            : 0;
  add_silence(std::max(0.0, (is_exact_ ? wanted_pause_s_ : kTrail) - behind));
  std::vector<bool> is_marked(script_.words.size(), false);
  for (const auto& sentence : script_.sentences) {
    for (const auto& token : sentence.tokens) {
      if (token.prosody.is_emphasised) is_marked[token.word] = true;
    }
  }
  double last_end = 0;
  for (std::size_t i = 0; i < script_.words.size(); ++i) {
    auto& time = words_[i];
    if (!time.is_set) time = {last_end, last_end, true};
    time.start_s = std::max(time.start_s, last_end);
    time.end_s = std::max(time.end_s, time.start_s);
    last_end = time.end_s;
    speech_.words.push_back({time.start_s, time.end_s, script_.words[i], is_marked[i]});
  }
  return std::move(speech_);
}

}  // namespace understudy::speech
