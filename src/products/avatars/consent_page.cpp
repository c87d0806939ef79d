#include "products/avatars/consent_page.h"

#include <fmt/format.h>

#include "api/html.h"
#include "products/avatars/consent_style.h"

namespace understudy::avatars {
namespace {

using api::html_escaped;

api::Response page_of(std::string_view title, std::string body, int status) {
  api::Response response =
      api::html_response({.title = title,
                          .body = std::move(body),
                          .style = kConsentStyle,
                          .policy = "script-src " + api::hash_source(kConsentScript) +
                                    "; media-src blob: mediastream:; connect-src 'self'; "
                                    "form-action 'self' http: https:",
                          .status = status});
  response.headers.emplace_back("permissions-policy", "camera=(self), microphone=(self)");
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
  return page_of(heading, api::notice_html(heading, sentence, is_good), status);
}

}  // namespace understudy::avatars
