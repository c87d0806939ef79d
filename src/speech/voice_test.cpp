// The named voices by measurement: how far apart they are, and how well each is understood.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <map>
#include <numbers>

#include <gtest/gtest.h>

#include "media/resample.h"
#include "speech/alignment.h"
#include "speech/flite_engine.h"
#include "speech/prosody_track.h"
#include "speech/synthesizer.h"

namespace understudy::speech {
namespace {

constexpr const char* kText =
    "We are happy to show you how the new product works. Nobody knows the hour when the rain will reach our town, "
    "but every morning all of them look over the long wall.";

Speech speak(const Voice& voice, const std::string& text) {
  auto speech = synthesize({.text = text, .voice_id = voice.id});
  EXPECT_TRUE(speech.has_value()) << speech.error().message;
  return speech ? *std::move(speech) : Speech{};
}

std::vector<const Voice*> named_voices() {
  std::vector<const Voice*> out;
  for (const auto& voice : voices()) {
    if (voice.is_named()) out.push_back(&voice);
  }
  return out;
}

TEST(NamedVoices, AreEightOrMoreOfBothGenders) {
  const auto all = named_voices();
  const auto women =
      std::count_if(all.begin(), all.end(), [](const Voice* v) { return v->gender == "female"; });
  EXPECT_GE(all.size(), 8U);
  EXPECT_GE(women, 3);
  EXPECT_GE(static_cast<std::ptrdiff_t>(all.size()) - women, 3);
}

// Stricter than the rule (two semitones of median pitch or 6 % of formants).
TEST(NamedVoices, EveryTwoAreTwoSemitonesApart) {
  std::vector<std::pair<double, std::string>> ladder;
  for (const auto* voice : named_voices()) {
    const double hz = median_pitch(speak(*voice, kText).pitch_hz);
    ASSERT_GT(hz, 0);
    ladder.emplace_back(12 * std::log2(hz), voice->name);
  }
  std::sort(ladder.begin(), ladder.end());
  for (std::size_t i = 1; i < ladder.size(); ++i) {
    EXPECT_GE(ladder[i].first - ladder[i - 1].first, 2.0)
        << ladder[i - 1].second << " and " << ladder[i].second;
  }
}

// Mean log power of 31.25 Hz wide bands up to 5 kHz of sound at 16 kHz, smoothed over five.
std::vector<double> mean_spectrum(const std::vector<float>& sound) {
  constexpr std::size_t kSize = 512;
  constexpr std::size_t kBands = 160;
  std::vector<double> power(kBands, 0);
  for (std::size_t at = 0; at + kSize <= sound.size(); at += kSize) {
    for (std::size_t band = 0; band < kBands; ++band) {
      const auto step = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(band) / kSize);
      std::complex<double> turn = 1;
      std::complex<double> sum = 0;
      for (std::size_t i = 0; i < kSize; ++i) {
        const double window =
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kSize);
        sum += static_cast<double>(sound[at + i]) * window * turn;
        turn *= step;
      }
      power[band] += std::norm(sum);
    }
  }
  std::vector<double> smooth(kBands, 0);
  for (std::size_t band = 0; band < kBands; ++band) {
    double sum = 1e-12;
    for (std::size_t near = band < 2 ? 0 : band - 2; near <= std::min(band + 2, kBands - 1); ++near)
      sum += power[near];
    smooth[band] = std::log(sum);
  }
  return smooth;
}

// The stretch of the frequency axis that makes `a` most like `b`, by correlation from 300 to 3000
// Hz.
double formant_ratio(const std::vector<double>& a, const std::vector<double>& b) {
  double best = -2;
  double best_ratio = 1;
  for (double ratio = 0.8; ratio < 1.25; ratio += 0.005) {
    double n = 0;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double syy = 0;
    double sxy = 0;
    for (std::size_t band = 10; band < 96; ++band) {
      const double from = static_cast<double>(band) / ratio;
      const auto low = static_cast<std::size_t>(from);
      const double x = a[low] + (from - static_cast<double>(low)) * (a[low + 1] - a[low]);
      const double y = b[band];
      n += 1;
      sx += x;
      sy += y;
      sxx += x * x;
      syy += y * y;
      sxy += x * y;
    }
    const double correlation =
        (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
    if (correlation > best) {
      best = correlation;
      best_ratio = ratio;
    }
  }
  return best_ratio;
}

TEST(NamedVoices, FormantsMoveAsTheyAreTold) {
  Voice voice = default_voice("male");
  const Sentence sentence = script_from_text(kText).sentences.back();
  const auto spectrum = [&](double scale) {
    voice.formant_scale = scale;
    return mean_spectrum(speak_flite(sentence, voice, {}, DateOrder::month_first).value().samples);
  };
  const auto plain = spectrum(1);
  EXPECT_NEAR(formant_ratio(plain, plain), 1, 0.01);
  EXPECT_NEAR(formant_ratio(plain, spectrum(0.92)), 0.93, 0.025);
  EXPECT_NEAR(formant_ratio(plain, spectrum(1.09)), 1.08, 0.025);
}

std::vector<std::string> plain_words(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + " ") {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((low >= 'a' && low <= 'z') || low == '\'') {
      word += low;
    } else if (!word.empty()) {
      out.push_back(std::exchange(word, {}));
    }
  }
  return out;
}

