"""Every operation of the served document against a running server: valid requests are accepted and answered as the
document says, everything else is refused with the right status, code and param, and nothing fails.

schemathesis_test.py lets a tool make up requests of its own."""
import copy
import json
import unittest
import urllib.parse

from contract import Contract
from harness import ROOT, ServerCase
from recipes import RECIPES, World

# What this server may answer 501 to: families of later versions.
UNBUILT = ("/v3/video-agents", "/v3/ai-clipping", "/v3/video-translations", "/v3/avatar-realtime",
           "/v3/filler-word-removals", "/v3/voices/clone")
UNBUILT_ALONE = ("POST /v3/voices",)

CONFIG = """
[network]
allow_private = true
[limits]
concurrency = 0
[wallet]
welcome_credit_usd = "1000000"
"""

IDS_THAT_NAME_NOTHING = ("nothing", "%00", "%ff%fe", "..", "a%2Fb", "%20", "x" * 3000, "%F0%9F%8E%AC", "'%22%3B--", "{id}")


def may_be_unbuilt(operation):
    return operation.name in UNBUILT_ALONE or operation.path.startswith(UNBUILT)


class Conformance(ServerCase):
    config = CONFIG
    workers = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = Contract(cls.server.call("GET", "/openapi.json", key=None).json)
        cls.operations = list(cls.contract.operations())
        cls.world = World(cls.server)
        cls.addClassCleanup(cls.world.close)
        cls.error_schema = cls.contract.document["components"]["responses"]["E400"]["content"]["application/json"]["schema"]

    # Sending

    def send(self, operation, path=None, query=None, body=..., upload=None, raw=None, headers=None, key="owner"):
        url = operation.path
        for name, value in (path or {}).items():
            url = url.replace("{" + name + "}", value)
        if query:
            url += "?" + urllib.parse.urlencode(query)
        if upload and raw is None:
            answer = self.server.upload(*upload)
        else:
            headers = dict(headers or {})
            if raw is None and body is not ... and operation.body_schema is not None:
                raw = json.dumps(body).encode()
            if raw is not None:
                headers.setdefault("Content-Type", "application/json")
            answer = self.server.call(operation.method, url, raw=raw, headers=headers, key=key)
        is_unbuilt = may_be_unbuilt(operation) and answer.status == 501 and answer.error["code"] == "not_implemented"
        self.assertTrue(answer.status < 500 or is_unbuilt, f"{operation.name} {query} {body}: {answer.body[:500]}")
        self.assertIn("x-request-id", {name.lower() for name in answer.headers})
        if answer.status >= 400:
            self.assertIsNone(self.contract.complaint(self.error_schema, answer.json), answer.body)
        return answer

    def send_valid(self, operation, valid, **changes):
        wanted = {"path": valid.path, "query": valid.query, "body": valid.body, "upload": valid.upload, **changes}
        if valid.body is None and "body" not in changes:
            wanted["body"] = ...
        return self.send(operation, **wanted)

    def accepted(self, operation, valid, **changes):
        answer = self.send_valid(operation, valid, **changes)
        if valid.refusal:
            status, code, param = valid.refusal
            self.refused(operation, answer, param, "refusal", status, code)
            return answer
        self.assertEqual(answer.status, operation.success, f"{operation.name} {changes or valid.body}: {answer.body[:600]}")
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertIsNone(self.contract.complaint(operation.schema_of(answer.status), answer.json),
                          f"{operation.name}: {answer.body[:1500]}")
        self.clean_up(operation, answer)
        return answer

    def clean_up(self, operation, answer):
        """What was only wanted for its answer shall not be rendered."""
        if operation.name == "POST /v3/videos":
            self.world.cancel(answer.data["video_id"])
        if operation.name == "POST /v3/background-removals":
            self.world.cancel(answer.data["id"])
        if operation.name == "POST /v3/templates/{template_id}":
            self.world.cancel(answer.data["id"])
        if operation.name == "POST /v3/videos/batches":
            for item in self.server.call("GET", f"/v3/videos/batches/{answer.data['batch_id']}").data["items"]:
                self.world.cancel(item["video_id"])
        if operation.name == "POST /v3/webhooks/endpoints":
            self.server.call("DELETE", f"/v3/webhooks/endpoints/{answer.data['endpoint_id']}")

    def refused(self, operation, answer, param, why, status=400, code="invalid_parameter"):
        self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (status, code, param),
                         f"{operation.name}: {why}: {answer.body[:600]}")

    def built(self):
        """(operation, its valid requests), of all that this server offers."""
        for operation in self.operations:
            if self.is_unbuilt(operation):
                continue
            with self.subTest(operation.name):
                self.assertIn(operation.name, RECIPES, "recipes.py says nothing of this operation")
                yield operation, list(RECIPES[operation.name](self.world))

    def is_unbuilt(self, operation):
        path = {p["name"]: "nothing" for p in operation.parameters if p["in"] == "path"}
        return may_be_unbuilt(operation) and self.send(operation, path, body={}).status == 501

    # Tests

    def test_valid_requests_are_accepted_and_answered_as_the_document_says(self):
        for operation, requests in self.built():
            for valid in requests:
                with self.subTest(operation.name, body=valid.body, query=valid.query):
                    self.accepted(operation, valid)

    def test_what_the_schema_allows_is_accepted_but_for_the_rules(self):
        for operation, requests in self.built():
            if operation.body_schema is None:
                continue
            for valid in requests:
                for place, body in operation.variants(valid.body):
                    value = value_at(body, place)
                    with self.subTest(operation.name, place=place, value=value):
                        is_ruled = (place, ...) in valid.rules and value is not None or (place, value) in valid.rules
                        if not is_ruled:
                            self.accepted(operation, valid, body=body)
                            continue
                        answer = self.send_valid(operation, valid, body=body)
                        self.assertEqual((answer.status, answer.error["code"]), (400, "invalid_parameter"), answer.body)
                        self.assertIn(f"'{place.split('.')[0]}", answer.error["message"])

    def test_every_fault_of_a_body_is_refused_with_its_place(self):
        for operation, requests in self.built():
            if operation.body_schema is None:
                continue
            for valid in requests:
                for what, place, change in self.contract.faults(operation.body_schema, valid.body):
                    with self.subTest(operation.name, fault=what, place=place):
                        answer = self.send_valid(operation, valid, body=change(copy.deepcopy(valid.body)))
                        self.refused(operation, answer, param_of(operation, place), what)

    def test_bodies_that_are_no_json_object(self):
        texts = (b"", b"{", b"[]", b"5", b'"x"', b"{}{}", b"\xff\xfe{}", b'{"a": NaN}', b'{"a":1,}', b"null",
                 b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000)
        for operation, requests in self.built():
            if operation.body_schema is None:
                continue
            is_required = operation.document["requestBody"].get("required", False)
            for raw in texts[0 if is_required else 1:]:
                with self.subTest(operation.name, raw=raw[:20]):
                    answer = self.send_valid(operation, requests[0], raw=raw)
                    self.refused(operation, answer, None, raw[:20])

    def test_every_fault_of_a_query_is_refused_with_its_name(self):
        for operation, requests in self.built():
            for parameter in operation.parameters:
                if parameter["in"] != "query":
                    continue
                for value in wrong_texts(self.contract, parameter):
                    with self.subTest(operation.name, parameter=parameter["name"], value=str(value)[:20]):
                        query = {**requests[0].query, parameter["name"]: value}
                        if value is None:
                            del query[parameter["name"]]
                        answer = self.send_valid(operation, requests[0], query=query)
                        self.refused(operation, answer, parameter["name"], value)

    def test_limits_and_tokens_page_through_every_list(self):
        for operation, requests in self.built():
            limit = operation.query("limit")
            if limit is None:
                continue
            for valid in requests:
                with self.subTest(operation.name):
                    schema = limit["schema"]
                    for edge in (schema["minimum"], schema["maximum"]):
                        self.accepted(operation, valid, query={**valid.query, "limit": edge})
                    self.walk_pages(operation, valid)

    def whole_list(self, operation, valid):
        whole = self.accepted(operation, valid, query={**valid.query, "limit": operation.query("limit")["schema"]["maximum"]})
        return [identity(item) for item in items_of(whole)]

    def walk_pages(self, operation, valid):
        before, token, seen = self.whole_list(operation, valid), None, []
        for _ in range(6):
            page = self.accepted(operation, valid, query={**valid.query, "limit": 1, **({"token": token} if token else {})})
            items = items_of(page)
            self.assertLessEqual(len(items), 1)
            seen += items
            holder = page.json if isinstance(page.data, list) else page.data
            token = holder.get("next_token")
            self.assertEqual(holder["has_more"], token is not None, page.body[:300])
            if token is None:
                break
        # What came meanwhile (events of jobs that end) stands before what was there.
        after, seen = self.whole_list(operation, valid), [identity(item) for item in seen]
        first = after.index(seen[0]) if seen else 0
        self.assertEqual(seen, after[first:first + len(seen)])
        self.assertFalse([item for item in after[:first] if item in before])

    def test_ids_that_name_nothing_are_not_found(self):
        for operation, requests in self.built():
            for name in requests[0].path:
                for wrong in IDS_THAT_NAME_NOTHING:
                    with self.subTest(operation.name, id=wrong[:10]):
                        answer = self.send_valid(operation, requests[0], path={**requests[0].path, name: wrong})
                        self.assertIn(answer.status, (400, 404, 405), answer.body[:300])
                        if wrong == "nothing":
                            self.assertEqual(answer.status, 404, answer.body)
                            self.assertTrue(answer.error["code"].endswith("not_found"), answer.body)

    def test_nobody_acts_without_a_key_or_its_scope(self):
        bodies = set()
        made = self.server.call("POST", "/understudy/v1/keys", {"scopes": ["podcasts:read"]})
        without = made.data["key"]
        for operation in self.operations:
            with self.subTest(operation.name):
                path = {p["name"]: "nothing" for p in operation.parameters if p["in"] == "path"}
                for key in (None, "wrong", "us_" + "A" * 49, "sk_V2_x"):
                    answer = self.send(operation, path, body={}, key=key)
                    self.refused(operation, answer, None, key, 401, "unauthorized")
                    bodies.add(answer.body)
                if operation.scopes:
                    answer = self.send(operation, path, body={}, key=without)
                    self.refused(operation, answer, None, "scope", 403, "insufficient_api_key_scope")
                    self.assertIn(f"'{operation.scopes[0]}'", answer.error["message"])
        self.assertEqual(len(bodies), 1, bodies)

    def test_idempotency_keys(self):
        for operation, requests in self.built():
            if operation.method != "POST" or all(p["name"] != "Idempotency-Key" for p in operation.parameters):
                continue
            with self.subTest(operation.name):
                for wrong in ("", "a b", "ä", "x" * 256, "a/b"):
                    if operation.is_upload:
                        continue
                    answer = self.send_valid(operation, requests[0], headers={"Idempotency-Key": wrong.encode().decode("latin-1")})
                    self.refused(operation, answer, "Idempotency-Key", wrong)
                if operation.is_upload:
                    continue
                key = {"Idempotency-Key": "conformance:" + operation.document["operationId"]}
                if requests[0].refusal:
                    continue
                first = self.accepted(operation, requests[0], headers=key)
                again = self.accepted(operation, requests[0], headers=key)
                self.assertEqual(first.data, again.data)
                self.assertEqual(again.headers["Idempotency-Replayed"], "true")

    def test_what_later_versions_bring_says_so(self):
        whole = Contract(json.loads((ROOT / "api/openapi.json").read_text()))
        served = {operation.name: operation for operation in self.operations}
        for operation in whole.operations():
            with self.subTest(operation.name):
                path = {p["name"]: "nothing" for p in operation.parameters if p["in"] == "path"}
                answer = self.send(operation, path, body={})
                if operation.is_preview:
                    self.assertNotIn(operation.name, served)
                    self.refused(operation, answer, None, "preview", 404, "not_found")
                else:
                    self.assertEqual("501" in served[operation.name].document["responses"], answer.status == 501)


