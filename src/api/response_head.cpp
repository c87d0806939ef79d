#include "api/response_head.h"

#include <array>
#include <ctime>

namespace understudy::api {
namespace {

constexpr std::size_t kHeadReserve = 384;

void append_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
  }
}

// "Sun, 06 Nov 1994 08:49:37 GMT"; made once per second and thread.
std::string_view http_date(std::int64_t now_ms) {
  thread_local std::int64_t made_for = -1;
  thread_local std::array<char, 40> text{};
  const std::int64_t second = now_ms / 1000;
  if (second != made_for) {
    const std::time_t time = static_cast<std::time_t>(second);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_for = second;
  }
  return text.data();
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string head_text(const ResponseHead& head,
                      const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string out;
  out.reserve(kHeadReserve);
  out += "HTTP/1.1 ";
  out += std::to_string(head.status);
  out += ' ';
  out += reason_phrase(head.status);
  out += "\r\ndate: ";
  out += http_date(head.now_ms);
  if (!head.content_type.empty()) {
    out += "\r\ncontent-type: ";
    append_value(out, head.content_type);
  }
  if (head.content_length >= 0) {
    out += "\r\ncontent-length: ";
    out += std::to_string(head.content_length);
  }
  out += "\r\nx-request-id: ";
  append_value(out, head.request_id);
  for (const auto& [name, value] : headers) {
    out += "\r\n";
    append_value(out, name);
    out += ": ";
    append_value(out, value);
  }
  out += head.keeps_alive ? "\r\n\r\n" : "\r\nconnection: close\r\n\r\n";
  return out;
}

}  // namespace understudy::api
