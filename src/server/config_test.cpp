#include "server/config.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(example->workers, defaults.workers);
  EXPECT_EQ(example->sandbox, defaults.sandbox);
  EXPECT_EQ(example->allow_private, defaults.allow_private);
  EXPECT_EQ(example->welcome_credit_usd, defaults.welcome_credit_usd);
  EXPECT_EQ(example->link_lifetime_s, defaults.link_lifetime_s);
  EXPECT_EQ(example->log_level, defaults.log_level);
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
  EXPECT_EQ(parse_config("[log]\nlevel = \"loud\"").error().param, "log.level");
  EXPECT_FALSE(parse_config("workers = 3"));
  EXPECT_FALSE(parse_config("[workers"));
}

}  // namespace
}  // namespace understudy::server
