// Signatures against vectors that others have published, and the overlap of two secrets.
#include "jobs/webhook_signature.h"

#include <map>

#include <gtest/gtest.h>

namespace understudy::jobs {
namespace {

std::map<std::string, std::string> headers_of(const SignedEvent& event,
                                              const std::vector<std::string>& secrets) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : webhook_headers(event, secrets)) headers[name] = value;
  return headers;
}

// The example of the Standard Webhooks libraries.
TEST(WebhookSignature, IsTheOneOfStandardWebhooks) {
  const SignedEvent event{.event_id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                          .body = R"({"test": 2432232314})",
                          .timestamp_s = 1614265330};
  EXPECT_EQ(standard_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", event),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// RFC 4231, test case 2.
TEST(WebhookSignature, HeygenSignatureIsHexHmacOfTheBody) {
  EXPECT_EQ(heygen_signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(WebhookSignature, SecretsDifferByOwnerSaltAndInstallation) {
  const WebhookSecrets secrets("key of the installation");
  const std::string secret = secrets.secret("endpoint", "salt");
  EXPECT_EQ(secret.size(), 6u + 44u);
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_EQ(secret, secrets.secret("endpoint", "salt"));
  EXPECT_NE(secret, secrets.secret("other", "salt"));
  EXPECT_NE(secret, secrets.secret("endpoint", "other"));
  EXPECT_NE(secret, WebhookSecrets("another key").secret("endpoint", "salt"));
  EXPECT_NE(new_webhook_salt(), new_webhook_salt());
}

TEST(WebhookSignature, AReplacedSecretSignsUntilItsTimeIsOver) {
  const WebhookSecrets secrets("key");
  const WebhookSalts salts{.salt = "new", .previous = "old", .previous_until_ms = 1000};
  EXPECT_EQ(secrets.signing("e", salts, 999),
            (std::vector{secrets.secret("e", "new"), secrets.secret("e", "old")}));
  EXPECT_EQ(secrets.signing("e", salts, 1000), std::vector{secrets.secret("e", "new")});
  EXPECT_TRUE(secrets.signing("e", {}, 0).empty());
}

TEST(WebhookSignature, BothSecretsSignAndTheOneHeaderTakesTurns) {
  const std::vector<std::string> two{"whsec_bmV3", "whsec_b2xk"};
  SignedEvent event{.event_id = "evt_1", .body = "{}", .timestamp_s = 5, .attempt = 1};
  auto headers = headers_of(event, two);
  EXPECT_EQ(headers["webhook-signature"],
            standard_signature(two[0], event) + " " + standard_signature(two[1], event));
  EXPECT_EQ(headers["Heygen-Signature"], heygen_signature(two[0], "{}"));
  EXPECT_EQ(headers["Heygen-Signature-Previous"], heygen_signature(two[1], "{}"));
  event.attempt = 2;
  EXPECT_EQ(headers_of(event, two)["Heygen-Signature"], heygen_signature(two[1], "{}"));
}

TEST(WebhookSignature, WithoutASecretNothingIsSigned) {
  auto headers = headers_of({.event_id = "evt_1", .body = "{}", .timestamp_s = 5}, {});
  EXPECT_FALSE(headers.contains("Heygen-Signature"));
  EXPECT_FALSE(headers.contains("webhook-signature"));
  EXPECT_EQ(headers["webhook-id"], "evt_1");
  EXPECT_EQ(headers["Heygen-Timestamp"], "5");
}

}  // namespace
}  // namespace understudy::jobs
