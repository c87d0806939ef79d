#include "speech/espeak_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "speech/espeak_phones.h"
#include "speech/unicode.h"

namespace understudy::speech {
namespace {

constexpr double kWordsPerMinute = 175;  // espeak-ng's own speed
constexpr double kSlowest = 80;          // its limits
constexpr double kFastest = 450;
// Its pitch runs from 0 to 100 and 50 is the voice's own; steps per semitone as measured, about
// nine semitones up and eight down.
double espeak_pitch(double semitones) {
  return std::clamp(50 + semitones * (semitones > 0 ? 5.4 : 6.5), 0.0, 100.0);
}

json::object request_for(const Sentence& sentence, const Voice& voice, const Delivery& delivery) {
  json::array tokens;
  for (const auto& token : sentence.tokens) {
    const auto& prosody = token.prosody;
    const double rate =
        delivery.rate * prosody.rate * voice.rate * (prosody.is_emphasised ? 0.87 : 1);
    const double semitones = delivery.semitones + prosody.semitones + voice.semitones +
                             (prosody.is_emphasised ? 2.5 : 0);
    tokens.push_back(
        json::object{{"text", token.text},
                     {"rate", std::llround(std::clamp(kWordsPerMinute * rate, kSlowest, kFastest))},
                     {"pitch", std::llround(espeak_pitch(semitones))}});
  }
  const std::string name =
      voice.variant.empty() ? voice.parent : voice.parent + "+" + voice.variant;
  return {{"op", "speak"}, {"voice", name}, {"tokens", std::move(tokens)}};
}

struct Event {
  double time_s = 0;
  json::value what;
};

std::vector<Event> events_of(const json::object& header, std::string_view name) {
  std::vector<Event> out;
  const auto* list = header.if_contains(name);
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& item : list->get_array()) {
    const auto& pair = item.as_array();
    out.push_back({pair.at(0).to_number<double>() / 1000, pair.at(1)});
  }
  return out;
}

// Before stops and between vowels espeak-ng reports pauses too short to be seen; the phone before
// them lasts until the next.
void close_short_gaps(std::vector<Phone>& phones) {
  constexpr double kSeen = 0.06;
  for (std::size_t i = 1; i + 1 < phones.size(); ++i) {
    if (phones[i].symbol != "pau" || phones[i].end_s - phones[i].start_s >= kSeen) continue;
    phones[i - 1].end_s = phones[i].end_s;
    phones[i].end_s = phones[i].start_s;
  }
  std::erase_if(phones, [](const Phone& p) { return p.end_s <= p.start_s; });
}

std::vector<Phone> phones_of(const json::object& header, double end_s) {
  std::vector<Phone> phones;
  const auto add = [&](double time, std::string symbol) {
    time = std::clamp(time, phones.empty() ? 0.0 : phones.back().start_s, end_s);
    if (!phones.empty()) phones.back().end_s = time;
    if (!phones.empty() && phones.back().symbol == "pau" && symbol == "pau") return;
    phones.push_back({time, end_s, std::move(symbol), false});
  };
  add(0, "pau");
  for (const auto& event : events_of(header, "phones")) {
    add(event.time_s, arpabet_from_ipa(std::string_view(event.what.as_string())));
  }
  phones.back().end_s = end_s;
  std::erase_if(phones, [](const Phone& p) { return p.end_s <= p.start_s; });
  close_short_gaps(phones);
  if (phones.empty()) phones.push_back({0, end_s, "pau", false});
  return phones;
}

std::vector<TokenTime> tokens_of(const json::object& header, const std::vector<Phone>& phones) {
  std::vector<TokenTime> tokens;
  for (const auto& event : events_of(header, "words")) {
    const auto token = event.what.to_number<std::size_t>();
    // Words within a number come back with the token's own place, never an earlier one.
    if (tokens.empty() || token > tokens.back().token) tokens.push_back({token, event.time_s, 0});
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const double next = i + 1 < tokens.size() ? tokens[i + 1].start_s : phones.back().end_s;
    double end = tokens[i].start_s;
    for (const auto& phone : phones) {
      if (phone.symbol != "pau" && phone.start_s < next - 1e-6)
        end = std::max(end, std::min(phone.end_s, next));
    }
    tokens[i].end_s = end;
  }
  return tokens;
}

// Levels of tokens, with 20 ms from one to the next.
void apply_gain(EngineSpeech& speech, const Sentence& sentence) {
  const bool is_flat = std::all_of(
      sentence.tokens.begin(), sentence.tokens.end(),
      [](const Token& t) { return t.prosody.gain_db == 0 && !t.prosody.is_emphasised; });
  if (is_flat) return;
  std::size_t next = 0;
  float gain = 1;
  const float step = 1 - std::exp(-1.0F / (0.005F * static_cast<float>(speech.rate)));
  float wanted = 1;
  for (std::size_t i = 0; i < speech.samples.size(); ++i) {
    const double now = static_cast<double>(i) / speech.rate;
    while (next < speech.tokens.size() && speech.tokens[next].start_s <= now) {
      const auto& prosody = sentence.tokens[speech.tokens[next++].token].prosody;
      wanted = static_cast<float>(
          std::pow(10, (prosody.gain_db + (prosody.is_emphasised ? 2 : 0)) / 20));
    }
    gain += (wanted - gain) * step;
    speech.samples[i] *= gain;
  }
}

void mark_stress(EngineSpeech& speech) {
  const auto energy = [&](const Phone& phone) {
    const auto first = static_cast<std::size_t>(phone.start_s * speech.rate);
    const auto last =
        std::min(static_cast<std::size_t>(phone.end_s * speech.rate), speech.samples.size());
    float sum = 0;
    for (std::size_t i = first; i < last; ++i) sum += speech.samples[i] * speech.samples[i];
    return sum;
  };
  for (const auto& token : speech.tokens) {
    Phone* strongest = nullptr;
    for (auto& phone : speech.phones) {
      if (phone.start_s < token.start_s - 1e-6 || phone.start_s >= token.end_s ||
          !is_vowel_phone(phone.symbol))
        continue;
      if (strongest == nullptr || energy(phone) > energy(*strongest)) strongest = &phone;
    }
    if (strongest != nullptr) strongest->is_stressed = true;
  }
}

// espeak-ng 1.51 reads an ideograph in Japanese text as "Chinese letter".
Result<void> check_script(const Sentence& sentence, const Voice& voice) {
  if (voice.parent != "jpx/ja") return {};
  for (const auto& token : sentence.tokens) {
    for (std::size_t at = 0; at < token.text.size();) {
      const char32_t c = next_character(token.text, at);
      if (c < 0x3400 || c > 0x9FFF) continue;
      return fail(ErrorCode::tts_text_invalid,
                  "the Japanese voices read kana only; write \"" + token.text +
                      "\" in hiragana or katakana",
                  "text");
    }
  }
  return {};
}

}  // namespace

Result<EngineSpeech> EspeakEngine::speak(const Sentence& sentence, const Voice& voice,
                                         const Delivery& delivery) {
  TRY(check_script(sentence, voice));
  if (!process_) {
    TRY_ASSIGN(auto started, EspeakProcess::start());
    process_.emplace(std::move(started));
  }
  TRY_ASSIGN(const auto reply, process_->ask(request_for(sentence, voice, delivery)));
  EngineSpeech speech;
  speech.rate = static_cast<int>(int_or(reply.header, "rate", 0));
  if (reply.samples.empty() || speech.rate <= 0) return EngineSpeech{};
  speech.samples.reserve(reply.samples.size());
  for (const auto sample : reply.samples)
    speech.samples.push_back(static_cast<float>(sample) / 32768.0F);
  const double end = static_cast<double>(speech.samples.size()) / speech.rate;
  speech.phones = phones_of(reply.header, end);
  speech.tokens = tokens_of(reply.header, speech.phones);
  mark_stress(speech);
  apply_gain(speech, sentence);
  return speech;
}

}  // namespace understudy::speech
