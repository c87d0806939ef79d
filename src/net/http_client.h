// HttpClient: the one way out of the process. libcurl stops here.
//
// Two kinds of target. A customer's URL (inputs, webhooks) may reach public addresses only: the
// address of the socket that is really opened is checked, so neither DNS tricks nor redirects get
// around it; redirects are followed by hand, at most `redirects_max`, and checked again. An
// operator's URL (`is_trusted`: the server of a worker, a configured provider) may be anywhere,
// also a Unix socket. Only http and https; proxies of the environment are never used, since they
// would hide the address. Any thread. Blocks until done; a stop_token ends it early.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace understudy::net {

// The message when no address could be found, so that callers can tell it from a refusal.
inline constexpr const char* kHostNotFound = "The host name of the URL could not be found.";

struct Limits {
  std::int64_t size_max = 512LL << 20;  // bytes of the answer's body
  std::int64_t time_ms = 120'000;       // the whole exchange, redirects included
  std::int64_t connect_ms = 10'000;
  int redirects_max = 3;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::filesystem::path body_file = {};  // sent instead of `body` when set, streamed
  std::filesystem::path answer_file =
      {};                        // the answer's body goes here when set (2xx only), streamed
  std::string unix_socket = {};  // connect here instead of to the URL's host (trusted only)
  bool is_trusted = false;       // the operator configured this address
  // The status and headers are what counts: of the body, the first `limits.size_max` bytes are kept
  // as far as they come, and neither its size nor how it ends makes the exchange fail.
  bool is_head_enough = false;
  Limits limits = {};
  std::stop_token stop = {};
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string, std::less<>>
      headers;            // names in lower case; the last one wins
  std::string body;       // empty when it went to answer_file
  std::int64_t size = 0;  // bytes of the body
  std::string url;        // the last one, after redirects
};

struct Download {
  std::int64_t size = 0;
  std::string content_type;  // as claimed
  std::string url;           // the last one, after redirects
};

class HttpClient {
 public:
  struct Config {
    bool allow_private = false;  // development and tests: customers' URLs may be private addresses
    std::string user_agent = "understudy/0.1";
  };

  HttpClient();
  explicit HttpClient(Config config);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // One exchange; every status is an answer. Redirects are followed for GET and HEAD of customers'
  // URLs only; credentials (authorization, x-api-key, cookie) do not follow to another origin.
  // Errors: service_unavailable (trusted target), download_failed (customer's target): no
  // connection, refused address, time or size limit; cancelled. The message is a sentence for the
  // caller.
  Result<HttpResponse> request(const HttpRequest& request) const;

  // A customer's file, by GET, into `target`, which exists only on success.
  // Errors: download_failed (also for a status that is not 2xx), cancelled.
  Result<Download> download(std::string_view url, const std::filesystem::path& target,
                            const Limits& limits = {}, std::stop_token stop = {}) const;

  bool allows_private() const { return config_.allow_private; }

 private:
  class HandlePool;
  Result<HttpResponse> exchange(const HttpRequest& request, const std::string& url,
                                std::int64_t time_left_ms, std::string& redirect_url) const;

  Config config_;
  std::unique_ptr<HandlePool> trusted_handles_;  // keep their connections
};

}  // namespace understudy::net
