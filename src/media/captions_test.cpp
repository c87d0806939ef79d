#include "media/captions.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

namespace understudy::media {
namespace {

constexpr const char* kScript =
    "Welcome to our quarterly update. This year, we have grown faster than anyone in the industry "
    "expected, and that is thanks to you. Why does it matter? Because every customer, large or small, "
    "deserves an answer within a day; not a week. Yes! Let us look at the numbers in detail now, "
    "starting with the regions in which the most remarkable changes have been seen since spring.";

// Three words a second, a pause after each sentence.
std::vector<TimedWord> spoken(const std::string& script) {
  std::istringstream in(script);
  std::vector<TimedWord> words;
  std::string text;
  for (double at = 0.2; in >> text;) {
    words.push_back({at, at + 0.3, text});
    at += text.back() == '.' || text.back() == '?' ? 0.8 : 0.34;
  }
  return words;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Captions, KeepEveryWordWithinTheLimits) {
  const auto words = spoken(kScript);
  const auto cues = captions_from_words(words);
  std::string all;
  double last_end = 0;
  for (const auto& cue : cues) {
    EXPECT_GE(cue.start_s, last_end);
    EXPECT_LE(cue.end_s - cue.start_s, 7.01);
    EXPECT_LE(lines_of(cue.text).size(), 2U) << cue.text;
    for (const auto& line : lines_of(cue.text)) EXPECT_LE(line.size(), 42U) << line;
    last_end = cue.end_s;
    std::string flat = cue.text;
    std::replace(flat.begin(), flat.end(), '\n', ' ');
    all += (all.empty() ? "" : " ") + flat;
  }
  EXPECT_EQ(all, kScript);
}

TEST(Captions, BreakWhereTheSentenceBreaks) {
  const auto cues = captions_from_words(spoken(kScript));
  const auto at_punctuation = std::count_if(cues.begin(), cues.end(), [](const Caption& cue) {
    return std::string(".?!,;").find(cue.text.back()) != std::string::npos;
  });
  EXPECT_GE(at_punctuation * 10, static_cast<std::ptrdiff_t>(cues.size()) * 7);
  EXPECT_EQ(cues[0].text, "Welcome to our quarterly update.");
}

TEST(Captions, ShortCuesStayReadable) {
  const std::vector<TimedWord> words = {{1.0, 1.2, "No."}, {4.0, 4.3, "Never."}};
  const auto cues = captions_from_words(words);
  ASSERT_EQ(cues.size(), 2U);
  EXPECT_DOUBLE_EQ(cues[0].start_s, 1.0);
  EXPECT_GE(cues[0].end_s - cues[0].start_s, 1.0);
  EXPECT_TRUE(captions_from_words({}).empty());
}

TEST(Captions, LongWordsAndOtherScriptsAreCutBetweenCharacters) {
  std::string long_word;
  for (int i = 0; i < 60; ++i) long_word += "語";
  const std::vector<TimedWord> words = {{0, 4, long_word}};
  const auto cues = captions_from_words(words);
  ASSERT_EQ(cues.size(), 1U);
  for (const auto& line : lines_of(cues[0].text)) EXPECT_EQ(line.size() % 3, 0U);
}

TEST(Captions, SrtAndVttComeBack) {
  const auto cues = captions_from_words(spoken(kScript));
  for (const auto& text : {to_srt(cues), to_vtt(cues)}) {
    const auto back = parse_captions(text);
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(back->size(), cues.size());
    for (std::size_t i = 0; i < cues.size(); ++i) {
      EXPECT_EQ((*back)[i].text, cues[i].text);
      EXPECT_NEAR((*back)[i].start_s, cues[i].start_s, 0.001);
      EXPECT_NEAR((*back)[i].end_s, cues[i].end_s, 0.001);
    }
  }
  EXPECT_TRUE(to_srt(cues).starts_with("1\n00:00:00,200 --> "));
}

TEST(Captions, ReadsFilesAsOthersWriteThem) {
  const auto srt = parse_captions(
      "\xEF\xBB\xBF"
      "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\n{\\an8}there\r\n\r\n\r\n"
      "2\r\n01:00:00.000 --> 01:00:01.000 X1:0\r\nA &amp; B");
  ASSERT_TRUE(srt) << srt.error().message;
  EXPECT_EQ((*srt)[0].text, "Hello\nthere");
  EXPECT_DOUBLE_EQ((*srt)[1].start_s, 3600);
  const auto vtt = parse_captions(
      "WEBVTT - title\n\nNOTE a remark\nof two lines\n\nSTYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>1 &lt; 2\n");
  ASSERT_TRUE(vtt) << vtt.error().message;
  EXPECT_EQ((*vtt)[0].text, "1 < 2");
}

TEST(Captions, RefusesOtherTextAndNamesTheLine) {
  for (const char* text :
       {"", "hello", "1\nhello\nworld", "1\n00:00:02,000 --> 00:00:01,000\nx",
        "1\n00:61:02,000 --> 00:62:01,000\nx", "1\n00:00:01 --> 00:00:02\nx", "WEBVTT\n\n"}) {
    const auto parsed = parse_captions(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_parameter);
  }
  const auto second = parse_captions("1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\nnever\n");
  EXPECT_NE(second.error().message.find("Line 6"), std::string::npos);
}

TEST(CaptionFormats, ALineOfMarksAloneIsNoEndOfACue) {
  const auto cues =
      parse_captions("1\n00:00:01,000 --> 00:00:02,000\nHello <i>there\n</i>\n-> 0!\n");
  ASSERT_TRUE(cues);
  EXPECT_EQ(cues->at(0).text, "Hello there\n-> 0!");
  const auto again = parse_captions(to_srt(*cues));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).text, cues->at(0).text);
}

}  // namespace
}  // namespace understudy::media
