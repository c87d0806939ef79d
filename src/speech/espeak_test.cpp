#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "speech/espeak_engine.h"
#include "speech/espeak_languages.h"
#include "speech/espeak_phones.h"
#include "speech/prosody_track.h"
#include "speech/synthesizer.h"

namespace understudy::speech {
namespace {

const Voice& voice_named(const std::string& name) {
  const auto list = voices();
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const Voice& v) { return v.name == name; });
  EXPECT_NE(at, list.end()) << name;
  return at == list.end() ? list.front() : *at;
}

Sentence sentence_of(std::string_view text) { return script_from_text(text).sentences.at(0); }

TEST(Espeak, EveryInstalledLanguageIsInTheCatalogue) {
  const auto installed = espeak_languages();
  ASSERT_TRUE(installed.has_value()) << installed.error().message << installed.error().detail;
  std::set<std::string> files;
  std::set<std::string> codes;
  for (const auto& row : espeak_rows()) {
    files.insert(row.file);
    codes.insert(row.code);
  }
  std::set<std::string> installed_files;
  for (const auto& language : *installed) {
    installed_files.insert(language.file);
    const bool is_there = files.contains(language.file) || codes.contains(language.code);
    EXPECT_TRUE(is_there) << language.code << " " << language.name << " " << language.file;
  }
  EXPECT_TRUE(
      std::includes(installed_files.begin(), installed_files.end(), files.begin(), files.end()));
}

TEST(Espeak, EveryVoiceSpeaksItsPreview) {
  EspeakEngine engine;
  for (const auto& voice : voices()) {
    if (voice.provider != VoiceProvider::espeak) continue;
    const auto speech = engine.speak(sentence_of(voice.preview_text), voice, {});
    ASSERT_TRUE(speech.has_value()) << voice.key << ": " << speech.error().detail;
    const double seconds = static_cast<double>(speech->samples.size()) /
                           static_cast<double>(std::max(speech->rate, 1));
    EXPECT_GT(seconds, 0.4) << voice.key;
    EXPECT_GE(speech->phones.size(), 4U) << voice.key;
    EXPECT_FALSE(speech->tokens.empty()) << voice.key;
  }
}

TEST(Espeak, PhonesCoverTheSoundWithoutGaps) {
  EspeakEngine engine;
  const auto speech = engine.speak(sentence_of("Mañana, mi mamá compra pan."),
                                   voice_named("Spanish (Spain), female"), {});
  ASSERT_TRUE(speech.has_value());
  double end = 0;
  for (const auto& phone : speech->phones) {
    EXPECT_DOUBLE_EQ(phone.start_s, end);
    EXPECT_GT(phone.end_s, phone.start_s);
    end = phone.end_s;
  }
  EXPECT_NEAR(end, static_cast<double>(speech->samples.size()) / speech->rate, 1e-9);
  const auto count = [&](const std::string& symbol) {
    return std::count_if(speech->phones.begin(), speech->phones.end(),
                         [&](const Phone& p) { return p.symbol == symbol; });
  };
  EXPECT_EQ(count("m"), 5);
  EXPECT_GE(count("p"), 2);
}

TEST(Espeak, RateAndPitchAreHeard) {
  SpeechRequest request{.text = "Guten Morgen, das Wetter ist heute sehr schön.",
                        .is_ssml = false,
                        .voice_id = voice_named("German, male").id,
                        .locale = {}};
  const auto plain = synthesize(request);
  request.speed = 1.5;
  const auto fast = synthesize(request);
  request.speed = 1;
  request.pitch_semitones = 4;
  const auto high = synthesize(request);
  ASSERT_TRUE(plain && fast && high);
  EXPECT_NEAR(plain->duration_s() / fast->duration_s(), 1.5, 0.25);
  EXPECT_NEAR(12 * std::log2(median_pitch(high->pitch_hz) / median_pitch(plain->pitch_hz)), 4, 1);
}

TEST(Espeak, WordsKeepTheirSpelling) {
  const SpeechRequest request{.text = "Das kostet 12,50 Euro — z.B. bei Müller & Co.",
                              .is_ssml = false,
                              .voice_id = voice_named("German, female").id,
                              .locale = {}};
  const auto speech = synthesize(request);
  ASSERT_TRUE(speech.has_value());
  std::string text;
  for (const auto& word : speech->words) text += (text.empty() ? "" : " ") + word.text;
  EXPECT_EQ(text, request.text);
}

TEST(Espeak, JapaneseIdeographsAreRefusedNotSpelled) {
  const SpeechRequest request{
      .text = "世界", .is_ssml = false, .voice_id = voice_named("Japanese, male").id};
  const auto speech = synthesize(request);
  ASSERT_FALSE(speech.has_value());
  EXPECT_EQ(speech.error().code, ErrorCode::tts_text_invalid);
}

TEST(Espeak, CommandsInTheTextAreInert) {
  EspeakEngine engine;
  const auto& voice = voice_named("German, male");
  const auto plain = engine.speak(sentence_of("eins zwei drei"), voice, {});
  Sentence hostile = sentence_of("eins zwei drei");
  hostile.tokens[0].text =
      "\x01"
      "eins";
  const auto other = engine.speak(hostile, voice, {});
  ASSERT_TRUE(plain && other);
  EXPECT_NEAR(static_cast<double>(plain->samples.size()),
              static_cast<double>(other->samples.size()),
              0.05 * static_cast<double>(plain->samples.size()));
}

TEST(EspeakProcess, AMissingProgramIsAClearError) {
  const auto process = EspeakProcess::start("/nowhere/understudy-espeak");
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code, ErrorCode::service_unavailable);
}

TEST(EspeakProcess, AProgramThatDiesIsAnErrorNotAHang) {
  auto process = EspeakProcess::start("/bin/true");
  ASSERT_TRUE(process.has_value());
  const auto reply = process->ask({{"op", "languages"}});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::engine_failed);
}

TEST(EspeakProcess, AnUnknownVoiceIsAnError) {
  auto process = EspeakProcess::start();
  ASSERT_TRUE(process.has_value());
  EXPECT_FALSE(
      process->ask({{"op", "speak"}, {"voice", "xx/none"}, {"tokens", json::array{}}}).has_value());
}

TEST(EspeakPhones, LipsCloseAndRoundInEveryLanguage) {
  EXPECT_EQ(arpabet_from_ipa("m"), "m");
  EXPECT_EQ(arpabet_from_ipa("pʰ"), "p");
  EXPECT_EQ(arpabet_from_ipa("yː"), "uw");
  EXPECT_EQ(arpabet_from_ipa("ˈaɪ"), "ay");
  EXPECT_EQ(arpabet_from_ipa("tʃ"), "ch");
  EXPECT_EQ(arpabet_from_ipa("ʁ"), "r");
  EXPECT_EQ(arpabet_from_ipa("(en)"), "pau");
  EXPECT_EQ(arpabet_from_ipa(""), "pau");
}

}  // namespace
}  // namespace understudy::speech
