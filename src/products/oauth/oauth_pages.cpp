#include "products/oauth/oauth_pages.h"

#include <algorithm>

#include <fmt/format.h>

#include "accounts/account.h"
#include "accounts/oauth_authorization.h"
#include "api/html.h"
#include "products/oauth/oauth_style.h"

namespace understudy::oauth {
namespace {

using api::html_escaped;

// `form_target`: where the answer to a form may lead, beside this server: browsers hold a redirect
// after a form to the policy, too.
api::Response page(std::string_view title, const std::string& body, int status,
                   std::string_view form_target = {}) {
  // A policy cannot name an IPv6 address.
  if (form_target.find('[') != std::string_view::npos) form_target = "http:";
  return api::html_response(
      {.title = title,
       .body = body,
       .style = kStyle,
       .policy = fmt::format("form-action 'self'{}{}", form_target.empty() ? "" : " ", form_target),
       .status = status});
}

std::string form_start(const FormTarget& form) {
  return fmt::format(
      "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\">",
      html_escaped(form.action), html_escaped(form.csrf));
}

std::string problem_box(std::string_view problem) {
  if (problem.empty()) return {};
  return fmt::format("<p class=\"problem\" role=\"alert\">{}</p>", html_escaped(problem));
}

// "videos:write" as "Change videos".
std::string in_words(const std::string& scope) {
  const auto colon = scope.find(':');
  std::string area = scope.substr(0, colon);
  std::replace(area.begin(), area.end(), '_', ' ');
  return (scope.substr(colon + 1) == "write" ? "See and change: " : "See: ") + area;
}

std::string permissions(const std::vector<std::string>& scopes) {
  const auto has = [&](std::string_view word) {
    return std::find(scopes.begin(), scopes.end(), word) != scopes.end();
  };
  std::string list;
  const auto add = [&](std::string_view text) {
    list += fmt::format("<li>{}</li>", html_escaped(text));
  };
  if (has("profile") || has("email")) add("See your name and e-mail address");
  const auto callable = accounts::api_scopes(scopes);
  if (callable.empty())
    add("Make, see, change and delete videos and everything else you have here");
  for (const auto& scope : callable) add(in_words(scope));
  add("Spend the credits of your plan");
  return "<ul>" + list + "</ul>";
}

std::string who(std::string_view account) {
  return fmt::format(
      "<p class=\"who\">Signed in as <b>{}</b>. "
      "<button class=\"link\" name=\"action\" value=\"switch\" formnovalidate>Not you?</button></p>",
      html_escaped(account));
}

}  // namespace

api::Response sign_in_page(const SignInPage& shown, int status) {
  const std::string purpose =
      shown.client_name.empty()
          ? "<p>to connect a device.</p>"
          : fmt::format("<p>to continue to <b>{}</b>.</p>", html_escaped(shown.client_name));
  const std::string body =
      "<h1>Sign in</h1>" + purpose + problem_box(shown.problem) + form_start(shown.form) +
      fmt::format(
          "<label for=\"email\">E-mail address</label>"
          "<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" "
          "maxlength=\"254\" required value=\"{}\"{}>"
          "<label for=\"password\">Password</label>"
          "<input id=\"password\" name=\"password\" type=\"password\" "
          "autocomplete=\"current-password\" maxlength=\"512\" required{}>",
          html_escaped(shown.email), shown.email.empty() ? " autofocus" : "",
          shown.email.empty() ? "" : " autofocus") +
      "<button class=\"main\" name=\"action\" value=\"sign_in\">Sign in</button></form>"
      "<p class=\"small\">No password yet? Whoever runs this server sets one with "
      "<code>understudy account password</code>.</p>";
  return page("Sign in", body, status);
}

api::Response consent_page(const ConsentPage& shown) {
  const std::string name = html_escaped(shown.client_name);
  std::string body = fmt::format("<h1>Allow {}?</h1>", name);
  if (!shown.user_code.empty()) {
    body += fmt::format(
        "<p>Your device must show this code. Deny if it does not, or if someone sent it to you.</p>"
        "<p class=\"code\">{}</p>",
        html_escaped(shown.user_code));
  }
  body +=
      fmt::format("<p><b>{}</b> asks to act for you. It could:</p>", name) +
      permissions(shown.scopes) + form_start(shown.form) +
      "<div class=\"pair\"><button class=\"main\" name=\"action\" value=\"allow\">Allow</button>"
      "<button class=\"other\" name=\"action\" value=\"deny\">Deny</button></div>" +
      who(shown.account) + "</form>";
  if (!shown.returns_to.empty()) {
    body += fmt::format("<p class=\"small\">Then you return to <code>{}</code>.</p>",
                        html_escaped(shown.returns_to));
  }
  return page("Allow " + shown.client_name + "?", body, 200, shown.returns_to);
}

api::Response device_page(const DevicePage& shown, int status) {
  const std::string body =
      "<h1>Connect a device</h1><p>Type the code that your device or terminal shows.</p>" +
      problem_box(shown.problem) +
      fmt::format(
          "<form method=\"get\" action=\"/oauth/device\">"
          "<label for=\"user_code\">Code</label>"
          "<input id=\"user_code\" class=\"codebox\" name=\"user_code\" required autofocus "
          "autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" "
          "maxlength=\"16\" placeholder=\"XXXX-XXXX\" value=\"{}\">"
          "<button class=\"main\">Continue</button></form>",
          html_escaped(shown.typed)) +
      form_start(shown.form) + who(shown.account) + "</form>";
  return page("Connect a device", body, status);
}

api::Response notice_page(std::string_view heading, std::string_view sentence, bool is_good,
                          int status) {
  return page(heading, api::notice_html(heading, sentence, is_good), status);
}

}  // namespace understudy::oauth
