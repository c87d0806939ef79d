#include "api/multipart.h"

#include "api/test_server.h"
#include "base/bytes.h"

namespace understudy::api {
namespace {

std::string file_part(const std::string& content, const std::string& filename = "a.png") {
  return "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename +
         "\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n";
}

struct Outcome {
  Result<void> result;
  Request request;
  std::string bytes;  // of the first file
};

Outcome read(const std::string& body, std::size_t piece, const TemporaryFolder& folder) {
  Outcome outcome;
  MultipartReader reader("B", folder.path());
  for (std::size_t at = 0; at < body.size() && outcome.result; at += piece) {
    outcome.result = reader.feed(std::string_view(body).substr(at, piece));
  }
  if (outcome.result) outcome.result = reader.finish(outcome.request);
  if (!outcome.request.files.empty()) {
    outcome.bytes = read_file(outcome.request.files[0].path).value();
  }
  remove_uploads(outcome.request.files);
  return outcome;
}

TEST(Multipart, ReadsFilesAndFieldsInPiecesOfEverySize) {
  // Contents that nearly are boundaries.
  const std::string content = "\r\n-\r\n--\r\n--A\r\r\n--\0B\r\n\r\n--" + std::string(300, '\r');
  const std::string body = "preamble\r\n" + file_part(content) +
                           "--B\r\ncontent-disposition: FORM-DATA; name=title\r\n\r\nmy film\r\n" +
                           "--B\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n" +
                           "--B--\r\nepilogue";
  const TemporaryFolder folder;
  for (std::size_t piece = 1; piece < 80; ++piece) {
    const Outcome outcome = read(body, piece, folder);
    ASSERT_TRUE(outcome.result) << piece << ": " << outcome.result.error().message;
    ASSERT_EQ(outcome.request.files.size(), 1u);
    EXPECT_EQ(outcome.bytes, content) << piece;
    EXPECT_EQ(outcome.request.files[0].size, static_cast<std::int64_t>(content.size()));
    EXPECT_EQ(outcome.request.files[0].sha256, sha256_hex(content));
    EXPECT_EQ(outcome.request.files[0].field, "file");
    EXPECT_EQ(outcome.request.files[0].filename, "a.png");
    EXPECT_EQ(outcome.request.files[0].content_type, "image/png");
    EXPECT_EQ(outcome.request.form.at("title"), "my film");
    EXPECT_EQ(outcome.request.form.at("empty"), "");
  }
}

TEST(Multipart, AnEmptyFileIsAFile) {
  const TemporaryFolder folder;
  const Outcome outcome = read(file_part("") + "--B--\r\n", 1000, folder);
  ASSERT_TRUE(outcome.result);
  ASSERT_EQ(outcome.request.files.size(), 1u);
  EXPECT_EQ(outcome.request.files[0].size, 0);
}

TEST(Multipart, NamesAreReducedToTheirLastPart) {
  const TemporaryFolder folder;
  const std::pair<std::string, std::string> cases[] = {
      {"../../etc/passwd", "passwd"}, {"C:\\\\films\\\\a.mp4", "a.mp4"}, {"..", ""},
      {"a\\\"b.png", "a\"b.png"},     {"\x01name\x7f.png", "name.png"},  {"", ""}};
  for (const auto& [sent, kept] : cases) {
    const Outcome outcome = read(file_part("x", sent) + "--B--", 1000, folder);
    ASSERT_TRUE(outcome.result) << sent;
    EXPECT_EQ(outcome.request.files.at(0).filename, kept) << sent;
  }
}

TEST(Multipart, HostileBodiesAreRefusedInPiecesOfEverySizeAndLeaveNothing) {
  const std::string good = file_part("content");
  std::string many;
  for (int i = 0; i < 100; ++i) many += file_part("x");
  const std::string cases[] = {
      "",
      "--",
      "--B",
      "--B\r\n",
      good,          // no last boundary
      good + "--B",  // cut in the last boundary
      good + "--B-",
      good + "--Bx\r\n",          // a boundary with text behind it
      "--C\r\n\r\n--C--",         // another boundary
      std::string(100'000, '-'),  // a preamble without end
      "--B\r\n\r\nno headers\r\n--B--",
      "--B\r\nno colon\r\n\r\nx\r\n--B--",
      "--B\r\nContent-Type: image/png\r\n\r\nx\r\n--B--",
      "--B\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\nx\r\n--B--",
      "--B\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nx\r\n--B--",
      "--B\r\nContent-Disposition: form-data; name=\"unclosed\r\n\r\nx\r\n--B--",
      "--B\r\nX: " + std::string(20'000, 'h'),  // headers without end
      "--B" + std::string(20'000, ' '),         // padding without end
      "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" + std::string(2 << 20, 'v'),
      many + "--B--",  // too many parts
  };
  const TemporaryFolder folder;
  for (const auto& body : cases) {
    for (const std::size_t piece : {1u, 7u, 4096u, 1u << 24}) {
      if (body.size() / piece > 200'000) continue;
      const Outcome outcome = read(body, piece, folder);
      ASSERT_FALSE(outcome.result) << body.substr(0, 60);
      EXPECT_EQ(outcome.result.error().code, ErrorCode::invalid_parameter);
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Multipart, EveryCutOfAGoodBodyIsRefusedOrWhole) {
  const std::string body = file_part("content") + "--B--\r\n";
  const TemporaryFolder folder;
  for (std::size_t size = 0; size < body.size() - 2; ++size) {
    EXPECT_FALSE(read(body.substr(0, size), 5, folder).result) << size;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Multipart, TheBoundaryComesFromTheContentType) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc").value(), "abc");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=x; boundary=\"a b;c\"").value(),
            "a b;c");
  for (const std::string& type :
       {std::string(), std::string("application/json"), std::string("multipart/mixed; boundary=a"),
        std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\"open"),
        "multipart/form-data; boundary=" + std::string(71, 'b')}) {
    EXPECT_FALSE(multipart_boundary(type)) << type;
  }
}

class Uploads : public testing::Test {
 protected:
  static Result<Response> describe(const Request& request) {
    const auto& file = request.files.at(0);
    EXPECT_TRUE(std::filesystem::exists(file.path));
    return data_response({{"size", file.size}, {"sha256", file.sha256}});
  }
  static ServerConfig small() {
    ServerConfig config;
    config.multipart_limit = 200'000;
    config.file_limit = 1 << 20;
    return config;
  }
  static Route raw() {
    Route made = route("PUT", "/understudy/v1/blobs", describe);
    made.body = BodyKind::file;
    return made;
  }
  Answer upload(const std::string& content, const std::string& key = "owner") const {
    const std::string body = file_part(content) + "--B--\r\n";
    return server_.post(
        "/v3/assets", body,
        "x-api-key: " + key + "\r\ncontent-type: multipart/form-data; boundary=B\r\n");
  }
  TestServer server_{{route("POST", "/v3/assets", describe), raw()}, small()};
};

TEST_F(Uploads, AFileGoesToDiskAndIsRemovedAfterTheRequest) {
  const std::string content(150'000, 'p');
  const Answer answer = upload(content);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.body.find(sha256_hex(content)), std::string::npos);
  EXPECT_EQ(server_.uploads_left(), 0u);
}

TEST_F(Uploads, TooMuchIs413AndLeavesNothing) {
  EXPECT_EQ(upload(std::string(300'000, 'p')).status, 413);
  EXPECT_EQ(server_.uploads_left(), 0u);
}

TEST_F(Uploads, AWrongKeyIsRefusedBeforeTheBodyIsRead) {
  Connection connection(server_.port());
  const Answer answer = connection.ask(
      "POST /v3/assets HTTP/1.1\r\nhost: a\r\nx-api-key: wrong\r\n"
      "expect: 100-continue\r\ncontent-type: multipart/form-data; boundary=B\r\n"
      "content-length: 1000\r\n\r\n");
  EXPECT_EQ(answer.status, 401);
}

TEST_F(Uploads, WithoutAFileTheFieldIsNamed) {
  const Answer answer = server_.post(
      "/v3/assets", "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n--B--\r\n",
      "x-api-key: owner\r\ncontent-type: multipart/form-data; boundary=B\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.param(), "file");
  EXPECT_EQ(server_.post("/v3/assets", "{}").param(), "file");
}

TEST_F(Uploads, AClientThatLeavesInTheMiddleLeavesNothing) {
  {
    Connection connection(server_.port());
    connection.say(
        "POST /v3/assets HTTP/1.1\r\nhost: a\r\nx-api-key: owner\r\n"
        "content-type: multipart/form-data; boundary=B\r\ncontent-length: 100000\r\n\r\n" +
        file_part(std::string(50'000, 'x')));
  }
  for (int tries = 0; tries < 200 && server_.uploads_left() > 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(server_.uploads_left(), 0u);
}

TEST_F(Uploads, AWholeBodyCanBeAFile) {
  const std::string content(600'000, 'q');
  const Answer answer = server_.ask(
      "PUT /understudy/v1/blobs HTTP/1.1\r\nhost: a\r\nx-api-key: owner\r\n"
      "content-length: 600000\r\n\r\n" +
      content);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.body.find(sha256_hex(content)), std::string::npos);
  EXPECT_EQ(server_.uploads_left(), 0u);
}

}  // namespace
}  // namespace understudy::api
