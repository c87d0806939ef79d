// Compiler: the state of one compilation, for composition.cpp (the document) and
// sub_compositions.cpp (what it takes from other files). Inside of the compiler only.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "browser/composition.h"
#include "browser/css_rewrite.h"
#include "browser/html_document.h"

namespace understudy::browser {

inline constexpr const char* kCompositionSrc = "data-composition-src";

inline tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::hyperframes_project_invalid, std::move(message), "project");
}

class Compiler {
 public:
  Compiler(const ProjectReader& project, const CompileOptions& options)
      : project_(project), options_(options) {}

  Result<CompiledComposition> run();

 private:
  Result<HtmlDocument> load(const std::string& file) const;
  Result<void> inline_below(HtmlNode& node, const std::string& file, int depth);
  Result<void> inline_into(HtmlNode& host, const std::string& source, const std::string& file,
                           int depth);
  Result<std::unique_ptr<HtmlNode>> content_of(HtmlDocument& document, const std::string& file);
  void adopt(HtmlNode& host, std::unique_ptr<HtmlNode> content, const std::string& authored_id,
             const std::string& file, std::size_t script_place);
  std::string take_id(const std::string& wanted);
  std::string address_in(const std::string& file, const std::string& address) const;
  void rewrite_addresses(HtmlNode& node, const std::string& file);
  void rewrite_styles(HtmlNode& node, const CssRewrite& rewrite);
  void use_templates(HtmlDocument& document, const HtmlNode* root);
  void prepare_media(HtmlNode& node);
  void warn(std::string text) {
    if (out_.warnings.size() < 50) out_.warnings.push_back(std::move(text));
  }

  const ProjectReader& project_;
  const CompileOptions& options_;
  CompiledComposition out_;
  json::object variables_by_id_;
  std::map<std::string, int> ids_;
  std::vector<std::string> open_files_;
  std::set<std::string> linked_scripts_;
  std::vector<std::unique_ptr<HtmlNode>> scripts_;  // of sub-compositions, outer ones first
  std::map<std::string, std::string> templates_;    // "#card-template": its HTML
  int instances_ = 0;
  int media_count_ = 0;
};

}  // namespace understudy::browser
