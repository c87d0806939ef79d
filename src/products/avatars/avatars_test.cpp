// The catalogue from route to answer, and the previews' files.
#include "products/avatars/avatars.h"

#include <set>

#include <gtest/gtest.h>

#include "base/file.h"
#include "jobs/testing/fake_job_store.h"
#include "media/image.h"
#include "products/avatars/avatars_routes.h"
#include "products/avatars/consent_page.h"
#include "products/avatars/footage_report.h"
#include "speech/voice_catalogue.h"

namespace understudy::avatars {
namespace {

// An account without avatars of its own; tests/api/avatars_test.py has one with some.
class NoAvatars final : public jobs::AvatarStore {
 public:
  Result<void> add(const std::optional<jobs::AvatarGroup>&, const jobs::AvatarLook&) override {
    return {};
  }
  Result<jobs::AvatarGroup> find_group(std::string_view, std::string_view) override {
    return fail(ErrorCode::avatar_group_not_found, "There is no such avatar group.");
  }
  Result<jobs::AvatarLook> find_look(std::string_view, std::string_view) override {
    return fail(ErrorCode::avatar_not_found, "There is no such avatar look.");
  }
  Result<std::vector<jobs::AvatarGroup>> list_groups(const jobs::AvatarQuery&) override {
    return std::vector<jobs::AvatarGroup>();
  }
  Result<std::vector<jobs::AvatarLook>> list_looks(const jobs::AvatarQuery&) override {
    return std::vector<jobs::AvatarLook>();
  }
  Result<void> set_default_voice(std::string_view, std::string_view, std::string_view) override {
    return fail(ErrorCode::avatar_group_not_found, "");
  }
  Result<void> rename_look(std::string_view, std::string_view, std::string_view) override {
    return fail(ErrorCode::avatar_not_found, "");
  }
  Result<void> add_consent(const jobs::AvatarConsent&) override {
    return fail(ErrorCode::avatar_group_not_found, "");
  }
  Result<jobs::AvatarConsent> find_consent(std::string_view, std::string_view) override {
    return fail(ErrorCode::not_found, "");
  }
  Result<std::vector<jobs::AvatarConsent>> list_consents(std::string_view,
                                                         std::string_view) override {
    return std::vector<jobs::AvatarConsent>();
  }
  Result<void> submit_consent(const jobs::AvatarConsent&) override {
    return fail(ErrorCode::not_found, "");
  }
  Result<void> remove_look(std::string_view, std::string_view) override {
    return fail(ErrorCode::avatar_not_found, "");
  }
};

class NoAssets final : public jobs::AssetStore {
 public:
  Result<void> put(const jobs::Asset&) override { return {}; }
  Result<jobs::Asset> find(std::string_view, std::string_view) override {
    return fail(ErrorCode::asset_not_found, "There is no asset with this id.");
  }
  Result<std::vector<jobs::Asset>> list(const jobs::AssetQuery&) override {
    return std::vector<jobs::Asset>();
  }
  Result<void> remove(std::string_view, std::string_view) override {
    return fail(ErrorCode::asset_not_found, "");
  }
};

std::string no_links(const jobs::BlobRef&, const api::Request&) { return {}; }

class Catalogue : public ::testing::Test {
 protected:
  Result<api::Response> get(const std::string& route_path,
                            std::map<std::string, std::string, std::less<>> params = {},
                            std::vector<std::pair<std::string, std::string>> query = {}) {
    api::Request request;
    request.base_url = "http://here";
    request.path_params = std::move(params);
    request.query = std::move(query);
    for (const auto& route : routes(previews_, service_, no_links))
      if (route.method == "GET" && route.path == route_path) return route.handler(request);
    ADD_FAILURE() << "no route " << route_path;
    return fail(ErrorCode::not_found, "");
  }

