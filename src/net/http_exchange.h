// HttpExchange: one request and its answer as libcurl's callbacks see them. Internal to net: this
// header brings libcurl in. One thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "base/result.h"
#include "net/http_client.h"

namespace understudy::net {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

struct HeaderList {
  curl_slist* first = nullptr;
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(first); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

// What the callbacks of one exchange share.
struct HttpExchange {
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

// Method, body, callbacks and limits of `handle`. The exchange and the headers outlive the
// transfer. Errors: storage_failed (the body's file cannot be read).
Result<void> set_up(CURL* handle, HttpExchange& exchange, HeaderList& headers,
                    std::int64_t time_left_ms);

// What a failed transfer is to the client. `text`: libcurl's own.
tl::unexpected<Error> transport_error(CURLcode code, const HttpExchange& exchange,
                                      const char* text);

}  // namespace understudy::net
