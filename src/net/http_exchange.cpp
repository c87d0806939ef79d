#include "net/http_exchange.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include <unistd.h>

#include "base/log.h"
#include "net/address.h"

namespace understudy::net {
namespace {

constexpr std::int64_t kBodyInMemoryMax = 64LL << 20;
constexpr long kSlowestBytesPerSecond = 64;
constexpr long kSlowSecondsMax = 30;
constexpr std::size_t kHeadersMax = 256;

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<HttpExchange*>(context);
  if (exchange.checks_address && !is_public_address(&address->addr, address->addrlen)) {
    exchange.is_refused_address = true;
    log::info("refused to connect to {}: not a public address",
              to_text(&address->addr, address->addrlen));
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<HttpExchange*>(context);
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
  auto& exchange = *static_cast<HttpExchange*>(context);
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
  auto& exchange = *static_cast<HttpExchange*>(context);
  if (exchange.upload != nullptr) return std::fread(bytes, 1, count, exchange.upload.get());
  const std::string& body = exchange.request->body;
  count = std::min(count, body.size() - exchange.body_sent);
  std::memcpy(bytes, body.data() + exchange.body_sent, count);
  exchange.body_sent += count;
  return count;
}

// curl rewinds the upload when a kept connection turned out to be closed.
int on_rewind(void* context, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<HttpExchange*>(context);
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  if (exchange.upload != nullptr) {
    return std::fseek(exchange.upload.get(), offset, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK
                                                                    : CURL_SEEKFUNC_FAIL;
  }
  exchange.body_sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<HttpExchange*>(context)->request->stop.stop_requested() ? 1 : 0;
}

std::string megabytes(std::int64_t bytes) {
  return bytes >= (1 << 20) ? std::to_string(bytes >> 20) + " MB"
                            : std::to_string(bytes) + " bytes";
}

std::string sentence_for(CURLcode code, const HttpExchange& exchange) {
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

// curl's own names for an option's type are longs; this keeps call sites free of suffixes.
void set_number(CURL* handle, CURLoption option, long value) {
  curl_easy_setopt(handle, option, value);
}

// Method and body. An empty body of POST and PUT is sent with its length, as servers expect.
Result<void> set_body(CURL* handle, HttpExchange& exchange, HeaderList& headers) {
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

void set_callbacks(CURL* handle, HttpExchange& exchange) {
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

Result<void> set_up(CURL* handle, HttpExchange& exchange, HeaderList& headers,
                    std::int64_t time_left_ms) {
  TRY(set_body(handle, exchange, headers));
  set_callbacks(handle, exchange);
  set_limits(handle, *exchange.request, time_left_ms);
  return {};
}

tl::unexpected<Error> transport_error(CURLcode code, const HttpExchange& exchange,
                                      const char* text) {
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

}  // namespace understudy::net
