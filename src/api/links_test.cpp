#include "api/links.h"

#include "api/test_server.h"
#include "base/bytes.h"

namespace understudy::api {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;

jobs::BlobRef blob(const std::string& name) {
  return {.hash = sha256_hex("bytes"), .size = 5, .mime_type = "video/mp4", .name = name};
}

// "/files/{token}/{name}" taken apart as the router does.
std::pair<std::string, std::string> parts(const std::string& path) {
  const auto slash = path.find('/', 7);
  return {path.substr(7, slash - 7), percent_decode(path.substr(slash + 1)).value()};
}

TEST(Links, ALinkLeadsBackToItsBlobUntilItExpires) {
  const LinkSigner signer("secret");
  for (const std::string name : {"a.mp4", "with space & \"quotes\".mp4", "\xc3\xa4.mp4", "x"}) {
    const auto [token, shown] = parts(signer.make(blob(name), kNow + 1000));
    const auto found = signer.verify(token, shown, kNow);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->hash, blob(name).hash);
    EXPECT_EQ(found->mime_type, "video/mp4");
    EXPECT_EQ(found->name, name);
    const auto late = signer.verify(token, shown, kNow + 1000);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::forbidden);
    EXPECT_NE(late.error().message.find("expired"), std::string::npos);
  }
}

TEST(Links, NoBitOfALinkCanBeChanged) {
  const LinkSigner signer("secret");
  const auto [token, name] = parts(signer.make(blob("a.mp4"), kNow + 1000));
  EXPECT_FALSE(signer.verify(token, "b.mp4", kNow));
  EXPECT_FALSE(LinkSigner("other").verify(token, name, kNow));
  EXPECT_FALSE(signer.verify("", name, kNow));
  EXPECT_FALSE(signer.verify("AAAA", name, kNow));
  std::string bytes = from_base64url(token).value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(signer.verify(to_base64url(changed), name, kNow)) << i;
  }
}

TEST(Links, ALongNameIsCutBetweenCharactersAndKeepsItsExtension) {
  const LinkSigner signer("secret");
  for (const std::string letter : {"a", "\xc3\xa4", "\xf0\x9f\x8e\xac"}) {
    std::string name;
    for (int i = 0; i < 100'000; ++i) name += letter;
    const std::string path = signer.make(blob(name + ".mp4"), kNow + 1000);
    EXPECT_LT(path.size(), 1000u);
    const auto [token, shown] = parts(path);
    ASSERT_TRUE(signer.verify(token, shown, kNow));
    EXPECT_TRUE(shown.ends_with(letter + ".mp4")) << shown;
    EXPECT_LE(shown.size(), 200u);
  }
}

TEST(Links, ANameNeverLeavesItsSegment) {
  const LinkSigner signer("secret");
  for (const std::string name : {"", ".", "..", "../../etc/passwd", "a/b", "a\\b"}) {
    const std::string path = signer.make(blob(name), kNow + 1000);
    EXPECT_EQ(std::count(path.begin(), path.end(), '/'), 3) << path;
    const auto [token, shown] = parts(path);
    EXPECT_TRUE(signer.verify(token, shown, kNow)) << path;
  }
}

class OneBlob final : public jobs::BlobStore {
 public:
  explicit OneBlob(std::filesystem::path path) : path_(std::move(path)) {}
  Result<jobs::BlobRef> put_file(const std::filesystem::path&) override { return blob("x"); }
  Result<jobs::BlobRef> put_bytes(std::string_view) override { return blob("x"); }
  Result<std::filesystem::path> local_path(std::string_view hash) override {
    if (hash != blob("x").hash) return fail(ErrorCode::not_found, "There is no such file.");
    return path_;
  }
  Result<void> remove(std::string_view) override { return {}; }

 private:
  std::filesystem::path path_;
};

class FileRoutes : public testing::Test {
 protected:
  FileRoutes()
      : content_(1'000'000, '\0'),
        blobs_(folder_.path() / "blob"),
        server_(file_routes(signer_, blobs_, clock_)) {
    for (std::size_t i = 0; i < content_.size(); ++i) content_[i] = static_cast<char>(i * 31 % 251);
    EXPECT_TRUE(write_file_durably(folder_.path() / "blob", content_));
    path_ = signer_.make(blob("film one.mp4"), clock_.now_ms() + 60'000);
  }

  Answer get(const std::string& headers, const std::string& method = "GET") {
    return server_.ask(method + " " + path_ + " HTTP/1.1\r\nhost: a\r\n" + headers + "\r\n");
  }

  TemporaryFolder folder_;
  std::string content_;
  LinkSigner signer_{"secret"};
  SystemClock clock_;
  OneBlob blobs_;
  TestServer server_;
  std::string path_;
};

TEST_F(FileRoutes, ServesTheWholeFileWithTypeNameAndTag) {
  const Answer answer = get("");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, content_);
  EXPECT_EQ(answer.headers.at("content-type"), "video/mp4");
  EXPECT_EQ(answer.headers.at("etag"), "\"" + blob("x").hash + "\"");
  EXPECT_EQ(answer.headers.at("accept-ranges"), "bytes");
  EXPECT_NE(answer.headers.at("content-disposition").find("film%20one.mp4"), std::string::npos);
}

TEST_F(FileRoutes, ServesRangesAndConditions) {
  const Answer middle = get("range: bytes=300000-600000\r\n");
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.body, content_.substr(300000, 300001));
  EXPECT_EQ(middle.headers.at("content-range"), "bytes 300000-600000/1000000");
  const Answer tail = get("range: bytes=-5\r\n");
  EXPECT_EQ(tail.body, content_.substr(999'995));
  const Answer beyond = get("range: bytes=1000000-\r\n");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.headers.at("content-range"), "bytes */1000000");
  EXPECT_EQ(beyond.code(), "range_not_satisfiable");
  const Answer known = get("if-none-match: \"" + blob("x").hash + "\"\r\n");
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.body, "");
}

TEST_F(FileRoutes, HeadTellsTheLengthAndKeepsTheConnection) {
  Connection connection(server_.port());
  const Answer head = connection.ask("HEAD " + path_ + " HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "1000000");
  const Answer next = connection.ask("GET " + path_ + " HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_EQ(next.body.size(), content_.size());
}

TEST_F(FileRoutes, RefusesForgedAndForeignLinks) {
  path_ = LinkSigner("other").make(blob("a.mp4"), clock_.now_ms() + 60'000);
  EXPECT_EQ(get("").status, 403);
  path_ = signer_.make(blob("a.mp4"), clock_.now_ms() - 1);
  EXPECT_EQ(get("").code(), "forbidden");
  auto gone = blob("a.mp4");
  gone.hash = sha256_hex("other bytes");
  path_ = signer_.make(gone, clock_.now_ms() + 60'000);
  EXPECT_EQ(get("").status, 404);
}

}  // namespace
}  // namespace understudy::api
