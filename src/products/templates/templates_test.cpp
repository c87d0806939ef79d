// Documents, values and what becomes of them.
#include "products/templates/templates.h"

#include <gtest/gtest.h>

#include "products/templates/template_text.h"

namespace understudy::templates {
namespace {

// Files are kept under their URL's name.
Result<json::object> store(const json::object& input, std::string_view kind,
                           const std::string& param) {
  if (input.contains("stored")) return input;
  if (string_or(input, "type").empty())
    return fail(ErrorCode::invalid_parameter, "'" + param + "'", param);
  return json::object{
      {"stored",
       json::object{{"blob", json::object{{"hash", std::string(64, 'a')}}},
                    {"facts", json::object{{"kind", kind}, {"url", string_or(input, "url")}}}}}};
}

json::object parsed(const char* text) { return parse_json(text).value().get_object(); }

const char* kDocument = R"({
  "aspect_ratio": "9:16",
  "variables": {
    "name": {"type": "text", "content": "world"},
    "hero": {"type": "image", "asset": {"type": "url", "url": "https://a.b/hero.png"}, "fit": "crop"},
    "clip": {"type": "video", "asset": {"type": "url", "url": "https://a.b/clip.mp4"}},
    "host": {"type": "character", "character_id": "look_1"},
    "speaker": {"type": "voice", "voice_id": "voice_1", "locale": "en-GB"},
    "jingle": {"type": "audio", "asset": {"type": "url", "url": "https://a.b/jingle.mp3"}}
  },
  "scenes": [
    {"scene_id": "hello", "type": "avatar_video",
     "input": {"type": "avatar", "avatar_id": "{{host}}", "voice_id": "{{speaker}}", "script": "Hello {{name}}, {{name}}!"}},
    {"scene_id": "hero", "type": "image", "source": {"type": "variable", "name": "hero"}, "duration": 2},
    {"scene_id": "clip", "type": "video", "source": {"type": "variable", "name": "clip"},
     "audio": {"type": "variable", "name": "jingle"}}
  ]})";

json::object kept() { return read_template(parsed(kDocument), {}, store).value(); }

Result<Expanded> made(const char* body) {
  static json::object held;
  held = parsed(body);
  return expand(kept(), {held, store});
}

std::string refused(const char* body) {
  const auto expanded = made(body);
  return expanded ? "accepted" : expanded.error().param;
}

const json::object& scene(const Expanded& expanded, std::size_t index) {
  return expanded.body.at("scenes").get_array().at(index).get_object();
}

TEST(TemplateText, FindsAndFillsVariables) {
  EXPECT_EQ(variables_in("{{a}} {{ b }} {{a}} {{}} {{x y}} {{"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(sole_variable(" {{a}} "), "a");
  EXPECT_FALSE(sole_variable("x{{a}}"));
  const auto value_of = [](std::string_view name) -> std::optional<std::string> {
    if (name == "a") return "{{b}}";
    return std::nullopt;
  };
  EXPECT_EQ(with_values("{{a}} and {{b}}", value_of), "{{b}} and {{b}}")
      << "values are not searched";
}

TEST(Templates, FillEveryKindOfVariable) {
  const auto expanded = made(R"({"variables": {
      "name": {"type": "text", "content": "Ada"},
      "hero": {"type": "image", "asset": {"type": "url", "url": "https://a.b/new.png"}, "fit": "none"},
      "clip": {"type": "video", "asset": {"type": "url", "url": "https://a.b/new.mp4"}, "play_style": "once", "volume": 0.5},
      "host": {"type": "character", "character_id": "look_2"},
      "speaker": {"type": "voice", "voice_id": "voice_2"},
      "jingle": {"type": "audio", "asset": {"type": "url", "url": "https://a.b/new.mp3"}}}, "fps": 30})");
  ASSERT_TRUE(expanded) << expanded.error().message;
  const auto& input = scene(*expanded, 0).at("input").get_object();
  EXPECT_EQ(string_or(input, "avatar_id"), "look_2");
  EXPECT_EQ(string_or(input, "voice_id"), "voice_2");
  EXPECT_EQ(string_or(input, "script"), "Hello Ada, Ada!");
  EXPECT_EQ(string_or(scene(*expanded, 1), "fit"), "none");
  EXPECT_NE(to_text(scene(*expanded, 1)).find("new.png"), std::string::npos);
  EXPECT_EQ(string_or(scene(*expanded, 2).at("playback").get_object(), "mode"), "once");
  EXPECT_NE(to_text(scene(*expanded, 2)).find("new.mp3"), std::string::npos);
  EXPECT_EQ(int_or(expanded->body, "fps", 0), 30);
}

