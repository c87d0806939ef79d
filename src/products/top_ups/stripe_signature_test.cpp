#include "products/top_ups/stripe_signature.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace understudy::top_ups {
namespace {

constexpr std::int64_t kNowS = 1'700'000'000;
const std::vector<std::string> kSecrets = {"whsec_first", "whsec_second"};

std::string signature(std::int64_t time_s, const std::string& body, const std::string& secret) {
  return to_hex(hmac_sha256(secret, std::to_string(time_s) + "." + body));
}
std::string header(std::int64_t time_s, const std::string& body, const std::string& secret) {
  return "t=" + std::to_string(time_s) + ",v1=" + signature(time_s, body, secret);
}
bool holds(const std::string& text, const std::string& body) {
  return verify_signature(text, body, kSecrets, kNowS * 1000).has_value();
}

TEST(StripeSignature, HoldsForEachSecretAndAmongOthers) {
  for (const auto& secret : kSecrets) EXPECT_TRUE(holds(header(kNowS, "{}", secret), "{}"));
  const std::string good = signature(kNowS, "{}", kSecrets[1]);
  EXPECT_TRUE(holds("t=1700000000,v0=x,v1=abc,v1=" + good + ",v1=", "{}"));
}

TEST(StripeSignature, EachChangedByteBreaksIt) {
  const std::string body = R"({"id":"evt_1"})";
  const std::string good = header(kNowS, body, kSecrets[0]);
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string changed = body;
    changed[i] ^= 1;
    EXPECT_FALSE(holds(good, changed)) << i;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] ^= 1;
    EXPECT_FALSE(holds(changed, body)) << i;
  }
}

TEST(StripeSignature, TheToleranceIsFiveMinutesBothWays) {
  for (const std::int64_t apart : {-300, -1, 0, 1, 300}) {
    EXPECT_TRUE(holds(header(kNowS + apart, "{}", kSecrets[0]), "{}")) << apart;
  }
  for (const std::int64_t apart : {-100'000, -301, 301, 100'000}) {
    EXPECT_FALSE(holds(header(kNowS + apart, "{}", kSecrets[0]), "{}")) << apart;
  }
}

TEST(StripeSignature, RefusesWhatIsNoHeader) {
  for (const char* wrong :
       {"", ",", "t=", "v1=", "t=1700000000", "t=x,v1=y", "t=-5,v1=a",
        "t=99999999999999999999,v1=a", "t=0,v1=a", "====", "t=1700000000,v1="}) {
    const auto refused = verify_signature(wrong, "{}", kSecrets, kNowS * 1000);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().param, "Stripe-Signature");
  }
  EXPECT_FALSE(holds("t=1700000000," + std::string(10'000, 'v'), "{}"));
}

TEST(StripeSignature, NobodySignsWithoutASecret) {
  const std::vector<std::string> none;
  const std::vector<std::string> empty = {""};
  const std::string forged = header(kNowS, "{}", "");
  EXPECT_FALSE(verify_signature(forged, "{}", none, kNowS * 1000));
  EXPECT_FALSE(verify_signature(forged, "{}", empty, kNowS * 1000));
}

}  // namespace
}  // namespace understudy::top_ups
