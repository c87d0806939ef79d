#include "api/server.h"

#include <atomic>
#include <future>
#include <thread>

#include <sys/stat.h>

#include "api/test_server.h"

namespace understudy::api {
namespace {

Route open_route(std::string method, std::string path, Handler handler,
                 RunsOn runs_on = RunsOn::pool) {
  Route made = route(std::move(method), std::move(path), std::move(handler), runs_on);
  made.needs_key = false;
  return made;
}

// What the server understood, as the answer.
Result<Response> echo(const Request& request) {
  json::object data;
  data["method"] = request.method;
  data["path"] = request.path;
  data["body"] = request.body;
  data["base_url"] = request.base_url;
  data["account"] = request.principal.account_id;
  for (const auto& [name, value] : request.query) data["query." + name] = value;
  for (const auto& [name, value] : request.path_params) data["path." + name] = value;
  return data_response(std::move(data));
}

std::vector<Route> plain_routes() {
  return {
      open_route(
          "GET", "/fixed", [](const Request&) { return data_response("fixed"); }, RunsOn::inline_),
      open_route("GET", "/echo/{name}", echo), open_route("POST", "/echo/{name}", echo),
      open_route("GET", "/throws", [](const Request&) -> Result<Response> {
        throw std::runtime_error("secret detail");
      })};
}

std::string get(const std::string& target, const std::string& headers = {}) {
  return "GET " + target + " HTTP/1.1\r\nhost: a\r\n" + headers + "\r\n";
}

std::string field(const Answer& answer, std::string_view name) {
  const json::value document = answer.json();
  return string_or(document.as_object().at("data").as_object(), name);
}

TEST(Server, AnswersInlineAndFromThePool) {
  const TestServer server(plain_routes());
  const Answer fixed = server.ask(get("/fixed"));
  EXPECT_EQ(fixed.status, 200);
  EXPECT_EQ(fixed.body, R"({"data":"fixed"})");
  EXPECT_EQ(fixed.headers.at("content-type"), "application/json");
  const Answer pooled = server.ask(get("/echo/a%20b%2Fc?x=1+2&y=%C3%A4"));
  EXPECT_EQ(pooled.status, 200);
  EXPECT_EQ(field(pooled, "path.name"), "a b/c");
  EXPECT_EQ(field(pooled, "query.x"), "1 2");
  EXPECT_EQ(field(pooled, "query.y"), "\xc3\xa4");
}

TEST(Server, KeepsAConnectionAliveAndAnswersPipelinedRequestsInOrder) {
  const TestServer server(plain_routes());
  Connection connection(server.port());
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += i % 2 == 0 ? get("/echo/" + std::to_string(i))
                      : "POST /echo/" + std::to_string(i) +
                            " HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n123";
  }
  connection.say(all);
  for (int i = 0; i < 20; ++i) {
    const Answer answer = connection.hear();
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(field(answer, "path.name"), std::to_string(i));
    EXPECT_EQ(field(answer, "body"), i % 2 == 0 ? "" : "123");
  }
}

TEST(Server, ClosesWhereTheClientAsksForIt) {
  const TestServer server(plain_routes());
  Connection closing(server.port());
  EXPECT_EQ(closing.ask(get("/fixed", "connection: close\r\n")).headers.at("connection"), "close");
  EXPECT_TRUE(closing.is_closed_by_server());
  Connection old(server.port());
  EXPECT_EQ(old.ask("GET /fixed HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.is_closed_by_server());
}

TEST(Server, EchoesAValidRequestIdAndMakesOneOtherwise) {
  const TestServer server(plain_routes());
  EXPECT_EQ(server.ask(get("/fixed", "X-Request-Id: my.id-1\r\n")).headers.at("x-request-id"),
            "my.id-1");
  const auto made = server.ask(get("/fixed", "X-Request-Id: two words\r\n"));
  EXPECT_EQ(made.headers.at("x-request-id").size(), 32u);
  EXPECT_EQ(server.ask(get("/nowhere")).headers.at("x-request-id").size(), 32u);
}

TEST(Server, HeadIsAnsweredLikeGetWithoutABody) {
  const TestServer server(plain_routes());
  Connection connection(server.port());
  const Answer head = connection.ask("HEAD /fixed HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "16");
  EXPECT_EQ(connection.ask(get("/fixed")).status, 200);  // nothing of a body was left between
}

TEST(Server, SaysWhichMethodsAPathSupports) {
  const TestServer server(plain_routes());
  const Answer answer = server.ask("DELETE /echo/a HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.code(), "method_not_allowed");
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, POST");
}

TEST(Server, UnknownPathsAre404WithTheEnvelope) {
  const TestServer server(plain_routes());
  for (const char* path : {"/", "/nowhere", "/echo", "/echo/a/b", "/v3/nothing"}) {
    const Answer answer = server.ask(get(path));
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.code(), "not_found") << path;
  }
}

TEST(Server, ReadsChunkedBodiesInAnyPieces) {
  const TestServer server(plain_routes());
  Connection connection(server.port());
  for (const char* piece :
       {"POST /echo/c HTTP/1.1\r\nhost: a\r\ntransfer-enc", "oding: chunked\r\n\r\n5\r\n\"hel",
        "l\r\n1;ext=1\r\no", "\r\n5\r\nwrld\"\r\n0\r\n", "\r\n"}) {
    connection.say(piece);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(field(connection.hear(), "body"), "\"hellowrld\"");
  EXPECT_EQ(connection.ask(get("/fixed")).status, 200);
}

TEST(Server, SendsContinueBeforeItReadsTheBody) {
  const TestServer server(plain_routes());
  Connection connection(server.port());
  const Answer go_on = connection.ask(
      "POST /echo/c HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
  EXPECT_EQ(go_on.status, 100);
  EXPECT_EQ(field(connection.ask("42"), "body"), "42");
}

TEST(Server, DoesNotInviteABodyItWillRefuse) {
  const TestServer server(plain_routes());
  Connection connection(server.port());
  const Answer refused = connection.ask(
      "POST /nowhere HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
  EXPECT_EQ(refused.status, 404);
}

TEST(Server, RefusesABodyAboveTheLimitWithAndWithoutALength) {
  ServerConfig config;
  config.json_limit = 1000;
  const TestServer server(plain_routes(), config);
  const std::string body = "\"" + std::string(998, 'x') + "\" ";  // 1001 bytes
  EXPECT_EQ(server.post("/echo/a", body.substr(0, 1000)).status, 200);
  const Answer declared = server.post("/echo/a", body);
  EXPECT_EQ(declared.status, 413);
  EXPECT_EQ(declared.code(), "payload_too_large");
  const Answer chunked =
      server.ask("POST /echo/a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n" +
                 body + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 413);
}

TEST(Server, MalformedRequestsAreRefusedAndTheConnectionCloses) {
  const TestServer server(plain_routes());
  for (
      const std::string& bytes : std::initializer_list<std::string>{
          "NONSENSE\r\n\r\n", "GET /fixed\r\n\r\n", "GET /fixed HTTP/9.9\r\n\r\n",
          "GET /fixed HTTP/1.1\r\nbad header\r\n\r\n", "GET  /fixed HTTP/1.1\r\n\r\n",
          "POST /echo/a HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
          "POST /echo/a HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
          "POST /echo/a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
          "POST /echo/a HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)}) {
    Connection connection(server.port());
    const Answer answer = connection.ask(bytes);
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_TRUE(connection.is_closed_by_server()) << bytes;
  }
  EXPECT_EQ(server.ask(get("/fixed")).status, 200);
}

TEST(Server, HeadersAboveTheLimitAre431) {
  const TestServer server(plain_routes());
  EXPECT_EQ(server.ask(get("/fixed", "x-big: " + std::string(20'000, 'b') + "\r\n")).status, 200);
  EXPECT_EQ(server.ask(get("/fixed", "x-big: " + std::string(40'000, 'b') + "\r\n")).status, 431);
  std::string many;
  for (int i = 0; i < 150; ++i) many += "x-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(server.ask(get("/fixed", many)).status, 400);
}

TEST(Server, AHandlerThatThrowsIsA500ThatTellsNothing) {
  const TestServer server(plain_routes());
  const Answer answer = server.ask(get("/throws"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.code(), "internal_error");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST(Server, LinksStartWithTheHostTheClientUsedOrThePublicUrl) {
  const TestServer plain(plain_routes());
  EXPECT_EQ(field(plain.ask("GET /echo/a HTTP/1.1\r\nhost: video.test:81\r\n\r\n"), "base_url"),
            "http://video.test:81");
  EXPECT_EQ(field(plain.ask("GET /echo/a HTTP/1.1\r\nhost: a\"><script>\r\n\r\n"), "base_url"),
            plain.url());
  ServerConfig config;
  config.public_url = "https://studio.test";
  const TestServer named(plain_routes(), config);
  EXPECT_EQ(field(named.ask(get("/echo/a")), "base_url"), "https://studio.test");
}

TEST(Server, SlowClientsDoNotDelayAHealthyOne) {
  ServerConfig config;
  config.io_threads = 1;
  config.pool_threads = 2;
  const TestServer server(plain_routes(), config);
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(std::make_unique<Connection>(server.port()));
    slow.back()->say(i % 2 == 0
                         ? "GET /fixed HTTP/1.1\r\nhost"
                         : "POST /echo/a HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nab");
  }
  EXPECT_EQ(server.ask(get("/fixed")).status, 200);
  EXPECT_EQ(server.ask(get("/echo/a")).status, 200);
}

TEST(Server, AConnectionThatStaysSilentIsClosed) {
  ServerConfig config;
  config.timeout_ms = 100;
  const TestServer server(plain_routes(), config);
  Connection silent(server.port());
  EXPECT_TRUE(silent.is_closed_by_server());
  Connection half(server.port());
  half.say("GET /fixed HTT");
  EXPECT_TRUE(half.is_closed_by_server());
}

TEST(Server, ConnectionsAboveTheLimitAreClosedAndLaterOnesServed) {
  ServerConfig config;
  config.connections_max = 2;
  const TestServer server(plain_routes(), config);
  {
    Connection first(server.port());
    Connection second(server.port());
    EXPECT_EQ(first.ask(get("/fixed")).status, 200);
    EXPECT_EQ(second.ask(get("/fixed")).status, 200);
    Connection third(server.port());
    EXPECT_TRUE(third.is_closed_by_server());
  }
  Answer answer;
  for (int tries = 0; tries < 100 && answer.status != 200; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    answer = server.ask(get("/fixed"));
  }
  EXPECT_EQ(answer.status, 200);
}

TEST(Server, AFullPoolAnswers503WithRetryAfter) {
  ServerConfig config;
  config.pool_threads = 1;
  config.pool_queue_max = 1;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> started{0};
  const TestServer server({open_route("GET", "/wait",
                                      [&](const Request&) {
                                        ++started;
                                        released.wait();
                                        return data_response("done");
                                      })},
                          config);
  Connection first(server.port());
  first.say(get("/wait"));
  while (started == 0) std::this_thread::yield();
  Connection second(server.port());
  second.say(get("/wait"));
  Answer refused;
  while (refused.status !=
         503) {  // the second may not be queued yet: then this one takes its place
    Connection third(server.port());
    third.say(get("/wait"));
    Connection fourth(server.port());
    refused = fourth.ask(get("/wait"));
  }
  EXPECT_EQ(refused.code(), "service_unavailable");
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  release.set_value();
  EXPECT_EQ(first.hear().status, 200);
}

TEST(Server, StopLetsARunningRequestEnd) {
  std::promise<void> entered;
  TestServer server({open_route("GET", "/slow", [&](const Request&) {
    entered.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return data_response("done");
  })});
  Connection connection(server.port());
  Connection idle(server.port());
  connection.say(get("/slow"));
  entered.get_future().wait();
  server.server().stop();
  const Answer answer = connection.hear();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(idle.is_closed_by_server());
}

TEST(Server, ATakenPortIsAnErrorThatNamesIt) {
  const TestServer first(plain_routes());
  const Dispatcher dispatcher({.routes = plain_routes(), .authenticate = authenticate_for_test});
  const SystemClock clock;
  Server second({.port = first.port()}, dispatcher, clock);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find(std::to_string(first.port())), std::string::npos);
}

TEST(Server, TheAdministrationSocketIsPrivateAndNeedsNoKey) {
  const TemporaryFolder folder;
  ServerConfig config;
  config.unix_socket = (folder.path() / "serve.sock").string();
  Route admin = route("GET", "/understudy/v1/whoami", echo);
  admin.scope = "operator";
  const TestServer server({admin}, config);
  struct stat status {};
  ASSERT_EQ(::stat(config.unix_socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  Connection local(config.unix_socket);
  EXPECT_EQ(field(local.ask(get("/understudy/v1/whoami")), "account"), "local");
  EXPECT_EQ(server.get("/understudy/v1/whoami", "").status, 401);
  EXPECT_EQ(server.get("/understudy/v1/whoami").status, 403);
  EXPECT_EQ(server.get("/understudy/v1/whoami", "x-api-key: operator\r\n").status, 200);
}

TEST(Server, AStaleAdministrationSocketIsTakenOverAndALiveOneIsNot) {
  const TemporaryFolder folder;
  ServerConfig config;
  config.unix_socket = (folder.path() / "serve.sock").string();
  ASSERT_TRUE(write_file_durably(config.unix_socket, "stale"));
  const TestServer first(plain_routes(), config);
  const Dispatcher dispatcher({.routes = plain_routes(), .authenticate = authenticate_for_test});
  const SystemClock clock;
  config.port = 0;
  Server second(config, dispatcher, clock);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::conflict);
  EXPECT_EQ(Connection(config.unix_socket).ask(get("/fixed")).status, 200);
}

}  // namespace
}  // namespace understudy::api
