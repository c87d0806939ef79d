// What requests may say, and what a caller may hear of.
#include <gtest/gtest.h>

#include "api/time_text.h"
#include "products/webhooks/webhooks_service.h"

namespace understudy::webhooks {
namespace {

std::string refused_param(const json::object& body, Surface surface = Surface::extension) {
  const auto parsed = parse_endpoint(body, surface, false);
  return parsed ? "accepted" : parsed.error().param;
}

TEST(Webhooks, AnEndpointNeedsAUrlAndKnownTypes) {
  const json::string url = "https://example.com/hook";
  EXPECT_EQ(refused_param({{"url", url}}), "accepted");
  EXPECT_EQ(refused_param({{"url", url}, {"events", nullptr}, {"entity_id", nullptr}}), "accepted");
  EXPECT_EQ(refused_param({{"url", url}, {"events", {"wallet.*", "cap.reached"}}}), "accepted");
  EXPECT_EQ(refused_param({{"url", url}, {"events", {"wallet.*"}}}, Surface::v3), "events");
  EXPECT_EQ(refused_param({}), "url");
  EXPECT_EQ(refused_param({{"url", nullptr}}), "url");
  EXPECT_EQ(refused_param({{"url", 5}}), "url");
  EXPECT_EQ(refused_param({{"url", "https://10.0.0.1/"}}), "url");
  EXPECT_EQ(refused_param({{"url", url}, {"events", "wallet.*"}}), "events");
  EXPECT_EQ(refused_param({{"url", url}, {"events", {1}}}), "events");
  EXPECT_EQ(refused_param({{"url", url}, {"events", json::array(101, "wallet.*")}}), "events");
  EXPECT_EQ(refused_param({{"url", url}, {"entity_id", json::object()}}), "entity_id");
  EXPECT_EQ(refused_param({{"url", url}, {"entity_id", std::string("a\0b", 3)}}), "entity_id");
  EXPECT_EQ(refused_param({{"url", url}, {"secret", "mine"}}), "secret");
}

TEST(Webhooks, AnEmptyFilterMeansAllAndDoublesCountOnce) {
  const auto all = parse_endpoint({{"url", "https://example.com/"}, {"events", json::array()}},
                                  Surface::v3, false);
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->events.empty());
  const auto twice = parse_endpoint(
      {{"url", "https://example.com/"}, {"events", {"batch.finished", "batch.finished"}}},
      Surface::v3, false);
  EXPECT_EQ(twice->events, std::vector<std::string>{"batch.finished"});
}

TEST(Webhooks, AChangeMustChangeSomething) {
  const auto nothing = parse_change({{"url", nullptr}}, Surface::v3, false);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().param, "");
  EXPECT_TRUE(parse_change({{"events", nullptr}}, Surface::v3, false)->events->empty());
  EXPECT_EQ(parse_change({{"status", "disabled"}}, Surface::v3, false).error().param, "status");
  EXPECT_FALSE(*parse_change({{"status", "disabled"}}, Surface::extension, false)->is_enabled);
  EXPECT_EQ(parse_change({{"status", "off"}}, Surface::extension, false).error().param, "status");
}

TEST(Webhooks, TimesAreReadToTheMillisecond) {
  EXPECT_EQ(api::parse_time("2023-11-14T22:13:20Z", "from").value(), 1'700'000'000'000);
  EXPECT_EQ(api::parse_time("2023-11-14T22:13:20.25Z", "from").value(), 1'700'000'000'250);
  EXPECT_EQ(api::parse_time("1700000000", "from").value(), 1'700'000'000'000);
  for (const char* bad : {"", "yesterday", "2023-02-31T00:00:00Z", "2023-11-14T22:13:20", "-5",
                          "99999999999999999999", "1e9"}) {
    EXPECT_EQ(api::parse_time(bad, "from").error().param, "from") << bad;
  }
}

}  // namespace
}  // namespace understudy::webhooks
