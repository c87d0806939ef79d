#include "speech/speech_file.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace understudy::speech {
namespace {

TEST(SpeechFile, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  Speech speech;
  speech.samples = {0.25F, -1.0F, 0.1F};
  speech.pitch_hz = {0.0F, 110.5F};
  speech.energy_db = {-90.0F, -20.25F};
  speech.phones = {{0, 0.125, "pau", false}, {0.125, 1.0 / 3, "aa", true}};
  speech.words = {{0.125, 1.0 / 3, "\"Ah,\" \xc3\xa9\n", true}};
  ASSERT_TRUE(write_speech_file(folder.path() / "speech", speech));
  const auto again = read_speech_file(folder.path() / "speech");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->samples, speech.samples);
  EXPECT_EQ(again->pitch_hz, speech.pitch_hz);
  EXPECT_EQ(again->energy_db, speech.energy_db);
  ASSERT_EQ(again->phones.size(), 2u);
  EXPECT_EQ(again->phones[1].end_s, speech.phones[1].end_s);
  EXPECT_TRUE(again->phones[1].is_stressed);
  EXPECT_EQ(again->words.at(0).text, speech.words[0].text);
}

TEST(SpeechFile, RefusesADamagedFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "speech";
  Speech speech;
  speech.samples.assign(100, 0.5F);
  ASSERT_TRUE(write_speech_file(file, speech));
  const std::string bytes = read_file(file).value();
  for (const std::string& broken :
       {bytes.substr(0, bytes.size() - 1), bytes + "x", std::string("{}"), std::string("x\ny")}) {
    ASSERT_TRUE(write_file_durably(file, broken));
    EXPECT_FALSE(read_speech_file(file));
  }
}

}  // namespace
}  // namespace understudy::speech
