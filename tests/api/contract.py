"""The served document as a test sees it: independent validators of its answers, requests built from its schemas, and
every way in which such a request can be wrong."""
import copy
import json

import jsonschema

KEEP = object()


class Contract:
    def __init__(self, document):
        self.document = document
        self.validators = {}

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"][2:].split("/"):
                node = node[part]
            schema = node
        return schema

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield Operation(self, method.upper(), path, operation)

    def complaint(self, schema, value):
        """What an independent validator says against the value; None when it is as the schema asks."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            jsonschema.Draft202012Validator.check_schema(whole)
            self.validators[key] = jsonschema.Draft202012Validator(whole)
        worst = jsonschema.exceptions.best_match(self.validators[key].iter_errors(value))
        return worst and f"{worst.json_path}: {worst.message[:300]}"

    # What a schema allows: (schema without null, whether null is allowed).
    def plain(self, schema):
        schema = self.resolve(schema)
        if "anyOf" in schema:
            [arm] = [arm for arm in schema["anyOf"] if arm != {"type": "null"}]
            return self.plain(arm)[0], True
        types = schema.get("type")
        if isinstance(types, list):
            [one] = [name for name in types if name != "null"]
            schema = {**schema, "type": one}
            if "enum" in schema:
                schema["enum"] = [value for value in schema["enum"] if value is not None]
            return schema, "null" in types
        return schema, False

    def arm_of(self, schema, value):
        """The arm of a union that a value has chosen; the schema itself when it is no union."""
        if "oneOf" not in schema:
            return schema
        discriminator = schema["discriminator"]
        ref = discriminator["mapping"].get(value.get(discriminator["propertyName"]))
        return self.resolve({"$ref": ref}) if ref else schema

    def bounds(self, schema):
        """Values at the edges of what the schema allows; None when only its meaning decides."""
        schema, _ = self.plain(schema)
        if "const" in schema:
            return [schema["const"]]
        if "enum" in schema:
            return list(schema["enum"])
        kind = schema.get("type")
        if kind == "boolean":
            return [True, False]
        if kind in ("integer", "number"):
            step = schema.get("multipleOf", 1 if kind == "integer" else 0.001)
            values = []
            if "minimum" in schema:
                values.append(schema["minimum"])
            if "exclusiveMinimum" in schema:
                values.append(schema["exclusiveMinimum"] + step)
            if "maximum" in schema:
                values.append(schema["maximum"])
            if "exclusiveMaximum" in schema:
                values.append(schema["exclusiveMaximum"] - step)
            return values or None
        return None

    def faults(self, schema, value, place=""):
        """Every single change that makes a valid value wrong: (what, place of the fault, change).

        `change` maps the value to the wrong one; the place is spelled as `param` names it."""
        schema, is_nullable = self.plain(schema)
        schema = self.arm_of(schema, value) if isinstance(value, dict) else schema
        if not schema or value is None:
            return
        if not is_nullable and "type" in schema:
            yield "null", place, lambda _: None
        kind = schema.get("type")
        others = {"string": [5, {}, ["a"]], "integer": ["five", 1.5, True], "number": ["five", True],
                  "boolean": ["true", 1], "array": [{}, "a"], "object": [[], "a", 5]}.get(kind, [])
        for other in others:
            yield f"type {type(other).__name__}", place, lambda _, o=other: o
        yield from self.scalar_faults(schema, value, place)
        if kind == "array":
            yield from self.array_faults(schema, value, place)
        if kind == "object" and isinstance(value, dict):
            yield from self.object_faults(schema, value, place)

    @staticmethod
    def scalar_faults(schema, value, place):
        if "enum" in schema or "const" in schema:
            wrong = "nothing-of-that-kind" if isinstance(value, str) else 987654
            yield "enum", place, lambda _: wrong
        for name, change in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
            if name in schema:
                yield name, place, lambda _, limit=schema[name] + change: limit
        if "multipleOf" in schema and "minimum" in schema:
            yield "multipleOf", place, lambda _: schema["minimum"] + 1
        if schema.get("type") == "string":
            if schema.get("minLength"):
                yield "minLength", place, lambda _: ""
            if "maxLength" in schema and "enum" not in schema:
                yield "maxLength", place, lambda _: "x" * (schema["maxLength"] + 1)
            if schema.get("format") == "uri":
                yield "format", place, lambda _: "no url at all"
            if "pattern" in schema:
                yield "pattern", place, lambda _: "<pattern of nothing>\n"

    def array_faults(self, schema, value, place):
        if schema.get("minItems"):
            yield "minItems", place, lambda _: []
        if "maxItems" in schema and value:
            yield "maxItems", place, lambda v: (v * (schema["maxItems"] + 1))[:schema["maxItems"] + 1]
        if not value or "items" not in schema:
            return
        last = len(value) - 1
        for what, where, change in self.faults(schema["items"], value[last], f"{place}[{last}]"):
            yield what, where, lambda v, c=change: v[:-1] + [c(v[-1])]

    def object_faults(self, schema, value, place):
        named = schema.get("properties", {})
        for name in schema.get("required", []):
            if name in value:
                yield "missing", join(place, name), lambda v, n=name: {k: x for k, x in v.items() if k != n}
        if schema.get("additionalProperties") is False:
            yield "unknown", join(place, "no_such_field"), lambda v: {**v, "no_such_field": 1}
        rest = schema.get("additionalProperties")
        for name, member in value.items():
            below = named.get(name) or (rest if isinstance(rest, dict) else None)
            if below is None:
                continue
            for what, where, change in self.faults(below, member, join(place, name)):
                yield what, where, lambda v, n=name, c=change: {**v, n: c(v[n])}


def join(place, name):
    return f"{place}.{name}" if place else name


class Operation:
    def __init__(self, contract, method, path, document):
        self.contract, self.method, self.path, self.document = contract, method, path, document
        self.name = f"{method} {path}"
        self.is_preview = document.get("x-preview", False)
        self.parameters = [contract.resolve(p) for p in document.get("parameters", [])]
        [self.success] = [int(s) for s in document["responses"] if s.startswith("2")][:1]
        self.scopes = document.get("x-required-scopes", [])

    def schema_of(self, status):
        response = self.document["responses"].get(str(status))
        content = self.contract.resolve(response).get("content", {}) if response else {}
        return content.get("application/json", {}).get("schema")

    @property
    def body_schema(self):
        content = self.document.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    @property
    def is_upload(self):
        return "multipart/form-data" in self.document.get("requestBody", {}).get("content", {})

    def query(self, name):
        return next((p for p in self.parameters if p["name"] == name and p["in"] == "query"), None)

    def variants(self, body):
        """The body with one more optional field at the edges of its schema, at every depth that needs no other
        field: (place of the field, body)."""
        schema, _ = self.contract.plain(self.body_schema)
        schema = self.contract.arm_of(schema, body)
        yield from self.variants_of(schema, body, "")

    def variants_of(self, schema, value, place):
        for name, member in schema.get("properties", {}).items():
            plain, is_nullable = self.contract.plain(member)
            where = join(place, name)
            if name in value and plain.get("type") == "object" and isinstance(value[name], dict):
                for inner, changed in self.variants_of(plain, value[name], where):
                    yield inner, {**value, name: changed}
                continue
            for edge in self.contract.bounds(member) or []:
                if value.get(name, KEEP) != edge:
                    yield where, {**copy.deepcopy(value), name: edge}
            if is_nullable and name not in value:
                yield where, {**copy.deepcopy(value), name: None}