def value_at(body, place):
    for part in place.split("."):
        body = body[part]
    return body


def param_of(operation, place):
    if operation.path.endswith("/batches") and "[" in place:
        return place.split("[")[0]  # an entry is named in the message
    return place or None


def wrong_texts(contract, parameter):
    """Texts that a query parameter must not have; None stands for leaving it out."""
    schema, _ = contract.plain(parameter["schema"])
    if parameter.get("required"):
        yield None
    if parameter["name"] == "token":
        yield from ("%", "nothing", "MTo", "bm90aGluZw")
    if schema.get("type") in ("integer", "number"):
        yield from ("", "x", "1e", "0x1", "99999999999999999999999")
        yield from (["1.5"] if schema["type"] == "integer" else ["nan", "inf"])
        if "minimum" in schema:
            yield schema["minimum"] - 1
        if "maximum" in schema:
            yield schema["maximum"] + 1
    if "enum" in schema:
        yield from ("nothing", "")
    if schema.get("type") == "boolean":
        yield from ("maybe", "")
    if schema.get("minLength"):
        yield ""
    if "x-max-items" in parameter["schema"]:
        yield ",".join(["a"] * (parameter["schema"]["x-max-items"] + 1))


def items_of(answer):
    return answer.data if isinstance(answer.data, list) else answer.data["items"]


def identity(item):
    return next((item[name] for name in ("id", "voice_id", "endpoint_id", "event_id", "asset_id", "item_index")
                 if name in item), json.dumps(item, sort_keys=True))


if __name__ == "__main__":
    unittest.main()
