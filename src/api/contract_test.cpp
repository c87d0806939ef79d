// Walks every operation of openapi.json, read here independently of the generated tables: a body
// that the schema allows is accepted, and each single fault in it is refused with the path of the
// field.
#include "api/contract.h"

#include <map>
#include <set>
#include <variant>

#include <gtest/gtest.h>

#include "api/validation.h"
#include "base/json.h"

namespace understudy::api {
namespace {

using Step = std::variant<std::string, std::size_t>;

// A place in a body, and what the document says about it.
struct Spot {
  std::vector<Step> steps;
  const json::object* schema = nullptr;
  bool is_nullable = false;

  std::string path() const {
    std::string text;
    for (const auto& step : steps) {
      if (const auto* name = std::get_if<std::string>(&step)) {
        text += (text.empty() ? "" : ".") + *name;
      } else {
        text += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
      }
    }
    return text;
  }
};

const json::value& document() {
  static const json::value parsed = parse_json(contract::document(), 64).value();
  return parsed;
}

const json::object& resolve(const json::object& schema) {
  const auto* ref = schema.if_contains("$ref");
  if (ref == nullptr) return schema;
  const auto& text = ref->as_string();
  return resolve(
      document().at_pointer(json::string_view(text.data() + 1, text.size() - 1)).as_object());
}

// Builds bodies in which every property is present; each union takes the arm in `chosen`.
class Builder {
 public:
  explicit Builder(std::map<const json::object*, std::size_t> chosen)
      : chosen_(std::move(chosen)) {}

  json::value build(const json::object& raw, Spot spot) {
    const json::object* schema = &resolve(raw);
    if (const auto* any = schema->if_contains("anyOf")) {
      spot.is_nullable = true;
      return build(any->as_array()[0].as_object(), spot);
    }
    spot.schema = schema;
    if (const auto* type = schema->if_contains("type"); type != nullptr && type->is_array()) {
      for (const auto& name : type->as_array()) spot.is_nullable |= name == "null";
    }
    if (schema->contains("oneOf")) return build_union(*schema, spot);
    spots.push_back(spot);
    if (const auto* value = schema->if_contains("const")) return *value;
    if (const auto* values = schema->if_contains("enum")) return values->as_array()[0];
    const std::string type = type_of(*schema);
    if (type == "object") return build_object(*schema, spot);
    if (type == "array") return build_array(*schema, spot);
    if (type == "string") return build_string(*schema);
    if (type == "integer" || type == "number") return build_number(*schema, type);
    if (type == "boolean") return true;
    return "anything";
  }

  static std::string type_of(const json::object& schema) {
    const auto* type = schema.if_contains("type");
    if (type == nullptr) return {};
    return std::string(type->is_array() ? type->as_array()[0].as_string() : type->as_string());
  }

  std::vector<Spot> spots;
  std::set<const json::object*> unions;

 private:
  json::value build_union(const json::object& schema, const Spot& spot) {
    unions.insert(&schema);
    Spot own = spot;
    spots.push_back(own);
    // An arm may hold its own union again; there the first arm ends the recursion.
    const bool is_nested = !open_.insert(&schema).second;
    const auto arm = chosen_.contains(&schema) && !is_nested ? chosen_.at(&schema) : 0;
    auto value = build(schema.at("oneOf").as_array()[arm].as_object(),
                       {.steps = spot.steps, .schema = nullptr, .is_nullable = spot.is_nullable});
    if (!is_nested) open_.erase(&schema);
    return value;
  }

  json::value build_object(const json::object& schema, const Spot& spot) {
    json::object object;
    if (const auto* properties = schema.if_contains("properties")) {
      for (const auto& property : properties->as_object()) {
        Spot child{.steps = spot.steps, .schema = nullptr};
        child.steps.emplace_back(std::string(property.key()));
        object[property.key()] = build(property.value().as_object(), child);
      }
    }
    const auto* more = schema.if_contains("additionalProperties");
    if (more != nullptr && more->is_object()) {
      Spot child{.steps = spot.steps, .schema = nullptr};
      child.steps.emplace_back("any_name");
      object["any_name"] = build(more->as_object(), child);
    }
    return object;
  }

  json::value build_array(const json::object& schema, const Spot& spot) {
    json::array array;
    const auto count = std::max<std::int64_t>(1, int_or(schema, "minItems", 1));
    for (std::int64_t i = 0; i < count; ++i) {
      Spot child{.steps = spot.steps, .schema = nullptr};
      child.steps.emplace_back(static_cast<std::size_t>(i));
      array.push_back(build(schema.at("items").as_object(), child));
    }
    return array;
  }

