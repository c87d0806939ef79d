#include "jobs/webhook_rules.h"

#include <iterator>
#include <random>

#include <gtest/gtest.h>

#include "base/text.h"

namespace understudy::jobs {
namespace {

WebhookEvent event_of(const std::string& type, const std::string& entity = "v1") {
  return {.type = type, .entity_id = entity, .is_extension = !is_v3_event_type(type)};
}

TEST(WebhookRules, AnEndpointHearsWhatItsFilterNames) {
  WebhookEndpoint endpoint;
  EXPECT_TRUE(listens(endpoint, event_of("avatar_video.success")));
  EXPECT_FALSE(listens(endpoint, event_of("wallet.low_balance")));
  endpoint.is_extension = true;
  EXPECT_TRUE(listens(endpoint, event_of("wallet.low_balance")));
  endpoint.events = {"wallet.*", "avatar_video.fail"};
  EXPECT_TRUE(listens(endpoint, event_of("wallet.low_balance")));
  EXPECT_TRUE(listens(endpoint, event_of("avatar_video.fail")));
  EXPECT_FALSE(listens(endpoint, event_of("avatar_video.success")));
  EXPECT_FALSE(listens(endpoint, event_of("walletx.low")));
  endpoint.entity_id = "v2";
  EXPECT_FALSE(listens(endpoint, event_of("avatar_video.fail")));
  EXPECT_TRUE(listens(endpoint, event_of("avatar_video.fail", "v2")));
  endpoint.is_enabled = false;
  EXPECT_FALSE(listens(endpoint, event_of("avatar_video.fail", "v2")));
}

TEST(WebhookRules, FiltersAreKnownTypesFamiliesAndMoney) {
  for (const char* good : {"wallet.*", "wallet.reload.failed", "cap.*", "cap.reached", "batch.*",
                           "avatar_video.*", "avatar_video.fail", "lipsync.*", "webhook.test"}) {
    EXPECT_TRUE(check_extension_filter(good)) << good;
  }
  for (const char* bad : {"", "*", ".*", "wallet", "nothing", "nothing.*", "wallet.a b", "cap.",
                          "wallet.\xff", "avatar_video", "wallet.<x>"}) {
    const auto checked = check_extension_filter(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().param, "events");
    EXPECT_TRUE(is_valid_utf8(checked.error().message)) << bad;
  }
}

TEST(WebhookRules, OnlyPublicHttpsUrlsAreCalled) {
  const auto is_fine = [](const std::string& url, bool allow_private = false) {
    return check_webhook_url(url, allow_private, "url").has_value();
  };
  for (const char* good :
       {"https://example.com", "https://example.com:8443/a?b=c#d", "HTTPS://EXAMPLE.COM/",
        "https://[2606:4700::1111]/", "https://8.8.8.8/"}) {
    EXPECT_TRUE(is_fine(good)) << good;
  }
  for (const char* bad :
       {"", "https://", "https:///x", "http://example.com/", "ftp://example.com/", "example.com",
        "https://user@example.com/", "https://user:pass@example.com/", "https://127.0.0.1/",
        "https://localhost/", "https://LOCALHOST./", "https://a.localhost:99/", "https://[::1]/",
        "https://10.1.2.3:444/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/",
        "https://exa mple.com/", "https://example.com/\n", "https://example.com\\@10.0.0.1/"}) {
    EXPECT_FALSE(is_fine(bad)) << bad;
  }
  EXPECT_TRUE(is_fine("http://127.0.0.1:8080/hook", true));
  EXPECT_FALSE(is_fine("ftp://127.0.0.1/", true));
  EXPECT_FALSE(is_fine("https://example.com/" + std::string(kWebhookUrlMax, 'x')));
}

// Whatever a customer writes, the answer is yes or a sentence.
TEST(WebhookRules, AnyBytesAreAcceptedOrRefused) {
  constexpr std::string_view kPieces[] = {"https",  "http",  "://", ":",    "/", "[",  "]",
                                          "@",      "?",     "#",   "\\",   "%", ".",  "*",
                                          "wallet", "127.1", "::1", "\xff", " ", "\n", "a"};
  std::minstd_rand random(1);
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (auto count = random() % 8; count > 0; --count) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const auto checked = check_webhook_url(text, random() % 2 == 0, "url");
    EXPECT_TRUE(checked || checked.error().param == "url");
    EXPECT_TRUE(!checked || origin_of(text).find('@') == std::string::npos) << text;
    (void)check_extension_filter(text);
  }
}

TEST(WebhookRules, LanesAndLogsNameNoSecretOfAUrl) {
  EXPECT_EQ(origin_of("https://user:pass@Example.com:8443/hook?token=secret"),
            "https://example.com:8443");
  EXPECT_EQ(callback_lane("ann", "https://example.com/a?b=c"), "callback:ann:https://example.com");
}

TEST(WebhookRules, PausesGrowToTheirLimitWithinTheJitter) {
  const WebhookOptions options;
  std::int64_t before = 0;
  for (int attempts = 1; attempts <= 60; ++attempts) {
    const std::int64_t shortest = retry_delay_ms(options, attempts, 0);
    const std::int64_t longest = retry_delay_ms(options, attempts, 1);
    EXPECT_GE(shortest, before);
    EXPECT_LE(longest, options.longest_retry_ms * 6 / 5);
    EXPECT_NEAR(static_cast<double>(longest) / static_cast<double>(shortest), 1.5, 0.01);
    before = shortest;
  }
  EXPECT_EQ(retry_delay_ms(options, 1, 0.5), 5'000);
  EXPECT_EQ(retry_delay_ms(options, 3, 0.5), 20'000);
}

TEST(WebhookRules, TheListOfTypesIsTheContracts) {
  EXPECT_EQ(v3_event_types().size(), 34u);
  EXPECT_TRUE(is_v3_event_type("batch.finished"));
  EXPECT_FALSE(is_v3_event_type("wallet.low_balance"));
}

}  // namespace
}  // namespace understudy::jobs
