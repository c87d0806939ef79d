// The contract as tables: what api/openapi.json says about each operation's parameters and body.
// The tables are generated from that document at build time by tools/generate_validators.py; this
// header is their shape. validation.h walks them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace understudy::api::contract {

// Bits of Node::types.
inline constexpr std::uint8_t kNull = 1, kBoolean = 2, kInteger = 4, kNumber = 8, kString = 16,
                              kArray = 32, kObject = 64;

inline constexpr std::int16_t kNone = -1;  // no such node

struct Property {
  std::string_view name;
  std::int16_t node;
  bool is_required;
};

// An allowed value: a string, or a number when `text` is its JSON spelling.
struct Allowed {
  std::string_view text;
  bool is_string;
};

// One step of a pattern: between min and max (-1: no limit) bytes of a class.
struct PatternStep {
  std::array<std::uint64_t, 4> bytes;  // bit set of the 256 byte values
  std::int32_t min;
  std::int32_t max;
};

// A regular expression of openapi.json, compiled by the generator: anchored at both ends unless
// `is_prefix`, only its last step of variable length, so that one pass without backtracking is
// exact.
struct Pattern {
  std::string_view text;  // for the message
  std::span<const PatternStep> steps;
  bool is_prefix;
  bool is_https;  // "^https://": lifted where plain http URLs are allowed
};

// An arm of a union, chosen by the value of the discriminator.
struct Arm {
  std::string_view value;
  std::int16_t node;
};

struct Range {
  double minimum;
  double maximum;
  bool is_minimum_excluded;
  bool is_maximum_excluded;
  double multiple_of;  // 0: any
};

struct Node {
  std::uint8_t types = 0;  // 0: anything
  bool is_closed = false;  // unknown properties are refused
  bool is_uri = false;
  bool is_unique = false;
  std::int32_t size_min = 0;   // characters of a string, items of an array, properties of an object
  std::int32_t size_max = -1;  // -1: no limit
  const Range* range = nullptr;
  const Pattern* pattern = nullptr;
  std::span<const Allowed> allowed = {};
  std::span<const Property> properties = {};
  std::int16_t items = kNone;           // of an array
  std::int16_t additional = kNone;      // of an object's unnamed properties
  std::string_view discriminator = {};  // set: a union
  std::span<const Arm> arms = {};
};

enum class Place : std::uint8_t { path, query, header };

struct Parameter {
  std::string_view name;
  Place place;
  bool is_required;
  std::int16_t node;
  std::string_view default_text;  // empty: none
  std::int32_t list_max;          // of a comma-separated list; -1: not a list
};

enum class Body : std::uint8_t { none, json, multipart };

struct Operation {
  std::string_view method;  // "POST"
  std::string_view path;    // "/v3/videos/{video_id}"
  std::string_view id;
  std::span<const std::string_view> scopes;
  std::span<const Parameter> parameters;
  Body body;
  bool is_body_required;
  std::int16_t body_node;
  bool takes_idempotency_key;
  bool needs_idempotency_key;
  bool has_base64;    // files may stand inside the JSON, so the body may be large
  bool takes_bearer;  // else an API key only
  bool is_preview;    // hidden from the vendor's reference
};

std::span<const Operation> operations();
const Node& node(std::int16_t index);
const std::string& document();  // the text of openapi.json

}  // namespace understudy::api::contract