  static json::value build_string(const json::object& schema) {
    static const std::map<std::string, std::string> kMatching = {
        {"^[0-9a-fA-F]{64}$", std::string(64, 'a')},
        {"^https://", "https://example.test/hook"},
        {"^[a-zA-Z][a-zA-Z0-9_]{0,63}$", "name_1"},
        {"^[^<>]*$", "plain \xc3\xa4"},
        {"^#[0-9a-fA-F]{6}$", "#00ff7F"},
        {"^\\S+$", "word"},
    };
    if (schema.contains("pattern")) return json::value(kMatching.at(string_or(schema, "pattern")));
    if (schema.contains("format")) return "https://example.test/file.mp4";
    const auto size = std::max<std::int64_t>(1, int_or(schema, "minLength", 1));
    return json::value(std::string(static_cast<std::size_t>(size), 'x'));
  }

  static json::value build_number(const json::object& schema, const std::string& type) {
    double number = number_or(schema, "minimum", number_or(schema, "exclusiveMinimum", 0));
    if (schema.contains("exclusiveMinimum")) number += type == "integer" ? 1 : 0.25;
    if (!schema.contains("minimum") && number > number_or(schema, "maximum", 1e9)) {
      number = number_or(schema, "maximum", 0);
    }
    if (type == "integer") return static_cast<std::int64_t>(number);
    return number;
  }

  std::map<const json::object*, std::size_t> chosen_;
  std::set<const json::object*> open_;  // unions being built
};

json::value& at(json::value& body, const std::vector<Step>& steps) {
  json::value* value = &body;
  for (const auto& step : steps) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      value = &value->as_object().at(*name);
    } else {
      value = &value->as_array().at(std::get<std::size_t>(step));
    }
  }
  return *value;
}

struct Fault {
  std::vector<Step> steps;  // what is replaced
  json::value value;        // by what
  std::string param;        // what must be named
};

bool allows(const Spot& spot, std::string_view type) {
  const auto* declared = spot.schema->if_contains("type");
  if (spot.schema->contains("oneOf")) return type == "object";
  if (declared == nullptr) return true;
  if (declared->is_string()) return declared->as_string() == type;
  for (const auto& name : declared->as_array()) {
    if (name.as_string() == type) return true;
  }
  return false;
}

void add_type_faults(const Spot& spot, std::vector<Fault>& faults) {
  const bool takes_number = allows(spot, "number");
  const bool takes_integer = allows(spot, "integer");
  const std::string param = spot.path();
  if (!spot.is_nullable && spot.schema->contains("type")) {
    faults.push_back({spot.steps, nullptr, param});
  }
  if (!allows(spot, "boolean")) faults.push_back({spot.steps, true, param});
  if (!allows(spot, "string")) faults.push_back({spot.steps, "text", param});
  if (!takes_number && !takes_integer) faults.push_back({spot.steps, 7, param});
  if (!takes_number) faults.push_back({spot.steps, 7.5, param});
  if (!allows(spot, "array")) faults.push_back({spot.steps, json::array{1}, param});
  if (!allows(spot, "object")) faults.push_back({spot.steps, json::object{{"a", 1}}, param});
}

void add_object_faults(const json::value& body, const Spot& spot, std::vector<Fault>& faults) {
  json::value copy = body;
  const json::object object = at(copy, spot.steps).as_object();
  const std::string before = spot.path().empty() ? "" : spot.path() + ".";
  const auto* closed = spot.schema->if_contains("additionalProperties");
  if (closed != nullptr && closed->is_bool() && !closed->as_bool()) {
    json::object more = object;
    more["field_nobody_knows"] = 1;
    faults.push_back({spot.steps, more, before + "field_nobody_knows"});
  }
  if (const auto* required = array_or_null(*spot.schema, "required")) {
    for (const auto& name : *required) {
      json::object less = object;
      less.erase(name.as_string());
      faults.push_back({spot.steps, less, before + std::string(name.as_string())});
    }
  }
  if (int_or(*spot.schema, "minProperties", 0) > 0) {
    faults.push_back({spot.steps, json::object(), spot.path()});
  }
}

void add_union_faults(const json::value& body, const Spot& spot, std::vector<Fault>& faults) {
  json::value copy = body;
  const auto name = spot.schema->at("discriminator").as_object().at("propertyName").as_string();
  const std::string param = (spot.path().empty() ? "" : spot.path() + ".") + std::string(name);
  json::object object = at(copy, spot.steps).as_object();
  object[name] = "no_such_arm";
  faults.push_back({spot.steps, object, param});
  object[name] = 5;
  faults.push_back({spot.steps, object, param});
  object.erase(name);
  faults.push_back({spot.steps, object, param});
}

