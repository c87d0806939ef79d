#include "accounts/oauth_password.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace understudy::accounts {
namespace {

// Cheap, so that the tests are quick; what is tested does not depend on it.
constexpr PasswordHasher::Cost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

TEST(Password, IsKnownByItsHashAlone) {
  PasswordHasher hasher(kCheap);
  const auto hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_EQ(hash.find("horse"), std::string::npos);
  EXPECT_NE(hash, hasher.hash("correct horse").value());  // salted
  EXPECT_TRUE(hasher.verify(hash, "correct horse").value());
  EXPECT_FALSE(hasher.verify(hash, "correct horsf").value());
  EXPECT_FALSE(hasher.verify(hash, "").value());
  EXPECT_FALSE(hasher.verify(hash, std::string(1'000'000, 'a')).value());
}

TEST(Password, NobodyHasNoPassword) {
  PasswordHasher hasher(kCheap);
  for (const char* password : {"", "a", "correct horse"}) {
    EXPECT_FALSE(hasher.verify("", password).value());
  }
}

TEST(Password, TheDefaultIsTheSecondRecommendationsMemory) {
  PasswordHasher hasher;
  const auto hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
  EXPECT_FALSE(hasher.is_outdated(hash));
  EXPECT_TRUE(PasswordHasher(kCheap).is_outdated(hash));
  // Hashes made with other parameters are still read.
  EXPECT_TRUE(PasswordHasher(kCheap).verify(hash, "correct horse").value());
}

TEST(Password, HasRules) {
  EXPECT_TRUE(check_password_rules("0123456789"));
  EXPECT_TRUE(check_password_rules("äöüäöüäöüä"));
  EXPECT_EQ(check_password_rules("012345678").error().param, "password");
  EXPECT_FALSE(check_password_rules("äöüäö"));  // ten bytes are not ten characters
  EXPECT_FALSE(check_password_rules(std::string(513, 'a')));
  EXPECT_FALSE(check_password_rules("0123456789\xff"));
}

TEST(Password, ManyAtOnceAreRefusedAndNotQueuedWithoutEnd) {
  PasswordHasher hasher({.memory_kib = 8 * 1024, .passes = 4, .lanes = 1}, 1, 2);
  std::atomic<int> done{0}, refused{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < 24; ++i) {
    callers.emplace_back([&] {
      const auto answer = hasher.hash("correct horse");
      if (answer) ++done;
      if (!answer && answer.error().code == ErrorCode::service_unavailable) ++refused;
    });
  }
  callers.clear();
  EXPECT_EQ(done + refused, 24);
  EXPECT_GE(done, 1);
  EXPECT_TRUE(hasher.hash("correct horse"));  // nothing is stuck
}

}  // namespace
}  // namespace understudy::accounts
