#include "speech/script.h"

#include <gtest/gtest.h>

#include "speech/unicode.h"

namespace understudy::speech {
namespace {

std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& sentence : script_from_text(text).sentences) {
    std::string line;
    for (const auto& token : sentence.tokens) line += (line.empty() ? "" : " ") + token.text;
    out.push_back(line);
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(Script, SplitsAtTheEndOfSentences) {
  EXPECT_EQ(sentences("One two. Three! Four? \"Five.\" (Six.) Seven"),
            (Lines{"One two.", "Three!", "Four?", "\"Five.\"", "(Six.)", "Seven"}));
}

TEST(Script, AbbreviationsAndNumbersEndNoSentence) {
  EXPECT_EQ(sentences("Dr. Smith paid 3.50 to Mr. J. K. Rowling, e.g. in the U.S. Army vs. Navy."),
            (Lines{"Dr. Smith paid 3.50 to Mr. J. K. Rowling, e.g. in the U.S. Army vs. Navy."}));
  EXPECT_EQ(sentences("We met at 5 p.m. We left at 6 p.m. sharp."),
            (Lines{"We met at 5 p.m.", "We left at 6 p.m. sharp."}));
}

TEST(Script, SplitsScriptsWithoutBlanks) {
  EXPECT_EQ(sentences("你好世界。今天很好！"), (Lines{"你好世界。", "今天很好！"}));
}

TEST(Script, AnEmptyLineEndsAParagraph) {
  const Script script = script_from_text("No full stop\n\nbut a new paragraph\nand a mere line");
  ASSERT_EQ(script.sentences.size(), 2U);
  EXPECT_TRUE(script.sentences[0].ends_paragraph);
}

TEST(Script, WordsKeepTheirSpelling) {
  const Script script = script_from_text("  Hello,\tworld — it's \"me\"!  ");
  EXPECT_EQ(script.words, (Lines{"Hello,", "world —", "it's", "\"me\"!"}));
}

TEST(Script, LongSentencesAreCutAndLoseNothing) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += i % 17 == 16 ? "word, " : "word ";
  const Script script = script_from_text(text);
  std::size_t tokens = 0;
  for (const auto& sentence : script.sentences) {
    EXPECT_LE(sentence.tokens.size(), kTokensPerSentence);
    tokens += sentence.tokens.size();
  }
  EXPECT_EQ(tokens, 500U);
  EXPECT_EQ(script.sentences.front().tokens.back().text, "word,");
}

TEST(Script, AnEndlessWordIsManyTokensOfOneWord) {
  const Script script = script_from_text(std::string(5000, 'a'));
  EXPECT_EQ(script.words.size(), 1U);
  std::size_t length = 0;
  for (const auto& sentence : script.sentences) {
    EXPECT_LE(sentence.tokens.size(), kTokensPerSentence);
    for (const auto& token : sentence.tokens) {
      EXPECT_LE(token.text.size(), kTokenBytes + 3);
      length += token.text.size();
    }
  }
  EXPECT_EQ(length, 5000U);
}

TEST(Script, AnAliasIsSpokenAndItsSpellingShown) {
  ScriptBuilder builder;
  builder.add_text("The ");
  builder.add_alias("W3C", "World Wide Web Consortium");
  builder.add_text(", here.");
  const Script script = builder.finish();
  EXPECT_EQ(script.words, (Lines{"The", "W3C,", "here."}));
  ASSERT_EQ(script.sentences.size(), 1U);
  const auto& tokens = script.sentences[0].tokens;
  ASSERT_EQ(tokens.size(), 6U);
  EXPECT_EQ(tokens[4].text, "Consortium,");
  EXPECT_EQ(tokens[1].word, tokens[4].word);
}

std::vector<std::string> said(std::string_view text, const std::vector<Pronunciation>& terms) {
  std::vector<std::string> tokens;
  for (const auto& sentence : script_from_text(text, terms).sentences) {
    for (const auto& token : sentence.tokens) tokens.push_back(token.text);
  }
  return tokens;
}

TEST(Pronunciations, ChangeWhatIsSaidAndNotWhatIsShown) {
  const std::vector<Pronunciation> terms = {{"Kubectl", "cube control"}, {"SQL", "sequel"}};
  const char* text = "Use kubectl, or SQL's own.";
  EXPECT_EQ(said(text, terms), (Lines{"Use", "cube", "control,", "or", "sequel's", "own."}));
  EXPECT_EQ(script_from_text(text, terms).words, (Lines{"Use", "kubectl,", "or", "SQL's", "own."}));
}

TEST(Pronunciations, MeanWholeWordsAndCapitalsMeanCapitals) {
  const std::vector<Pronunciation> terms = {{"US", "United States"}, {"cat", "kitten"}};
  EXPECT_EQ(said("us US cats Cat concat", terms),
            (Lines{"us", "United", "States", "cats", "kitten", "concat"}));
}

TEST(Pronunciations, TheLongestTermWinsAndNoneIsReadTwice) {
  const std::vector<Pronunciation> terms = {
      {"New", "old"}, {"New York", "the big apple"}, {"apple", "pear"}};
  EXPECT_EQ(said("New York, new apple", terms), (Lines{"the", "big", "apple,", "old", "pear"}));
}

TEST(Pronunciations, WorkInEveryScriptAndIgnoreNonsense) {
  EXPECT_EQ(said("ÜBER alles", {{"über", "oober"}}), (Lines{"oober", "alles"}));
  EXPECT_EQ(said("我爱北京。", {{"北京", "Beijing"}}).front().find("Beijing") != std::string::npos, true);
  EXPECT_EQ(said("a b", {{" ", "x"}, {"a", " "}}), (Lines{"a", "b"}));
}

TEST(Script, BreaksAddUpAndStandBetweenSentences) {
  ScriptBuilder builder;
  builder.add_break(0.25);
  builder.add_text("One");
  builder.add_break(1);
  builder.add_break(0.5);
  builder.add_text("two");
  const Script script = builder.finish();
  EXPECT_DOUBLE_EQ(script.lead_silence_s, 0.25);
  ASSERT_EQ(script.sentences.size(), 2U);
  EXPECT_DOUBLE_EQ(script.sentences[0].pause_after_s.value_or(0), 1.5);
}

TEST(Script, NothingSpeakableGivesNoSentence) {
  EXPECT_TRUE(script_from_text(" ... — 🙂 \n\n !!").sentences.empty());
}

TEST(Unicode, BrokenBytesAreSeen) {
  EXPECT_TRUE(is_utf8("grüß 你好 🙂"));
  EXPECT_FALSE(is_utf8("a\xFFz"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));      // overlong
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));  // a surrogate
  EXPECT_FALSE(is_utf8("\xF0\x9F\x99"));  // cut off
  EXPECT_EQ(count_characters("né🙂"), 3U);
}

}  // namespace
}  // namespace understudy::speech
