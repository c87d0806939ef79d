#include "api/validation.h"

#include <gtest/gtest.h>

namespace understudy::api {
namespace {

const contract::Operation& operation(std::string_view method, std::string_view path) {
  for (const auto& candidate : contract::operations()) {
    if (candidate.method == method && candidate.path == path) return candidate;
  }
  ADD_FAILURE() << method << " " << path;
  return contract::operations()[0];
}

Result<void> create_video(std::string_view text, ValidationRules rules = {}) {
  json::value body = parse_json(text).value();
  return validate(body, contract::node(operation("POST", "/v3/videos").body_node), rules);
}

std::string fault(std::string_view text) {
  const auto checked = create_video(text);
  return checked ? "accepted" : checked.error().param + ": " + checked.error().message;
}

TEST(Validation, NamesTheFieldAndTheBound) {
  EXPECT_EQ(
      fault(R"({"type":"avatar","avatar_id":"a","script":"hi","voice_settings":{"speed":9}})"),
      "voice_settings.speed: 'voice_settings.speed' must be at most 1.5.");
  EXPECT_EQ(fault(R"({"type":"avatar","script":"hi"})"), "avatar_id: 'avatar_id' is required.");
  EXPECT_EQ(fault(R"({"type":"avatar","avatar_id":"a","resolution":"8k"})"),
            "resolution: 'resolution' must be one of '4k', '1080p', '720p'.");
  EXPECT_EQ(fault(R"({"type":"avatar","avatar_id":7})"),
            "avatar_id: 'avatar_id' must be a string.");
  EXPECT_EQ(fault(R"({"type":"avatar","avatar_id":"a","colour":"red"})"),
            "colour: 'colour' is not a field of this request.");
}

TEST(Validation, ADiscriminatorPicksTheArm) {
  EXPECT_EQ(fault(R"({"avatar_id":"a"})"), "type: 'type' is required.");
  EXPECT_EQ(fault(R"({"type":"hologram"})").substr(0, 32), "type: 'type' must be one of 'ava");
  EXPECT_EQ(
      fault(R"({"type":"studio","scenes":[{"type":"image"},{"type":"nothing"}]})").substr(0, 17),
      "scenes[0].source:");
}

TEST(Validation, TheBodyItselfMustBeAnObject) {
  for (const char* body : {"[]", "\"text\"", "5", "null", "true"}) {
    EXPECT_EQ(fault(body), ": The body must be an object.") << body;
  }
}

TEST(Validation, AnIntegerMayBeWrittenWithAFractionOfZero) {
  const auto& design = operation("POST", "/v3/voices");
  json::value body = parse_json(R"({"prompt":"warm","seed":5.0})").value();
  ASSERT_TRUE(validate(body, contract::node(design.body_node)));
  EXPECT_TRUE(body.at("seed").is_int64());
  body.as_object()["seed"] = 5.5;
  EXPECT_FALSE(validate(body, contract::node(design.body_node)));
  body.as_object()["seed"] = 1e300;
  EXPECT_FALSE(validate(body, contract::node(design.body_node)));
}

TEST(Validation, PlainHttpIsAllowedOnlyWhereTheOperatorSaysSo) {
  const auto& endpoint = operation("POST", "/v3/webhooks/endpoints");
  json::value body = parse_json(R"({"url":"http://127.0.0.1:9/hook"})").value();
  const auto refused = validate(body, contract::node(endpoint.body_node));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "'url' must be an https URL.");
  EXPECT_TRUE(validate(body, contract::node(endpoint.body_node), {.allow_http_urls = true}));
  body.as_object()["url"] = "ftp://127.0.0.1/hook";
  EXPECT_FALSE(validate(body, contract::node(endpoint.body_node), {.allow_http_urls = true}));
}

TEST(Validation, ALongUnknownNameIsShortenedInTheAnswer) {
  const auto refused =
      create_video(R"({"type":"avatar","avatar_id":"a",")" + std::string(5000, 'n') + "\":1}");
  ASSERT_FALSE(refused);
  EXPECT_LT(refused.error().message.size(), 200u);
}

}  // namespace
}  // namespace understudy::api
