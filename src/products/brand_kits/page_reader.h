// Reads a page's HTML (gumbo, an HTML5 parser) for what tells about its brand. Hostile input: only
// in the sandboxed process; gumbo's tree is walked without recursion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::brand_kits {

struct LogoCandidate {
  std::string url;   // absolute; empty when it is drawn in the page
  std::string svg;   // of one that is
  std::string name;  // its alternative text
  double score = 0;
};

struct InlineStyle {
  std::string tag;  // "body", "a"
  std::string style;
};

struct Page {
  std::string title;
  std::string site_name;                   // og:site_name, application-name
  std::vector<std::string> theme_colours;  // <meta name=theme-color> and the like, best first
  std::vector<std::string> stylesheets;    // absolute URLs, in order
  std::vector<std::string> styles;         // texts of <style>
  std::vector<InlineStyle> inline_styles;
  std::vector<LogoCandidate> logos;  // best first
};

Page read_page(std::string_view html, const std::string& url);

// RFC 3986, 5.2. Only http and https; empty for anything else.
std::string absolute_url(const std::string& base, std::string_view reference);

}  // namespace understudy::brand_kits