  TemporaryFolder folder_;
  AvatarPreviews previews_{folder_.path() / "previews"};
  NoAvatars store_;
  jobs::FakeJobStore queue_;
  net::HttpClient http_{{}};
  NoAssets assets_;
  jobs::FolderBlobStore blobs_{folder_.path()};
  jobs::InputResolver inputs_{http_, assets_, blobs_,
                              [](const std::filesystem::path&) { return json::object(); },
                              folder_.path()};
  SystemClock clock_;
  AvatarsService service_{queue_, inputs_, store_, money::PriceBook::version_1(), clock_};
};

TEST_F(Catalogue, PagesThroughEveryLookOnce) {
  std::set<std::string> seen;
  std::vector<std::pair<std::string, std::string>> query = {{"limit", "7"}};
  for (;;) {
    const auto answer = get("/v3/avatars/looks", {}, query);
    ASSERT_TRUE(answer);
    const auto& body = answer->body.get_object();
    for (const auto& item : body.at("data").get_array()) {
      const auto& look = item.get_object();
      EXPECT_TRUE(seen.insert(string_or(look, "id")).second);
      EXPECT_EQ(string_or(look, "avatar_type"), "studio_avatar");
      EXPECT_NE(speech::find_voice(string_or(look, "default_voice_id")), nullptr);
      EXPECT_EQ(look.at("supported_api_engines"), (json::array{"avatar_iv", "avatar_iii"}));
      EXPECT_TRUE(look.at("status").is_null());
    }
    if (!body.at("has_more").as_bool()) break;
    query = {{"limit", "7"}, {"token", string_or(body, "next_token")}};
  }
  EXPECT_EQ(seen.size(), avatar::looks().size());
}

TEST_F(Catalogue, AGroupCountsItsLooksAndItsLooksAreFound) {
  const auto answer = get("/v3/avatars/{group_id}", {{"group_id", "amara"}});
  ASSERT_TRUE(answer);
  const auto& group = answer->body.get_object().at("data").get_object();
  const auto looks = get("/v3/avatars/looks", {}, {{"group_id", "amara"}});
  ASSERT_TRUE(looks);
  const auto& data = looks->body.get_object().at("data").get_array();
  EXPECT_GE(data.size(), 2u);
  EXPECT_EQ(int_or(group, "looks_count", 0), static_cast<std::int64_t>(data.size()));
  for (const auto& look : data) EXPECT_EQ(string_or(look.get_object(), "group_id"), "amara");
}

TEST_F(Catalogue, FiltersThatNothingFitsGiveAnEmptyPage) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"ownership", "private"}, {"avatar_type", "photo_avatar"}, {"group_id", "nobody"}}) {
    const auto answer = get("/v3/avatars/looks", {}, {{name, value}});
    ASSERT_TRUE(answer) << name;
    EXPECT_TRUE(answer->body.get_object().at("data").get_array().empty()) << name;
    EXPECT_FALSE(answer->body.get_object().at("has_more").as_bool()) << name;
  }
}

TEST_F(Catalogue, UnknownIdsAreNotFoundEachWithItsCode) {
  EXPECT_EQ(get("/v3/avatars/{group_id}", {{"group_id", "nobody"}}).error().code,
            ErrorCode::avatar_group_not_found);
  EXPECT_EQ(get("/v3/avatars/looks/{look_id}", {{"look_id", "../etc"}}).error().code,
            ErrorCode::avatar_not_found);
  EXPECT_EQ(
      get("/understudy/v1/avatars/{look_id}/preview.jpg", {{"look_id", "nobody"}}).error().code,
      ErrorCode::avatar_not_found);
  EXPECT_EQ(get("/v3/avatars", {}, {{"limit", "51"}}).error().param, "limit");
  EXPECT_EQ(get("/v3/avatars", {}, {{"token", "bm9ib2R5"}}).error().param, "token");
}

TEST_F(Catalogue, PreviewsAreMadeOnceByTheEngine) {
  const std::string& id = avatar::looks().front().id;
  const auto picture = get("/understudy/v1/avatars/{look_id}/preview.jpg", {{"look_id", id}});
  ASSERT_TRUE(picture);
  const auto image = media::decode_image_file(picture->file->path);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width, kPictureWidth);
  const auto made = std::filesystem::last_write_time(picture->file->path);
  ASSERT_TRUE(get("/understudy/v1/avatars/{look_id}/preview.jpg", {{"look_id", id}}));
  EXPECT_EQ(std::filesystem::last_write_time(picture->file->path), made);
  const auto video = get("/understudy/v1/avatars/{look_id}/preview.mp4", {{"look_id", id}});
  ASSERT_TRUE(video);
  EXPECT_EQ(video->file->mime_type, "video/mp4");
  EXPECT_GT(std::filesystem::file_size(video->file->path), 10'000u);
}

face::FaceTrack followed(int count, double eye_distance_px, int trusted, double open = 0.3) {
  face::FaceTrack track;
  track.width = 1280;
  track.height = 720;
  track.provider = "fit";
  for (int i = 0; i < count; ++i) {
    face::TrackedFace frame;
    for (std::size_t k = 0; k < frame.landmarks.size(); ++k) {
      const bool is_right = k >= face::kRightEye && k < face::kRightEye + 6;
      frame.landmarks[k] = {640 + (is_right ? eye_distance_px : 0), 300};
    }
    frame.trust = i < trusted ? 1 : 0;
    frame.pose.yaw = 0.001 * i;
    frame.mouth_open = i % 3 == 0 ? open : 0;
    track.frames.push_back(frame);
  }
  return track;
}

