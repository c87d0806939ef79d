#include "net/http_client.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>

#include <strings.h>

#include "base/log.h"
#include "net/http_exchange.h"

namespace understudy::net {
namespace {

constexpr std::size_t kPooledHandlesMax = 32;

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

struct UrlParts {
  std::string scheme;
  std::string origin;  // scheme, host and port
};

Result<UrlParts> parse_url(const std::string& text) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return fail(ErrorCode::download_failed, "The URL is not a valid absolute URL.");
  }
  UrlParts parts;
  parts.scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (parts.scheme != "http" && parts.scheme != "https") {
    return fail(ErrorCode::download_failed, "Only http and https URLs can be used.");
  }
  if (!part_of(url.get(), CURLUPART_USER).empty()) {
    return fail(ErrorCode::download_failed, "A URL with a user name in it cannot be used.");
  }
  parts.origin = parts.scheme + "://" + part_of(url.get(), CURLUPART_HOST) + ":" +
                 part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return parts;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void drop_credentials(HttpRequest& request) {
  std::erase_if(request.headers, [](const auto& header) {
    return ::strcasecmp(header.first.c_str(), "authorization") == 0 ||
           ::strcasecmp(header.first.c_str(), "x-api-key") == 0 ||
           ::strcasecmp(header.first.c_str(), "cookie") == 0;
  });
}

}  // namespace

// Handles of trusted targets, whose connections stay open between requests. A customer's exchange
// gets a fresh handle, so that no connection opened under other rules is used again.
class HttpClient::HandlePool {
 public:
  Easy take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return Easy(curl_easy_init());
    Easy handle = std::move(free_.back());
    free_.pop_back();
    return handle;
  }

  void give_back(Easy handle) {
    curl_easy_reset(handle.get());
    const std::lock_guard lock(mutex_);
    if (free_.size() < kPooledHandlesMax) free_.push_back(std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<Easy> free_;
};

HttpClient::HttpClient(Config config)
    : config_(std::move(config)), trusted_handles_(std::make_unique<HandlePool>()) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK) log::error("libcurl could not be initialised");
}

HttpClient::HttpClient() : HttpClient(Config{}) {}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::exchange(const HttpRequest& request, const std::string& url,
                                          std::int64_t time_left_ms,
                                          std::string& redirect_url) const {
  Easy handle = request.is_trusted ? trusted_handles_->take() : Easy(curl_easy_init());
  HttpExchange exchange;
  exchange.request = &request;
  exchange.checks_address = !request.is_trusted && !config_.allow_private;
  if (!request.answer_file.empty()) {
    exchange.target.reset(std::fopen(request.answer_file.c_str(), "wbe"));
    if (exchange.target == nullptr) {
      return fail_with_detail(ErrorCode::storage_failed,
                              "A file of the server could not be written.",
                              request.answer_file.string() + ": " + std::strerror(errno));
    }
  }
  HeaderList headers;
  for (const auto& [name, value] : request.headers) headers.add(name + ": " + value);
  TRY(set_up(handle.get(), exchange, headers, time_left_ms));
  std::array<char, CURL_ERROR_SIZE> text{};
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, text.data());
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, config_.user_agent.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.first);

  CURLcode code = curl_easy_perform(handle.get());
  curl_off_t looked_up_us = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_NAMELOOKUP_TIME_T, &looked_up_us);
  if (code == CURLE_OPERATION_TIMEDOUT && looked_up_us == 0) code = CURLE_COULDNT_RESOLVE_HOST;
  if (code == CURLE_OK && request.is_head_enough && !exchange.is_head_complete) {
    code = CURLE_PARTIAL_FILE;  // curl takes an end inside of the headers for theirs
  }
  const bool is_answered =
      code == CURLE_OK ||
      (request.is_head_enough && exchange.is_head_complete && !request.stop.stop_requested());
  if (!is_answered) return transport_error(code, exchange, text.data());
  if (exchange.target != nullptr && std::fflush(exchange.target.get()) != 0) {
    exchange.is_disk_full = true;
    return transport_error(CURLE_WRITE_ERROR, exchange, text.data());
  }
  const char* next = nullptr;
  curl_easy_getinfo(handle.get(), CURLINFO_REDIRECT_URL, &next);
  if (next != nullptr) redirect_url = next;
  exchange.answer.url = url;
  if (request.is_trusted) trusted_handles_->give_back(std::move(handle));
  return std::move(exchange.answer);
}

Result<HttpResponse> HttpClient::request(const HttpRequest& original) const {
  const auto started = std::chrono::steady_clock::now();
  HttpRequest request = original;
  std::string url = request.url;
  const bool follows = !request.is_trusted && (request.method == "GET" || request.method == "HEAD");
  for (int redirects = 0;; ++redirects) {
    TRY_ASSIGN(const auto parts, parse_url(url));
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started);
    std::string redirect_url;
    TRY_ASSIGN(auto answer,
               exchange(request, url, request.limits.time_ms - spent.count(), redirect_url));
    if (!follows || !is_redirect(answer.status) || redirect_url.empty()) return answer;
    if (redirects >= request.limits.redirects_max) {
      return fail(ErrorCode::download_failed, "The URL redirects more than " +
                                                  std::to_string(request.limits.redirects_max) +
                                                  " times.");
    }
    TRY_ASSIGN(const auto next, parse_url(redirect_url));
    if (next.origin != parts.origin) drop_credentials(request);
    url = redirect_url;
  }
}

Result<Download> HttpClient::download(std::string_view url, const std::filesystem::path& target,
                                      const Limits& limits, std::stop_token stop) const {
  HttpRequest fetch{.url = std::string(url), .answer_file = target, .limits = limits};
  fetch.stop = std::move(stop);
  auto answer = request(fetch);
  if (answer && (answer->status < 200 || answer->status > 299)) {
    answer = fail(ErrorCode::download_failed, "The server behind the URL answered with status " +
                                                  std::to_string(answer->status) + ".");
  }
  if (!answer) {
    std::error_code ignored;
    std::filesystem::remove(target, ignored);
    return tl::make_unexpected(std::move(answer).error());
  }
  const auto type = answer->headers.find("content-type");
  return Download{.size = answer->size,
                  .content_type = type != answer->headers.end() ? type->second : std::string(),
                  .url = answer->url};
}

}  // namespace understudy::net