void add_bound_faults(const json::value& body, const Spot& spot, std::vector<Fault>& faults) {
  const auto& schema = *spot.schema;
  const std::string param = spot.path();
  const bool is_string = Builder::type_of(schema) == "string";
  const bool is_free = !schema.contains("enum") && !schema.contains("const");
  if (!is_free)
    faults.push_back(
        {spot.steps, is_string ? json::value("no such value") : json::value(-77), param});
  if (is_string && int_or(schema, "minLength", 0) > 0) {
    const auto size = static_cast<std::size_t>(int_or(schema, "minLength", 0) - 1);
    faults.push_back({spot.steps, json::value(std::string(size, 'x')), param});
  }
  if (is_string && is_free && schema.contains("maxLength")) {
    std::string text;  // two bytes a character: characters are what counts
    for (std::int64_t i = 0; i <= int_or(schema, "maxLength", 0); ++i) text += "\xc3\xa4";
    faults.push_back({spot.steps, json::value(text), param});
  }
  if (schema.contains("pattern")) faults.push_back({spot.steps, "< > !", param});
  if (schema.contains("format")) faults.push_back({spot.steps, "not a url", param});
  if (schema.contains("minimum")) {
    faults.push_back({spot.steps, number_or(schema, "minimum", 0) - 1, param});
  }
  if (schema.contains("exclusiveMinimum")) {
    faults.push_back({spot.steps, number_or(schema, "exclusiveMinimum", 0), param});
  }
  if (schema.contains("maximum")) {
    faults.push_back({spot.steps, number_or(schema, "maximum", 0) + 1, param});
  }
  if (schema.contains("multipleOf")) {
    faults.push_back({spot.steps, number_or(schema, "minimum", 0) + 1, param});
  }
  if (Builder::type_of(schema) != "array") return;
  json::value copy = body;
  const json::array array = at(copy, spot.steps).as_array();
  if (int_or(schema, "minItems", 0) > 0) {
    json::array less = array;
    less.resize(static_cast<std::size_t>(int_or(schema, "minItems", 0) - 1));
    faults.push_back({spot.steps, less, param});
  }
  if (schema.contains("maxItems")) {
    json::array more = array;
    while (static_cast<std::int64_t>(more.size()) <= int_or(schema, "maxItems", 0)) {
      more.push_back(array[0]);
    }
    faults.push_back({spot.steps, more, param});
  }
  if (schema.contains("uniqueItems")) {
    json::array twice = {array[0], array[0]};
    faults.push_back({spot.steps, twice, param + "[1]"});
  }
}

std::vector<Fault> faults_of(const json::value& body, const std::vector<Spot>& spots) {
  std::vector<Fault> faults;
  for (const auto& spot : spots) {
    add_type_faults(spot, faults);
    if (spot.schema->contains("oneOf")) {
      add_union_faults(body, spot, faults);
    } else if (Builder::type_of(*spot.schema) == "object") {
      add_object_faults(body, spot, faults);
    } else {
      add_bound_faults(body, spot, faults);
    }
  }
  return faults;
}

class EveryBody : public testing::TestWithParam<const contract::Operation*> {};

