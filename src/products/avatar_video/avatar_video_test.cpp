// The product's rules: which requests are refused, with which field, and what is billed.
#include "products/avatar_video/avatar_video.h"

#include <gtest/gtest.h>

#include "products/avatar_video/avatar_video_json.h"
#include "products/avatar_video/cinematic.h"

namespace understudy::avatar_video {
namespace {

json::object body(json::object changes = {}) {
  json::object made{
      {"type", "avatar"}, {"avatar_id", avatar::looks().front().id}, {"script", "Hello."}};
  for (auto& change : changes) {
    if (change.value().is_null()) {
      made.erase(change.key());
    } else {
      made[change.key()] = change.value();
    }
  }
  return made;
}

std::string refused_param(json::object changes) {
  const auto parsed = parse(body(std::move(changes)));
  return parsed ? "accepted" : parsed.error().param;
}

TEST(AvatarVideo, TakesAMinimalRequestWithTheDefaultsOfTheContract) {
  const auto request = parse(body());
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->engine, Engine::avatar_iv);
  EXPECT_EQ(request->width, 1920);
  EXPECT_EQ(request->height, 1080);
  EXPECT_EQ(price_item(*request), "avatar_video.avatar_iv.studio_avatar");
  EXPECT_NE(speech::find_voice(request->voice_id), nullptr);
}

TEST(AvatarVideo, EveryAspectRatioHasEvenSides) {
  for (const char* ratio : {"16:9", "9:16", "4:5", "5:4", "1:1", "auto"}) {
    for (const char* resolution : {"720p", "1080p"}) {
      const auto request = parse(body({{"aspect_ratio", ratio}, {"resolution", resolution}}));
      ASSERT_TRUE(request) << ratio;
      EXPECT_EQ(request->width % 2 + request->height % 2, 0) << ratio;
      EXPECT_EQ(std::min(request->width, request->height),
                std::string(resolution) == "720p" ? 720 : 1080);
    }
  }
}

TEST(AvatarVideo, NeedsExactlyOneSourceOfSound) {
  EXPECT_EQ(refused_param({{"script", nullptr}}), "script");
  EXPECT_EQ(refused_param({{"script", "  "}}), "script");
  EXPECT_EQ(refused_param({{"audio_url", "https://example.com/a.mp3"}}), "audio_url");
  EXPECT_EQ(refused_param({{"audio_asset_id", "x"}}), "audio_asset_id");
  EXPECT_EQ(refused_param({{"script", nullptr}, {"audio_asset_id", "x"}}), "accepted");
}

TEST(AvatarVideo, RefusesWhatStudioLooksCannotDo) {
  EXPECT_EQ(refused_param({{"engine", json::object{{"type", "avatar_v"}}}}), "engine");
  EXPECT_EQ(refused_param({{"motion_prompt", "nod"}}), "motion_prompt");
  EXPECT_EQ(refused_param({{"expressiveness", "high"}}), "expressiveness");
  EXPECT_EQ(refused_param({{"resolution", "4k"}}), "resolution");
}

// A twin, another of its group, one of another group, one that cannot do avatar_v, one that cannot
// be cut out, and a photograph.
Result<OwnLook> find_look_of_test(const std::string& id) {
  OwnLook look{.id = id, .group_id = id == "stranger" ? "h" : "g"};
  look.kind = id == "photo" ? LookKind::photo : LookKind::twin;
  if (look.kind == LookKind::twin) look.engines = {"avatar_v", "avatar_iv", "avatar_iii"};
  if (id == "crowd") look.matte = {{"refused", "Its background has the tones of the person."}};
  if (id == "silent") look.engines = {"avatar_iv", "avatar_iii"};
  if (id == "nobody") return fail(ErrorCode::avatar_not_found, "");
  return look;
}

Result<Request> twin_request(const char* look, json::object changes) {
  auto fields = body(std::move(changes));
  fields["avatar_id"] = look;
  fields["voice_id"] = speech::default_voice().id;
  return parse(fields, find_look_of_test);
}

TEST(AvatarVideo, TheEngineMatrixOfTwins) {
  const auto engine = [](const char* type) { return json::object{{"type", type}}; };
  const auto reference = [](const char* id) {
    return json::object{{"type", "avatar_v"}, {"reference_look_id", id}};
  };
  const auto param = [](const char* look, json::object changes) {
    const auto parsed = twin_request(look, std::move(changes));
    return parsed ? "accepted" : parsed.error().param;
  };
  for (const char* type : {"avatar_iii", "avatar_iv", "avatar_v"}) {
    const auto parsed = twin_request("twin", {{"engine", engine(type)}});
    ASSERT_TRUE(parsed) << type;
    EXPECT_EQ(price_item(*parsed), "avatar_video." + std::string(type) + ".digital_twin");
    EXPECT_EQ(param("twin", {{"engine", engine(type)}, {"expressiveness", "low"}}),
              "expressiveness");
    const bool takes_motion = std::string(type) == "avatar_v";
    EXPECT_EQ(param("twin", {{"engine", engine(type)}, {"motion_prompt", "nod"}}),
              takes_motion ? "accepted" : "motion_prompt");
  }
  EXPECT_EQ(twin_request("twin", {})->engine, Engine::avatar_iv);
  EXPECT_EQ(param("silent", {{"engine", engine("avatar_v")}}), "engine");
  EXPECT_EQ(param("photo", {{"engine", engine("avatar_v")}}), "engine");
  EXPECT_EQ(param("twin", {{"engine", reference("other")}}), "accepted");
  for (const char* id : {"stranger", "photo", "nobody"})
    EXPECT_EQ(param("twin", {{"engine", reference(id)}}), "engine.reference_look_id") << id;
  const json::object white{{"type", "color"}, {"value", "#ffffff"}};
  for (const char* look : {"twin", "crowd"}) {
    const bool is_crowd = std::string(look) == "crowd";
    EXPECT_EQ(param(look, {{"output_format", "webm"}}), is_crowd ? "output_format" : "accepted");
    EXPECT_EQ(param(look, {{"background", white}}), is_crowd ? "background" : "accepted");
    EXPECT_EQ(param(look, {{"remove_background", true}}),
              is_crowd ? "remove_background" : "accepted");
    EXPECT_EQ(param(look, {{"remove_background", false}}), "accepted");
  }
  EXPECT_EQ(param("twin", {{"resolution", "4k"}}), "resolution");
  const auto kept = from_json(to_json(*twin_request("twin", {{"engine", reference("other")}})));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->engine, Engine::avatar_v);
  EXPECT_EQ(kept->person, Person::twin);
  EXPECT_EQ(kept->reference->id, "other");
}

