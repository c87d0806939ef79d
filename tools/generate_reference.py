#!/usr/bin/env python3
"""Makes the API reference (/docs) and /llms.txt out of api/openapi.json and api/extensions.json, as a C++ source.

usage: generate_reference.py OPENAPI EXTENSIONS OUTPUT.cpp [PREVIEW.html]

Whether an operation is offered is known when the server starts. Where it matters the page has a mark,
"@501 METHOD PATH@", which the server replaces (api/documents.cpp). "@BASE@" becomes the address of the server.
Static: one page, no script that is needed for reading, nothing from elsewhere."""
import html
import json
import re
import sys

from reference_texts import DIFFERENCES, INTRODUCTION, SCRIPT, STYLE

RAW_STRING_MAX = 60000
METHODS = ("get", "post", "put", "patch", "delete")
PREFERRED = ("Videos", "Voices", "Avatars", "Assets", "Audio", "Templates", "Brand", "Webhooks", "Account")


def text(value):
    return html.escape(str(value), quote=True)


def prose(value):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(value))


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


class Reference:
    def __init__(self, document, extensions):
        self.document, self.extensions = document, extensions
        self.used = {}  # names of schemas that the page shows, in order

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"][2:].split("/"):
                node = node[part]
            schema = node
        return schema

    def type_of(self, schema):
        """A schema's type in few words; links where it has a name."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            plain = self.resolve(schema)
            if "enum" in plain and len(plain["enum"]) < 8:
                return self.type_of(plain)
            self.used.setdefault(name, None)
            return f'<a href="#schema-{slug(name)}">{text(name)}</a>'
        if "anyOf" in schema:
            return " or ".join(self.type_of(arm) for arm in schema["anyOf"])
        if "oneOf" in schema:
            return "one of " + ", ".join(self.type_of(arm) for arm in schema["oneOf"])
        if "const" in schema:
            return f"<code>{text(json.dumps(schema['const']))}</code>"
        if "enum" in schema:
            return " ".join(f"<code>{text(value)}</code>" for value in schema["enum"] if value is not None)
        kinds = schema.get("type", "anything")
        kinds = " or ".join(kinds) if isinstance(kinds, list) else kinds
        if "items" in schema:
            return kinds + " of " + self.type_of(schema["items"])
        return text(kinds)

    @staticmethod
    def bounds(schema):
        said = []
        low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum", schema.get("exclusiveMaximum"))
        if low is not None or high is not None:
            said.append(f"{low if low is not None else '…'} to {high if high is not None else '…'}")
        for low, high, unit in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):
            if schema.get(high) is not None:
                said.append(f"{schema.get(low, 0)} to {schema[high]:,} {unit}")
        if "pattern" in schema:
            said.append(f"<code>{text(schema['pattern'])}</code>")
        if schema.get("format") == "uri":
            said.append("a URL")
        if "default" in schema and schema["default"] is not None:
            said.append(f"default <code>{text(json.dumps(schema['default']))}</code>")
        if "x-known-values" in schema:
            said.append("known: " + ", ".join(f"<code>{text(v)}</code>" for v in schema["x-known-values"]))
        return ", ".join(said)

    def plain(self, schema):
        if "anyOf" in schema:
            return next((arm for arm in schema["anyOf"] if arm != {"type": "null"}), schema)
        return schema

    def rows(self, schema):
        schema = self.resolve(self.plain(schema))
        out = []
        for name, member in schema.get("properties", {}).items():
            need = '<span class="need">required</span>' if name in schema.get("required", []) else ""
            inner = self.resolve(self.plain(member))
            said = self.bounds({**inner, **member})
            out.append(f"<tr><td><code>{text(name)}</code>{need}<td>{self.type_of(member)}"
                       f"{' <span class=soft>· ' + said + '</span>' if said else ''}")
        return out

    def fields(self, schema, empty="No fields."):
        schema = self.resolve(self.plain(schema))
        if "oneOf" in schema:
            names = schema["discriminator"]
            said = [f"<tr><td><code>{text(value)}</code><td>{self.type_of({'$ref': ref})}"
                    for value, ref in names["mapping"].items()]
            return (f"<p>Chosen by <code>{text(names['propertyName'])}</code>:</p><table>" + "".join(said) + "</table>")
        rows = self.rows(schema)
        if not rows:
            return f'<p class="soft">{empty}</p>'
        return "<table><tr><th>Field<th>Type" + "".join(rows) + "</table>"

    def body_fields(self, schema):
        """The fields of a request; of a union each arm's, to be opened."""
        plain = self.resolve(self.plain(schema))
        if "oneOf" not in plain:
            return self.fields(schema)
        names = plain["discriminator"]
        arms = [f"<details{' open' if i == 0 else ''}><summary><code>{text(names['propertyName'])}</code> = "
                f"<code>{text(value)}</code></summary>{self.fields({'$ref': ref})}</details>"
                for i, (value, ref) in enumerate(names["mapping"].items())]
        return "".join(arms)

    def example(self, schema, depth=0, name=""):
        """A value that fits the schema, for people."""
        schema = self.resolve(self.plain(schema))
        if "oneOf" in schema:
            arms = schema["discriminator"]["mapping"]
            return self.example({"$ref": next(iter(arms.values()))}, depth, name)
        for key in ("example", "const", "default"):
            if schema.get(key) is not None:
                return schema[key]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        kind = next(k for k in kind if k != "null") if isinstance(kind, list) else kind
        if kind == "object":
            if depth > 4:
                return {}
            wanted = schema.get("properties", {})
            return {key: self.example(member, depth + 1, key) for key, member in wanted.items()}
        if kind == "array":
            return [self.example(schema.get("items", {}), depth + 1, name)] if depth < 4 else []
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            if name.endswith("_at"):
                return 1795000000
            return schema.get("minimum", 12.5 if kind == "number" else 1)
        if "url" in name:
            return "https://example.com/file.mp4"
        if schema.get("format") == "date-time":
            return "2026-11-01T12:00:00.000Z"
        return {"title": "A title", "name": "A name", "script": "Hello there.", "text": "Hello there.",
                "message": "…"}.get(name, "ID" if name.endswith("id") else "…")

    def request_example(self, schema):
        """Only what is required, and one source of speech."""
        schema = self.resolve(self.plain(schema))
        if "oneOf" in schema:
            return self.request_example({"$ref": next(iter(schema["discriminator"]["mapping"].values()))})
        body = {}
        members = sorted(schema.get("properties", {}).items(), key=lambda item: item[0] != "type")
        for name, member in members:
            if name not in schema.get("required", []) and name != "script":
                continue
            inner = self.resolve(self.plain(member))
            if "oneOf" in inner or inner.get("properties"):
                body[name] = self.request_example(member)
            elif inner.get("type") == "array" and "items" in inner:
                items = self.resolve(inner["items"])
                body[name] = [self.request_example(items) if "oneOf" in items or items.get("properties") else self.example(items)]
            else:
                body[name] = self.example(member, 0, name)
        return body or {name: self.example(member, 0, name) for name, member in list(schema.get("properties", {}).items())[:1]}

    def curl(self, method, path, body=None, is_upload=False, needs_key=True):
        line = "curl -s"
        if method not in ("GET", "POST") or (method == "POST" and body is None and not is_upload):
            line += f" -X {method}"
        shown = re.sub(r"\{(\w+)\}", lambda m: m.group(1).upper(), path)
        line += f" $API{shown}"
        if needs_key:
            line += ' -H "x-api-key: $KEY"'
        if is_upload:
            line += " -F file=@picture.png"
        if body is not None:
            said = json.dumps(body, indent=2, ensure_ascii=False) if len(json.dumps(body)) > 60 else json.dumps(body, ensure_ascii=False)
            line += ' \\\n  -H "Content-Type: application/json" -d \'' + said + "'"
        return f"<pre><code>{text(line)}</code></pre>"

    def operation(self, method, path, operation):
        name = f"{method.upper()} {path}"
        out = [f'<article id="{slug(name)}"><h3>{text(operation["summary"])}</h3>'
               f'<div class="call"><span class="m {method}">{method.upper()}</span><span class="path">{text(path)}</span></div>'
               f'<div class="tags">@501 {text(name)}@']
        for scope in operation.get("x-required-scopes") or []:
            out.append(f'<span class="tag">scope <code>{text(scope)}</code></span>')
        if operation.get("x-billed"):
            out.append('<span class="tag">billed</span>')
        out.append("</div>")
        parameters = [self.resolve(p) for p in operation.get("parameters", [])]
        rows = [f"<tr><td><code>{text(p['name'])}</code>{'<span class=need>required</span>' if p.get('required') else ''}"
                f"<td class=soft>{p['in']}<td>{self.type_of(p['schema'])} <span class=soft>{self.bounds(self.resolve(p['schema']))}</span>"
                for p in parameters]
        if rows:
            out.append("<table><tr><th>Parameter<th>In<th>Type" + "".join(rows) + "</table>")
        body, is_upload = None, False
        if request := operation.get("requestBody"):
            (kind, content), = request["content"].items()
            is_upload = kind.startswith("multipart")
            out.append(self.body_fields(content["schema"]))
            body = None if is_upload else self.request_example(content["schema"])
        out.append(self.curl(method.upper(), path, body, is_upload))
        out.append(self.answers(operation))
        return "".join(out) + "</article>"

    def answers(self, operation):
        [status] = [s for s in operation["responses"] if s.startswith("2")][:1]
        content = operation["responses"][status].get("content", {})
        schema = content.get("application/json", {}).get("schema")
        refused = ", ".join(s for s in operation["responses"] if not s.startswith("2"))
        if schema is None:
            return f'<p class="soft">Answers {status} as {text(", ".join(content) or "no body")}; refuses with {refused}.</p>'
        data = self.resolve(schema).get("properties", {}).get("data", {})
        shown = json.dumps(self.example(schema), indent=2, ensure_ascii=False)
        return (f'<details><summary>Answer {status} <span class="soft">· {self.type_of(data)}</span></summary>'
                f"<pre><code>{text(shown)}</code></pre><p class=soft>Refuses with {refused}.</p></details>")

    def schemas(self):
        """Every schema that something on the page refers to, and those that these refer to."""
        out, done = [], set()
        while True:
            left = [name for name in self.used if name not in done]
            if not left:
                return "".join(out_ for _, out_ in sorted(out))
            for name in left:
                done.add(name)
                schema = self.document["components"]["schemas"][name]
                out.append((name, f'<div class="schema" id="schema-{slug(name)}"><h3>{text(name)}</h3>'
                            f"{self.fields(schema) if schema.get('properties') or 'oneOf' in schema else '<p>' + self.type_of(schema) + '</p>'}</div>"))

    def groups(self):
        tags = {}
        for path, methods in self.document["paths"].items():
            for method in METHODS:
                operation = methods.get(method)
                if operation and not operation.get("x-preview"):
                    tags.setdefault(operation["tags"][0], []).append((method, path, operation))
        order = {name: i for i, name in enumerate(PREFERRED)}
        return sorted(tags.items(), key=lambda item: (order.get(item[0], 99), item[0]))

    def extension(self, method, path, scope, summary, details="", body=None):
        name = f"{method} {path}"
        said = f'<span class="tag">scope <code>{text(scope)}</code></span>' if scope else ""
        return (f'<article id="{slug(name)}"><h3>{text(summary)}</h3><div class="call">'
                f'<span class="m {method.lower()}">{method}</span><span class="path">{text(path)}</span></div>'
                f'<div class="tags">{said}</div>{"<p>" + prose(details) + "</p>" if details else ""}'
                + (self.curl(method, path, body) if body is not None or method == "GET" and "{" not in path else "") + "</article>")

    def page(self):
        main, nav = [], [self.nav("Start", [("#start", "", "First request"), ("#basics", "", "How it behaves"),
                                            ("#differences", "", "Differences from the vendor"),
                                            ("/docs/errors", "", "Error codes")])]
        for tag, operations in self.groups():
            links = [(f"#{slug(method.upper() + ' ' + path)}", method, operation["summary"], path)
                     for method, path, operation in operations]
            nav.append(self.nav(tag, links))
            main.append(f'<section id="{slug(tag)}"><h2>{text(tag)}</h2>'
                        + "".join(self.operation(*operation) for operation in operations) + "</section>")
        main.append('<section id="extensions"><h2>Extensions</h2><p>Under <code>/understudy/v1</code>. They use the same '
                    "keys, errors and pages.</p></section>")
        for group in self.extensions:
            links = [(f"#{slug(r[0] + ' ' + r[1])}", r[0].lower(), r[3], r[1]) for r in group["routes"]]
            nav.append(self.nav(group["group"], links))
            main.append(f'<section id="{slug(group["group"])}"><h2>{text(group["group"])}</h2><p>{prose(group["about"])}</p>'
                        + "".join(self.extension(*route) for route in group["routes"]) + "</section>")
        main.append(f'<section id="schemas"><h2>Schemas</h2>{self.schemas()}</section>')
        return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Understudy API</title>'
                '<meta name="viewport" content="width=device-width,initial-scale=1">'
                f'<meta name="color-scheme" content="light dark"><style>{STYLE}</style></head><body>'
                f'<nav><a class="name" href="#start">Understudy API</a><input type="search" placeholder="Search operations"'
                f' aria-label="Search operations">{"".join(nav)}</nav><main><h1>Understudy API</h1>'
                '<p class="lead">Talking-avatar video on your own machine, over the HeyGen v3 contract.</p>'
                f'{INTRODUCTION}{DIFFERENCES}{"".join(main)}</main><script>{SCRIPT}</script></body></html>')

    @staticmethod
    def nav(name, links):
        out = []
        for href, method, label, *path in links:
            chip = f'<span class="m {method}">{method.upper()[:5 if method != "delete" else 3]}</span>' if method else ""
            title = f' title="{text(path[0])}"' if path else ""
            out.append(f'<a href="{href}"{title}>{chip}<span>{text(label)}</span></a>')
        return f'<div data-name="{text(name)}"><h2>{text(name)}</h2>{"".join(out)}</div>'

    def llms(self):
        """The usual form of llms.txt (llmstxt.org): a title, a summary, lists of links."""
        out = ["# Understudy", "",
               "> A self-hosted server that makes talking-avatar video and speaks the HeyGen v3 API. Header `x-api-key`; "
               "errors are `{\"error\": {code, message, param, doc_url}}`; every POST takes `Idempotency-Key`.", "",
               "## Documents", "", "- [OpenAPI document](@BASE@/openapi.json): every operation with its schemas",
               "- [Reference](@BASE@/docs): for people, with examples and the differences from the vendor",
               "- [Error codes](@BASE@/docs/errors): what each code means and what to do", ""]
        for tag, operations in self.groups():
            out += [f"## {tag}", ""]
            out += [f"- [{method.upper()} {path}](@BASE@/docs#{slug(method.upper() + ' ' + path)}): "
                    f"{operation['summary']}@501 {method.upper()} {path}@" for method, path, operation in operations] + [""]
        for group in self.extensions:
            out += [f"## {group['group']}", ""]
            out += [f"- [{r[0]} {r[1]}](@BASE@/docs#{slug(r[0] + ' ' + r[1])}): {r[3]}" for r in group["routes"]] + [""]
        return "\n".join(out)


def pieces(content):
    assert ')page"' not in content
    return ",\n".join(f'R"page({content[at:at + RAW_STRING_MAX]})page"' for at in range(0, len(content), RAW_STRING_MAX))


def function(name, content):
    return (f"const std::string& {name}() {{\n  static constexpr std::string_view kPieces[] = {{\n{pieces(content)}}};\n"
            "  static const std::string text = [] {\n    std::string joined;\n"
            "    for (const auto piece : kPieces) joined += piece;\n    return joined;\n  }();\n  return text;\n}\n\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        extensions = json.load(file)
    reference = Reference(document, extensions)
    page, llms = reference.page(), reference.llms()
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write('// Generated by tools/generate_reference.py; do not edit.\n#include "api/reference.h"\n\n'
                  "#include <string_view>\n\nnamespace understudy::api {\n\n"
                  + function("reference_page", page) + function("llms_text", llms) + "}  // namespace understudy::api\n")
    if len(sys.argv) > 4:
        with open(sys.argv[4], "w", encoding="utf-8") as out:
            out.write(re.sub(r"@501 [^@]*@", "", page).replace("@BASE@", "http://127.0.0.1:8080").replace("@UNBUILT@", ""))


if __name__ == "__main__":
    main()
