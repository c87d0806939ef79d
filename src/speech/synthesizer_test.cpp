#include "speech/synthesizer.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "media/loudness.h"
#include "speech/prosody_track.h"

namespace understudy::speech {
namespace {

SpeechRequest request_of(std::string text, bool is_ssml = false) {
  return {.text = std::move(text),
          .is_ssml = is_ssml,
          .voice_id = default_voice("female").id,
          .locale = {}};
}

Speech speak(const SpeechRequest& request) {
  auto speech = synthesize(request);
  EXPECT_TRUE(speech.has_value()) << speech.error().message;
  return speech ? *std::move(speech) : Speech{};
}

void expect_whole(const Speech& speech) {
  ASSERT_FALSE(speech.phones.empty());
  double end = 0;
  for (const auto& phone : speech.phones) {
    EXPECT_NEAR(phone.start_s, end, 1e-9);
    EXPECT_GT(phone.end_s, phone.start_s) << phone.symbol;
    end = phone.end_s;
  }
  EXPECT_NEAR(end, speech.duration_s(), 1e-9);
  EXPECT_EQ(speech.phones.back().symbol, "pau");
  double last = 0;
  for (const auto& word : speech.words) {
    EXPECT_GE(word.start_s, last) << word.text;
    EXPECT_GE(word.end_s, word.start_s) << word.text;
    last = word.end_s;
  }
  EXPECT_LE(last, speech.duration_s() + 1e-9);
}

const Word& word(const Speech& speech, std::string_view text) {
  const auto at = std::find_if(speech.words.begin(), speech.words.end(),
                               [&](const Word& w) { return w.text == text; });
  EXPECT_NE(at, speech.words.end()) << text;
  return *at;
}

double mean_pitch(const Speech& speech, const Word& w) {
  std::vector<float> part;
  for (auto i = static_cast<std::size_t>(w.start_s * kProsodyRate);
       i < static_cast<std::size_t>(w.end_s * kProsodyRate); ++i) {
    part.push_back(speech.pitch_hz.at(i));
  }
  return median_pitch(part);
}

double level_db(const Speech& speech, const Word& w) {
  double best = -200;
  for (auto i = static_cast<std::size_t>(w.start_s * kProsodyRate);
       i < static_cast<std::size_t>(w.end_s * kProsodyRate); ++i) {
    best = std::max(best, static_cast<double>(speech.energy_db.at(i)));
  }
  return best;
}

TEST(Synthesizer, PhonesAndWordsCoverTheSound) {
  const Speech speech =
      speak(request_of("Hello, Dr. Smith. You owe me $1,234.50 since 3/4/2021 — don't you?"));
  expect_whole(speech);
  std::string text;
  for (const auto& w : speech.words) text += (text.empty() ? "" : " ") + w.text;
  EXPECT_EQ(text, "Hello, Dr. Smith. You owe me $1,234.50 since 3/4/2021 — don't you?");
  EXPECT_GT(word(speech, "$1,234.50").end_s - word(speech, "$1,234.50").start_s, 1.5);
}

TEST(Synthesizer, PhonesAreThoseOfTheText) {
  const Speech speech = speak(request_of("My baby map."));
  std::string symbols;
  for (const auto& phone : speech.phones)
    symbols += phone.symbol + (phone.is_stressed ? "1 " : " ");
  EXPECT_EQ(symbols, "pau m ay1 b ey1 b iy m ae1 p pau ");
}

TEST(Synthesizer, SilenceAtTheEndsIsShort) {
  for (const auto& name : {"Clara", "German, male"}) {
    auto request = request_of("Hallo Peter.");
    for (const auto& voice : voices()) {
      if (voice.name == name) request.voice_id = voice.id;
    }
    const Speech speech = speak(request);
    EXPECT_EQ(speech.phones.front().symbol, "pau");
    EXPECT_NEAR(speech.phones.front().end_s, 0.2, 0.1) << name;
    EXPECT_NEAR(speech.phones.back().end_s - speech.phones.back().start_s, 0.25, 0.1) << name;
  }
}

TEST(Synthesizer, LoudnessIsThatOfEverythingWeDeliver) {
  for (const auto& voice : voices()) {
    if (!voice.is_named()) continue;
    auto request =
        request_of("The quick brown fox jumps over the lazy dog, and nobody knows why it does.");
    request.voice_id = voice.id;
    const Speech speech = speak(request);
    EXPECT_NEAR(media::integrated_loudness(speech.samples, kSampleRate), -16, 0.5) << voice.name;
    const float peak = *std::max_element(speech.samples.begin(), speech.samples.end());
    EXPECT_LT(peak, 0.95F) << voice.name;
    EXPECT_GT(peak, 0.1F) << voice.name;
  }
}

TEST(Synthesizer, SpeedPitchAndVolumeAreHeard) {
  auto request = request_of("We are happy to show you how the new product works.");
  const Speech plain = speak(request);
  request.speed = 2;
  const Speech fast = speak(request);
  EXPECT_NEAR(plain.words.back().end_s / fast.words.back().end_s, 2, 0.3);
  expect_whole(fast);
  request.speed = 1;
  request.pitch_semitones = 5;
  const Speech high = speak(request);
  EXPECT_NEAR(12 * std::log2(median_pitch(high.pitch_hz) / median_pitch(plain.pitch_hz)), 5, 0.7);
  EXPECT_EQ(high.samples.size(), plain.samples.size());
  request.pitch_semitones = 0;
  request.volume = 0.5;
  const Speech soft = speak(request);
  EXPECT_NEAR(media::integrated_loudness(soft.samples, kSampleRate), -22, 0.5);
}

TEST(Synthesizer, ABreakIsExactlyAsLong) {
  for (const double seconds : {0.05, 0.5, 2.0}) {
    const Speech speech =
        speak(request_of("Hello <break time='" + std::to_string(seconds) + "s'/> world", true));
    expect_whole(speech);
    EXPECT_NEAR(word(speech, "world").start_s - word(speech, "Hello").end_s, seconds, 0.001);
    if (seconds < 0.5) continue;
    const auto middle =
        static_cast<std::size_t>((word(speech, "Hello").end_s + seconds / 2) * kSampleRate);
    EXPECT_EQ(speech.samples.at(middle), 0.0F);
  }
}

TEST(Synthesizer, BreaksAtTheEndsCount) {
  const Speech speech = speak(request_of("<break time='1s'/> Hello <break time='2s'/>", true));
  expect_whole(speech);
  EXPECT_NEAR(word(speech, "Hello").start_s, 1, 0.001);
  EXPECT_NEAR(speech.duration_s() - word(speech, "Hello").end_s, 2, 0.001);
}

TEST(Synthesizer, ProsodyChangesOnlyItsWords) {
  const std::string text = "We start now and we finish tomorrow morning with a smile.";
  const Speech plain = speak(request_of(text));
  const Speech shaped = speak(request_of(
      "We start now and we <prosody rate='50%' pitch='+4st' volume='-9dB'>finish tomorrow</prosody> morning with a smile.",
      true));
  const auto length = [](const Word& w) { return w.end_s - w.start_s; };
  EXPECT_NEAR(length(word(shaped, "finish")) / length(word(plain, "finish")), 2, 0.3);
  EXPECT_NEAR(length(word(shaped, "start")) / length(word(plain, "start")), 1, 0.05);
  const double lift = 12 * std::log2(mean_pitch(shaped, word(shaped, "tomorrow")) /
                                     mean_pitch(plain, word(plain, "tomorrow")));
  EXPECT_NEAR(lift, 4, 1.2);
  // Loudness is set for the whole, so levels are compared with those of a word outside.
  const double before =
      level_db(plain, word(plain, "finish")) - level_db(plain, word(plain, "start"));
  const double after =
      level_db(shaped, word(shaped, "finish")) - level_db(shaped, word(shaped, "start"));
  EXPECT_NEAR(before - after, 9, 3);
}

TEST(Synthesizer, EmphasisIsHeardAndMarked) {
  const Speech plain = speak(request_of("This is the second answer to the question."));
  const Speech strong =
      speak(request_of("This is the <emphasis>second</emphasis> answer to the question.", true));
  EXPECT_TRUE(word(strong, "second").is_emphasised);
  EXPECT_GT(mean_pitch(strong, word(strong, "second")),
            1.07 * mean_pitch(plain, word(plain, "second")));
  EXPECT_GT(word(strong, "second").end_s - word(strong, "second").start_s,
            1.05 * (word(plain, "second").end_s - word(plain, "second").start_s));
}

TEST(Synthesizer, EachLongPhraseHasOneStrongWord) {
  const Speech speech = speak(
      request_of("The company opened an office in Boston last year. Nobody knew about it before."));
  const auto strong = std::count_if(speech.words.begin(), speech.words.end(),
                                    [](const Word& w) { return w.is_emphasised; });
  EXPECT_GE(strong, 2);
  EXPECT_LE(strong, 4);
}

TEST(Synthesizer, ALongScriptIsSpokenPieceByPieceWithProgress) {
  std::string text;
  while (text.size() < 2000)
    text += "This is sentence number " + std::to_string(text.size()) + " of a long script. ";
  double last = 0;
  int calls = 0;
  const auto speech = synthesize(request_of(text), [&](double done) {
    EXPECT_GE(done, last);
    last = done;
    ++calls;
    return true;
  });
  ASSERT_TRUE(speech.has_value());
  EXPECT_GT(calls, 20);
  EXPECT_DOUBLE_EQ(last, 1);
  expect_whole(*speech);
}

TEST(Synthesizer, StopsWhenProgressSaysSo) {
  const auto speech = synthesize(request_of("One. Two. Three."), [](double) { return false; });
  ASSERT_FALSE(speech.has_value());
  EXPECT_EQ(speech.error().code, ErrorCode::cancelled);
}

TEST(Synthesizer, SaysTheSameThingTwice) {
  const Speech a = speak(request_of("Twice the same."));
  const Speech b = speak(request_of("Twice the same."));
  EXPECT_EQ(a.samples, b.samples);
  ASSERT_EQ(a.phones.size(), b.phones.size());
  for (std::size_t i = 0; i < a.phones.size(); ++i)
    EXPECT_DOUBLE_EQ(a.phones[i].end_s, b.phones[i].end_s);
}

TEST(Synthesizer, RefusesWhatItCannotSay) {
  const auto code = [](const SpeechRequest& request) {
    const auto speech = synthesize(request);
    return speech ? std::string("spoken")
                  : std::string(to_string(speech.error().code)) + " " + speech.error().param;
  };
  EXPECT_EQ(code(request_of("")), "invalid_parameter text");
  EXPECT_EQ(code(request_of(" ... ")), "invalid_parameter text");
  EXPECT_EQ(code(request_of(std::string(5001, 'a'))), "invalid_parameter text");
  EXPECT_EQ(code(request_of("a\xFF")), "tts_text_invalid text");
  EXPECT_EQ(code(request_of("Привет")), "tts_text_invalid text");
  EXPECT_EQ(code(request_of("<speak>", true)), "tts_text_invalid text");
  auto request = request_of("Hello");
  request.voice_id = "nobody";
  EXPECT_EQ(code(request), "voice_not_found voice_id");
  request = request_of("Hello");
  request.speed = 0.4;
  EXPECT_EQ(code(request), "invalid_parameter speed");
  request.speed = std::nan("");
  EXPECT_EQ(code(request), "invalid_parameter speed");
}

TEST(Synthesizer, TheEstimateIsNeverTooLow) {
  for (const char* text :
       {"Hi.", "a", "1", "$1,234,567.89", "77 77 77 77 77 77", "a. b. c. d. e. f.",
        "1/2 3/4 ½ ¾ 100% & & & + = =", "https://www.example.com/a/b/c?d=e", "12/12/1999",
        "Antidisestablishmentarianism", "XKCD QWRT BBBB WWW WWW", "1999999999999",
        "The strengths of her twelfth sketch.", "I. I. I. I.", "a\n\nb\n\nc"}) {
    for (const char* name : {"Walter", "Fraser", "English (America), male"}) {
      auto request = request_of(text);
      request.speed = 0.5;
      for (const auto& voice : voices()) {
        if (voice.name == name) request.voice_id = voice.id;
      }
      const auto script = script_of(request);
      ASSERT_TRUE(script.has_value());
      EXPECT_GE(longest_duration_s(*script, request), speak(request).duration_s())
          << text << " " << name;
    }
  }
}

TEST(Synthesizer, TheEstimateOfProseIsNotFarAbove) {
  const auto request = request_of(
      "We are happy to show you how the new product works. Please watch this short video before you fill out the form. "
      "If you have questions, our team will answer them within two business days, and most people will not have any.");
  const double estimate = longest_duration_s(script_of(request).value(), request);
  const double truth = speak(request).duration_s();
  EXPECT_GE(estimate, truth);
  EXPECT_LE(estimate, 1.8 * truth);
}

TEST(VoiceCatalogue, IdsAreUniqueStableAndFound) {
  std::vector<std::string> ids;
  for (const auto& voice : voices()) {
    EXPECT_EQ(voice.id.size(), 32U);
    EXPECT_EQ(find_voice(voice.id), &voice);
    EXPECT_FALSE(voice.preview_text.empty());
    EXPECT_TRUE(voice.gender == "female" || voice.gender == "male");
    ids.push_back(voice.id);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(find_voice("nobody"), nullptr);
  // Clients keep ids: this one must never change.
  EXPECT_EQ(default_voice("female").key, "flite/clara");
}

}  // namespace
}  // namespace understudy::speech