TEST(Templates, WhatIsLeftOutKeepsTheTemplatesValueAndATextItsBraces) {
  const auto expanded = made(R"({"variables": {}})");
  ASSERT_TRUE(expanded);
  const auto& input = scene(*expanded, 0).at("input").get_object();
  EXPECT_EQ(string_or(input, "script"), "Hello {{name}}, {{name}}!");
  EXPECT_EQ(string_or(input, "avatar_id"), "look_1");
  EXPECT_EQ(string_or(input.at("voice_settings").get_object(), "locale"), "en-GB");
  EXPECT_EQ(string_or(scene(*expanded, 1), "fit"), "cover");
}

TEST(Templates, ScenesAreSelectedReorderedAndRepeated) {
  const auto expanded = made(R"({"variables": {}, "scene_ids": ["clip", "hello", "clip"]})");
  ASSERT_TRUE(expanded);
  ASSERT_EQ(expanded->body.at("scenes").get_array().size(), 3U);
  EXPECT_EQ(string_or(scene(*expanded, 0), "scene_id"), "clip");
  EXPECT_EQ(string_or(scene(*expanded, 1), "scene_id"), "hello");
  EXPECT_EQ(refused(R"({"variables": {}, "scene_ids": ["nowhere"]})"), "scene_ids[0]");
  EXPECT_EQ(refused(R"({"variables": {}, "scene_ids": []})"), "scene_ids");
}

TEST(Templates, RefuseWhatTheyDoNotHave) {
  EXPECT_EQ(refused(R"({"variables": {"nobody": {"type": "text", "content": "x"}}})"), "variables");
  EXPECT_EQ(refused(R"({"variables": {"name": {"type": "voice", "voice_id": "x"}}})"),
            "variables.name.type");
}

TEST(Templates, AnotherSizeHasTheSameShape) {
  EXPECT_EQ(refused(R"({"variables": {}, "dimension": {"width": 540, "height": 960}})"),
            "accepted");
  EXPECT_EQ(refused(R"({"variables": {}, "dimension": {"width": 128, "height": 228}})"),
            "accepted");
  EXPECT_EQ(refused(R"({"variables": {}, "dimension": {"width": 960, "height": 540}})"),
            "dimension");
}

TEST(Templates, ErrorsAreToldInTheWordsOfTheRequest) {
  const auto expanded = made(R"({"variables": {}})").value();
  Error error;
  error.param = "scenes[1].source";
  error.message = "'scenes[1].source' is too large.";
  EXPECT_EQ(in_words_of_request(error, expanded).param, "variables.hero");
  EXPECT_EQ(in_words_of_request(error, expanded).message, "'variables.hero' is too large.");
  error.param = "scenes[1].duration";
  EXPECT_EQ(in_words_of_request(error, expanded).param, "scenes[1].duration");
}

TEST(Templates, ADocumentIsReadClosely) {
  const auto refusal = [](const char* text) {
    const auto read = read_template(parsed(text), {}, store);
    return read ? "accepted" : read.error().param;
  };
  EXPECT_EQ(refusal("{}"), "scenes");
  EXPECT_EQ(refusal(R"({"scenes": []})"), "scenes");
  EXPECT_EQ(refusal(R"({"scenes": [1]})"), "scenes[0]");
  EXPECT_EQ(refusal(R"({"scenes": [{"type": "dance"}]})"), "scenes[0].type");
  EXPECT_EQ(refusal(R"({"scenes": [{"type": "image", "duration": 1}]})"), "scenes[0].source");
  EXPECT_EQ(
      refusal(R"({"scenes": [{"type": "image", "source": {"type": "variable", "name": "x"}}]})"),
      "scenes[0].source");
  EXPECT_EQ(refusal(R"({"variables": {"x y": {}}, "scenes": [1]})"), "variables");
  EXPECT_EQ(refusal(R"({"variables": {"x": {"type": "gold"}}, "scenes": [1]})"),
            "variables.x.type");
  EXPECT_EQ(refusal(R"({"variables": {"x": {"type": "image"}}, "scenes": [1]})"),
            "variables.x.asset");
  EXPECT_EQ(refusal(R"({"scenes": [{"type": "avatar_video", "input": {"script": "{{who}}"}}]})"),
            "scenes[0].input.script");
  EXPECT_EQ(refusal(R"({"scenes": [{"type": "image", "source": {"stored": {}}}]})"), "stored")
      << "files of others cannot be named";
  EXPECT_EQ(refusal(R"({"aspect_ratio": "2:1", "scenes": [1]})"), "aspect_ratio");
}

TEST(Templates, TellWhichVariablesASceneUses) {
  const auto document = kept();
  const auto used =
      variables_of_scene(document.at("scenes").get_array().at(0).get_object(), document);
  EXPECT_EQ(used, (std::vector<std::pair<std::string, std::string>>{
                      {"name", "text"}, {"host", "character"}, {"speaker", "voice"}}));
  EXPECT_EQ(blobs_of(document).size(), 3U);
}

}  // namespace
}  // namespace understudy::templates
