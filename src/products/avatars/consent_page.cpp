#include "products/avatars/consent_page.h"

#include <fmt/format.h>

#include "api/html.h"
#include "base/bytes.h"
#include "products/avatars/consent_style.h"

namespace understudy::avatars {
namespace {

using api::html_escaped;

std::string hash_source(std::string_view text) {
  const auto digest = sha256(text);
  return "'sha256-" + to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
         "'";
}

// The policy names style and script by their hash: nothing that slipped into a text ever runs.
const std::string& policy() {
  static const std::string text = fmt::format(
      "default-src 'none'; style-src {}; script-src {}; media-src blob: mediastream:; "
      "connect-src 'self'; form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'",
      hash_source(kConsentStyle), hash_source(kConsentScript));
  return text;
}

api::Response page_of(std::string_view title, const std::string& body, int status) {
  api::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.text = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><style>{}</style></head>"
      "<body><main><header><span class=\"mark\"></span>Understudy</header>{}</main></body></html>\n",
      html_escaped(title), kConsentStyle, body);
  response.headers = {{"content-security-policy", policy()},
                      {"permissions-policy", "camera=(self), microphone=(self)"},
                      {"x-frame-options", "DENY"},
                      {"x-content-type-options", "nosniff"},
                      {"referrer-policy", "no-referrer"},
                      {"cache-control", "no-store"}};
  return response;
}

}  // namespace

api::Response consent_page(const ConsentPage& page, int status) {
  const std::string name = html_escaped(page.group_name);
  std::string body = fmt::format(
      "<h1>Your consent to a digital twin</h1>"
      "<p>Footage of you was used to make the digital twin <b>{}</b>, which can be made to say things "
      "in your likeness. It stays locked until you agree in a film of your own.</p>"
      "<div class=\"label\"><span class=\"step\">1</span>Read this aloud, looking into the camera</div>"
      "<blockquote id=\"text\">{}</blockquote>",
      name, html_escaped(page.text));
  body += fmt::format(
      "<form id=\"form\" method=\"post\" action=\"{}\" enctype=\"multipart/form-data\">"
      "<div class=\"label\"><span class=\"step\">2</span>Record it here, or choose a film</div>"
      "<div class=\"stage\"><video id=\"view\" playsinline hidden></video>"
      "<span class=\"hint\" id=\"hint\">Your camera shows up here. Nothing is sent before you press the "
      "last button.</span><span class=\"dot\" id=\"dot\" hidden>0:00</span></div>"
      "<div class=\"row\"><button type=\"button\" id=\"record\">Start recording</button>"
      "<button type=\"button\" id=\"stop\" class=\"stop\" hidden>Stop</button>"
      "<button type=\"button\" id=\"again\" hidden>Record again</button></div>"
      "<p class=\"or\"><label for=\"file\">Or choose a film of yourself (MP4, MOV or WebM, at most 200 "
      "MB)</label></p>"
      "<input id=\"file\" name=\"video\" type=\"file\" accept=\"video/*\">"
      "<p class=\"problem\" id=\"problem\" role=\"alert\"{}>{}</p>"
      "<progress id=\"bar\" max=\"1\" value=\"0\" hidden></progress>"
      "<button class=\"main\" id=\"send\">I agree: send my film</button></form>"
      "<p class=\"small\">The film is kept with its time and its fingerprint (SHA-256) as proof of your "
      "consent, and goes with the twin when that is deleted. If you do not agree, close this page.</p>"
      "<script>{}</script>",
      html_escaped(page.action), page.problem.empty() ? " hidden" : "", html_escaped(page.problem),
      kConsentScript);
  return page_of("Your consent", body, status);
}

api::Response consent_notice(std::string_view heading, std::string_view sentence, bool is_good,
                             int status) {
  const std::string body =
      fmt::format("<p class=\"sign {}\" aria-hidden=\"true\">{}</p><h1>{}</h1><p>{}</p>",
                  is_good ? "good" : "bad", is_good ? "&#10003;" : "!", html_escaped(heading),
                  html_escaped(sentence));
  return page_of(heading, body, status);
}

}  // namespace understudy::avatars
