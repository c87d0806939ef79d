#include <algorithm>

#include "api/test_server.h"
#include "base/bytes.h"
#include "media/inspect.h"
#include "products/assets/assets_routes.h"

namespace understudy::assets {
namespace {

class MemoryAssets final : public jobs::AssetStore {
 public:
  Result<void> put(const jobs::Asset& asset) override {
    const std::lock_guard lock(mutex_);
    assets_.push_back(asset);
    return {};
  }
  Result<jobs::Asset> find(std::string_view account_id, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (const auto& asset : assets_) {
      if (asset.id == id && asset.account_id == account_id) return asset;
    }
    return fail(ErrorCode::asset_not_found, "There is no asset with this id.");
  }
  Result<std::vector<jobs::Asset>> list(const jobs::AssetQuery& query) override {
    const std::lock_guard lock(mutex_);
    std::vector<jobs::Asset> found;
    for (auto asset = assets_.rbegin(); asset != assets_.rend(); ++asset) {
      if (asset->account_id != query.account_id) continue;
      if (query.folder_id && asset->folder_id != *query.folder_id) continue;
      if (!query.before_id.empty() && asset->id >= query.before_id) continue;
      if (static_cast<int>(found.size()) < query.limit) found.push_back(*asset);
    }
    return found;
  }
  Result<void> remove(std::string_view account_id, std::string_view id) override {
    TRY(find(account_id, id));
    const std::lock_guard lock(mutex_);
    std::erase_if(assets_, [id](const auto& asset) { return asset.id == id; });
    return {};
  }

 private:
  std::mutex mutex_;
  std::vector<jobs::Asset> assets_;
};

class FolderBlobs final : public jobs::BlobStore {
 public:
  Result<jobs::BlobRef> put_file(const std::filesystem::path& file) override {
    TRY_ASSIGN(const auto bytes, read_file(file));
    return put_bytes(bytes);
  }
  Result<jobs::BlobRef> put_bytes(std::string_view bytes) override {
    const std::string hash = sha256_hex(bytes);
    TRY(write_file_durably(folder_.path() / hash, bytes));
    return jobs::BlobRef{
        .hash = hash, .size = static_cast<std::int64_t>(bytes.size()), .mime_type = {}, .name = {}};
  }
  Result<std::filesystem::path> local_path(std::string_view hash) override {
    return folder_.path() / std::string(hash);
  }
  Result<void> remove(std::string_view) override { return {}; }
  bool is_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

// Half a second of a ramp, 8 kHz, 16 bits, mono.
std::string wav() {
  std::string samples;
  for (std::uint32_t i = 0; i < 4000; ++i) samples += little_endian(i * 7 % 5000, 2);
  const auto size = static_cast<std::uint32_t>(samples.size());
  return "RIFF" + little_endian(36 + size, 4) + "WAVEfmt " + little_endian(16, 4) +
         little_endian(1, 2) + little_endian(1, 2) + little_endian(8000, 4) +
         little_endian(16000, 4) + little_endian(2, 2) + little_endian(16, 2) + "data" +
         little_endian(size, 4) + samples;
}

// One grey pixel.
std::string png() {
  return *from_base64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");
}

constexpr char kSrt[] = "1\n00:00:00,000 --> 00:00:01,000\nhello\n";

class AssetRoutes : public testing::Test {
 protected:
  static Result<json::object> inspect(const std::filesystem::path& path) {
    TRY_ASSIGN(const auto info, media::inspect_file(path));
    return media::to_json(info);
  }

  api::Answer upload(const std::string& bytes, const std::string& filename,
                     const std::string& type = "application/octet-stream",
                     const std::string& headers = "x-api-key: owner\r\n") const {
    const std::string body = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
                             filename + "\"\r\nContent-Type: " + type + "\r\n\r\n" + bytes +
                             "\r\n--B--\r\n";
    return server_.post("/v3/assets", body,
                        headers + "content-type: multipart/form-data; boundary=B\r\n");
  }

  static std::string data(const api::Answer& answer, std::string_view name) {
    const json::value document = answer.json();
    return string_or(document.as_object().at("data").as_object(), name);
  }

  void expect_refused(const api::Answer& answer) const {
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(answer.code(), "invalid_parameter");
    EXPECT_EQ(answer.param(), "file");
    EXPECT_NE(answer.body.find("'file' "), std::string::npos) << answer.body;
    EXPECT_TRUE(blobs_.is_empty());
    EXPECT_EQ(server_.uploads_left(), 0u);
  }

  SystemClock clock_;
  MemoryAssets assets_;
  FolderBlobs blobs_;
  AssetService service_{
      assets_, blobs_, inspect,
      [](const std::string& account) -> Result<std::string> { return "name-of-" + account; },
      clock_};
  api::TestServer server_{routes(service_, [](const jobs::BlobRef& blob, const api::Request&) {
    return "http://h/files/" + blob.name;
  })};
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
  EXPECT_EQ(server_.get("/v3/assets").param(), "username");
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
