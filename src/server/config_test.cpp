#include "server/config.h"

#include <gtest/gtest.h>
#include <test_paths.h>

#include "base/file.h"

namespace understudy::server {
namespace {

TEST(Config, TheExampleHoldsEveryOptionWithItsDefault) {
  const auto text = read_file(UNDERSTUDY_SOURCE_DIR "/config/understudy.example.toml");
  ASSERT_TRUE(text);
  const auto example = parse_config(*text);
  ASSERT_TRUE(example) << example.error().message;
  const Config defaults;
  EXPECT_EQ(example->listen, defaults.listen);
  EXPECT_EQ(example->public_url, defaults.public_url);
  EXPECT_EQ(example->connections_max, defaults.connections_max);
  EXPECT_EQ(example->database_url, defaults.database_url);
  EXPECT_EQ(example->shared_folder, defaults.shared_folder);
  EXPECT_EQ(example->workers, defaults.workers);
  EXPECT_EQ(example->sandbox, defaults.sandbox);
  EXPECT_EQ(example->hyperframes_libraries, defaults.hyperframes_libraries);
  EXPECT_EQ(example->hyperframes_warm_browsers, defaults.hyperframes_warm_browsers);
  EXPECT_EQ(example->allow_private, defaults.allow_private);
  EXPECT_EQ(example->welcome_credit_usd, defaults.welcome_credit_usd);
  EXPECT_EQ(example->stripe_api_key, defaults.stripe_api_key);
  EXPECT_EQ(example->stripe_api_key_file, defaults.stripe_api_key_file);
  EXPECT_EQ(example->stripe_webhook_secrets, defaults.stripe_webhook_secrets);
  EXPECT_EQ(example->stripe_webhook_secrets_file, defaults.stripe_webhook_secrets_file);
  EXPECT_EQ(example->stripe_base_url, defaults.stripe_base_url);
  EXPECT_EQ(example->stripe_success_url, defaults.stripe_success_url);
  EXPECT_EQ(example->stripe_cancel_url, defaults.stripe_cancel_url);
  EXPECT_EQ(example->stripe_poll_after_s, defaults.stripe_poll_after_s);
  EXPECT_EQ(example->credit_price_usd, defaults.credit_price_usd);
  EXPECT_EQ(example->credit_tiers, defaults.credit_tiers);
  EXPECT_EQ(example->top_up_minimum_usd, defaults.top_up_minimum_usd);
  EXPECT_EQ(example->top_up_maximum_usd, defaults.top_up_maximum_usd);
  EXPECT_EQ(example->link_lifetime_s, defaults.link_lifetime_s);
  EXPECT_EQ(example->webhook_deadline_ms, defaults.webhook_deadline_ms);
  EXPECT_EQ(example->webhook_first_retry_ms, defaults.webhook_first_retry_ms);
  EXPECT_EQ(example->webhook_longest_retry_ms, defaults.webhook_longest_retry_ms);
  EXPECT_EQ(example->webhook_give_up_after_s, defaults.webhook_give_up_after_s);
  EXPECT_EQ(example->webhook_secret_overlap_s, defaults.webhook_secret_overlap_s);
  EXPECT_EQ(example->webhook_concurrency, defaults.webhook_concurrency);
  EXPECT_EQ(example->webhook_endpoint_concurrency, defaults.webhook_endpoint_concurrency);
  EXPECT_EQ(example->webhook_history_days, defaults.webhook_history_days);
  EXPECT_EQ(example->concurrency, defaults.concurrency);
  EXPECT_EQ(example->verify_at_start, defaults.verify_at_start);
  EXPECT_EQ(example->seal_interval_s, defaults.seal_interval_s);
  EXPECT_EQ(example->log_level, defaults.log_level);
  EXPECT_EQ(example->behind_proxy, defaults.behind_proxy);
  EXPECT_EQ(example->oauth.issuer, defaults.oauth.issuer);
  EXPECT_EQ(example->oauth.access_lifetime_s, defaults.oauth.access_lifetime_s);
  EXPECT_EQ(example->oauth.refresh_lifetime_s, defaults.oauth.refresh_lifetime_s);
  EXPECT_EQ(example->oauth.code_lifetime_s, defaults.oauth.code_lifetime_s);
  EXPECT_EQ(example->oauth.device_lifetime_s, defaults.oauth.device_lifetime_s);
  EXPECT_EQ(example->oauth.device_interval_s, defaults.oauth.device_interval_s);
  EXPECT_EQ(example->oauth.session_lifetime_s, defaults.oauth.session_lifetime_s);
  ASSERT_EQ(example->oauth.clients.size(), defaults.oauth.clients.size());
  EXPECT_EQ(example->oauth.clients[0].id, defaults.oauth.clients[0].id);
  EXPECT_EQ(example->oauth.clients[0].name, defaults.oauth.clients[0].name);
  EXPECT_EQ(example->oauth.clients[0].redirect_uris, defaults.oauth.clients[0].redirect_uris);
}

TEST(Config, TheExamplesPlansAreTheDefaults) {
  const auto text = read_file(UNDERSTUDY_SOURCE_DIR "/config/understudy.example.toml");
  const auto example = parse_config(*text);
  ASSERT_TRUE(example);
  const Config defaults;
  ASSERT_EQ(example->plans.size(), accounts::plan_names().size());
  for (const auto& plan : defaults.plans) {
    EXPECT_NE(text->find("[plans." + plan.name + "]"), std::string::npos);
    const auto* read = accounts::find_plan(example->plans, plan.name);
    ASSERT_NE(read, nullptr) << plan.name;
    EXPECT_EQ(read->premium_credits, plan.premium_credits) << plan.name;
    EXPECT_EQ(read->reset_day, plan.reset_day) << plan.name;
    EXPECT_EQ(read->concurrency_keys, plan.concurrency_keys) << plan.name;
    EXPECT_EQ(read->concurrency_oauth, plan.concurrency_oauth) << plan.name;
    EXPECT_EQ(read->videos_max, plan.videos_max) << plan.name;
    EXPECT_EQ(read->video_duration_max_s, plan.video_duration_max_s) << plan.name;
  }
}

TEST(Config, RefusesWhatWouldMakeOAuthUnsafe) {
  for (
      const char* wrong :
      {"[oauth]\nissuer = \"ftp://a\"", "[oauth]\nissuer = \"https://a/path\"",
       "[oauth]\ncode_lifetime_s = 601", "[oauth]\naccess_lifetime_s = \"1\"",
       "[oauth]\nclients = [{ id = \"a\" }]", "[oauth]\nclients = \"a\"",
       "[oauth]\nclients = [{ id = \"a\", name = \"A\", redirect_uris = [\"http://a.example/\"] }]",
       "[oauth]\nclients = [{ id = \"a\", name = \"A\", redirect_uris = [\"javascript:x\"] }]",
       "[oauth]\nclients = [{ id = \"a\", name = \"A\", secret = \"b\" }]",
       "[plans.gold]\npremium_credits = 1", "[plans.free]\npremium_credits = -1",
       "[plans.free]\nreset_day = 29", "[plans.free]\ncolour = 1", "[plans]\nfree = 1"}) {
    EXPECT_FALSE(parse_config(wrong)) << wrong;
  }
}

TEST(Config, ReadsWhatItIsGiven) {
  const auto config = parse_config("[workers]\ncount = 3\n[network]\nallow_private = true\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->workers, 3);
  EXPECT_TRUE(config->allow_private);
}

TEST(Config, TheDatabaseIsEmbeddedOrPostgresql) {
  const auto config = parse_config("[database]\nurl = \"postgresql://u@db.example/understudy\"");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->database_url, "postgresql://u@db.example/understudy");
  EXPECT_EQ(parse_config("[database]\nurl = \"mysql://db\"").error().param, "database.url");
}

TEST(Config, NamesTheOptionThatIsWrong) {
  EXPECT_EQ(parse_config("[workers]\ncount = \"3\"").error().param, "workers.count");
  EXPECT_EQ(parse_config("[workers]\nnumber = 3").error().param, "workers.number");
  EXPECT_EQ(parse_config("[wallet]\nwelcome_credit_usd = \"-1\"").error().param,
            "wallet.welcome_credit_usd");
  EXPECT_EQ(parse_config("[stripe]\nbase_url = \"http://stripe.example\"").error().param,
            "stripe.base_url");
  EXPECT_EQ(parse_config("[stripe]\nwebhook_secrets = [3]").error().param,
            "stripe.webhook_secrets");
  EXPECT_EQ(parse_config("[log]\nlevel = \"loud\"").error().param, "log.level");
  EXPECT_FALSE(parse_config("workers = 3"));
  EXPECT_FALSE(parse_config("[workers"));
  EXPECT_FALSE(parse_config("[log]\nlevel = 1979-05-27T--07:32:00Z"));
  EXPECT_FALSE(parse_config("[[[[[["));
  EXPECT_FALSE(parse_config("[log]\nlevel = 07l\xef\xbb\xbd"));
  EXPECT_TRUE(parse_config("[log] # gr\xc3\xbc\xc3\x9f dich\nlevel = \"info\""));
}

}  // namespace
}  // namespace understudy::server
