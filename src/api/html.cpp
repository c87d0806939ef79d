#include "api/html.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace understudy::api {

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string hash_source(std::string_view text) {
  const auto digest = sha256(text);
  return "'sha256-" + to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
         "'";
}

Response html_response(const HtmlPage& page) {
  Response response;
  response.status = page.status;
  response.content_type = "text/html; charset=utf-8";
  response.text = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><style>{}</style></head>"
      "<body><main><header><span class=\"mark\"></span>Understudy</header>{}</main></body></html>\n",
      html_escaped(page.title), page.style, page.body);
  response.headers = {
      {"content-security-policy", fmt::format("default-src 'none'; style-src {}; {}; "
                                              "frame-ancestors 'none'; base-uri 'none'",
                                              hash_source(page.style), page.policy)},
      {"x-frame-options", "DENY"},
      {"x-content-type-options", "nosniff"},
      {"referrer-policy", "no-referrer"},
      {"cache-control", "no-store"}};
  return response;
}

std::string notice_html(std::string_view heading, std::string_view sentence, bool is_good) {
  return fmt::format("<p class=\"sign {}\" aria-hidden=\"true\">{}</p><h1>{}</h1><p>{}</p>",
                     is_good ? "good" : "bad", is_good ? "&#10003;" : "!", html_escaped(heading),
                     html_escaped(sentence));
}

}  // namespace understudy::api
