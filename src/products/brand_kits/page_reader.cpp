#include "products/brand_kits/page_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include <gumbo.h>

#include "base/json.h"
#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr std::size_t kNodesMax = 300'000;
constexpr std::size_t kSheetsMax = 40;
constexpr std::size_t kInlineMax = 5'000;
constexpr std::size_t kLogosMax = 60;
constexpr std::size_t kSvgMax = 200'000;

struct OutputDeleter {
  void operator()(GumboOutput* output) const {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  }
};

std::string attribute(const GumboNode& node, const char* name) {
  const auto* found = gumbo_get_attribute(&node.v.element.attributes, name);
  return found != nullptr ? std::string(found->value) : std::string();
}

std::string text_of(const GumboNode& node) {
  std::string text;
  for (unsigned i = 0; i < node.v.element.children.length; ++i) {
    const auto* child = static_cast<const GumboNode*>(node.v.element.children.data[i]);
    if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_CDATA ||
        child->type == GUMBO_NODE_WHITESPACE)
      text += child->v.text.text;
  }
  return text;
}

bool has_word(const std::string& lower, std::string_view word) {
  return lower.find(word) != std::string::npos;
}

// What an element is called: its classes and ids.
std::string names_of(const GumboNode& node) {
  return lower_case(attribute(node, "class") + " " + attribute(node, "id"));
}

// The largest side of sizes="180x180 192x192".
int icon_size(const std::string& sizes) {
  int largest = 0;
  std::from_chars(sizes.data(), sizes.data() + sizes.size(), largest);
  return lower_case(sizes) == "any" ? 512 : largest;
}

class PageReader {
 public:
  PageReader(std::string_view html, std::string url) : html_(html), base_(std::move(url)) {}

