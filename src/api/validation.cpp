#include "api/validation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace understudy::api {
namespace {

using contract::Allowed;
using contract::Node;
using contract::Parameter;
using contract::Pattern;
using contract::Property;

constexpr std::size_t kNamesInMessageMax = 40;
constexpr std::size_t kUnknownNameMax = 64;

// Where in the body the walk is; its text is only made when something is wrong.
struct Place {
  const Place* parent = nullptr;
  std::string_view name = {};
  std::size_t index = 0;
  bool is_item = false;

  std::string text() const {
    if (parent == nullptr) return {};
    std::string before = parent->text();
    if (is_item) return before + "[" + std::to_string(index) + "]";
    // A name of the client's own making may be anything; it is quoted only up to a length.
    const std::string shown = printable(name, kUnknownNameMax);
    return before.empty() ? shown : before + "." + shown;
  }
};

tl::unexpected<Error> wrong(const std::string& param, const std::string& what) {
  const std::string subject = param.empty() ? "The body" : "'" + param + "'";
  return fail(ErrorCode::invalid_parameter, subject + " " + what, param);
}

tl::unexpected<Error> wrong(const Place& place, const std::string& what) {
  return wrong(place.text(), what);
}

std::string_view text_of(const json::value& value) {
  const auto& text = value.get_string();
  return {text.data(), text.size()};
}

// Characters (code points) of valid UTF-8: every byte that does not continue one.
std::int64_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

std::string number_text(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number);
  return {text, end.ptr};
}

std::string type_names(std::uint8_t types) {
  static constexpr std::pair<std::uint8_t, std::string_view> kNames[] = {
      {contract::kString, "a string"}, {contract::kInteger, "an integer"},
      {contract::kNumber, "a number"}, {contract::kBoolean, "true or false"},
      {contract::kArray, "an array"},  {contract::kObject, "an object"},
      {contract::kNull, "null"},
  };
  std::string names;
  for (const auto& [bit, name] : kNames) {
    if ((types & bit) != 0) names += (names.empty() ? "" : " or ") + std::string(name);
  }
  return names;
}

bool is_integral(const json::value& value) {
  if (value.is_int64()) return true;
  if (value.is_uint64()) return false;  // above the range of every integer of the contract
  const double number = value.get_double();
  return std::trunc(number) == number && std::abs(number) < 9007199254740992.0;
}

bool has_type(const json::value& value, std::uint8_t types) {
  switch (value.kind()) {
    case json::kind::null: return (types & contract::kNull) != 0;
    case json::kind::bool_: return (types & contract::kBoolean) != 0;
    case json::kind::string: return (types & contract::kString) != 0;
    case json::kind::array: return (types & contract::kArray) != 0;
    case json::kind::object: return (types & contract::kObject) != 0;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: break;
  }
  if ((types & contract::kNumber) != 0)
    return !value.is_double() || std::isfinite(value.get_double());
  return (types & contract::kInteger) != 0 && is_integral(value);
}

double as_double(const json::value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return value.get_double();
}

bool equals(const json::value& value, const Allowed& allowed) {
  if (allowed.is_string) return value.is_string() && text_of(value) == allowed.text;
  if (!value.is_number()) return false;
  double number = 0;
  std::from_chars(allowed.text.data(), allowed.text.data() + allowed.text.size(), number);
  return as_double(value) == number;
}

template <class Values, class Text>
std::string one_of(const Values& values, Text text) {
  if (values.size() == 1) return "must be " + text(values[0]) + ".";
  std::string list = "must be one of ";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == kNamesInMessageMax) return list + ", ....";
    list += (i > 0 ? ", " : "") + text(values[i]);
  }
  return list + ".";
}

std::string allowed_text(const Allowed& allowed) {
  return allowed.is_string ? "'" + std::string(allowed.text) + "'" : std::string(allowed.text);
}

bool is_in_class(const contract::PatternStep& step, unsigned char byte) {
  return ((step.bytes[byte / 64] >> (byte % 64)) & 1) != 0;
}

// RFC 3986 as far as it protects what comes later: a scheme, something behind it, no blanks.
bool is_absolute_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const auto is_alpha = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!is_alpha(text[0])) return false;
  const std::string_view scheme = text.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(), [&](char c) {
        return is_alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      })) {
    return false;
  }
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c <= 0x20 || c >= 0x7f; })) {  // RFC 3986 is ASCII
    return false;
  }
  const bool is_web =
      scheme == "http" || scheme == "https" || scheme == "HTTP" || scheme == "HTTPS";
  return !is_web || (text.substr(colon, 3) == "://" && text.size() > colon + 3 &&
                     text[colon + 3] != '/' && text[colon + 3] != '?' && text[colon + 3] != '#');
}

