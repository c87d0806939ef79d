#include "api/dispatcher.h"

#include <atomic>
#include <future>

#include <test_paths.h>

#include "api/documents.h"
#include "api/error_envelope.h"
#include "api/test_server.h"

namespace understudy::api {
namespace {

constexpr char kVideo[] = R"({"type":"avatar","avatar_id":"a","script":"hello"})";
constexpr char kOtherVideo[] = R"({"type":"avatar","avatar_id":"a","script":"other"})";

class Dispatch : public testing::Test {
 protected:
  Result<Response> create(const Request& request) {
    ++created_;
    const auto script = string_or(request.object(), "script");
    if (script == "poor") {
      Error error;
      error.code = ErrorCode::insufficient_credit;
      error.message = "Not enough.";
      error.extra = std::make_shared<json::object>(json::object{{"needed", 2}, {"code", "x"}});
      return tl::make_unexpected(error);
    }
    if (script == "wait") released_.get_future().wait();
    return data_response({{"number", created_.load()}}, 200);
  }

  Answer post(const std::string& body, const std::string& key = {}) {
    return server_.post(
        "/v3/videos", body,
        "x-api-key: owner\r\n" + (key.empty() ? "" : "idempotency-key: " + key + "\r\n"));
  }

  std::atomic<int> created_{0};
  std::promise<void> released_;
  TestServer server_{{route("POST", "/v3/videos", [this](const Request& r) { return create(r); }),
                      route("GET", "/v3/videos", [](const Request& request) -> Result<Response> {
                        return data_response(
                            json::value(std::string(*request.query_value("limit"))));
                      })}};
};

TEST_F(Dispatch, MissingAndWrongKeysGetTheSameBody) {
  const Answer missing = server_.post("/v3/videos", kVideo, "");
  const Answer wrong = server_.post("/v3/videos", kVideo, "x-api-key: nobody\r\n");
  const Answer bearer = server_.post("/v3/videos", kVideo, "authorization: Bearer owner\r\n");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.body, wrong.body);
  EXPECT_EQ(missing.body, bearer.body);
  EXPECT_EQ(missing.body, R"({"error":{"code":"unauthorized","message":"Unauthorized",)"
                          R"("doc_url":"http://a/docs/errors#unauthorized"}})");
}

TEST_F(Dispatch, AMissingScopeIsNamedBeforeTheBodyIsLookedAt) {
  const Answer answer = server_.post("/v3/videos", "nonsense", "x-api-key: reader\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "insufficient_api_key_scope");
  EXPECT_NE(answer.body.find("videos:write"), std::string::npos);
  EXPECT_EQ(server_.get("/v3/videos", "x-api-key: reader\r\n").status, 200);
}

TEST_F(Dispatch, OperationsThatAreNotBuiltAnswer501AfterTheKey) {
  EXPECT_EQ(server_.get("/v3/brand-kits", "").status, 401);
  EXPECT_EQ(server_.get("/v3/brand-kits", "x-api-key: reader\r\n").status, 403);
  const Answer answer = server_.get("/v3/brand-kits");
  EXPECT_EQ(answer.status, 501);
  EXPECT_EQ(answer.code(), "not_implemented");
}

TEST_F(Dispatch, ParametersAndBodiesAreCheckedBeforeTheHandler) {
  EXPECT_EQ(server_.get("/v3/videos").body, R"({"data":"10"})");
  EXPECT_EQ(server_.get("/v3/videos?limit=101").param(), "limit");
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post("{").code(), "invalid_parameter");
  EXPECT_EQ(post(R"({"type":"avatar"})").param(), "avatar_id");
  EXPECT_EQ(post(std::string(40, '[') + std::string(40, ']')).status, 400);  // too deep
  EXPECT_EQ(created_, 0);
  EXPECT_EQ(post(kVideo).status, 200);
}

TEST_F(Dispatch, TheContentTypeIsTakenLeniently) {
  for (const char* type : {"application/json", "application/json; charset=utf-8", "text/plain"}) {
    EXPECT_EQ(server_
                  .post("/v3/videos", kVideo,
                        "x-api-key: owner\r\ncontent-type: " + std::string(type) + "\r\n")
                  .status,
              200)
        << type;
  }
  EXPECT_EQ(server_
                .post("/v3/videos", kVideo,
                      "x-api-key: owner\r\ncontent-type: multipart/form-data; boundary=B\r\n")
                .status,
            400);
}

TEST_F(Dispatch, AnErrorsExtraMembersStandBesideItsCode) {
  const Answer answer = post(R"({"type":"avatar","avatar_id":"a","script":"poor"})");
  EXPECT_EQ(answer.status, 402);
  EXPECT_EQ(answer.code(), "insufficient_credit");
  EXPECT_NE(answer.body.find("\"needed\":2"), std::string::npos);
}

TEST_F(Dispatch, AKeyThatIsUsedAgainGetsTheFirstAnswer) {
  const Answer first = post(kVideo, "key-1");
  const Answer again = post(kVideo, "key-1");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_FALSE(again.headers.contains("idempotency-mismatch"));
  const Answer other_body = post(kOtherVideo, "key-1");
  EXPECT_EQ(other_body.body, first.body);
  EXPECT_EQ(other_body.headers.at("idempotency-mismatch"), "true");
  EXPECT_EQ(created_, 1);
  EXPECT_NE(post(kVideo, "key-2").body, first.body);
}

TEST_F(Dispatch, KeysOfOneAccountMeanNothingToAnother) {
  const Answer first = post(kVideo, "key-1");
  const Answer other =
      server_.post("/v3/videos", kVideo, "x-api-key: other\r\nidempotency-key: key-1\r\n");
  EXPECT_NE(other.body, first.body);
}

TEST_F(Dispatch, ARefusedRequestLeavesItsKeyFree) {
  EXPECT_EQ(post(R"({"type":"avatar"})", "key-1").status, 400);
  EXPECT_EQ(post(R"({"type":"avatar","avatar_id":"a","script":"poor"})", "key-1").status, 402);
  EXPECT_EQ(post(kVideo, "key-1").status, 200);
}

TEST_F(Dispatch, ASecondRequestWhileTheFirstRunsIsToldToWait) {
  Connection first(server_.port());
  const std::string body = R"({"type":"avatar","avatar_id":"a","script":"wait"})";
  first.say(
      "POST /v3/videos HTTP/1.1\r\nhost: a\r\nx-api-key: owner\r\nidempotency-key: k\r\n"
      "content-length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  while (created_ == 0) std::this_thread::yield();
  const Answer second = post(body, "k");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.code(), "request_in_progress");
  EXPECT_EQ(second.headers.at("retry-after"), "1");
  released_.set_value();
  const Answer answer = first.hear();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(post(body, "k").body, answer.body);
}

TEST_F(Dispatch, ALargeBodyIsNotReadFromSomebodyWithoutAKey) {
  for (const char* size : {"content-length: 900000", "transfer-encoding: chunked"}) {
    Connection connection(server_.port());
    const Answer answer = connection.ask(
        "POST /v3/videos HTTP/1.1\r\nhost: a\r\nx-api-key: nobody\r\n"
        "expect: 100-continue\r\n" +
        std::string(size) + "\r\n\r\n");
    EXPECT_EQ(answer.status, 401) << size;
  }
}

TEST(Idempotency, AnAnswerThatTheHandlerStoredIsNotStoredAgain) {
  class Counting final : public jobs::IdempotencyStore {
   public:
    Result<jobs::IdempotencyStart> begin(std::string_view, std::string_view, std::string_view,
                                         std::int64_t) override {
      return jobs::IdempotencyStart{};
    }
    Result<void> finish(std::string_view, std::string_view, int, std::string_view) override {
      ++finished;
      return {};
    }
    Result<void> abandon(std::string_view, std::string_view) override { return {}; }
    Result<int> abandon_unfinished() override { return 0; }
    Result<int> purge(std::int64_t) override { return 0; }
    int finished = 0;
  };
  Counting store;
  const SystemClock clock;
  IdempotencyTicket seen;
  bool stores_itself = true;
  const Dispatcher dispatcher({.routes = {route("POST", "/understudy/v1/things",
                                                [&](const Request& request) {
                                                  seen = request.idempotency.value();
                                                  Response response = data_response(1);
                                                  response.is_answer_stored = stores_itself;
                                                  return response;
                                                })},
                               .authenticate = authenticate_for_test,
                               .idempotency = &store,
                               .clock = &clock});
  const auto post = [&] {
    Request request;
    request.method = "POST";
    request.path = "/understudy/v1/things";
    request.headers = {{"x-api-key", "owner"}, {"idempotency-key", "k"}};
    request.body = "{}";
    return dispatcher.answer(request, *dispatcher.find(request.method, request.path)->endpoint);
  };
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(store.finished, 0);
  EXPECT_EQ(seen.key, "k");
  EXPECT_EQ(seen.scope, "owner POST /understudy/v1/things");
  stores_itself = false;
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(store.finished, 1);
}

TEST_F(Dispatch, AKeyOfOtherCharactersIsRefused) {
  for (const std::string& key : {std::string("a b"), std::string("a/b"), std::string(256, 'k')}) {
    const Answer answer = post(kVideo, key);
    EXPECT_EQ(answer.status, 400) << key;
    EXPECT_EQ(answer.param(), "Idempotency-Key") << key;
  }
  EXPECT_EQ(post(kVideo, std::string(255, 'k')).status, 200);
}

// But for previews, and for what is not offered.
TEST(Documents, TheServedDocumentIsTheOneOnDisk) {
  std::vector<Route> offered(1);
  offered[0].method = "GET";
  offered[0].path = "/v3/users/me";
  const TestServer server(document_routes(offered));
  const Answer answer = server.get("/openapi.json", "");
  EXPECT_EQ(answer.status, 200);
  const auto text =
      read_file(std::filesystem::path(UNDERSTUDY_SOURCE_DIR) / "api/openapi.json").value();
  const auto on_disk = parse_json(to_text(parse_json(text, 64).value()), 64);  // 2.0 is 2
  const auto served = parse_json(answer.body, 64);
  ASSERT_TRUE(on_disk && served);
  EXPECT_TRUE(served->at("components").at("schemas") == on_disk->at("components").at("schemas"));
  const auto& paths = served->at("paths").as_object();
  EXPECT_TRUE(paths.at("/v3/users/me") == on_disk->at("paths").at("/v3/users/me"));
  EXPECT_TRUE(paths.at("/v3/videos").at("post").at("responses").as_object().contains("501"));
  EXPECT_FALSE(paths.contains("/v3/podcasts"));
}

TEST(Documents, EveryCodeHasItsPlaceOnTheErrorPage) {
  const TestServer server(document_routes({}));
  const Answer page = server.get("/docs/errors", "");
  for (int value = 0; value <= static_cast<int>(ErrorCode::cancelled); ++value) {
    const std::string name(to_string(static_cast<ErrorCode>(value)));
    EXPECT_NE(page.body.find("id=\"" + name + "\""), std::string::npos) << name;
  }
}

TEST(ErrorEnvelope, ATimeToWaitBecomesRetryAfter) {
  Error error;
  error.code = ErrorCode::rate_limit_exceeded;
  error.message = "Slow down.";
  error.param = "limit";
  error.retry_after_s = 7;
  const auto response = error_response(error, "http://h");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.at(0), (std::pair<std::string, std::string>("retry-after", "7")));
  EXPECT_EQ(to_text(response.body),
            R"({"error":{"code":"rate_limit_exceeded","message":"Slow down.","param":"limit",)"
            R"("doc_url":"http://h/docs/errors#rate_limit_exceeded"}})");
}

}  // namespace
}  // namespace understudy::api
