#include "api/router.h"

#include <gtest/gtest.h>

namespace understudy::api {
namespace {

Router sample() {
  Router router;
  router.add("GET", "/v3/videos", 1);
  router.add("POST", "/v3/videos", 2);
  router.add("GET", "/v3/videos/{video_id}", 3);
  router.add("GET", "/v3/videos/statuses", 4);
  router.add("POST", "/v3/videos/{video_id}/share", 5);
  router.add("DELETE", "/v3/videos/{video_id}", 6);
  router.add("GET", "/static/{path*}", 7);
  return router;
}

TEST(Router, StaticSegmentsWinOverParameters) {
  const Router router = sample();
  EXPECT_EQ(router.find("GET", "/v3/videos/statuses")->index, 4u);
  const auto one = router.find("GET", "/v3/videos/abc");
  EXPECT_EQ(one->index, 3u);
  EXPECT_EQ(one->params.at("video_id"), "abc");
}

TEST(Router, GoesBackWhenAStaticSegmentLeadsNowhere) {
  const auto match = sample().find("POST", "/v3/videos/statuses/share");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->index, 5u);
  EXPECT_EQ(match->params.at("video_id"), "statuses");
}

TEST(Router, AStaticPathHasItsOwnMethodsOnly) {
  const auto refused = sample().find("DELETE", "/v3/videos/statuses");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::method_not_allowed);
  EXPECT_EQ(refused.error().message.find("DELETE"), std::string::npos);
}

TEST(Router, TrailingAndDoubledSlashesDoNotMatter) {
  EXPECT_EQ(sample().find("GET", "/v3/videos/")->index, 1u);
  EXPECT_EQ(sample().find("GET", "//v3//videos")->index, 1u);
}

TEST(Router, ARestTakesSeveralSegments) {
  EXPECT_EQ(sample().find("GET", "/static/a/b.css")->params.at("path"), "a/b.css");
  EXPECT_FALSE(sample().find("GET", "/static"));
}

TEST(Router, TellsTheMethodsOfAPath) {
  const auto refused = sample().find("PUT", "/v3/videos/abc");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::method_not_allowed);
  EXPECT_NE(refused.error().message.find("DELETE, GET, HEAD"), std::string::npos);
}

TEST(Router, AnEncodedSlashStaysInsideItsSegment) {
  EXPECT_EQ(sample().find("GET", "/v3/videos/a%2Fb")->params.at("video_id"), "a/b");
}

TEST(Router, BrokenEscapesAreRefused) {
  for (const char* path : {"/v3/videos/%", "/v3/videos/%a", "/v3/videos/%zz", "/v3/videos/%00",
                           "/v3/videos/%ff", "/v3/videos/a\xc3"}) {
    const auto refused = sample().find("GET", path);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_parameter) << path;
  }
}

TEST(Query, KeepsOrderRepetitionAndEmptyValues) {
  const auto fields = parse_query("a=1&b=&a=2&c&&d=x%3Dy+z");
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"a", "1"}, {"b", ""}, {"a", "2"}, {"c", ""}, {"d", "x=y z"}};
  EXPECT_EQ(fields.value(), wanted);
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("a=%ed%a0%80"));                // half of a surrogate pair
  EXPECT_FALSE(parse_query(std::string_view("a=\0", 3)));  // not escaped, but there
}

}  // namespace
}  // namespace understudy::api