  Page read() {
    // Each error would keep the whole stack of open elements.
    static const GumboOptions kOptions = [] {
      GumboOptions options = kGumboDefaultOptions;
      options.max_errors = 0;
      return options;
    }();
    const std::unique_ptr<GumboOutput, OutputDeleter> output(
        gumbo_parse_with_options(&kOptions, html_.data(), html_.size()));
    walk(*output->root);
    std::stable_sort(page_.logos.begin(), page_.logos.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return std::move(page_);
  }

 private:
  // What the surroundings of an element say about a logo in it.
  struct Visit {
    const GumboNode* node;
    bool is_in_header = false;
    bool is_in_logo = false;  // an ancestor is called logo or brand
    bool is_home_link = false;
    bool is_in_footer = false;
  };

  void walk(const GumboNode& root) {
    std::vector<Visit> stack{{&root}};
    std::size_t seen = 0;
    while (!stack.empty() && ++seen < kNodesMax) {
      Visit visit = stack.back();
      stack.pop_back();
      if (visit.node->type != GUMBO_NODE_ELEMENT && visit.node->type != GUMBO_NODE_TEMPLATE)
        continue;
      const GumboNode& node = *visit.node;
      look_at(visit);
      const std::string names = names_of(node);
      const auto tag = node.v.element.tag;
      visit.is_in_header = visit.is_in_header || tag == GUMBO_TAG_HEADER || tag == GUMBO_TAG_NAV ||
                           has_word(names, "header") || has_word(names, "navbar");
      visit.is_in_footer =
          visit.is_in_footer || tag == GUMBO_TAG_FOOTER || has_word(names, "footer");
      visit.is_in_logo = visit.is_in_logo || has_word(names, "logo") || has_word(names, "brand");
      if (tag == GUMBO_TAG_A) visit.is_home_link = is_home(attribute(node, "href"));
      if (tag == GUMBO_TAG_SVG) continue;
      const auto& children = node.v.element.children;
      for (unsigned i = children.length; i-- > 0;) {
        Visit child = visit;
        child.node = static_cast<const GumboNode*>(children.data[i]);
        stack.push_back(child);
      }
    }
  }

  bool is_home(const std::string& href) const {
    if (href == "/" || href == "./" || href == "#") return true;
    const std::string url = absolute_url(base_, href);
    const auto path = url.find('/', url.find("//") + 2);
    return !url.empty() && (path == std::string::npos || path + 1 == url.size());
  }

  void look_at(const Visit& visit) {
    const GumboNode& node = *visit.node;
    switch (node.v.element.tag) {
      case GUMBO_TAG_BASE: read_base(node); break;
      case GUMBO_TAG_TITLE:
        if (page_.title.empty()) page_.title = std::string(trimmed(text_of(node))).substr(0, 300);
        break;
      case GUMBO_TAG_META: read_meta(node); break;
      case GUMBO_TAG_LINK: read_link(node); break;
      case GUMBO_TAG_STYLE:
        if (page_.styles.size() < kSheetsMax) page_.styles.push_back(text_of(node));
        break;
      case GUMBO_TAG_SCRIPT: read_script(node); break;
      case GUMBO_TAG_IMG: read_image(visit); break;
      case GUMBO_TAG_SVG: read_svg(visit); break;
      default: break;
    }
    const std::string style = attribute(node, "style");
    if (!style.empty() && page_.inline_styles.size() < kInlineMax) {
      page_.inline_styles.push_back(
          {gumbo_normalized_tagname(node.v.element.tag), style.substr(0, 2'000)});
    }
  }

  void read_base(const GumboNode& node) {
    if (std::string url = absolute_url(base_, attribute(node, "href")); !url.empty()) base_ = url;
  }

  void read_meta(const GumboNode& node) {
    const std::string name = lower_case(attribute(node, "name") + attribute(node, "property"));
    const std::string content = attribute(node, "content");
    if (name == "theme-color" && !has_word(lower_case(attribute(node, "media")), "dark")) {
      page_.theme_colours.insert(page_.theme_colours.begin(), content);
    } else if (name == "msapplication-tilecolor") {
      page_.theme_colours.push_back(content);
    } else if (name == "og:site_name") {
      page_.site_name = std::string(trimmed(content)).substr(0, 200);
    } else if (name == "application-name" && page_.site_name.empty()) {
      page_.site_name = std::string(trimmed(content)).substr(0, 200);
    } else if (name == "og:logo") {
      add_logo(content, "", 90);
    } else if (name == "og:image" || name == "og:image:url" || name == "twitter:image") {
      add_logo(content, "", 10);
    }
  }

  void read_link(const GumboNode& node) {
    const std::string rel = lower_case(attribute(node, "rel"));
    const std::string href = attribute(node, "href");
    if (has_word(rel, "stylesheet") || (rel == "preload" && attribute(node, "as") == "style")) {
      const bool is_print =
          lower_case(attribute(node, "media")) == "print" && attribute(node, "onload").empty();
      const std::string url = absolute_url(base_, href);
      if (!url.empty() && !is_print && page_.stylesheets.size() < kSheetsMax &&
          std::find(page_.stylesheets.begin(), page_.stylesheets.end(), url) ==
              page_.stylesheets.end())
        page_.stylesheets.push_back(url);
    } else if (has_word(rel, "mask-icon")) {
      page_.theme_colours.push_back(attribute(node, "color"));
      add_logo(href, "", 22);
    } else if (has_word(rel, "apple-touch-icon")) {
      add_logo(href, "", 30 + std::min(icon_size(attribute(node, "sizes")), 200) / 50.0);
    } else if (has_word(rel, "icon")) {
      const bool is_svg =
          lower_case(href).ends_with(".svg") || has_word(attribute(node, "type"), "svg");
      add_logo(href, "",
               20 + std::min(icon_size(attribute(node, "sizes")), 512) / 100.0 + (is_svg ? 6 : 0));
    }
  }

  // schema.org: {"@type": "Organization", "logo": "https://..." or {"url": ...}}
  void read_script(const GumboNode& node) {
    if (lower_case(attribute(node, "type")) != "application/ld+json") return;
    const auto value = parse_json(text_of(node), 32);
    if (!value) return;
    std::vector<const json::value*> stack{&*value};
    std::size_t seen = 0;
    while (!stack.empty() && ++seen < 5'000) {
      const json::value* one = stack.back();
      stack.pop_back();
      if (const auto* array = one->if_array()) {
        for (const auto& item : *array) stack.push_back(&item);
      } else if (const auto* object = one->if_object()) {
        if (const auto* logo = object->if_contains("logo")) {
          const auto* nested = logo->if_object();
          const std::string url = nested != nullptr
                                      ? string_or(*nested, "url", string_or(*nested, "contentUrl"))
                                      : string_or(*object, "logo");
          add_logo(url, string_or(*object, "name"), 80);
        }
        for (const auto& member : *object) stack.push_back(&member.value());
      }
    }
  }

  // How likely an image in this place is the site's logo.
  static double place_score(const Visit& visit, const std::string& words) {
    const bool is_called = has_word(words, "logo") || has_word(words, "brand");
    if (!is_called && !visit.is_in_logo && !(visit.is_home_link && visit.is_in_header)) return 0;
    double score = is_called ? 50 : 35;
    if (visit.is_in_logo) score += 12;
    if (visit.is_in_header) score += 25;
    if (visit.is_home_link) score += 15;
    if (visit.is_in_footer) score -= 25;
    // Logos of customers, partners, payment providers.
    for (const char* other :
         {"partner", "client", "customer", "sponsor", "payment", "visa", "press", "award",
          "facebook", "twitter", "linkedin", "instagram", "youtube", "google-play", "appstore"}) {
      if (has_word(words, other)) score -= 60;
    }
    return score;
  }

  void read_image(const Visit& visit) {
    const GumboNode& node = *visit.node;
    std::string source = attribute(node, "src");
    for (const char* lazy : {"data-src", "data-lazy-src"}) {
      const std::string other = attribute(node, lazy);
      if (!other.empty() && (source.empty() || source.starts_with("data:"))) source = other;
    }
    const std::string alt = attribute(node, "alt");
    const std::string words = lower_case(source.substr(0, 300) + " " + alt) + " " + names_of(node) +
                              (lower_case(attribute(node, "itemprop")) == "logo" ? " logo" : "");
    const double score = place_score(visit, words);
    if (score > 0) add_logo(source, alt, score);
  }

  void read_svg(const Visit& visit) {
    const GumboElement& element = visit.node->v.element;
    const std::string words =
        names_of(*visit.node) + " " + lower_case(attribute(*visit.node, "aria-label"));
    const double score = place_score(visit, words);
    if (score <= 0 || element.original_end_tag.data == nullptr) return;
    const char* start = element.original_tag.data;
    const char* end = element.original_end_tag.data + element.original_end_tag.length;
    if (start == nullptr || end <= start || static_cast<std::size_t>(end - start) > kSvgMax) return;
    std::string svg(start, end);
    // A reference to another drawing of the page shows nothing by itself.
    if (svg.find("<use") != std::string::npos && svg.find("<path") == std::string::npos) return;
    if (svg.find("xmlns=") == std::string::npos)
      svg.insert(4, " xmlns=\"http://www.w3.org/2000/svg\"");
    if (page_.logos.size() < kLogosMax) {
      page_.logos.push_back({"", std::move(svg), attribute(*visit.node, "aria-label"), score - 2});
    }
  }

  void add_logo(const std::string& reference, const std::string& name, double score) {
    const std::string url = absolute_url(base_, reference);
    if (url.empty() || page_.logos.size() >= kLogosMax) return;
    for (auto& logo : page_.logos) {
      if (logo.url != url) continue;
      logo.score = std::max(logo.score, score) + 5;
      if (logo.name.empty()) logo.name = name.substr(0, 200);
      return;
    }
    page_.logos.push_back({url, "", std::string(trimmed(name)).substr(0, 200), score});
  }

  std::string_view html_;
  std::string base_;
  Page page_;
};

std::string without_dots(std::string_view path) {
  std::vector<std::string> parts;
  for (auto& part : split(path, '/')) {
    if (part == "." || part == "..") {
      if (part == ".." && parts.size() > 1) parts.pop_back();
      continue;
    }
    parts.push_back(std::move(part));
  }
  if (path.ends_with("/.") || path.ends_with("/..")) parts.emplace_back();
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? "/" : "") + parts[i];
  return out.starts_with('/') ? out : "/" + out;
}

}  // namespace

Page read_page(std::string_view html, const std::string& url) {
  return PageReader(html, url).read();
}

std::string absolute_url(const std::string& base, std::string_view reference) {
  std::string bare;
  for (const char c : trimmed(reference)) {
    if (c == '\n' || c == '\r' || c == '\t') continue;
    if (c == ' ') {
      bare += "%20";
    } else {
      bare += c;
    }
  }
  if (const auto hash = bare.find('#'); hash != std::string::npos) bare.resize(hash);
  const auto scheme_end = base.find("://");
  if (bare.empty() || bare.size() > 2'000 || scheme_end == std::string::npos) return {};
  const std::string lower = lower_case(bare);
  if (lower.starts_with("http://") || lower.starts_with("https://")) return bare;
  const auto colon = bare.find(':');
  if (colon != std::string::npos && colon < bare.find_first_of("/?")) return {};  // data:, mailto:
  const std::string scheme = base.substr(0, scheme_end);
  if (bare.starts_with("//")) return scheme + ":" + bare;
  const auto path_start = base.find('/', scheme_end + 3);
  const std::string origin = base.substr(0, path_start);
  std::string path = path_start == std::string::npos ? "/" : base.substr(path_start);
  path.resize(std::min(path.size(), path.find_first_of("?#")));
  const auto query = bare.find('?');
  std::string own = bare.substr(0, query);
  const std::string rest = query == std::string::npos ? "" : bare.substr(query);
  if (own.empty()) return origin + path + rest;
  if (!own.starts_with('/')) own = path.substr(0, path.rfind('/') + 1) + own;
  return origin + without_dots(own) + rest;
}

}  // namespace understudy::brand_kits
