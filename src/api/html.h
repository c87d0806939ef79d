// Pages of the server's own, for people in a browser. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"

namespace understudy::api {

// No character of it is markup any more, in an element and in an attribute.
std::string html_escaped(std::string_view text);

// One column under our mark, light or dark as its sheet says. Nobody frames it, nothing keeps it,
// and it loads and runs only what its policy names.
struct HtmlPage {
  std::string_view title;  // text
  std::string body;        // markup
  std::string_view style;  // the sheet, which the policy names by its hash
  std::string policy;      // what else may be done: "form-action 'self'"
  int status = 200;
};
Response html_response(const HtmlPage& page);

// How a policy names a style or script that stands in the page.
std::string hash_source(std::string_view text);

// The body of a page that says one thing: a sign, a heading, a sentence.
std::string notice_html(std::string_view heading, std::string_view sentence, bool is_good);

}  // namespace understudy::api
