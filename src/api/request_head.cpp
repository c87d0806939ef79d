#include "api/request_head.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "api/router.h"
#include "base/id.h"
#include "base/text.h"

namespace understudy::api {
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kHeadersMax = 100;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
  });
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

std::string remote_address(const Arrival& arrival, std::string_view forwarded_for) {
  if (arrival.is_local) return {};
  if (arrival.config.behind_proxy && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    return std::string(
        trimmed(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1)));
  }
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  // Asio's generic endpoint knows no addresses; the socket does.
  if (::getpeername(arrival.socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address =
      peer.ss_family == AF_INET6
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr);
  const bool is_ip = peer.ss_family == AF_INET6 || peer.ss_family == AF_INET;
  if (!is_ip || ::inet_ntop(peer.ss_family, address, text.data(), text.size()) == nullptr) {
    return {};
  }
  return text.data();
}

}  // namespace

std::string base_url(const Arrival& arrival, std::string_view host) {
  if (!arrival.config.public_url.empty()) return arrival.config.public_url;
  if (arrival.is_local || !is_host(host)) return std::string(arrival.local_url);
  return "http://" + std::string(host);
}

Result<std::string> read_head(const http::request_header<>& message, const Arrival& arrival,
                              Request& request) {
  request.is_local = arrival.is_local;
  request.method = std::string(message.method_string());
  std::size_t count = 0;
  for (const auto& field : message) {
    if (++count > kHeadersMax) break;
    std::string& value = request.headers[lower_case(view_of(field.name_string()))];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  const auto id = request.header("x-request-id");
  request.id = is_request_id(id) ? std::string(id) : new_id(arrival.now_ms);
  request.base_url = base_url(arrival, request.header("host"));
  request.remote_address = remote_address(arrival, request.header("x-forwarded-for"));
  if (count > kHeadersMax) {
    return fail(ErrorCode::invalid_parameter, "The request has too many headers.");
  }
  if (message.version() >= 11 && message.count(http::field::host) != 1) {  // RFC 9112, 3.2
    return fail(ErrorCode::invalid_parameter, "The request must have one header Host.");
  }
  std::string_view target(message.target().data(), message.target().size());
  if (target.starts_with("http://") || target.starts_with("https://")) {  // absolute form
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const auto question = target.find('?');
  const std::string_view path = target.substr(0, question);
  if (!path.starts_with('/')) {
    return fail(ErrorCode::invalid_parameter, "The request line names no path.");
  }
  TRY_ASSIGN(request.path, percent_decode(path));
  if (question != std::string_view::npos) {
    TRY_ASSIGN(request.query, parse_query(target.substr(question + 1)));
  }
  return std::string(path);
}

}  // namespace understudy::api
