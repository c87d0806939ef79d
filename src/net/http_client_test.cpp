#include "net/http_client.h"

#include <functional>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

namespace understudy::net {
namespace {

// A server of a few lines: reads one request per connection, answers what `respond` returns as raw
// bytes, closes.
class RawServer {
 public:
  using Respond = std::function<std::string(const std::string& request)>;

  explicit RawServer(Respond respond, const std::string& unix_path = {})
      : respond_(std::move(respond)) {
    listener_ = ::socket(unix_path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
    if (unix_path.empty()) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof address;
      EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
      port_ = ntohs(address.sin_port);
    } else {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
      EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ::listen(listener_, 16);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  ~RawServer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      const std::string request = read_request(connection);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string answer = respond_(request);
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto count =
            ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      ::close(connection);
    }
  }

  static std::string read_request(int connection) {
    std::string request;
    char buffer[4096];
    while (true) {
      const auto end = request.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = request.find("Content-Length: ");
        const std::size_t body =
            length == std::string::npos ? 0 : std::stoul(request.substr(length + 16));
        if (request.size() >= end + 4 + body) return request;
      }
      const auto count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return request;
      request.append(buffer, static_cast<std::size_t>(count));
    }
  }

  Respond respond_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

std::string redirect(const std::string& to) {
  return "HTTP/1.1 302 Found\r\nLocation: " + to +
         "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

bool asks_for(const std::string& request, const std::string& path) {
  return request.find(" " + path + " HTTP/") != std::string::npos;
}

TEST(HttpClient, DownloadsAFileWithItsSizeAndType) {
  RawServer server([](const std::string&) { return ok(std::string(300'000, 'x')); });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  const auto got = client.download(server.url("/a.bin"), folder.path() / "a");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size, 300'000);
  EXPECT_EQ(got->content_type, "text/plain");
  EXPECT_EQ(read_file(folder.path() / "a").value(), std::string(300'000, 'x'));
}

TEST(HttpClient, RefusesAPrivateAddressBeforeAnythingIsSent) {
  RawServer server([](const std::string&) { return ok("secret"); });
  const TemporaryFolder folder;
  const HttpClient client;
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433"}) {
    std::string url = server.url("/");
    url.replace(7, 9, host);
    const auto got = client.download(url, folder.path() / "a");
    ASSERT_FALSE(got) << host;
    EXPECT_EQ(got.error().code, ErrorCode::download_failed);
    EXPECT_NE(got.error().message.find("not public"), std::string::npos) << got.error().message;
  }
  EXPECT_TRUE(server.requests().empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a"));
}

TEST(HttpClient, TrustedTargetsMayBePrivate) {
  RawServer server([](const std::string&) { return ok("hello"); });
  const HttpClient client;
  const auto got = client.request({.url = server.url("/x"), .is_trusted = true});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "hello");
}

TEST(HttpClient, SendsMethodHeadersAndBody) {
  RawServer server([](const std::string&) { return ok("{}"); });
  const HttpClient client;
  const auto got = client.request({.method = "POST",
                                   .url = server.url("/v1/claim"),
                                   .headers = {{"content-type", "application/json"}},
                                   .body = R"({"a":1})",
                                   .is_trusted = true});
  ASSERT_TRUE(got) << got.error().message;
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.substr(0, 20), "POST /v1/claim HTTP/");
  EXPECT_NE(request.find("content-type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\n\r\n{\"a\":1}"), std::string::npos);
}

TEST(HttpClient, StreamsAFileAsBody) {
  RawServer server([](const std::string&) { return ok("{}"); });
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file_durably(folder.path() / "in", std::string(200'000, 'b')));
  const HttpClient client;
  const auto got = client.request({.method = "PUT",
                                   .url = server.url("/blob"),
                                   .body_file = folder.path() / "in",
                                   .is_trusted = true});
  ASSERT_TRUE(got) << got.error().message;
  const auto request = server.requests().at(0);
  EXPECT_NE(request.find("Content-Length: 200000\r\n"), std::string::npos);
  EXPECT_EQ(request.substr(request.size() - 200'000), std::string(200'000, 'b'));
}

TEST(HttpClient, ReachesAUnixSocket) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "s.sock").string();
  RawServer server([](const std::string&) { return ok("by socket"); }, path);
  const HttpClient client;
  const auto got =
      client.request({.url = "http://localhost/x", .unix_socket = path, .is_trusted = true});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "by socket");
}

TEST(HttpClient, FollowsThreeRedirectsAndNotFour) {
  RawServer server([](const std::string& request) {
    for (int i = 0; i < 9; ++i) {
      if (asks_for(request, "/" + std::to_string(i))) return redirect("/" + std::to_string(i + 1));
    }
    return ok("end");
  });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  const auto three = client.download(server.url("/6"), folder.path() / "a");
  ASSERT_TRUE(three) << three.error().message;
  EXPECT_EQ(three->url, server.url("/9"));
  const auto four = client.download(server.url("/5"), folder.path() / "b");
  ASSERT_FALSE(four);
  EXPECT_NE(four.error().message.find("redirects more than 3"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "b"));
}

TEST(HttpClient, RefusesARedirectToAnotherScheme) {
  RawServer server([](const std::string&) { return redirect("file:///etc/passwd"); });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  const auto got = client.download(server.url("/"), folder.path() / "a");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "Only http and https URLs can be used.");
}

TEST(HttpClient, CredentialsDoNotFollowToAnotherOrigin) {
  RawServer target([](const std::string&) { return ok("end"); });
  RawServer first([&target](const std::string&) { return redirect(target.url("/t")); });
  const HttpClient client({.allow_private = true});
  const auto got = client.request(
      {.url = first.url("/"), .headers = {{"Authorization", "Bearer x"}, {"accept", "a/b"}}});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_NE(first.requests().at(0).find("Bearer x"), std::string::npos);
  EXPECT_EQ(target.requests().at(0).find("Bearer x"), std::string::npos);
  EXPECT_NE(target.requests().at(0).find("accept: a/b"), std::string::npos);
}

TEST(HttpClient, StopsAtTheSizeLimitWithAndWithoutALength) {
  RawServer server([](const std::string& request) {
    if (asks_for(request, "/declared")) return ok(std::string(2000, 'x'));
    return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(2000, 'x');
  });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  for (const char* path : {"/declared", "/undeclared"}) {
    const auto got = client.download(server.url(path), folder.path() / "a", {.size_max = 1000});
    ASSERT_FALSE(got) << path;
    EXPECT_EQ(got.error().message, "The file behind the URL is larger than 1000 bytes.");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a"));
  }
}

TEST(HttpClient, AnErrorStatusIsAFailedDownloadButAnAnswerToARequest) {
  RawServer server([](const std::string&) {
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone";
  });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  const auto failed = client.download(server.url("/"), folder.path() / "a");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::download_failed);
  EXPECT_EQ(failed.error().message, "The server behind the URL answered with status 404.");
  const auto answer = client.request({.url = server.url("/")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "gone");
}

TEST(HttpClient, ATruncatedBodyIsAFailedDownload) {
  RawServer server([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nConnection: close\r\n\r\nshort";
  });
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  const auto failed = client.download(server.url("/"), folder.path() / "a");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::download_failed);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a"));
}

TEST(HttpClient, BadUrlsAreNamedAsSuch) {
  const TemporaryFolder folder;
  const HttpClient client({.allow_private = true});
  for (const char* url : {"", "no scheme", "ftp://a.invalid/x", "file:///etc/passwd", "http://",
                          "http://user:secret@127.0.0.1/", "gopher://127.0.0.1:1/"}) {
    const auto got = client.download(url, folder.path() / "a");
    ASSERT_FALSE(got) << url;
    EXPECT_EQ(got.error().code, ErrorCode::download_failed) << url;
  }
}

TEST(HttpClient, ATrustedTargetThatIsDownIsServiceUnavailable) {
  const HttpClient client;
  const auto got = client.request({.url = "http://127.0.0.1:1/", .is_trusted = true});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::service_unavailable);
}

TEST(HttpClient, AStopRequestEndsAnExchange) {
  std::stop_source stop;
  stop.request_stop();
  RawServer server([](const std::string&) { return ok("x"); });
  const HttpClient client;
  const auto got =
      client.request({.url = server.url("/"), .is_trusted = true, .stop = stop.get_token()});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::cancelled);
}

HttpRequest status_only(const std::string& url) {
  HttpRequest request{.method = "POST", .url = url, .body = "{}"};
  request.is_head_enough = true;
  request.limits = {.size_max = 10, .time_ms = 300};
  return request;
}

TEST(HttpClientTest, WhereTheHeadIsEnoughTheBodyIsCutAndMayBreakOff) {
  const HttpClient client({.allow_private = true});
  RawServer large([](const std::string&) { return ok(std::string(1'000'000, 'x')); });
  const auto cut = client.request(status_only(large.url("/")));
  ASSERT_TRUE(cut) << cut.error().detail;
  EXPECT_EQ(cut->status, 200);
  EXPECT_EQ(cut->body, std::string(10, 'x'));
  RawServer broken(
      [](const std::string&) { return "HTTP/1.1 503 Busy\r\nContent-Length: 900\r\n\r\nwait"; });
  const auto begun = client.request(status_only(broken.url("/")));
  ASSERT_TRUE(begun) << begun.error().detail;
  EXPECT_EQ(begun->status, 503);
  EXPECT_EQ(begun->body, "wait");
}

TEST(HttpClientTest, HalfAHeadIsNoAnswer) {
  const HttpClient client({.allow_private = true});
  RawServer server([](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Len"; });
  EXPECT_FALSE(client.request(status_only(server.url("/"))));
  RawServer silent([](const std::string&) { return std::string(); });
  EXPECT_FALSE(client.request(status_only(silent.url("/"))));
}

TEST(HttpClientTest, APostIsNeverRedirected) {
  const HttpClient client({.allow_private = true});
  RawServer server([](const std::string&) { return redirect("/elsewhere"); });
  const auto answer = client.request(status_only(server.url("/")));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(server.requests().size(), 1u);
}

}  // namespace
}  // namespace understudy::net
