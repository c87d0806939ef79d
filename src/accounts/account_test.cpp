#include "accounts/account.h"

#include <set>

#include <gtest/gtest.h>

namespace understudy::accounts {
namespace {

TEST(KeyText, IsUniqueAndPassesItsOwnChecksum) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = new_key_text();
    EXPECT_EQ(text.size(), 52u);
    EXPECT_TRUE(is_key_text(text)) << text;
    EXPECT_TRUE(seen.insert(text).second);
    EXPECT_TRUE(text.starts_with(key_hint(text)));
  }
}

TEST(KeyText, ATypingErrorAnywhereShows) {
  const std::string text = new_key_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    EXPECT_FALSE(is_key_text(wrong)) << i;
  }
  EXPECT_FALSE(is_key_text(text + "0"));
  EXPECT_FALSE(is_key_text(""));
}

TEST(KeyText, TheHashIsNotTheText) {
  const std::string text = new_key_text();
  EXPECT_EQ(key_hash(text).size(), 64u);
  EXPECT_EQ(key_hash(text).find(text.substr(3, 10)), std::string::npos);
  EXPECT_NE(key_hash(text), key_hash(new_key_text()));
}

TEST(Scope, WriteIncludesRead) {
  Principal principal;
  principal.scopes = {"videos:write", "voices:read"};
  EXPECT_TRUE(principal.may("videos:write"));
  EXPECT_TRUE(principal.may("videos:read"));
  EXPECT_TRUE(principal.may("voices:read"));
  EXPECT_FALSE(principal.may("voices:write"));
  EXPECT_FALSE(principal.may("account:read"));
}

TEST(Scope, AKeyWithoutScopesMayAllButTheOperatorsWork) {
  Principal principal;
  EXPECT_TRUE(principal.may("videos:write"));
  EXPECT_FALSE(principal.may("operator"));
  principal.is_operator = true;
  EXPECT_TRUE(principal.may("operator"));
}

TEST(Scope, IsAnAreaAndReadOrWrite) {
  for (const char* text : {"videos:read", "voice_clones:write", "v3:read"}) {
    EXPECT_TRUE(is_scope(text)) << text;
  }
  for (const char* text : {"", ":read", "videos", "videos:", "Videos:read", "videos:delete",
                           "videos:read ", "operator"}) {
    EXPECT_FALSE(is_scope(text)) << text;
  }
}

}  // namespace
}  // namespace understudy::accounts
