// The head of a request: who asks for what, as the connection and its headers say. Internal to the
// server: this header brings Beast in.
#pragma once

#include <string>
#include <string_view>

#include <boost/beast/http/message.hpp>

#include "api/http.h"
#include "api/server.h"

namespace understudy::api {

// How a request came.
struct Arrival {
  const ServerConfig& config;
  std::string_view local_url;  // where no usable Host header came
  bool is_local = false;       // over the administration socket
  int socket = -1;
  std::int64_t now_ms = 0;
};

// The URL that the client addresses us by. `host`: of its header.
std::string base_url(const Arrival& arrival, std::string_view host);

// Moves method, target and headers over; gives the path as it came. Errors: invalid_parameter; what
// is needed to answer them is there.
Result<std::string> read_head(const boost::beast::http::request_header<>& message,
                              const Arrival& arrival, Request& request);

}  // namespace understudy::api
