#!/usr/bin/env python3
"""Writes the C++ tables of src/api/contract.h from an OpenAPI 3.1 document.

  generate_validators.py openapi.json out.cpp

Only what requests need: parameters and bodies. The generator refuses what the tables cannot say (a
pattern with alternatives, a union without discriminator, an unknown keyword), so that nothing in the
document is silently left unchecked.
"""
import json
import re
import sys

TYPE_BITS = {"null": "kNull", "boolean": "kBoolean", "integer": "kInteger", "number": "kNumber",
             "string": "kString", "array": "kArray", "object": "kObject"}
CHECKED = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const",
           "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "minimum",
           "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "format",
           "oneOf", "anyOf", "discriminator", "default", "contentEncoding", "contentMediaType",
           "x-max-items"}
REMARKS = {"description", "title", "example", "examples", "deprecated", "readOnly", "writeOnly"}
RAW_STRING_MAX = 50_000


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


class PatternCompiler:
    """The small part of regular expressions that openapi.json uses; anything else is an error."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def compile(self):
        if not self.text.startswith("^"):
            raise ValueError(f"pattern {self.text!r} is not anchored")
        self.at = 1
        is_prefix = not self.text.endswith("$")
        end = len(self.text) - (0 if is_prefix else 1)
        steps = []
        while self.at < end:
            allowed = self.one_class()
            low, high = self.repeat(end)
            steps.append((allowed, low, high))
        for allowed, low, high in steps[:-1]:
            if low != high:
                raise ValueError(f"pattern {self.text!r} needs backtracking")
        for allowed, low, high in steps:
            # Bytes and characters differ outside of ASCII; only an unlimited run may hold the former.
            if any(byte > 127 for byte in allowed) and high != -1:
                raise ValueError(f"pattern {self.text!r} counts characters outside of ASCII")
        return steps, is_prefix

    def one_class(self):
        char = self.text[self.at]
        self.at += 1
        if char == "\\":
            return self.escape()
        if char == "[":
            return self.bracket()
        if char in ".(|)*+?{":
            raise ValueError(f"pattern {self.text!r}: {char!r} is not supported")
        return {ord(char)}

    def escape(self):
        char = self.text[self.at]
        self.at += 1
        space = {9, 10, 11, 12, 13, 32}
        classes = {"S": set(range(256)) - space, "s": space, "d": set(range(48, 58))}
        if char in classes:
            return classes[char]
        if char.isalnum():
            raise ValueError(f"pattern {self.text!r}: \\{char} is not supported")
        return {ord(char)}

    def bracket(self):
        negated = self.text[self.at] == "^"
        self.at += negated
        members = set()
        while self.text[self.at] != "]":
            first = self.bracket_char()
            if len(first) == 1 and self.text[self.at] == "-" and self.text[self.at + 1] != "]":
                self.at += 1
                last = self.bracket_char()
                members |= set(range(min(first), max(last) + 1))
            else:
                members |= first
        self.at += 1
        return set(range(256)) - members if negated else members

    def bracket_char(self):
        char = self.text[self.at]
        self.at += 1
        return self.escape() if char == "\\" else {ord(char)}

    def repeat(self, end):
        if self.at >= end:
            return 1, 1
        char = self.text[self.at]
        if char in "*+?":
            self.at += 1
            return {"*": (0, -1), "+": (1, -1), "?": (0, 1)}[char]
        match = re.match(r"\{(\d+)(,(\d*))?\}", self.text[self.at:])
        if not match:
            return 1, 1
        self.at += match.end()
        low = int(match.group(1))
        if match.group(2) is None:
            return low, low
        return low, int(match.group(3)) if match.group(3) else -1


class Generator:
    def __init__(self, document):
        self.document = document
        self.nodes = []        # C++ initialisers
        self.by_schema = {}    # canonical schema text + nullable -> index
        self.lines = []        # the tables nodes point to
        self.patterns = {}
        self.ranges = {}

    def resolve(self, schema):
        while "$ref" in schema:
            if len(schema) > 1:
                raise ValueError(f"keywords beside $ref: {schema}")
            node = self.document
            for key in schema["$ref"][2:].split("/"):
                node = node[key]
            schema = node
        return schema

    def node(self, schema, is_nullable=False):
        schema = self.resolve(schema)
        if "anyOf" in schema:
            arms = [arm for arm in schema["anyOf"] if arm != {"type": "null"}]
            others = set(schema) - {"anyOf", "default"} - REMARKS
            if len(arms) != 1 or any(not key.startswith("x-") for key in others):
                raise ValueError(f"anyOf is supported for 'or null' only: {schema}")
            return self.node(arms[0], True)
        key = json.dumps(schema, sort_keys=True) + str(is_nullable)
        if key not in self.by_schema:
            index = len(self.nodes)
            self.by_schema[key] = index  # before the children: schemas may be recursive
            self.nodes.append(None)
            self.nodes[index] = self.initialiser(schema, is_nullable, index)
        return self.by_schema[key]

    def initialiser(self, schema, is_nullable, index):
        for keyword in schema:
            if keyword not in CHECKED and keyword not in REMARKS and not keyword.startswith("x-"):
                raise ValueError(f"keyword {keyword} is not supported: {schema}")
        fields = []
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else list(types)
        if is_nullable and types and "null" not in types:
            types.append("null")
        if "oneOf" in schema:
            types = ["object"] + (["null"] if is_nullable else [])
        if types:
            fields.append(".types = " + " | ".join(TYPE_BITS[name] for name in types))
        if schema.get("additionalProperties") is False:
            fields.append(".is_closed = true")
        if schema.get("format") == "uri":
            fields.append(".is_uri = true")
        elif "format" in schema:
            raise ValueError(f"format {schema['format']} is not supported")
        if schema.get("uniqueItems"):
            fields.append(".is_unique = true")
        fields += self.sizes(schema)
        if range_name := self.range(schema):
            fields.append(f".range = &{range_name}")
        if "pattern" in schema:
            fields.append(f".pattern = &{self.pattern(schema['pattern'])}")
        if allowed := self.allowed(schema, index):
            fields.append(f".allowed = {allowed}")
        if schema.get("properties"):
            fields.append(f".properties = {self.properties(schema, index)}")
        if "items" in schema:
            fields.append(f".items = {self.node(schema['items'])}")
        if isinstance(schema.get("additionalProperties"), dict):
            fields.append(f".additional = {self.node(schema['additionalProperties'])}")
        if "oneOf" in schema:
            fields.append(self.union(schema, index))
        return "{" + ", ".join(fields) + "}"

    @staticmethod
    def sizes(schema):
        low = [schema[key] for key in ("minLength", "minItems", "minProperties") if key in schema]
        high = [schema[key] for key in ("maxLength", "maxItems") if key in schema]
        if len(low) > 1 or len(high) > 1:
            raise ValueError(f"bounds of two types in one schema: {schema}")
        return ([f".size_min = {low[0]}"] if low else []) + ([f".size_max = {high[0]}"] if high else [])

    def range(self, schema):
        keys = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
        if not any(key in schema for key in keys):
            return None
        low = schema.get("exclusiveMinimum", schema.get("minimum"))
        high = schema.get("exclusiveMaximum", schema.get("maximum"))
        text = "{%s, %s, %s, %s, %s}" % (
            "-kInfinity" if low is None else repr(float(low)),
            "kInfinity" if high is None else repr(float(high)),
            str("exclusiveMinimum" in schema).lower(), str("exclusiveMaximum" in schema).lower(),
            repr(float(schema.get("multipleOf", 0))))
        if text not in self.ranges:
            self.ranges[text] = f"kRange{len(self.ranges)}"
            self.lines.append(f"constexpr Range {self.ranges[text]} = {text};")
        return self.ranges[text]

    def pattern(self, text):
        if text not in self.patterns:
            name = f"kPattern{len(self.patterns)}"
            self.patterns[text] = name
            steps, is_prefix = PatternCompiler(text).compile()
            rows = []
            for allowed, low, high in steps:
                words = [sum(1 << bit for bit in range(64) if word * 64 + bit in allowed)
                         for word in range(4)]
                rows.append("{{" + ", ".join(f"{word:#x}u" for word in words) + f"}}, {low}, {high}}}")
            self.lines.append(f"constexpr PatternStep {name}Steps[] = {{{', '.join(rows)}}};")
            is_https = "true" if text == "^https://" else "false"
            self.lines.append(f"constexpr Pattern {name} = {{{quoted(text)}, {name}Steps, "
                              f"{str(is_prefix).lower()}, {is_https}}};")
        return self.patterns[text]

    def allowed(self, schema, index):
        values = [schema["const"]] if "const" in schema else schema.get("enum", [])
        values = [value for value in values if value is not None]
        if not values:
            return None
        rows = []
        for value in values:
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                raise ValueError(f"enum value {value!r} is not supported")
            is_string = isinstance(value, str)
            rows.append(f"{{{quoted(value if is_string else json.dumps(value))}, "
                        f"{str(is_string).lower()}}}")
        self.lines.append(f"constexpr Allowed kAllowed{index}[] = {{{', '.join(rows)}}};")
        return f"kAllowed{index}"

    def properties(self, schema, index):
        required = schema.get("required", [])
        for name in required:
            if name not in schema["properties"]:
                raise ValueError(f"required property {name} is not described")
        rows = []
        for name, child in schema["properties"].items():
            rows.append(f"{{{quoted(name)}, {self.node(child)}, {str(name in required).lower()}}}")
        self.lines.append(f"constexpr Property kProperties{index}[] = {{{', '.join(rows)}}};")
        return f"kProperties{index}"

    def union(self, schema, index):
        discriminator = schema["discriminator"]
        mapping = discriminator["mapping"]
        if {arm["$ref"] for arm in schema["oneOf"]} != set(mapping.values()):
            raise ValueError(f"the discriminator does not name every arm: {mapping}")
        rows = [f"{{{quoted(value)}, {self.node({'$ref': ref})}}}" for value, ref in mapping.items()]
        self.lines.append(f"constexpr Arm kArms{index}[] = {{{', '.join(rows)}}};")
        return f".discriminator = {quoted(discriminator['propertyName'])}, .arms = kArms{index}"

    def has_base64(self, schema, seen):
        text = json.dumps(schema, sort_keys=True)
        if text in seen:
            return False
        seen.add(text)
        schema = self.resolve(schema)
        if schema.get("contentEncoding") == "base64":
            return True
        children = list(schema.get("properties", {}).values())
        children += [schema[key] for key in ("items", "additionalProperties")
                     if isinstance(schema.get(key), dict)]
        children += schema.get("oneOf", []) + schema.get("anyOf", [])
        return any(self.has_base64(child, seen) for child in children)

    def parameters(self, operation, number):
        rows = []
        for parameter in operation.get("parameters", []):
            parameter = self.resolve(parameter)
            schema = self.resolve(parameter["schema"])
            default = json.dumps(schema["default"]) if "default" in schema else ""
            if isinstance(schema.get("default"), str):
                default = schema["default"]
            rows.append("{%s, Place::%s, %s, %d, %s, %d}" % (
                quoted(parameter["name"]), parameter["in"],
                str(parameter.get("required", False)).lower(), self.node(schema), quoted(default),
                schema.get("x-max-items", -1)))
        if not rows:
            return "{}"
        self.lines.append(f"constexpr Parameter kParameters{number}[] = {{{', '.join(rows)}}};")
        return f"kParameters{number}"

    def operation(self, method, path, operation, number):
        scopes = operation.get("x-required-scopes") or []
        scope_table = "{}"
        if scopes:
            rows = ", ".join(quoted(scope) for scope in scopes)
            self.lines.append(f"constexpr std::string_view kScopes{number}[] = {{{rows}}};")
            scope_table = f"kScopes{number}"
        parameters = self.parameters(operation, number)
        keys = [self.resolve(parameter) for parameter in operation.get("parameters", [])]
        keys = [parameter for parameter in keys if parameter["name"] == "Idempotency-Key"]
        body, required, node, base64 = "none", False, -1, False
        if request_body := operation.get("requestBody"):
            (content_type, content), = request_body["content"].items()
            body = {"application/json": "json", "multipart/form-data": "multipart"}[content_type]
            required = request_body.get("required", False)
            node = self.node(content["schema"])
            base64 = self.has_base64(content["schema"], set())
        flags = [required, node, bool(keys), any(key.get("required") for key in keys), base64,
                 self.takes_bearer(operation), operation.get("x-preview", False)]
        return "{%s, %s, %s, %s, %s, Body::%s, %s}" % (
            quoted(method.upper()), quoted(path), quoted(operation["operationId"]), scope_table,
            parameters, body, ", ".join(str(flag).lower() for flag in flags))

    def takes_bearer(self, operation):
        security = operation.get("security", self.document.get("security", []))
        return any("BearerAuth" in way for way in security)

    def generate(self):
        operations = []
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                operations.append(self.operation(method, path, operation, len(operations)))
        return operations


def document_pieces(text):
    """The document as raw strings below the length that compilers must accept."""
    assert ')openapi"' not in text
    return [text[at:at + RAW_STRING_MAX] for at in range(0, len(text), RAW_STRING_MAX)]


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = file.read()
    generator = Generator(json.loads(text))
    operations = generator.generate()
    pieces = ",\n".join(f'R"openapi({piece})openapi"' for piece in document_pieces(text))
    nodes = ",\n    ".join(generator.nodes)
    with open(target, "w", encoding="utf-8") as out:
        out.write("// Generated by tools/generate_validators.py; do not edit.\n"
                  '#include <limits>\n\n#include "api/contract.h"\n\n'
                  "namespace understudy::api::contract {\nnamespace {\n\n"
                  "constexpr double kInfinity = std::numeric_limits<double>::infinity();\n")
        out.write("\n".join(generator.lines))
        out.write(f"\n\nconst Node kNodes[] = {{\n    {nodes}}};\n")
        out.write("\nconstexpr Operation kOperations[] = {\n    " + ",\n    ".join(operations) + "};\n")
        out.write(f"\nconstexpr std::string_view kDocument[] = {{\n{pieces}}};\n")
        out.write("\n}  // namespace\n\n"
                  "std::span<const Operation> operations() { return kOperations; }\n\n"
                  "const Node& node(std::int16_t index) { return kNodes[index]; }\n\n"
                  "const std::string& document() {\n"
                  "  static const std::string text = [] {\n    std::string joined;\n"
                  "    for (const auto piece : kDocument) joined += piece;\n"
                  "    return joined;\n  }();\n  return text;\n}\n\n"
                  "}  // namespace understudy::api::contract\n")


if __name__ == "__main__":
    main()
