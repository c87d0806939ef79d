#include "base/json.h"

#include <array>
#include <charconv>
#include <cmath>

namespace understudy {
namespace {

// An object with this one key and an array [units, scale] is a decimal. The key cannot do harm when
// it comes from outside: only integers are printed from it.
constexpr std::string_view kDecimalKey =
    "\x01"
    "decimal";

const json::array* as_decimal(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr || object->size() != 1) return nullptr;
  const auto& member = *object->begin();
  if (member.key() != kDecimalKey) return nullptr;
  const auto* parts = member.value().if_array();
  if (parts == nullptr || parts->size() != 2) return nullptr;
  return (*parts)[0].is_int64() && (*parts)[1].is_int64() ? parts : nullptr;
}

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) { out_.reserve(512); }

  void write(const json::value& value, int level) {
    if (const auto* parts = as_decimal(value)) {
      out_ += decimal_text((*parts)[0].get_int64(), static_cast<int>((*parts)[1].get_int64()));
      return;
    }
    switch (value.kind()) {
      case json::kind::object: return write_object(value.get_object(), level);
      case json::kind::array: return write_array(value.get_array(), level);
      case json::kind::double_: return write_double(value.get_double());
      case json::kind::string: return write_string(value.get_string());
      case json::kind::int64: return write_number(value.get_int64());
      case json::kind::uint64: return write_number(value.get_uint64());
      case json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; return;
      case json::kind::null: out_ += "null"; return;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void write_object(const json::object& object, int level) {
    if (object.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    bool first = true;
    for (const auto& member : object) {
      if (!first) out_ += ',';
      first = false;
      new_line(level + 1);
      write_string(member.key());
      out_ += indent_ > 0 ? ": " : ":";
      write(member.value(), level + 1);
    }
    new_line(level);
    out_ += '}';
  }

  void write_array(const json::array& array, int level) {
    if (array.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    bool first = true;
    for (const auto& item : array) {
      if (!first) out_ += ',';
      first = false;
      new_line(level + 1);
      write(item, level + 1);
    }
    new_line(level);
    out_ += ']';
  }

  // RFC 8259, section 7. Bytes above 127 pass as they are: a json::value holds valid UTF-8.
  void write_string(std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out_ += '"';
    std::size_t start = 0;  // of the run that needs no escape
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
      out_.append(text, start, i - start);
      start = i + 1;
      switch (c) {
        case '"': out_ += "\\\""; break;
        case '\\': out_ += "\\\\"; break;
        case '\b': out_ += "\\b"; break;
        case '\f': out_ += "\\f"; break;
        case '\n': out_ += "\\n"; break;
        case '\r': out_ += "\\r"; break;
        case '\t': out_ += "\\t"; break;
        default:
          out_ += "\\u00";
          out_ += kDigits[c >> 4];
          out_ += kDigits[c & 15];
      }
    }
    out_.append(text, start);
    out_ += '"';
  }

  template <class Integer>
  void write_number(Integer number) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
    out_.append(text.data(), end.ptr);
  }

  void write_double(double number) {
    if (!std::isfinite(number)) {
      out_ += "null";
      return;
    }
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
    out_.append(text.data(), end.ptr);
  }

  void new_line(int level) {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent_ * level), ' ');
  }

  int indent_;
  std::string out_;
};

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t depth) {
  json::parse_options options;
  options.max_depth = depth;
  json::error_code failed;
  auto value = json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed) {
    return fail_with_detail(ErrorCode::invalid_parameter, "The body is not valid JSON.",
                            failed.message());
  }
  return value;
}

json::value decimal(std::int64_t units, int scale) {
  json::object object;
  object.emplace(kDecimalKey, json::array{units, std::int64_t{scale}});
  return object;
}

std::string decimal_text(std::int64_t units, int scale) {
  if (scale < 0 || scale > 18) scale = 0;  // reachable only through a hostile document
  // The magnitude of INT64_MIN does not fit in int64.
  const bool is_negative = units < 0;
  const auto magnitude =
      is_negative ? ~static_cast<std::uint64_t>(units) + 1 : static_cast<std::uint64_t>(units);
  std::string digits = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  std::string text = digits.substr(0, digits.size() - places);
  std::string fraction = digits.substr(digits.size() - places);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) text += "." + fraction;
  return is_negative ? "-" + text : text;
}

std::string to_text(const json::value& value) {
  Writer writer(0);
  writer.write(value, 0);
  return writer.take();
}

std::string to_pretty_text(const json::value& value) {
  Writer writer(2);
  writer.write(value, 0);
  return writer.take();
}

std::string string_or(const json::object& object, std::string_view key, std::string_view fallback) {
  const auto* value = object.if_contains(key);
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string(fallback);
}

std::int64_t int_or(const json::object& object, std::string_view key, std::int64_t fallback) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return fallback;
  if (value->is_int64()) return value->get_int64();
  return fallback;
}

double number_or(const json::object& object, std::string_view key, double fallback) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return fallback;
  if (value->is_double()) return value->get_double();
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  return fallback;
}

bool bool_or(const json::object& object, std::string_view key, bool fallback) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() ? value->get_bool() : fallback;
}

const json::object* object_or_null(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

const json::array* array_or_null(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr ? value->if_array() : nullptr;
}

json::value string_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::string(text.data(), text.size());
}

}  // namespace understudy