FootageFacts good_facts() {
  return {.source_fps = 30,
          .source_width = 1280,
          .source_height = 720,
          .duration_s = 20,
          .has_sound = true,
          .loudness_lufs = -20,
          .speech_s = 12,
          .cut_count = 0};
}

TEST(Footage, IsRefusedWithTheReason) {
  const auto refusal = [](const face::FaceTrack& track) {
    const auto report = report_on(good_facts(), track, face::Face());
    return report ? std::string("accepted") : report.error().message;
  };
  EXPECT_NE(refusal(followed(500, 80, 200)).find("40 %"), std::string::npos);
  EXPECT_NE(refusal(followed(500, 12, 500)).find("12 pixels"), std::string::npos);
  EXPECT_EQ(refusal(followed(500, 80, 500)), "accepted");
  FootageFacts facts = good_facts();
  facts.view.picture_light = 25;
  EXPECT_NE(report_on(facts, followed(500, 80, 200), face::Face()).error().message.find("too dark"),
            std::string::npos);
  facts = good_facts();
  facts.view.face_light = 24;  // whatever can be followed
  EXPECT_NE(report_on(facts, followed(500, 80, 500), face::Face()).error().message.find("too dark"),
            std::string::npos);
  facts = good_facts();
  facts.view.shake = 0.1;
  EXPECT_NE(report_on(facts, followed(500, 80, 200), face::Face()).error().message.find("shakes"),
            std::string::npos);
  facts.view.several_share = 0.5;
  EXPECT_NE(report_on(facts, followed(500, 80, 500), face::Face()).error().message.find("50 %"),
            std::string::npos);
}

TEST(Footage, TellsWhatItIsGoodFor) {
  const auto good = report_on(good_facts(), followed(500, 80, 500), face::Face()).value();
  EXPECT_EQ(good.engines.front(), "avatar_v");
  EXPECT_EQ(number_or(good.found, "face_share", 0), 1);
  FootageFacts silent = good_facts();
  silent.has_sound = false;
  silent.speech_s = 0;
  silent.cut_count = 2;
  silent.source_fps = 12;
  silent.view = {.several_share = 0.1, .picture_light = 90, .face_light = 60, .shake = 0.1};
  const auto poor = report_on(silent, followed(500, 30, 300), std::nullopt).value();
  EXPECT_EQ(poor.engines.front(), "avatar_iv");
  const std::string problems = to_text(poor.found.at("problems"));
  for (const char* part : {"no sound", "2 cuts", "60 %", "few pictures", "small", "from the front",
                           "Somebody else", "dark", "shakes"})
    EXPECT_NE(problems.find(part), std::string::npos) << part << problems;
}

TEST(Footage, InWhichNobodyIsFollowedSaysWhy) {
  EXPECT_NE(nobody_followed({.picture_light = 20}).message.find("too dark"), std::string::npos);
  EXPECT_NE(nobody_followed({.several_share = 0.9}).message.find("More than one"),
            std::string::npos);
  EXPECT_NE(nobody_followed({}).message.find("No face"), std::string::npos);
  EXPECT_EQ(nobody_followed({}).param, "file");
}

TEST(Footage, AHeadThatMovesDoesNotShakeAndACameraDoes) {
  face::FaceTrack track = followed(200, 80, 200);
  for (std::size_t i = 0; i < track.frames.size(); ++i)
    track.frames[i].pose.shift.x = 60 * std::sin(static_cast<double>(i) / 12);  // pixels
  EXPECT_LT(shake_of(track), 0.01);
  for (std::size_t i = 0; i < track.frames.size(); ++i)
    track.frames[i].pose.shift.x += i % 2 == 0 ? 2 : -2;
  EXPECT_GT(shake_of(track), 0.05);
}

TEST(Footage, OfSomebodyWhoOnlyListensHasNoMouthsToChooseFrom) {
  const auto report = report_on(good_facts(), followed(500, 80, 500, 0.01), face::Face()).value();
  EXPECT_EQ(report.engines.front(), "avatar_iv");
  EXPECT_NE(to_text(report.found.at("problems")).find("never moves"), std::string::npos);
}

TEST(ConsentPage, EscapesWhatOthersWrote) {
  const auto page = consent_page({.group_name = "<b>Ann</b>",
                                  .text = "\"a\" & <i>",
                                  .action = "/consent/x",
                                  .reroute_url = {},
                                  .problem = "<no>"});
  const std::string& html = *page.text;
  EXPECT_EQ(html.find("<b>Ann"), std::string::npos);
  EXPECT_EQ(html.find("<i>"), std::string::npos);
  EXPECT_NE(html.find("&lt;no&gt;"), std::string::npos);
}

}  // namespace
}  // namespace understudy::avatars