TEST_P(EveryBody, IsAcceptedWholeAndRefusedWithEachSingleFault) {
  const contract::Operation& operation = *GetParam();
  std::string method(operation.method);
  for (char& c : method) c = static_cast<char>(std::tolower(c));
  const auto& schema = document()
                           .at("paths")
                           .at(operation.path)
                           .at(method)
                           .at("requestBody")
                           .at("content")
                           .at("application/json")
                           .at("schema")
                           .as_object();
  // One body per arm of every union that the body reaches.
  std::vector<std::map<const json::object*, std::size_t>> choices = {{}};
  std::set<const json::object*> seen;
  int checked = 0;
  for (std::size_t next = 0; next < choices.size(); ++next) {
    Builder builder(choices[next]);
    const json::value body = builder.build(schema, {});
    for (const auto* choice : builder.unions) {
      if (!seen.insert(choice).second) continue;
      const auto arms = choice->at("oneOf").as_array().size();
      for (std::size_t arm = 1; arm < arms; ++arm) {
        auto more = choices[next];
        more[choice] = arm;
        choices.push_back(more);
      }
    }
    json::value valid = body;
    const auto accepted = validate(valid, contract::node(operation.body_node));
    ASSERT_TRUE(accepted) << accepted.error().message << "\n" << to_text(body);
    for (const auto& fault : faults_of(body, builder.spots)) {
      json::value broken = body;
      at(broken, fault.steps) = fault.value;
      const auto refused = validate(broken, contract::node(operation.body_node));
      ASSERT_FALSE(refused) << fault.param << " = " << to_text(fault.value);
      EXPECT_EQ(refused.error().param, fault.param) << to_text(fault.value);
      EXPECT_EQ(refused.error().code, ErrorCode::invalid_parameter);
      if (!fault.param.empty()) {
        EXPECT_TRUE(refused.error().message.starts_with("'" + fault.param + "' "))
            << refused.error().message;
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 5);
}

std::vector<const contract::Operation*> operations_with_body() {
  std::vector<const contract::Operation*> found;
  for (const auto& operation : contract::operations()) {
    if (operation.body == contract::Body::json) found.push_back(&operation);
  }
  return found;
}

INSTANTIATE_TEST_SUITE_P(Contract, EveryBody, testing::ValuesIn(operations_with_body()),
                         [](const auto& tested) {
                           std::string name(tested.param->id);
                           std::erase_if(name,
                                         [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(Contract, HoldsEveryOperationOfTheDocument) {
  std::size_t count = 0;
  for (const auto& path : document().at("paths").as_object()) {
    count += path.value().as_object().size();
  }
  EXPECT_EQ(contract::operations().size(), count);
  EXPECT_GT(count, 100u);
}

// What a query parameter of this schema must not be.
std::vector<std::string> wrong_texts(const json::object& schema) {
  std::vector<std::string> wrong;
  const std::string type = string_or(schema, "type");
  if (type == "integer") wrong.insert(wrong.end(), {"x", "1.5", "", "1e2"});
  if (type == "number") wrong.insert(wrong.end(), {"x", "", "nan", "inf"});
  if (schema.contains("enum")) wrong.emplace_back("no_such_value");
  if (schema.contains("minLength")) wrong.emplace_back("");
  if (schema.contains("minimum")) {
    wrong.push_back(std::to_string(int_or(schema, "minimum", 0) - 1));
  }
  if (schema.contains("maximum")) {
    wrong.push_back(std::to_string(int_or(schema, "maximum", 0) + 1));
  }
  if (schema.contains("x-max-items")) {
    std::string list = "a";
    for (std::int64_t i = 0; i < int_or(schema, "x-max-items", 0); ++i) list += ",a";
    wrong.push_back(list);
  }
  return wrong;
}

std::string right_text(const json::object& schema) {
  if (schema.contains("enum")) return std::string(schema.at("enum").as_array()[0].as_string());
  if (schema.contains("minimum")) return std::to_string(int_or(schema, "minimum", 1));
  return string_or(schema, "type") == "integer" ? "1" : "a";
}

// A request with every required parameter.
Request complete_request(const json::array& parameters) {
  Request request;
  for (const auto& raw : parameters) {
    const auto& parameter = resolve(raw.as_object());
    const std::string name = string_or(parameter, "name");
    const auto& schema = resolve(parameter.at("schema").as_object());
    const std::string in = string_or(parameter, "in");
    if (in == "path") request.path_params[name] = right_text(schema);
    if (in == "query" && bool_or(parameter, "required", false)) {
      request.query.emplace_back(name, right_text(schema));
    }
    if (in == "header") request.headers["idempotency-key"] = "key-1";
  }
  return request;
}

TEST(Contract, EveryParameterIsCheckedAndDefaultsAreFilledIn) {
  int checked = 0;
  for (const auto& operation : contract::operations()) {
    std::string method(operation.method);
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const auto& described = document().at("paths").at(operation.path).at(method).as_object();
    const auto* parameters = array_or_null(described, "parameters");
    if (parameters == nullptr) continue;
    Request good = complete_request(*parameters);
    const auto accepted = validate_parameters(good, operation);
    ASSERT_TRUE(accepted) << operation.id << ": " << accepted.error().message;
    for (const auto& raw : *parameters) {
      const auto& parameter = resolve(raw.as_object());
      const std::string name = string_or(parameter, "name");
      const auto& schema = resolve(parameter.at("schema").as_object());
      if (schema.contains("default")) {
        EXPECT_TRUE(good.query_value(name)) << operation.id << " " << name;
      }
      if (string_or(parameter, "in") != "query") continue;
      for (const auto& text : wrong_texts(schema)) {
        Request bad = complete_request(*parameters);
        bad.query.insert(bad.query.begin(), {name, text});
        const auto refused = validate_parameters(bad, operation);
        ASSERT_FALSE(refused) << operation.id << " " << name << "=" << text;
        EXPECT_EQ(refused.error().param, name);
        ++checked;
      }
      if (bool_or(parameter, "required", false)) {
        Request without = complete_request(*parameters);
        std::erase_if(without.query, [&](const auto& entry) { return entry.first == name; });
        EXPECT_FALSE(validate_parameters(without, operation)) << operation.id << " " << name;
      }
    }
  }
  EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace understudy::api
