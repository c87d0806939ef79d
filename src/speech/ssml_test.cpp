#include "speech/ssml.h"

#include <gtest/gtest.h>

namespace understudy::speech {
namespace {

Script read(std::string_view ssml) {
  auto script = script_from_ssml(ssml);
  EXPECT_TRUE(script.has_value()) << script.error().message;
  return script ? *script : Script{};
}

TEST(Ssml, BreaksAreExactAndAddUp) {
  const Script script = read("<speak>One <break time=\"1.5s\"/><break time='250ms'/> two</speak>");
  ASSERT_EQ(script.sentences.size(), 2U);
  EXPECT_DOUBLE_EQ(script.sentences[0].pause_after_s.value_or(0), 1.75);
}

TEST(Ssml, ABreakOfStrengthNoneIsNoBreak) {
  EXPECT_EQ(read("<speak>One <break strength='none'/> two</speak>").sentences.size(), 1U);
  EXPECT_EQ(read("<speak>One <break/> two</speak>").sentences.size(), 2U);
}

TEST(Ssml, ProsodyNests) {
  const Script script = read(
      "<speak>a <prosody rate='120%' pitch='+2st'>b <prosody rate='+10%' volume='-6dB'>c</prosody> d</prosody> "
      "e</speak>");
  const auto& tokens = script.sentences.at(0).tokens;
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_EQ(tokens[0].prosody, Prosody{});
  EXPECT_DOUBLE_EQ(tokens[1].prosody.rate, 1.2);
  EXPECT_DOUBLE_EQ(tokens[2].prosody.rate, 1.2 * 1.1);
  EXPECT_DOUBLE_EQ(tokens[2].prosody.semitones, 2);
  EXPECT_DOUBLE_EQ(tokens[2].prosody.gain_db, -6);
  EXPECT_DOUBLE_EQ(tokens[3].prosody.gain_db, 0);
  EXPECT_EQ(tokens[4].prosody, Prosody{});
}

TEST(Ssml, EmphasisMarksItsWords) {
  const Script script = read("<speak>I <emphasis level='strong'>really do</emphasis> care</speak>");
  const auto& tokens = script.sentences.at(0).tokens;
  EXPECT_FALSE(tokens[0].prosody.is_emphasised);
  EXPECT_TRUE(tokens[1].prosody.is_emphasised);
  EXPECT_TRUE(tokens[2].prosody.is_emphasised);
  EXPECT_FALSE(tokens[3].prosody.is_emphasised);
}

TEST(Ssml, SubIsSpokenAndSpelled) {
  const Script script = read("<speak><sub alias='as soon as possible'>ASAP</sub>.</speak>");
  EXPECT_EQ(script.words, std::vector<std::string>{"ASAP."});
  EXPECT_EQ(script.sentences.at(0).tokens.size(), 4U);
}

TEST(Ssml, CharactersAreSpelledOut) {
  const Script script = read("<speak><say-as interpret-as='characters'>AB1</say-as></speak>");
  ASSERT_EQ(script.sentences.at(0).tokens.size(), 3U);
  EXPECT_EQ(script.words, std::vector<std::string>{"AB1"});
}

TEST(Ssml, ATextWithoutRootIsItsContent) {
  EXPECT_EQ(read("Hello <break time='1s'/> world").sentences.size(), 2U);
  EXPECT_EQ(read("<?xml version='1.0'?><speak version='1.1' xml:lang='en-US'>Hi &amp; bye</speak>")
                .words.size(),
            2U);
}

TEST(Ssml, WhatIsWrongIsRefusedWithItsPlace) {
  for (const char* bad :
       {"<speak>Hi", "<speak>Hi</p></speak>", "Hi & bye", "<speak>a<audio src='x'/></speak>",
        "<speak><break time='1'/>x</speak>", "<speak><break time='-1s'/>x</speak>",
        "<speak><break time='11s'/>x</speak>", "<speak><break time='nans'/>x</speak>",
        "<speak><prosody rate='0%'>x</prosody></speak>",
        "<speak><prosody pitch='120Hz'>x</prosody></speak>",
        "<speak><prosody volume='+99dB'>x</prosody></speak>",
        "<speak><prosody speed='2'>x</prosody></speak>", "<speak><sub>x</sub></speak>",
        "<speak><sub alias='a'>x<break/></sub></speak>",
        "<speak><emphasis level='huge'>x</emphasis></speak>", "<speak>&nbsp;</speak>",
        "<speak>\x01</speak>"}) {
    const auto script = script_from_ssml(bad);
    ASSERT_FALSE(script.has_value()) << bad;
    EXPECT_EQ(script.error().code, ErrorCode::tts_text_invalid) << bad;
    EXPECT_EQ(script.error().param, "text");
    EXPECT_NE(script.error().message.find("line 1, column"), std::string::npos)
        << script.error().message;
  }
}

TEST(Ssml, ThePlaceCountsFromTheCallersText) {
  const auto script = script_from_ssml("one <bad/>");
  ASSERT_FALSE(script.has_value());
  EXPECT_NE(script.error().message.find("column 5:"), std::string::npos) << script.error().message;
}

TEST(Ssml, EntitiesCanNeitherGrowNorReachOutside) {
  const auto bomb = script_from_ssml(
      "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]><speak>&b;</speak>");
  ASSERT_FALSE(bomb.has_value());
  EXPECT_EQ(bomb.error().code, ErrorCode::tts_text_invalid);
  const auto file =
      script_from_ssml("<!DOCTYPE l [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><speak>&f;</speak>");
  EXPECT_FALSE(file.has_value());
}

TEST(Ssml, DeepNestingIsRefused) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<p>";
  EXPECT_FALSE(script_from_ssml("<speak>" + deep + "</speak>").has_value());
}

TEST(Ssml, BreaksTogetherAreBounded) {
  std::string many;
  for (int i = 0; i < 31; ++i) many += "x <break time='10s'/>";
  EXPECT_FALSE(script_from_ssml(many).has_value());
}

}  // namespace
}  // namespace understudy::speech
