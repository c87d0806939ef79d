#include "api/router.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::size_t kSegmentsMax = 32;
constexpr std::size_t kQueryFieldsMax = 200;

// "/a//b/" gives a, b.
std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (const auto segment = path.substr(0, slash); !segment.empty()) segments.push_back(segment);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

struct Router::Node {
  struct Target {
    std::size_t index = 0;
    std::vector<std::string> params;  // names in order of the path
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> any;
  std::map<std::string, Target, std::less<>> targets;  // by method
  std::map<std::string, Target, std::less<>> rest;     // by method, for "{name*}"

  const Target* target(std::string_view method) const { return pick(targets, method); }
  const Target* rest_target(std::string_view method) const { return pick(rest, method); }

  static const Target* pick(const std::map<std::string, Target, std::less<>>& by_method,
                            std::string_view method) {
    auto found = by_method.find(method);
    if (found == by_method.end() && method == "HEAD") found = by_method.find("GET");
    return found == by_method.end() ? nullptr : &found->second;
  }
};

namespace {

// One walk through the tree: the first path that matches in full wins, with whatever methods it
// has.
template <class Node>
class Walk {
 public:
  Walk(std::string_view method, const std::vector<std::string_view>& segments)
      : method_(method), segments_(segments) {}

  bool match(const Node& node, std::size_t depth) {
    if (depth == segments_.size()) return take(node.target(method_), node.targets);
    const auto fixed = node.fixed.find(segments_[depth]);
    if (fixed != node.fixed.end() && match(*fixed->second, depth + 1)) return true;
    if (is_known()) return false;  // "DELETE /videos/statuses" is not "DELETE /videos/{id}"
    if (node.any != nullptr) {
      values_.push_back(segments_[depth]);
      if (match(*node.any, depth + 1)) return true;
      if (is_known()) return false;
      values_.pop_back();
    }
    if (node.rest.empty()) return false;
    rest_from_ = depth;
    return take(node.rest_target(method_), node.rest);
  }

  const typename Node::Target* found() const { return found_; }
  const std::vector<std::string_view>& values() const { return values_; }
  std::optional<std::size_t> rest_from() const { return rest_from_; }
  const std::vector<std::string>& allowed() const { return allowed_; }

 private:
  // The path is there; it has not the method.
  bool is_known() const { return !allowed_.empty(); }

  template <class Targets>
  bool take(const typename Node::Target* target, const Targets& others) {
    found_ = target;
    if (target == nullptr) {
      for (const auto& entry : others) allowed_.push_back(entry.first);
    }
    return target != nullptr;
  }

  std::string_view method_;
  const std::vector<std::string_view>& segments_;
  std::vector<std::string_view> values_;
  std::optional<std::size_t> rest_from_;
  std::vector<std::string> allowed_;
  const typename Node::Target* found_ = nullptr;
};

tl::unexpected<Error> no_such_method(std::vector<std::string> allowed) {
  if (std::find(allowed.begin(), allowed.end(), "GET") != allowed.end()) allowed.push_back("HEAD");
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  Error error;
  error.code = ErrorCode::method_not_allowed;
  error.message = "This path does not support the method; it supports ";
  json::array names;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    error.message += (i > 0 ? ", " : "") + allowed[i];
    names.emplace_back(allowed[i]);
  }
  error.message += ".";
  error.extra = std::make_shared<json::object>(json::object{{"allowed", names}});
  return tl::make_unexpected(std::move(error));
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, std::size_t index) {
  Node* node = root_.get();
  Node::Target target{.index = index, .params = {}};
  for (const std::string_view segment : split_path(pattern)) {
    if (!is_parameter(segment)) {
      auto& child = node->fixed[std::string(segment)];
      if (child == nullptr) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    const std::string_view name = segment.substr(1, segment.size() - 2);
    if (name.ends_with('*')) {
      target.params.emplace_back(name.substr(0, name.size() - 1));
      node->rest.insert_or_assign(std::string(method), std::move(target));
      return;
    }
    target.params.emplace_back(name);
    if (node->any == nullptr) node->any = std::make_unique<Node>();
    node = node->any.get();
  }
  node->targets.insert_or_assign(std::string(method), std::move(target));
}

Result<Router::Match> Router::find(std::string_view method, std::string_view path) const {
  const auto segments = split_path(path);
  if (segments.size() > kSegmentsMax) {
    return fail(ErrorCode::not_found, "There is nothing at this path.");
  }
  Walk<Node> walk(method, segments);
  walk.match(*root_, 0);
  if (walk.found() == nullptr) {
    if (walk.allowed().empty()) {
      return fail(ErrorCode::not_found, "There is nothing at this path.");
    }
    return no_such_method(walk.allowed());
  }
  Match match{.index = walk.found()->index, .params = {}};
  const auto& names = walk.found()->params;
  for (std::size_t i = 0; i < walk.values().size() && i < names.size(); ++i) {
    TRY_ASSIGN(match.params[names[i]], percent_decode(walk.values()[i]));
  }
  if (names.size() > walk.values().size()) {  // "{name*}"
    std::string rest;
    for (std::size_t i = *walk.rest_from(); i < segments.size(); ++i) {
      TRY_ASSIGN(const auto segment, percent_decode(segments[i]));
      rest += (rest.empty() ? "" : "/") + segment;
    }
    match.params[names.back()] = std::move(rest);
  }
  return match;
}

std::string path_shape(std::string_view path) {
  std::string shape;
  bool is_inside = false;
  for (const char c : path) {
    if (c == '}') is_inside = false;
    if (!is_inside) shape += c;
    if (c == '{') is_inside = true;
  }
  return shape;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (is_unreserved) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) {
        return fail(ErrorCode::invalid_parameter, "There is a broken percent escape.");
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  // What was not escaped can be anything, too; databases and JSON take text alone.
  if (decoded.find('\0') != std::string::npos || !is_valid_utf8(decoded)) {
    return fail(ErrorCode::invalid_parameter, "There are bytes that are no UTF-8 text.");
  }
  return decoded;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view field = text.substr(0, end);
    if (!field.empty()) {
      if (fields.size() >= kQueryFieldsMax) {
        return fail(ErrorCode::invalid_parameter, "There are too many query parameters.");
      }
      const auto equals = field.find('=');
      TRY_ASSIGN(auto name, percent_decode(field.substr(0, equals), true));
      std::string value;
      if (equals != std::string_view::npos) {
        TRY_ASSIGN(value, percent_decode(field.substr(equals + 1), true));
      }
      fields.emplace_back(std::move(name), std::move(value));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return fields;
}

}  // namespace understudy::api
