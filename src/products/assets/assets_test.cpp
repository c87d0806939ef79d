#include "products/assets/assets_testing.h"

namespace understudy::assets {
namespace {

class AssetRoutes : public AssetsTest {
 protected:
  api::Answer upload(const std::string& bytes, const std::string& filename,
                     const std::string& type = "application/octet-stream",
                     const std::string& headers = "x-api-key: owner\r\n") const {
    const std::string body = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
                             filename + "\"\r\nContent-Type: " + type + "\r\n\r\n" + bytes +
                             "\r\n--B--\r\n";
    return server_.post("/v3/assets", body,
                        headers + "content-type: multipart/form-data; boundary=B\r\n");
  }

  void expect_refused(const api::Answer& answer) const {
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(answer.code(), "invalid_parameter");
    EXPECT_EQ(answer.param(), "file");
    EXPECT_NE(answer.body.find("'file' "), std::string::npos) << answer.body;
    EXPECT_TRUE(blobs_.is_empty());
    EXPECT_EQ(server_.uploads_left(), 0u);
  }
};

TEST_F(AssetRoutes, AnUploadIsKeptUnderTheTypeOfItsBytes) {
  const std::string bytes = wav();
  const api::Answer answer = upload(bytes, "voice.wav", "audio/x-wav");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(data(answer, "mime_type"), "audio/wav");
  EXPECT_EQ(data(answer, "url"), "http://h/files/voice.wav");
  EXPECT_NE(answer.body.find("\"size_bytes\":" + std::to_string(bytes.size())), std::string::npos);
  EXPECT_EQ(read_file(*blobs_.local_path(sha256_hex(bytes))).value(), bytes);
  const api::Answer shown = server_.get("/v3/assets/" + data(answer, "asset_id"));
  EXPECT_EQ(data(shown, "name"), "voice.wav");
  EXPECT_EQ(data(shown, "type"), "audio");
  EXPECT_EQ(data(shown, "owner"), "name-of-owner");
}

TEST_F(AssetRoutes, TakesPicturesAndSubtitles) {
  EXPECT_EQ(data(upload(png(), "face.png", "image/png"), "mime_type"), "image/png");
  EXPECT_EQ(data(upload(kSrt, "lines.srt", "text/plain"), "mime_type"), "application/x-subrip");
  // A name or type that claims nothing is no lie.
  EXPECT_EQ(upload(png(), "face", "").status, 200);
  EXPECT_EQ(upload(png(), "face.2025", "").status, 200);
}

TEST_F(AssetRoutes, RefusesAnEmptyFile) { expect_refused(upload("", "voice.wav")); }

TEST_F(AssetRoutes, RefusesTextThatIsNamedLikeSound) {
  expect_refused(upload("These words are no sound at all.", "voice.wav", "audio/wav"));
}

TEST_F(AssetRoutes, RefusesATruncatedFile) {
  expect_refused(upload(wav().substr(0, 3000), "voice.wav"));
  expect_refused(upload(png().substr(0, 50), "face.png"));
}

TEST_F(AssetRoutes, RefusesWhatItsNameOrTypeDenies) {
  expect_refused(upload(png(), "voice.wav"));
  expect_refused(upload(png(), "face.jpg"));
  expect_refused(upload(png(), "face", "audio/mpeg"));
  expect_refused(upload(wav(), "film.mov"));
}

TEST_F(AssetRoutes, RefusesTypesThatAreNotTaken) {
  expect_refused(upload("PK\x03\x04" + std::string(60, '\0'), "project.zip", "application/zip"));
  expect_refused(upload("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", "a.svg"));
}

TEST_F(AssetRoutes, ListsInPagesNewestFirst) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.insert(ids.begin(), data(upload(png(), std::to_string(i) + ".png"), "asset_id"));
  }
  std::vector<std::string> listed;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const api::Answer answer = server_.get("/v3/assets?username=name-of-owner&limit=2" +
                                           (token.empty() ? "" : "&token=" + token));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json::value document = answer.json();
    for (const auto& asset : document.at("data").as_array()) {
      listed.emplace_back(asset.at("id").as_string());
    }
    EXPECT_EQ(document.at("has_more").as_bool(), page < 2);
    token = string_or(document.as_object(), "next_token");
  }
  EXPECT_EQ(listed, ids);
}

TEST_F(AssetRoutes, ListsOnlyTheNamedOwnersAssets) {
  ASSERT_EQ(upload(png(), "a.png").status, 200);
  EXPECT_EQ(server_.get("/v3/assets").status, 400);  // whose is not said
  EXPECT_NE(server_.get("/v3/assets?username=name-of-owner").body.find("a.png"), std::string::npos);
  EXPECT_EQ(server_.get("/v3/assets?username=somebody").body.find("a.png"), std::string::npos);
  EXPECT_EQ(
      server_.get("/v3/assets?username=name-of-other", "x-api-key: other\r\n").body.find("a.png"),
      std::string::npos);
}

TEST_F(AssetRoutes, AnotherAccountsAssetLooksAbsent) {
  const std::string id = data(upload(png(), "a.png"), "asset_id");
  const api::Answer answer = server_.get("/v3/assets/" + id, "x-api-key: other\r\n");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "asset_not_found");
}

TEST_F(AssetRoutes, ADeletedAssetIsGone) {
  const std::string id = data(upload(png(), "a.png"), "asset_id");
  const std::string remove =
      "DELETE /v3/assets/" + id + " HTTP/1.1\r\nhost: a\r\nx-api-key: owner\r\n\r\n";
  EXPECT_EQ(server_.ask(remove).body, "{\"data\":{\"id\":\"" + id + "\"}}");
  EXPECT_EQ(server_.ask(remove).status, 404);
  EXPECT_EQ(server_.get("/v3/assets/" + id).status, 404);
}

TEST_F(AssetRoutes, TheSameKeyUploadsOnce) {
  const std::string headers = "x-api-key: owner\r\nidempotency-key: upload-1\r\n";
  const api::Answer first = upload(png(), "a.png", "image/png", headers);
  const api::Answer again = upload(png(), "a.png", "image/png", headers);
  EXPECT_EQ(first.body, again.body);
  EXPECT_FALSE(again.headers.contains("idempotency-mismatch"));
}

}  // namespace
}  // namespace understudy::assets