class Validator {
 public:
  explicit Validator(ValidationRules rules) : rules_(rules) {}

  Result<void> check(json::value& value, const Node& schema, const Place& place) const {
    if (schema.types != 0 && !has_type(value, schema.types)) {
      return wrong(place, "must be " + type_names(schema.types) + ".");
    }
    if (value.is_null()) return {};
    if (!schema.allowed.empty() &&
        std::none_of(schema.allowed.begin(), schema.allowed.end(),
                     [&value](const Allowed& allowed) { return equals(value, allowed); })) {
      return wrong(place, one_of(schema.allowed, allowed_text));
    }
    switch (value.kind()) {
      case json::kind::string: return check_string(text_of(value), schema, place);
      case json::kind::array: return check_array(value.get_array(), schema, place);
      case json::kind::object: return check_object(value.get_object(), schema, place);
      case json::kind::int64:
      case json::kind::uint64:
      case json::kind::double_: return check_number(value, schema, place);
      default: return {};
    }
  }

  Result<void> check_string(std::string_view text, const Node& schema, const Place& place) const {
    if (schema.size_min > 0 || schema.size_max >= 0) {
      const std::int64_t count = count_characters(text);
      if (count < schema.size_min) {
        return wrong(
            place, schema.size_min == 1
                       ? "must not be empty."
                       : "must have at least " + std::to_string(schema.size_min) + " characters.");
      }
      if (schema.size_max >= 0 && count > schema.size_max) {
        return wrong(place, "must have at most " + std::to_string(schema.size_max) +
                                " characters; it has " + std::to_string(count) + ".");
      }
    }
    if (schema.is_uri && !is_absolute_uri(text)) return wrong(place, "must be an absolute URL.");
    if (schema.pattern != nullptr && !matches(text, *schema.pattern, rules_)) {
      return wrong(place, schema.pattern->is_https
                              ? "must be an https URL."
                              : "must match " + std::string(schema.pattern->text) + ".");
    }
    return {};
  }

  static Result<void> check_number(json::value& value, const Node& schema, const Place& place) {
    if ((schema.types & contract::kNumber) == 0 && (schema.types & contract::kInteger) != 0 &&
        value.is_double()) {
      value = static_cast<std::int64_t>(value.get_double());
    }
    if (schema.range == nullptr) return {};
    const contract::Range& range = *schema.range;
    const double number = as_double(value);
    if (number < range.minimum || (range.is_minimum_excluded && number == range.minimum)) {
      return wrong(place,
                   (range.is_minimum_excluded ? "must be greater than " : "must be at least ") +
                       number_text(range.minimum) + ".");
    }
    if (number > range.maximum || (range.is_maximum_excluded && number == range.maximum)) {
      return wrong(place, (range.is_maximum_excluded ? "must be less than " : "must be at most ") +
                              number_text(range.maximum) + ".");
    }
    if (range.multiple_of > 0 && std::fmod(number, range.multiple_of) != 0) {
      return wrong(place, "must be a multiple of " + number_text(range.multiple_of) + ".");
    }
    return {};
  }

 private:
  Result<void> check_array(json::array& array, const Node& schema, const Place& place) const {
    const auto count = static_cast<std::int64_t>(array.size());
    if (count < schema.size_min) {
      return wrong(place, "must have at least " + std::to_string(schema.size_min) +
                              (schema.size_min == 1 ? " item." : " items."));
    }
    if (schema.size_max >= 0 && count > schema.size_max) {
      return wrong(place, "must have at most " + std::to_string(schema.size_max) +
                              " items; it has " + std::to_string(count) + ".");
    }
    for (std::size_t i = 0; i < array.size(); ++i) {
      const Place item{.parent = &place, .index = i, .is_item = true};
      if (schema.items != contract::kNone) {
        TRY(check(array[i], contract::node(schema.items), item));
      }
      if (schema.is_unique &&
          std::find(array.begin(), array.begin() + static_cast<std::ptrdiff_t>(i), array[i]) !=
              array.begin() + static_cast<std::ptrdiff_t>(i)) {
        return wrong(item, "is in the list twice.");
      }
    }
    return {};
  }

