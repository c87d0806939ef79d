#include "speech/english_text.h"

#include <gtest/gtest.h>

namespace understudy::speech {
namespace {

std::string say(std::string_view text, DateOrder order = DateOrder::month_first) {
  const auto tokens = english_tokens(text, order);
  if (!tokens) return "error";
  std::string out;
  for (const auto& token : *tokens) {
    if (!token.name.empty()) out += (out.empty() ? "" : " ") + token.name;
    out += token.punctuation;
  }
  return out;
}

TEST(EnglishText, PlainWordsStayAsTheyAre) {
  EXPECT_EQ(say("Hello,"), "Hello,");
  EXPECT_EQ(say("(it's)"), "it's");
  EXPECT_EQ(say("1,234.5"), "1,234.5");
  EXPECT_EQ(say("$12.50."), "$12.50.");
  EXPECT_EQ(say("U.S."), "U.S.");
}

TEST(EnglishText, AccentsAndTypographyBecomeAscii) {
  EXPECT_EQ(say("café’s"), "cafe's");
  EXPECT_EQ(say("“naïve”"), "naive");
  EXPECT_EQ(say("yes—no"), "yes, no");
  EXPECT_EQ(say("Straße…"), "Strasse.");
}

TEST(EnglishText, SignsAreSaid) {
  EXPECT_EQ(say("R&D"), "R and D");
  EXPECT_EQ(say("50%,"), "50 percent,");
  EXPECT_EQ(say("€12.50"), "12 euros 50");
  EXPECT_EQ(say("£5M."), "5 million pounds.");
  EXPECT_EQ(say("-5°"), "minus 5 degrees");
  EXPECT_EQ(say("and/or"), "and or");
  EXPECT_EQ(say("10–20"), "10 to 20");
}

TEST(EnglishText, AddressesAreReadOut) {
  EXPECT_EQ(say("https://www.example.com/a-b."), "www dot example dot com slash a dash b.");
  EXPECT_EQ(say("me@example.org"), "me at example dot org");
}

TEST(EnglishText, DatesFollowTheLocale) {
  EXPECT_EQ(say("3/4/2021"), "March 4th, 2021");
  EXPECT_EQ(say("3/4/2021", DateOrder::day_first), "April 3rd, 2021");
  EXPECT_EQ(say("2021-03-04"), "March 4th, 2021");
  EXPECT_EQ(say("13/4/2021"), "April 13th, 2021");
}

TEST(EnglishText, OtherScriptsAreRefusedAndPicturesSkipped) {
  EXPECT_EQ(say("Привет"), "error");
  EXPECT_EQ(say("你好"), "error");
  EXPECT_EQ(say("🙂"), "");
  EXPECT_EQ(say("great🙂!"), "great!");
}

TEST(EnglishText, OddInputIsHarmless) {
  for (const char* odd : {"",   "-",  "--",    "$",     "€",     "%",       "...",        "@",
                          "#",  "/",  "a/",    "/a",    "'",     "''''",    "1/",         "/1",
                          "€€", "€.", ".€5",   "=====", "a=b+c", "http://", "://",        "www.",
                          "@a", "a@", "..com", "~",     "<<1>>", "0-0-0",   "99/99/9999", "1//2"}) {
    const auto tokens = english_tokens(odd, DateOrder::month_first);
    EXPECT_TRUE(tokens.has_value()) << odd;
  }
}

}  // namespace
}  // namespace understudy::speech
