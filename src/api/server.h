// Server: HTTP/1.1 over TCP and, for administration, over a Unix socket. Boost.Beast stops in
// server.cpp and session.cpp.
//
// One thread accepts and hands connections round-robin to io threads; a connection stays on its
// thread. Handlers run there (RunsOn::inline_) or on the pool. Slow clients cost a connection,
// never a thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "api/dispatcher.h"

namespace understudy::api {

struct ServerConfig {
  std::string listen_address = "127.0.0.1";
  int port = 8080;               // 0: any free one, port() tells which
  std::string unix_socket = {};  // path, mode 0600; empty: none
  std::string public_url = {};   // what links start with; empty: as the client addressed us
  int io_threads = 0;            // 0: one per core
  int pool_threads = 64;
  std::size_t pool_queue_max = 1024;  // beyond it: 503
  int connections_max = 10'000;
  std::int64_t timeout_ms = 30'000;  // of a header, of idling, of each 64 KiB of a body
  std::int64_t json_limit = 1 << 20;
  std::int64_t base64_limit = 48 << 20;  // of JSON that may hold files
  std::int64_t multipart_limit = 32 << 20;
  std::int64_t file_limit = 4LL << 30;
  std::filesystem::path upload_folder = std::filesystem::temp_directory_path();
  bool behind_proxy = false;   // the last address of X-Forwarded-For is the client's
  bool logs_requests = false;  // one line per answer
};

class Server {
 public:
  // `dispatcher` and `clock` outlive the server.
  Server(ServerConfig config, const Dispatcher& dispatcher, const Clock& clock);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Errors: service_unavailable (the address is taken or cannot be used), conflict (another process
  // serves the Unix socket).
  Result<void> start();

  int port() const;         // after start()
  std::string url() const;  // "http://127.0.0.1:8080"

  // Accepts no more, lets running requests end for at most `grace_ms`, then closes. Idempotent.
  void stop(std::int64_t grace_ms = 10'000);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::api
