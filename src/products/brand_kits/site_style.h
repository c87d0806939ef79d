// SiteStyle: the rules of a page's style sheets, as they were fetched, with their custom
// properties.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "products/brand_kits/css_reader.h"
#include "products/brand_kits/page_reader.h"

namespace understudy::brand_kits {

class SiteStyle {
 public:
  // `site`: {"url", "html", "styles": [{"url", "text"}]}, whose page was read as `page`.
  SiteStyle(const json::object& site, const Page& page);

  const std::vector<Rule>& rules() const { return rules_; }
  const std::map<std::string, std::string>& variables() const { return variables_; }  // "--primary"
  const std::vector<std::string>& imports() const { return imports_; }  // URLs of further sheets

  // The value with its var() resolved; empty when it leads nowhere.
  std::string resolved(const std::string& value, int depth = 0) const;

 private:
  void add_sheet(Sheet sheet, const std::string& base);
  void collect_variables();

  std::vector<Rule> rules_;
  std::vector<std::string> imports_;
  std::map<std::string, std::string> variables_;
};

}  // namespace understudy::brand_kits