  Result<void> check_object(json::object& object, const Node& schema, const Place& place) const {
    if (!schema.discriminator.empty()) return check_union(object, schema, place);
    if (static_cast<std::int64_t>(object.size()) < schema.size_min) {
      return wrong(place, "must have at least " + std::to_string(schema.size_min) +
                              (schema.size_min == 1 ? " field." : " fields."));
    }
    for (const Property& property : schema.properties) {
      const Place member{.parent = &place, .name = property.name};
      json::value* value = object.if_contains(property.name);
      if (value == nullptr) {
        if (property.is_required) return wrong(member, "is required.");
        continue;
      }
      TRY(check(*value, contract::node(property.node), member));
    }
    if (!schema.is_closed && schema.additional == contract::kNone) return {};
    for (auto& member : object) {
      const std::string_view name(member.key().data(), member.key().size());
      if (std::any_of(schema.properties.begin(), schema.properties.end(),
                      [name](const Property& property) { return property.name == name; })) {
        continue;
      }
      const Place unknown{.parent = &place, .name = name};
      if (schema.is_closed) return wrong(unknown, "is not a field of this request.");
      TRY(check(member.value(), contract::node(schema.additional), unknown));
    }
    return {};
  }

  Result<void> check_union(json::object& object, const Node& schema, const Place& place) const {
    const Place member{.parent = &place, .name = schema.discriminator};
    const json::value* value = object.if_contains(schema.discriminator);
    if (value == nullptr) return wrong(member, "is required.");
    if (!value->is_string()) return wrong(member, "must be a string.");
    const std::string_view chosen = text_of(*value);
    for (const contract::Arm& arm : schema.arms) {
      if (arm.value == chosen) return check_object(object, contract::node(arm.node), place);
    }
    return wrong(member, one_of(schema.arms, [](const contract::Arm& arm) {
                   return "'" + std::string(arm.value) + "'";
                 }));
  }

  ValidationRules rules_;
};

// A parameter's text as the JSON value its type asks for; null when it is none.
std::optional<json::value> value_from_text(std::string_view text, std::uint8_t types) {
  const char* end = text.data() + text.size();
  if ((types & contract::kInteger) != 0) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return number;
  }
  if ((types & contract::kNumber) != 0) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number))
      return std::nullopt;
    return number;
  }
  if ((types & contract::kBoolean) != 0) {
    if (text != "true" && text != "false") return std::nullopt;
    return text == "true";
  }
  return json::string(text.data(), text.size());
}

Result<void> check_parameter(std::string_view text, const Parameter& parameter) {
  const Node& schema = contract::node(parameter.node);
  const Place root;
  const Place place{.parent = &root, .name = parameter.name};
  auto value = value_from_text(text, schema.types);
  if (!value) return wrong(place, "must be " + type_names(schema.types) + ".");
  TRY(Validator({}).check(*value, schema, place));
  const auto items = std::count(text.begin(), text.end(), ',') + 1;
  if (parameter.list_max >= 0 && items > parameter.list_max) {
    return wrong(place, "must have at most " + std::to_string(parameter.list_max) +
                            " items; it has " + std::to_string(items) + ".");
  }
  return {};
}

}  // namespace

bool matches(std::string_view text, const Pattern& pattern, ValidationRules rules) {
  if (pattern.is_https && rules.allow_http_urls && text.starts_with("http://")) return true;
  std::size_t at = 0;
  for (const auto& step : pattern.steps) {
    std::int32_t count = 0;
    while (at < text.size() && (step.max < 0 || count < step.max) &&
           is_in_class(step, static_cast<unsigned char>(text[at]))) {
      ++at;
      ++count;
    }
    if (count < step.min) return false;
  }
  return pattern.is_prefix || at == text.size();
}

Result<void> validate(json::value& value, const Node& schema, ValidationRules rules) {
  return Validator(rules).check(value, schema, Place{});
}

Result<void> validate_parameters(Request& request, const contract::Operation& operation) {
  for (const Parameter& parameter : operation.parameters) {
    std::optional<std::string_view> text;
    switch (parameter.place) {
      case contract::Place::path: text = request.path_param(parameter.name); break;
      case contract::Place::query: text = request.query_value(parameter.name); break;
      case contract::Place::header: {
        const auto found = request.headers.find(lower_case(parameter.name));
        if (found != request.headers.end()) text = found->second;
        break;
      }
    }
    if (text) {
      TRY(check_parameter(*text, parameter));
    } else if (parameter.is_required) {
      return wrong(std::string(parameter.name), "is required.");
    } else if (!parameter.default_text.empty()) {
      request.query.emplace_back(parameter.name, parameter.default_text);
    }
  }
  return {};
}

}  // namespace understudy::api
