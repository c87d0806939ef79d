#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>

#include <curl/curl.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "net/address.h"

namespace understudy::net {
namespace {

constexpr std::int64_t kBodyInMemoryMax = 64LL << 20;
constexpr long kSlowestBytesPerSecond = 64;
constexpr long kSlowSecondsMax = 30;
constexpr std::size_t kPooledHandlesMax = 32;
constexpr std::size_t kHeadersMax = 256;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct HeaderList {
  curl_slist* first = nullptr;
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(first); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

// What the callbacks of one exchange share.
struct Exchange {
  const HttpRequest* request = nullptr;
  bool checks_address = true;
  bool is_refused_address = false;
  bool is_too_large = false;
  bool is_disk_full = false;
  bool is_head_complete = false;  // the status and headers of the final answer are there
  std::size_t body_sent = 0;
  HttpResponse answer;
  File upload;
  File target;
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

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (exchange.checks_address && !is_public_address(&address->addr, address->addrlen)) {
    exchange.is_refused_address = true;
    log::info("refused to connect to {}: not a public address",
              to_text(&address->addr, address->addrlen));
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto& answer = exchange.answer;
  const bool to_file = exchange.target != nullptr && answer.status >= 200 && answer.status < 300;
  const std::int64_t limit = to_file
                                 ? exchange.request->limits.size_max
                                 : std::min(exchange.request->limits.size_max, kBodyInMemoryMax);
  answer.size += static_cast<std::int64_t>(count);
  if (answer.size > limit) {
    exchange.is_too_large = true;
    if (exchange.request->is_head_enough) {
      answer.body.append(bytes, static_cast<std::size_t>(limit) - answer.body.size());
    }
    return 0;
  }
  if (!to_file) {
    answer.body.append(bytes, count);
    return count;
  }
  if (std::fwrite(bytes, 1, count, exchange.target.get()) != count) {
    exchange.is_disk_full = true;
    return 0;
  }
  return count;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto& answer = exchange.answer;
  const std::string_view line(bytes, count);
  if (trimmed(line).empty()) exchange.is_head_complete = answer.status >= 200;
  if (line.substr(0, 5) == "HTTP/") {  // also after "100 Continue"
    answer.headers.clear();
    const auto space = line.find(' ');
    answer.status = space == std::string_view::npos
                        ? 0
                        : static_cast<int>(std::strtol(line.data() + space, nullptr, 10));
    return count;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  if (answer.headers.size() >= kHeadersMax) return 0;
  std::string name = trimmed(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  answer.headers[std::move(name)] = trimmed(line.substr(colon + 1));
  return count;
}

std::size_t on_upload(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (exchange.upload != nullptr) return std::fread(bytes, 1, count, exchange.upload.get());
  const std::string& body = exchange.request->body;
  count = std::min(count, body.size() - exchange.body_sent);
  std::memcpy(bytes, body.data() + exchange.body_sent, count);
  exchange.body_sent += count;
  return count;
}

// curl rewinds the upload when a kept connection turned out to be closed.
int on_rewind(void* context, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  if (exchange.upload != nullptr) {
    return std::fseek(exchange.upload.get(), offset, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK
                                                                    : CURL_SEEKFUNC_FAIL;
  }
  exchange.body_sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(context)->request->stop.stop_requested() ? 1 : 0;
}

std::string megabytes(std::int64_t bytes) {
  return bytes >= (1 << 20) ? std::to_string(bytes >> 20) + " MB"
                            : std::to_string(bytes) + " bytes";
}

std::string sentence_for(CURLcode code, const Exchange& exchange) {
  if (exchange.is_refused_address) {
    return "The URL leads to an address that is not public, which this server does not fetch from.";
  }
  if (exchange.is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return "The file behind the URL is larger than " +
           megabytes(exchange.request->limits.size_max) + ".";
  }
  switch (code) {
    case CURLE_URL_MALFORMAT: return "The URL is not a valid absolute URL.";
    case CURLE_UNSUPPORTED_PROTOCOL: return "Only http and https URLs can be used.";
    case CURLE_COULDNT_RESOLVE_HOST: return kHostNotFound;
    case CURLE_COULDNT_CONNECT: return "The server behind the URL could not be reached.";
    case CURLE_OPERATION_TIMEDOUT: return "The server behind the URL took too long to answer.";
    case CURLE_PARTIAL_FILE: return "The server behind the URL broke off before the end.";
    case CURLE_GOT_NOTHING:
      return "The server behind the URL closed the connection without an answer.";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return "The TLS connection to the server behind the URL could not be trusted.";
    default: return "The exchange with the server behind the URL failed.";
  }
}

tl::unexpected<Error> transport_error(CURLcode code, const Exchange& exchange, const char* text) {
  if (code == CURLE_ABORTED_BY_CALLBACK && exchange.request->stop.stop_requested()) {
    return fail(ErrorCode::cancelled, "The transfer was cancelled.");
  }
  if (exchange.is_disk_full) {
    return fail_with_detail(ErrorCode::storage_failed, "A file of the server could not be written.",
                            exchange.request->answer_file.string());
  }
  return fail_with_detail(
      exchange.request->is_trusted ? ErrorCode::service_unavailable : ErrorCode::download_failed,
      sentence_for(code, exchange), std::string(curl_easy_strerror(code)) + ": " + text);
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

// curl's own names for an option's type are longs; this keeps call sites free of suffixes.
void set_number(CURL* handle, CURLoption option, long value) {
  curl_easy_setopt(handle, option, value);
}

// Method and body. An empty body of POST and PUT is sent with its length, as servers expect.
Result<void> set_body(CURL* handle, Exchange& exchange, HeaderList& headers) {
  const HttpRequest& request = *exchange.request;
  const bool has_file = !request.body_file.empty();
  if (request.method == "HEAD") {
    set_number(handle, CURLOPT_NOBODY, 1);
    return {};
  }
  const bool sends = has_file || !request.body.empty() || request.method == "POST" ||
                     request.method == "PUT" || request.method == "PATCH";
  if (!sends) {
    set_number(handle, CURLOPT_HTTPGET, 1);
  } else {
    curl_off_t size = static_cast<curl_off_t>(request.body.size());
    if (has_file) {
      exchange.upload.reset(std::fopen(request.body_file.c_str(), "rbe"));
      std::error_code failed;
      size = static_cast<curl_off_t>(std::filesystem::file_size(request.body_file, failed));
      if (exchange.upload == nullptr || failed) {
        return fail_with_detail(ErrorCode::storage_failed,
                                "A file of the server could not be read.",
                                request.body_file.string());
      }
    }
    set_number(handle, CURLOPT_UPLOAD, 1);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, size);
    headers.add("Expect:");  // no waiting for "100 Continue"
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  return {};
}

void set_callbacks(CURL* handle, Exchange& exchange) {
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_upload);
  curl_easy_setopt(handle, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, on_rewind);
  curl_easy_setopt(handle, CURLOPT_SEEKDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
  set_number(handle, CURLOPT_NOPROGRESS, 0);
  if (exchange.request->unix_socket.empty()) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &exchange);
  } else {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, exchange.request->unix_socket.c_str());
  }
}

void set_limits(CURL* handle, const HttpRequest& request, std::int64_t time_left_ms) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  set_number(handle, CURLOPT_FOLLOWLOCATION, 0);
  set_number(handle, CURLOPT_NOSIGNAL, 1);
  set_number(handle, CURLOPT_TIMEOUT_MS,
             static_cast<long>(std::max<std::int64_t>(time_left_ms, 1)));
  set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.limits.connect_ms));
  if (!request.is_head_enough) {
    curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE,
                     static_cast<curl_off_t>(request.limits.size_max));
  }
  if (!request.is_trusted) {  // a trusted answer may wait: a long poll, a slow model
    set_number(handle, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
    set_number(handle, CURLOPT_LOW_SPEED_TIME, kSlowSecondsMax);
  }
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
  Exchange exchange;
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
  TRY(set_body(handle.get(), exchange, headers));
  set_callbacks(handle.get(), exchange);
  set_limits(handle.get(), request, time_left_ms);
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
