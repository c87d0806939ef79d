// For tests: a server on a free port of the loopback, and a client that says exactly the bytes it
// is given.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/server.h"
#include "base/file.h"

namespace understudy::api {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names as sent: in lower case
  std::string body;
  json::value json() const { return parse_json(body).value_or(json::value()); }
  std::string code() const {
    const json::value document = json();
    const auto* object = document.if_object();
    const auto* error = object != nullptr ? object_or_null(*object, "error") : nullptr;
    return error != nullptr ? string_or(*error, "code") : std::string();
  }
  std::string param() const {
    const json::value document = json();
    const auto* object = document.if_object();
    const auto* error = object != nullptr ? object_or_null(*object, "error") : nullptr;
    return error != nullptr ? string_or(*error, "param") : std::string();
  }
};

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  explicit Connection(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void say(const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  // One answer; status 0 when the connection ended or nothing came for five seconds.
  Answer hear(bool is_head = false) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return answer;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const auto line_end = head.find("\r\n", at);
      const auto colon = head.find(": ", at);
      answer.headers[head.substr(at, colon - at)] = head.substr(colon + 2, line_end - colon - 2);
      at = line_end + 2;
    }
    const auto length = answer.headers.find("content-length");
    const std::size_t size =
        length == answer.headers.end() || is_head ? 0 : std::stoul(length->second);
    while (buffer_.size() < size) {
      if (!receive()) return answer;
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    answer.status = std::stoi(head.substr(9, 3));
    return answer;
  }

  Answer ask(const std::string& bytes) {
    say(bytes);
    return hear(bytes.starts_with("HEAD "));
  }

  bool is_closed_by_server() {
    while (receive()) {
    }
    return is_closed_;
  }

 private:
  bool receive() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 5000) <= 0) return false;
    char bytes[65536];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) is_closed_ = true;
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  std::string buffer_;
  bool is_closed_ = false;
};

// Keys that the test server knows; each is also its account's id.
inline Result<std::optional<accounts::Principal>> authenticate_for_test(std::string_view key) {
  accounts::Principal principal;
  principal.account_id = key;
  if (key == "reader") principal.scopes = {"videos:read"};
  if (key == "operator") principal.is_operator = true;
  if (key != "owner" && key != "other" && key != "reader" && key != "operator") {
    return std::optional<accounts::Principal>();
  }
  return std::optional(principal);
}

// An idempotency store in memory, with the port's rules.
class MemoryIdempotencyStore final : public jobs::IdempotencyStore {
 public:
  Result<jobs::IdempotencyStart> begin(std::string_view scope, std::string_view key,
                                       std::string_view request_hash, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_fresh] = entries_.try_emplace(name(scope, key));
    if (is_fresh) {
      entry->second.request_hash = request_hash;
      entry->second.state = jobs::IdempotencyStart::State::in_progress;
      return jobs::IdempotencyStart{};
    }
    return entry->second;
  }
  Result<void> finish(std::string_view scope, std::string_view key, int status,
                      std::string_view body) override {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_[name(scope, key)];
    if (entry.state == jobs::IdempotencyStart::State::replay) return {};
    entry.state = jobs::IdempotencyStart::State::replay;
    entry.status = status;
    entry.body = body;
    return {};
  }
  Result<void> abandon(std::string_view scope, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    entries_.erase(name(scope, key));
    return {};
  }
  Result<int> abandon_unfinished() override {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::erase_if(entries_, [](const auto& entry) {
      return entry.second.state == jobs::IdempotencyStart::State::in_progress;
    }));
  }
  Result<int> purge(std::int64_t) override { return 0; }

 private:
  static std::string name(std::string_view scope, std::string_view key) {
    return std::string(scope) + "\n" + std::string(key);
  }
  std::mutex mutex_;
  std::map<std::string, jobs::IdempotencyStart> entries_;
};

class TestServer {
 public:
  explicit TestServer(std::vector<Route> routes, ServerConfig config = {})
      : dispatcher_(
            {.routes = std::move(routes),
             .authenticate = authenticate_for_test,
             .idempotency = &idempotency_,
             .clock = &clock_,
             .local_principal = accounts::Principal{.account_id = "local",
                                                    .key_id = {},
                                                    .scopes = {},
                                                    .is_operator = true,
                                                    .credential = accounts::Credential::local},
             .allow_http_urls = false}),
        server_(configured(std::move(config), uploads_.path()), dispatcher_, clock_) {
    const auto started = server_.start();
    EXPECT_TRUE(started) << started.error().message;
  }

  int port() const { return server_.port(); }
  std::string url() const { return server_.url(); }
  Server& server() { return server_; }
  const std::filesystem::path& uploads() const { return uploads_.path(); }
  std::size_t uploads_left() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(uploads_.path()), {}));
  }

  Answer ask(const std::string& bytes) const { return Connection(port()).ask(bytes); }
  Answer get(const std::string& target, const std::string& headers = "x-api-key: owner\r\n") const {
    return ask("GET " + target + " HTTP/1.1\r\nhost: a\r\n" + headers + "\r\n");
  }
  Answer post(const std::string& target, const std::string& body,
              const std::string& headers = "x-api-key: owner\r\n") const {
    return ask("POST " + target + " HTTP/1.1\r\nhost: a\r\n" + headers +
               "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

 private:
  static ServerConfig configured(ServerConfig config, const std::filesystem::path& uploads) {
    config.port = 0;
    config.upload_folder = uploads;
    if (config.io_threads == 0) config.io_threads = 2;
    if (config.pool_threads == 64) config.pool_threads = 4;
    return config;
  }

  TemporaryFolder uploads_;
  MemoryIdempotencyStore idempotency_;
  SystemClock clock_;
  Dispatcher dispatcher_;
  Server server_;
};

inline Route route(std::string method, std::string path, Handler handler,
                   RunsOn runs_on = RunsOn::pool) {
  Route made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.handler = std::move(handler);
  made.runs_on = runs_on;
  return made;
}

}  // namespace understudy::api
