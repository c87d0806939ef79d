#include "speech/voice_catalogue.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "speech/espeak_languages.h"

namespace understudy::speech {
namespace {

struct NamedVoice {
  const char* key;
  const char* name;
  const char* locale;
  const char* gender;
  const char* parent;
  double semitones;
  double formant_scale;
  double pitch_range;
  double rate;
  const char* preview_text;
};

// Median pitches climb in steps of more than two semitones, from Walter's 77 Hz to Lily's 265, so
// no two are alike; formants move only as far as a recogniser follows (voice_test.cpp holds both).
// The first of a gender is the default one.
constexpr NamedVoice kNamed[] = {
    {"flite/clara", "Clara", "en-US", "female", "slt", 0.3, 1, 1, 1,
     "Hello, I am Clara. I can read your script in a calm and clear voice."},
    {"flite/robert", "Robert", "en-US", "male", "rms", 0, 1, 1, 1,
     "Hello, I am Robert. Give me a few words, and I will say them for you."},
    {"flite/margaret", "Margaret", "en-US", "female", "slt", -2.1, 0.94, 1, 1,
     "Hello, I am Margaret. My voice is warm, low and never in a hurry."},
    {"flite/angus", "Angus", "en-GB", "male", "awb", 0.35, 1, 1, 1,
     "Hello, I am Angus. I come from Scotland, as you may hear."},
    {"flite/julia", "Julia", "en-US", "female", "slt", 2.75, 0.97, 1.1, 1,
     "Hi, I am Julia. I like short sentences and good news."},
    {"flite/walter", "Walter", "en-US", "male", "rms", -4.75, 0.96, 1, 0.98,
     "Good evening, I am Walter. Deep voices are good for long stories."},
    {"flite/emma", "Emma", "en-US", "female", "slt", 5.25, 1, 1, 0.96,
     "Hi, I am Emma. I can explain your product to everyone in a minute."},
    {"flite/david", "David", "en-US", "male", "rms", -2.4, 1.04, 1.1, 1,
     "Hello, I am David. I read the numbers, the names and the small print."},
    {"flite/lily", "Lily", "en-US", "female", "slt", 7.6, 0.95, 0.85, 0.93,
     "Hi, I am Lily. I have the highest voice of us all."},
    {"flite/fraser", "Fraser", "en-GB", "male", "awb", -2, 0.96, 1, 1,
     "Hello, I am Fraser. I am Angus's older brother, and the quiet one."},
};

std::string id_of(const std::string& key) {
  return sha256_hex("understudy voice " + key).substr(0, 32);
}

Voice make_espeak(const EspeakRow& row, bool is_female) {
  Voice voice;
  voice.gender = is_female ? "female" : "male";
  voice.key = std::string("espeak/") + row.code + "/" + voice.gender;
  voice.id = id_of(voice.key);
  voice.name = std::string(row.name) + ", " + voice.gender;
  voice.language = row.name;
  voice.locale = row.locale;
  voice.engine = "starfish";
  voice.provider = VoiceProvider::espeak;
  voice.parent = row.file;
  voice.variant = is_female ? "f3" : "";
  voice.preview_text = *row.preview_text != '\0' ? row.preview_text : "1, 2, 3, 4, 5, 6, 7.";
  return voice;
}

Voice make_named(const NamedVoice& row) {
  Voice voice;
  voice.key = row.key;
  voice.id = id_of(voice.key);
  voice.name = row.name;
  voice.language = "English";
  voice.locale = row.locale;
  voice.gender = row.gender;
  voice.engine = "starfish";
  voice.provider = VoiceProvider::flite;
  voice.parent = row.parent;
  voice.semitones = row.semitones;
  voice.formant_scale = row.formant_scale;
  voice.pitch_range = row.pitch_range;
  voice.rate = row.rate;
  voice.preview_text = row.preview_text;
  return voice;
}

std::vector<Voice> make_voices() {
  std::vector<Voice> out;
  for (const auto& row : kNamed) out.push_back(make_named(row));
  for (const auto& row : espeak_rows()) {
    out.push_back(make_espeak(row, true));
    out.push_back(make_espeak(row, false));
  }
  return out;
}

}  // namespace

std::span<const Voice> voices() {
  static const std::vector<Voice> list = make_voices();
  return list;
}

const Voice* find_voice(std::string_view id) {
  const auto list = voices();
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const Voice& v) { return v.id == id; });
  return at == list.end() ? nullptr : &*at;
}

const Voice& default_voice(std::string_view gender) {
  const auto list = voices();
  const auto at = std::find_if(list.begin(), list.end(), [&](const Voice& v) {
    return gender.empty() || v.gender == gender;
  });
  return at == list.end() ? list.front() : *at;
}

bool speaks_locale(const Voice& voice, std::string_view locale) {
  const auto language = [](std::string_view tag) {
    std::string out;
    for (const char c : tag.substr(0, tag.find_first_of("-_"))) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (out == "cmn") out = "zh";
    if (out == "no") out = "nb";
    return out;
  };
  return language(voice.locale) == language(locale);
}

}  // namespace understudy::speech
