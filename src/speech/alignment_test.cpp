// Reading recordings, measured against the phone times of our own synthesiser.
#include "speech/alignment.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace understudy::speech {
namespace {

constexpr const char* kText = "My sister bought a used car. Maybe people prefer a simple answer.";

const Speech& spoken() {
  static const Speech speech =
      synthesize({.text = kText, .voice_id = default_voice("male").id}).value();
  return speech;
}

// What a mouth looks like: lips closed, lip on teeth, round, half round, open, half open, spread,
// rest.
int mouth_class(const std::string& phone) {
  static const std::map<std::string, int> kClasses{
      {"m", 1},  {"b", 1},  {"p", 1},  {"f", 2},  {"v", 2},  {"uw", 3}, {"uh", 3},
      {"w", 3},  {"ow", 3}, {"oy", 3}, {"ao", 4}, {"r", 4},  {"er", 4}, {"aa", 5},
      {"ae", 5}, {"ah", 5}, {"ay", 5}, {"aw", 5}, {"ax", 5}, {"eh", 6}, {"ey", 6},
      {"ih", 7}, {"iy", 7}, {"y", 7},  {"l", 8},  {"pau", 0}};
  const auto at = kClasses.find(phone);
  return at == kClasses.end() ? 9 : at->second;
}

std::vector<int> mouths(const Speech& speech) {
  std::vector<int> out;
  std::size_t phone = 0;
  for (double time = 0.02; time < speech.duration_s(); time += 0.04) {
    while (phone + 1 < speech.phones.size() && speech.phones[phone].end_s <= time) ++phone;
    out.push_back(mouth_class(speech.phones[phone].symbol));
  }
  return out;
}

double agreement(const Speech& a, const Speech& b) {
  const auto x = mouths(a);
  const auto y = mouths(b);
  double same = 0;
  for (std::size_t i = 0; i < x.size(); ++i) same += x[i] == y[i] ? 1 : 0;
  return same / static_cast<double>(x.size());
}

void expect_whole(const Speech& speech) {
  double end = 0;
  for (const auto& phone : speech.phones) {
    EXPECT_NEAR(phone.start_s, end, 1e-6);
    EXPECT_GT(phone.end_s, phone.start_s);
    end = phone.end_s;
  }
  EXPECT_NEAR(end, speech.duration_s(), 1e-6);
  EXPECT_EQ(speech.pitch_hz.size(), speech.energy_db.size());
}

TEST(Alignment, AKnownTextGivesTheMouthOfTheSynthesiser) {
  const auto read = read_audio(spoken().samples, {.text = kText, .is_english = true});
  ASSERT_TRUE(read.has_value()) << read.error().message;
  expect_whole(*read);
  EXPECT_GE(agreement(spoken(), *read), 0.78);
  ASSERT_EQ(read->words.size(), spoken().words.size());
  for (std::size_t i = 0; i < read->words.size(); ++i) {
    EXPECT_EQ(read->words[i].text, spoken().words[i].text);
    EXPECT_NEAR(read->words[i].start_s, spoken().words[i].start_s, 0.12) << read->words[i].text;
  }
}

TEST(Alignment, AnUnknownTextIsHeard) {
  const auto read = read_audio(spoken().samples, {.text = std::nullopt, .is_english = true});
  ASSERT_TRUE(read.has_value()) << read.error().message;
  expect_whole(*read);
  EXPECT_GE(agreement(spoken(), *read), 0.7);
  std::string heard;
  for (const auto& word : read->words) heard += word.text + " ";
  for (const char* word : {"sister", "car", "people", "simple", "answer"}) {
    EXPECT_NE(heard.find(word), std::string::npos) << word << " in: " << heard;
  }
}

TEST(Alignment, OtherLanguagesGetPhonesWithoutWords) {
  const auto read = read_audio(spoken().samples, {.text = std::nullopt, .is_english = false});
  ASSERT_TRUE(read.has_value());
  expect_whole(*read);
  EXPECT_TRUE(read->words.empty());
  EXPECT_GE(agreement(spoken(), *read), 0.6);
}

TEST(Alignment, ATextThatIsNotSpokenIsNotForcedOnTheSound) {
  const auto read = read_audio(
      std::vector<float>(spoken().samples.begin(), spoken().samples.begin() + kSampleRate),
      {.text = kText, .is_english = true});
  ASSERT_TRUE(read.has_value());
  expect_whole(*read);
}

TEST(Alignment, SilenceHasNoPhones) {
  const auto read = read_audio(std::vector<float>(3 * kSampleRate, 0.0F), {});
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->phones.size(), 1U);
  EXPECT_EQ(read->phones[0].symbol, "pau");
  EXPECT_TRUE(read->words.empty());
}

TEST(Alignment, LongRecordingsAreReadInPieces) {
  std::vector<float> sound;
  while (sound.size() < 40 * kSampleRate)
    sound.insert(sound.end(), spoken().samples.begin(), spoken().samples.end());
  int calls = 0;
  const auto read = read_audio(sound, {.text = std::nullopt, .is_english = false}, [&](double) {
    ++calls;
    return true;
  });
  ASSERT_TRUE(read.has_value());
  expect_whole(*read);
  EXPECT_GE(calls, 2);
  // Behind a cut the times still fit.
  const auto original = mouths(spoken());
  const auto all = mouths(*read);
  double same = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    same += original[i] == all[all.size() - original.size() + i] ? 1 : 0;
  }
  EXPECT_GE(same / static_cast<double>(original.size()), 0.5);
}

TEST(Alignment, StopsWhenProgressSaysSo) {
  const auto read = read_audio(spoken().samples, {.text = std::nullopt, .is_english = false},
                               [](double) { return false; });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace understudy::speech
