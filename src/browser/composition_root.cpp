#include "browser/composition_root.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "browser/composition.h"
#include "browser/composition_variables.h"

namespace understudy::browser {
namespace {

std::optional<double> number_in(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr == text.data() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

double number_of(const HtmlNode& node, std::string_view key, double fallback) {
  const auto* text = node.attribute(key);
  return text == nullptr ? fallback : number_in(*text).value_or(fallback);
}

int pixels_of(const HtmlNode& node, std::string_view key) {
  constexpr double kMost = 100'000;
  return static_cast<int>(std::clamp(number_of(node, key, 0), 0.0, kMost));
}

HtmlNode* find_root(HtmlNode& node) {
  return find_first(node, [](const HtmlNode& e) { return e.has(kCompositionId); });
}

std::optional<std::string> project_path(std::string_view base_file, std::string_view address) {
  address = trimmed(address);
  if (address.empty() || address.starts_with('#') || address.starts_with("//")) return std::nullopt;
  const auto colon = address.find(':');
  if (colon != std::string_view::npos && colon < address.find_first_of("/?#")) return std::nullopt;
  const auto tail = address.find_first_of("?#");
  const std::string_view rest = tail == std::string_view::npos ? "" : address.substr(tail);
  address = address.substr(0, tail);
  std::vector<std::string> parts;
  if (!address.starts_with('/')) {
    parts = split(base_file, '/');
    if (!parts.empty()) parts.pop_back();
  }
  for (const auto& part : split(address, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string path;
  for (const auto& part : parts) path += (path.empty() ? "" : "/") + part;
  return path + std::string(rest);
}

Result<RootFacts> root_facts(std::string_view html) {
  TRY_ASSIGN(auto document, HtmlDocument::parse(html));
  RootFacts facts;
  HtmlNode* root = find_root(document.body());
  declare(document.html(), facts.variables);
  if (root == nullptr) return facts;
  declare(*root, facts.variables);
  facts.id = root->attribute_or(kCompositionId);
  facts.width = pixels_of(*root, "data-width");
  facts.height = pixels_of(*root, "data-height");
  facts.duration_s = number_of(*root, "data-duration", 0);
  facts.fps = number_of(*root, "data-fps", 0);
  visit(document.body(), [&](HtmlNode& node) {
    if (&node != root && node.has("data-start")) {
      const double end = number_of(node, "data-start", 0) + number_of(node, "data-duration", 0);
      facts.clips_end_s = std::max(facts.clips_end_s, end);
    }
    return true;
  });
  return facts;
}

}  // namespace understudy::browser