TEST(AvatarVideo, ATwinPlaysInACinematicVideoWhenItCanBeCutOut) {
  const auto cinematic = [](json::array looks) {
    return parse_cinematic(
        {{"type", "cinematic_avatar"}, {"prompt", "push in"}, {"avatar_id", std::move(looks)}},
        find_look_of_test);
  };
  const auto parsed = cinematic({"twin", "photo", avatar::looks().front().id});
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto kept = cinematic_from(to_json(*parsed));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->looks[0].person, Person::twin);
  EXPECT_EQ(kept->looks[1].person, Person::photo);
  EXPECT_EQ(kept->looks[2].person, Person::presenter);
  // A twin is one of the three films, not one of the nine pictures.
  EXPECT_TRUE(check_references(*parsed, 7, 2));
  EXPECT_FALSE(check_references(*parsed, 7, 3));
  EXPECT_FALSE(check_references(*parsed, 8, 2));
  const auto refused = cinematic({"crowd"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "avatar_id");
  EXPECT_NE(refused.error().message.find("tones"), std::string::npos);
}

TEST(AvatarVideo, ChecksBackgrounds) {
  const json::object white{{"type", "color"}, {"value", "#FFFFFF"}};
  EXPECT_EQ(refused_param({{"background", white}}), "accepted");
  EXPECT_EQ(refused_param({{"background", white}, {"output_format", "webm"}}), "background");
  EXPECT_EQ(refused_param({{"background", json::object{{"type", "color"}, {"value", "white"}}}}),
            "background.value");
  EXPECT_EQ(refused_param({{"background", json::object{{"type", "image"}}}}), "background");
  EXPECT_EQ(refused_param({{"background", json::object{{"type", "image"},
                                                       {"url", "https://a.b/c.png"},
                                                       {"asset_id", "x"}}}}),
            "background");
}

