#include "browser/composition_scripts.h"

#include <algorithm>

#include "base/text.h"
#include "browser/page.h"

namespace understudy::browser {
namespace {

constexpr std::string_view kHeldType = "text/understudy-held";

}  // namespace

bool is_classic_script(const HtmlNode& node) {
  const std::string type = lower_case(trimmed(node.attribute_or("type", "text/javascript")));
  return node.is("script") && !node.has("nomodule") &&
         (type.empty() || type == "text/javascript" || type == "application/javascript");
}

void hold_scripts(HtmlNode& body) {
  visit(body, [](HtmlNode& node) {
    for (const HtmlNode* above = &node; above != nullptr; above = above->parent) {
      if (above->is("template") || above->is("svg") || above->is("noscript")) return true;
    }
    const bool is_module = lower_case(trimmed(node.attribute_or("type"))) == "module";
    if (node.is("script") && is_module) {
      node.set("type", std::string(kHeldType) + "+module");
    } else if (is_classic_script(node) && !node.has("src")) {
      node.set("type", std::string(kHeldType));
    }
    return true;
  });
}

std::string at_line(std::string_view text, int line) {
  return std::string(static_cast<std::size_t>(std::max(line - 1, 0)), '\n') + std::string(text);
}

std::string source_name(const std::string& file) {
  return "\n//# sourceURL=" + std::string(kProjectOrigin) + file + "\n";
}

}  // namespace understudy::browser