std::size_t edit_distance(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// Word errors in percent of the words.
double word_error_rate(const Voice& voice, const std::vector<std::string>& sentences) {
  std::vector<float> sound;
  std::vector<std::string> wanted;
  for (const auto& sentence : sentences) {
    for (const auto& part : script_from_text(sentence).sentences) {
      const auto spoken = speak_flite(part, voice, {}, DateOrder::month_first).value();
      for (const float sample : spoken.samples) sound.push_back(2 * sample);
    }
    for (auto& word : plain_words(sentence)) wanted.push_back(std::move(word));
  }
  const auto recognised = recognise_words(sound, 16'000);
  EXPECT_TRUE(recognised.has_value());
  std::string heard;
  for (const auto& word : recognised.value()) heard += word.text + " ";
  return 100.0 * static_cast<double>(edit_distance(wanted, plain_words(heard))) /
         static_cast<double>(wanted.size());
}

Voice parent_of(const Voice& voice) {
  Voice parent = voice;
  parent.semitones = 0;
  parent.formant_scale = 1;
  parent.pitch_range = 1;
  parent.rate = 1;
  return parent;
}

// The short form: the voice furthest from each parent, on few words; one word more than the rule's
// five points is allowed, because one word is that much here.
TEST(NamedVoices, TheBoldestVariantsAreUnderstoodLikeTheirParents) {
  const std::vector<std::string> sentences{
      "Remember to save your work before you turn off the computer.",
      "The bank will close early on Friday because of the holiday."};
  for (const char* key : {"flite/lily", "flite/walter"}) {
    const auto all = named_voices();
    const auto* voice =
        *std::find_if(all.begin(), all.end(), [&](const Voice* v) { return v->key == key; });
    const double parent = word_error_rate(parent_of(*voice), sentences);
    EXPECT_LE(word_error_rate(*voice, sentences), parent + 5 + 100.0 / 22)
        << voice->name << ", parent " << parent;
  }
}

// The long form, minutes: every voice on 400 words. Runs when UNDERSTUDY_LONG_TESTS is set.
TEST(NamedVoices, EveryVoiceIsWithinFivePointsOfItsParent) {
  if (std::getenv("UNDERSTUDY_LONG_TESTS") == nullptr)
    GTEST_SKIP() << "set UNDERSTUDY_LONG_TESTS=1 to run it";
  const std::vector<std::string> sentences{
      "The birch canoe slid on the smooth planks.",
      "Glue the sheet to the dark blue background.",
      "It is easy to tell the depth of a well.",
      "These days a chicken leg is a rare dish.",
      "Rice is often served in round bowls.",
      "The juice of lemons makes fine punch.",
      "The box was thrown beside the parked truck.",
      "Four hours of steady work faced us.",
      "A large size in stockings is hard to sell.",
      "The boy was there when the sun rose.",
      "We are happy to show you how the new product works.",
      "Please watch this short video before you fill out the form.",
      "Our team will answer your questions within two business days.",
      "Thank you for your time and see you next week.",
      "The meeting will start at nine in the morning.",
      "Every employee should change the password twice a year.",
      "The weather will be cold and windy in the north tomorrow.",
      "Most people prefer a simple answer to a hard question.",
      "The company opened an office in Boston last year.",
      "He carried the heavy bag up the stairs without help.",
      "The new software makes it easy to write a letter in a few minutes.",
      "You can find the answer on the second page of the report.",
      "The train to London leaves every hour from the main station.",
      "Children under twelve may enter the museum for free.",
      "She told the story of her life in a small village near the sea.",
      "Doctors say that sleep is as important as good food.",
      "The bank will close early on Friday because of the holiday.",
      "We need more water and less sugar in this recipe.",
      "The price of oil fell again this week.",
      "His brother works as a teacher in a public school.",
      "Turn left at the next corner and walk two blocks.",
      "The garden behind the house is full of red flowers.",
      "This course will teach you the basic rules of good writing.",
      "The government plans to build three new hospitals.",
      "My sister bought a used car for eight thousand dollars.",
      "Please open the window because it is very hot in this room.",
      "The results of the study were published in the spring.",
      "Customers can return the product within thirty days.",
      "The old man walked slowly along the river with his dog.",
      "Remember to save your work before you turn off the computer."};
  std::map<std::string, double> parents;
  for (const auto* voice : named_voices()) {
    if (!parents.contains(voice->parent)) {
      parents[voice->parent] = word_error_rate(parent_of(*voice), sentences);
      std::printf("%s: %.1f %% word errors\n", voice->parent.c_str(), parents[voice->parent]);
    }
    const double rate = word_error_rate(*voice, sentences);
    std::printf("  %s: %.1f %%\n", voice->name.c_str(), rate);
    EXPECT_LE(rate, parents[voice->parent] + 5) << voice->name;
  }
}

}  // namespace
}  // namespace understudy::speech