TEST(AvatarVideo, NamesUnknownIds) {
  EXPECT_EQ(parse(body({{"avatar_id", "nobody"}})).error().code, ErrorCode::avatar_not_found);
  EXPECT_EQ(parse(body({{"voice_id", "nobody"}})).error().code, ErrorCode::voice_not_found);
}

TEST(AvatarVideo, RefusesSettingsOfAnotherVoiceEngine) {
  const json::object settings{{"engine_settings", json::object{{"engine_type", "elevenlabs"}}}};
  EXPECT_EQ(refused_param({{"voice_settings", settings}}), "voice_settings.engine_settings");
}

TEST(AvatarVideo, TheWorkersDocumentHoldsTheWholeRequest) {
  const auto request =
      parse(body({{"resolution", "720p"},
                  {"aspect_ratio", "9:16"},
                  {"engine", json::object{{"type", "avatar_iii"}}},
                  {"voice_settings", json::object{{"speed", 1.25}, {"pitch", -10}}},
                  {"background", json::object{{"type", "color"}, {"value", "#102030"}}},
                  {"caption", json::object{{"style", "default"}}}}));
  ASSERT_TRUE(request);
  const auto again = from_json(to_json(*request));
  ASSERT_TRUE(again);
  EXPECT_EQ(to_text(to_json(*again)), to_text(to_json(*request)));
  EXPECT_EQ(again->width, 720);
  EXPECT_DOUBLE_EQ(again->voice.speed, 1.25);
  EXPECT_TRUE(again->are_captions_burned_in);
}

TEST(AvatarVideo, BillsWholeFramesToTheMillisecond) {
  EXPECT_EQ(frame_count(0), 1);
  EXPECT_EQ(frame_count(1.0), 25);
  EXPECT_EQ(frame_count(1.0004), 25);
  EXPECT_EQ(frame_count(1.01), 26);
  EXPECT_EQ(billable_ms(63), 2520);
  EXPECT_EQ(estimate_audio(2500).duration_ms, 2520);
  EXPECT_TRUE(estimate_audio(2500).is_exact);
}

TEST(AvatarVideo, AnEstimateGrowsWithTheScriptAndShrinksWithTheSpeed) {
  const auto estimate = [](const char* script, double speed) {
    auto request =
        parse(body({{"script", script}, {"voice_settings", json::object{{"speed", speed}}}}));
    return estimate_script(*request).value().duration_ms;
  };
  EXPECT_LT(estimate("Hello.", 1), estimate("Hello, and welcome to the show.", 1));
  EXPECT_LT(estimate("Hello, and welcome to the show.", 1.5),
            estimate("Hello, and welcome to the show.", 0.5));
}

TEST(AvatarVideo, AFinishedVideoShowsItsBillAndItsLinks) {
  jobs::Job job;
  job.id = "v1";
  job.state = jobs::JobState::completed;
  job.finished_at_ms = 5'000;
  job.charge.price_item = "avatar_video.avatar_iv.studio_avatar";
  job.charge.quantity = 4'520;
  job.charge.captured = {301'484'000};
  jobs::BlobRef blob;
  blob.hash = std::string(64, 'a');
  blob.mime_type = "video/mp4";
  blob.name = "v1.mp4";
  job.result["outputs"] = json::object{{"video", jobs::to_json(blob)}};
  const auto video = video_json(
      job, [](const jobs::BlobRef& ref) { return "link:" + ref.hash; },
      money::PriceBook::version_1());
  EXPECT_EQ(to_text(video.at("duration")), "4.52");
  EXPECT_EQ(string_or(video, "status"), "completed");
  EXPECT_EQ(string_or(video, "video_url"), "link:" + blob.hash);
  EXPECT_TRUE(video.at("gif_url").is_null());
  EXPECT_EQ(to_text(video.at("charge").get_object().at("captured_usd")), "0.301484");
}

}  // namespace
}  // namespace understudy::avatar_video
