"""Caps, keys, projects, refunds, test keys, concurrency and versions of the price book, over HTTP."""
import concurrent.futures
import json
import time
import unittest

from harness import Server, ServerCase

CONFIG = "[network]\nallow_private = true\n"


class Spending(ServerCase):
    config = CONFIG
    workers = 2

    def make_key(self, **fields):
        made = self.server.call("POST", "/understudy/v1/keys", fields)
        self.assertEqual(made.status, 201, made.body)
        return made.data

    def submit(self, key, script="Yes.", headers=None):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": script, "resolution": "720p"}
        return self.server.call("POST", "/v3/videos", body, key=key, headers=headers)

    def test_a_capped_key_is_refused_with_what_would_fit(self):
        made = self.make_key(label="capped", caps=[{"period": "daily", "limit_usd": "0.01", "time_zone": "Asia/Tokyo"}])
        refused = self.submit(made["key"], "This is more than a cent of talking, by far.")
        self.assertEqual((refused.status, refused.error["code"]), (402, "spending_cap_exceeded"), refused.body)
        error = refused.error
        self.assertEqual((error["cap"], error["limit"], error["spent"], error["held"], error["fits"], error["period"]),
                         ("key", 0.01, 0, 0, 0.01, "daily"))
        self.assertGreater(error["needed"], 0.01)
        self.assertEqual(error["budget_id"], made["budgets"][0]["id"])
        shown = self.server.call("GET", f"/understudy/v1/keys/{made['id']}").data
        self.assertEqual((shown["budgets"][0]["left_usd"], shown["usage"]["jobs"], shown["live_jobs"]), (0.01, 0, 0))
        window = shown["budgets"][0]["window"]
        self.assertEqual((window["end"] - window["start"], window["start"] % 86400), (86400, 15 * 3600))
        self.assertNotIn("key", shown)

    def test_a_request_may_cap_itself(self):
        for garbled in ("cheap", "-1", "1e3", "0.0000000001", "1,5"):
            answer = self.submit("owner", headers={"X-Understudy-Max-Cost": garbled})
            self.assertEqual((answer.status, answer.error["param"]), (400, "X-Understudy-Max-Cost"), garbled)
        answer = self.submit("owner", headers={"X-Understudy-Max-Cost": "0.000000001"})
        self.assertEqual((answer.status, answer.error["code"], answer.error["cap"]),
                         (402, "spending_cap_exceeded", "request"))

    def test_a_refusal_for_want_of_money_says_how_to_get_on(self):
        refused = self.submit("owner", "word " * 900)
        self.assertEqual((refused.status, refused.error["code"]), (402, "insufficient_credit"))
        error = refused.error
        self.assertAlmostEqual(error["needed"] - error["available"], error["missing"], 9)
        way = error["top_up"]
        self.assertEqual((way["method"], error["currency"]), ("POST", "usd"))
        self.assertTrue(way["url"].startswith("http") and way["url"].endswith("/understudy/v1/top-ups"), way)
        amount = way["body"]["amount_usd"]
        self.assertTrue(amount >= max(error["missing"], 5) and amount < max(error["missing"], 5) + 0.01, error)
        self.assertAlmostEqual(amount * 100, round(amount * 100), 6)  # whole cents, as top-ups are

    def test_usage_knows_the_program_that_asked(self):
        for source in ({"X-HeyGen-Client-Source": "hyperframes"}, {"X-HeyGen-Source": "cli"}, {}):
            voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
            said = self.server.call("POST", "/v3/voices/speech", {"text": "Yes.", "voice_id": voice}, headers=source)
            self.assertEqual(said.status, 200, said.body)
        usage = self.server.call("GET", "/understudy/v1/usage?source=hyperframes").json
        self.assertEqual([row["source"] for row in usage["data"]], ["hyperframes"])
        self.assertEqual(usage["total_usd"], usage["data"][0]["amount_usd"])
        totals = self.server.call("GET", "/understudy/v1/usage?group_by=source").json["totals"]
        self.assertEqual({"hyperframes", "cli", None} - {total["source"] for total in totals}, set())
        rows = self.server.call("GET", "/understudy/v1/usage?format=csv").body.decode().split("\r\n")
        self.assertTrue(rows[0].endswith(",source"), rows[0])
        self.assertEqual(sum(row.endswith(",hyperframes") for row in rows), 1)
        long = self.server.call("POST", "/v3/voices/speech", {"text": "Yes.", "voice_id": voice},
                                headers={"X-HeyGen-Client-Source": "=1+1," + "x" * 500})
        self.assertEqual(long.status, 200)
        rows = self.server.call("GET", "/understudy/v1/usage?format=csv").body.decode().split("\r\n")
        self.assertTrue(rows[1].endswith('"\'=1+1,' + "x" * 59 + '"'), rows[1])

    def test_a_test_key_makes_a_video_that_is_not_paid(self):
        made = self.make_key(label="trial", is_test=True)
        self.assertTrue(made["key"].startswith("us_test_"), made["key"][:8])
        before = self.server.balance()
        created = self.submit(made["key"], "A trial.")
        self.assertEqual(created.status, 200, created.body)
        video = self.server.wait_for_video(created.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        charge = video["charge"]
        self.assertEqual((charge["held_usd"], charge["captured_usd"], charge["is_test"]), (0, 0, True))
        self.assertAlmostEqual(charge["computed_usd"], charge["rate_usd"] * charge["quantity"] / 1000, places=8)
        self.assertGreater(charge["computed_usd"], 0)
        self.assertNotIn("at most", charge["formula"])
        self.assertEqual(self.server.balance(), before)
        usage = self.server.call("GET", "/understudy/v1/usage?test=true").json
        self.assertIn(video["id"], json.dumps(usage))
        refused = self.server.call("POST", "/understudy/v1/keys", {"is_test": False}, key=made["key"])
        self.assertEqual((refused.status, refused.error["param"]), (403, "is_test"))
        child = self.server.call("POST", "/understudy/v1/keys", {}, key=made["key"])
        self.assertTrue(child.data["key"].startswith("us_test_"))

    def test_a_refund_shows_everywhere(self):
        video = self.server.make_video(script="Give it back.")
        before, captured = self.server.balance(), video["charge"]["captured_usd"]
        part = self.server.command("--json", "refund", video["id"], "--usd", "0.01", "--reason", "blurred",
                                   "--reference", "r-1", "--data", self.server.data)
        self.assertEqual(part.returncode, 0, part.stderr)
        self.assertEqual(json.loads(part.stdout)["data"]["refunded_usd"], 0.01)
        again = self.server.command("refund", video["id"], "--usd", "0.01", "--reason", "blurred",
                                    "--reference", "r-1", "--data", self.server.data)
        self.assertEqual(again.returncode, 0, again.stderr)
        rest = self.server.command("refund", video["id"], "--reason", "all of it", "--data", self.server.data)
        self.assertEqual(rest.returncode, 0, rest.stderr)
        self.assertAlmostEqual(self.server.balance(), before + captured, places=9)
        charge = self.server.call("GET", f"/v3/videos/{video['id']}").data["charge"]
        self.assertEqual((charge["captured_usd"], charge["refunded_usd"]), (captured, captured))
        refunds = self.server.call("GET", "/understudy/v1/ledger?kind=refund").data
        self.assertEqual([r["note"] for r in refunds[:2]], ["all of it", "blurred"])
        csv = self.server.call("GET", "/understudy/v1/ledger?kind=refund&format=csv").body.decode()
        self.assertIn(",refund,0.01,", csv)
        more = self.server.command("refund", video["id"], "--usd", "1", "--reason", "x", "--reference", "r-2",
                                   "--data", self.server.data)
        self.assertEqual(more.returncode, 1)
        lots = self.server.call("GET", "/understudy/v1/wallet").data["lots"]
        self.assertTrue(any(lot["source"] == "refund" for lot in lots))
        self.assertEqual(self.server.call("POST", "/understudy/v1/refunds", {}).status, 403)  # operators only
        self.assertEqual(self.server.verify().returncode, 0)

    def test_a_key_never_makes_one_that_may_do_more(self):
        narrow = self.make_key(scopes=["account:write", "videos:read"])["key"]
        make = lambda body: self.server.call("POST", "/understudy/v1/keys", body, key=narrow)
        self.assertEqual(make({}).data["scopes"], ["account:write", "videos:read"])
        for scopes in ([], ["videos:write"], ["account:read", "voices:read"]):
            refused = make({"scopes": scopes})
            self.assertEqual((refused.status, refused.error["code"]), (403, "insufficient_api_key_scope"), scopes)
        self.assertEqual(make({"is_operator": True}).error["param"], "is_operator")
        full = self.make_key(label="full")
        refused = self.server.call("POST", f"/understudy/v1/keys/{full['id']}/rotate", {}, key=narrow)
        self.assertEqual(refused.status, 403)
        operator = json.loads(self.server.command("--json", "key", "create", "--operator", "--data",
                                                  self.server.data).stdout)["data"]
        for act in ("rotate", "revoke"):
            refused = self.server.call("POST", f"/understudy/v1/keys/{operator['id']}/{act}")
            self.assertEqual(refused.status, 403)
        # An operator's key over HTTP does what the command line does.
        granted = self.server.call("POST", "/understudy/v1/accounts/owner/grants",
                                   {"usd": 1, "reference": "gift", "note": "hello", "priority": 5,
                                    "expires_at": int(time.time()) + 3600}, key=operator["key"])
        self.assertEqual((granted.status, granted.data["granted_usd"]), (201, 1), granted.body)
        lots = self.server.call("GET", "/understudy/v1/accounts/owner/lots", key=operator["key"]).data
        self.assertEqual((lots[0]["source"], lots[0]["priority"]), ("promo", 5))
        taken = self.server.call("POST", "/understudy/v1/accounts/owner/adjustments",
                                 {"usd": "-1", "reason": "by mistake", "reference": "a-1"}, key=operator["key"])
        self.assertEqual((taken.status, taken.data["adjusted_usd"]), (201, -1), taken.body)
        beyond = self.server.call("POST", "/understudy/v1/accounts/owner/adjustments",
                                  {"usd": "-1000000", "reason": "x", "reference": "a-2"}, key=operator["key"])
        self.assertEqual(beyond.status, 402)

    def test_rotation_has_an_overlap_and_no_text_is_kept(self):
        made = self.make_key(label="turn")
        path = f"/understudy/v1/keys/{made['id']}/rotate"
        turned = self.server.call("POST", path, {"overlap_s": 60}, headers={"Idempotency-Key": "turn-1"})
        self.assertEqual(turned.status, 200, turned.body)
        self.assertNotEqual(turned.data["key"], made["key"])
        replay = self.server.call("POST", path, {"overlap_s": 60}, headers={"Idempotency-Key": "turn-1"})
        self.assertEqual((replay.data["id"], replay.data["key"]), (made["id"], None))
        for text in (made["key"], turned.data["key"]):
            own = self.server.call("GET", "/v3/api_keys/self", key=text)
            self.assertEqual((own.status, own.data["key_id"]), (200, made["id"]))
        last = self.server.call("POST", path)
        self.assertEqual(self.server.call("GET", "/v3/api_keys/self", key=made["key"]).status, 401)
        self.assertEqual(self.server.call("GET", "/v3/api_keys/self", key=turned.data["key"]).status, 401)
        self.assertEqual(self.server.call("POST", f"/understudy/v1/keys/{made['id']}/revoke").status, 200)
        self.assertEqual(self.server.call("GET", "/v3/api_keys/self", key=last.data["key"]).status, 401)
        self.assertNotIn(turned.data["key"].encode(), self.server.database_bytes())

    def test_projects_group_keys_and_end_them(self):
        project = self.server.call("POST", "/understudy/v1/projects", {"name": "Films"})
        self.assertEqual(project.status, 201, project.body)
        project_id = project.data["id"]
        twice = self.server.call("POST", "/understudy/v1/projects", {"name": "Films"})
        self.assertEqual((twice.status, twice.error["param"]), (409, "name"))
        renamed = self.server.call("PATCH", f"/understudy/v1/projects/{project_id}", {"name": "Cinema"})
        self.assertEqual(renamed.data["name"], "Cinema")
        key = self.make_key(project_id=project_id)
        budget = self.server.call("POST", "/understudy/v1/budgets", {
            "scope": "project", "scope_id": project_id, "period": "monthly", "time_zone": "Europe/Berlin",
            "limit_usd": 0.001, "alerts": [50]})
        self.assertEqual(budget.status, 201, budget.body)
        refused = self.submit(key["key"])
        self.assertEqual((refused.status, refused.error["cap"]), (402, "project"))
        changed = self.server.call("PATCH", f"/understudy/v1/budgets/{budget.data['id']}", {"limit_usd": "5"})
        self.assertEqual((changed.data["limit_usd"], changed.data["alerts"]), (5, [50]))
        self.assertEqual(self.server.call("DELETE", f"/understudy/v1/budgets/{budget.data['id']}").status, 200)
        self.assertEqual(self.server.call("GET", f"/understudy/v1/budgets/{budget.data['id']}").status, 404)
        self.assertEqual(self.server.call("DELETE", f"/understudy/v1/projects/{project_id}").status, 200)
        self.assertEqual(self.server.call("GET", "/v3/users/me", key=key["key"]).status, 401)
        out = self.server.command("project", "list", "--data", self.server.data)
        self.assertIn("Cinema  archived", out.stdout)

    def test_other_accounts_are_not_there(self):
        other = json.loads(self.server.command("--json", "account", "create", "--name", "Other", "--data",
                                               self.server.data).stdout)["data"]["id"]
        stranger = self.server.command("key", "create", "--account", other, "--data", self.server.data).stdout.strip()
        project = self.server.call("POST", "/understudy/v1/projects", {"name": "Mine"}).data["id"]
        key = self.make_key(label="mine")["id"]
        budget = self.server.call("POST", "/understudy/v1/budgets", {
            "scope": "key", "scope_id": key, "period": "weekly", "limit_usd": 1}).data["id"]
        for method, path, body in (
                ("GET", f"projects/{project}", None), ("PATCH", f"projects/{project}", {"name": "x"}),
                ("DELETE", f"projects/{project}", None), ("GET", f"budgets/{budget}", None),
                ("PATCH", f"budgets/{budget}", {"limit_usd": 1}), ("DELETE", f"budgets/{budget}", None),
                ("GET", f"keys/{key}", None), ("PATCH", f"keys/{key}", {"label": "x"}),
                ("POST", f"keys/{key}/rotate", {}), ("POST", f"keys/{key}/revoke", {}),
                ("POST", "budgets", {"scope": "key", "scope_id": key, "period": "daily", "limit_usd": 1}),
                ("POST", "budgets", {"scope": "account", "scope_id": "x", "period": "daily", "limit_usd": 1}),
                ("POST", "keys", {"project_id": project})):
            with self.subTest(f"{method} {path}"):
                answer = self.server.call(method, "/understudy/v1/" + path, body, key=stranger)
                self.assertEqual((answer.status, answer.error["code"]), (404, "not_found"), answer.body)
        named = self.server.call("GET", f"/understudy/v1/keys?account={other}")
        self.assertEqual(named.status, 403)
        self.assertEqual(self.server.call("GET", "/understudy/v1/keys", key=stranger).data[0]["account_id"], other)

    def test_bad_input_names_its_field(self):
        good_budget = {"scope": "account", "period": "total", "limit_usd": "1"}
        cases = [
            ("projects", {"name": 5}, "name"), ("projects", {}, "name"), ("projects", {"name": " "}, "name"),
            ("projects", {"name": "a\u0000b"}, "name"), ("projects", {"name": "x" * 201}, "name"),
            ("projects", {"name": "x", "more": 1}, "more"), ("projects", [], None),
            ("budgets", {**good_budget, "scope": "world"}, "scope"), ("budgets", {**good_budget, "scope": 1}, "scope"),
            ("budgets", {**good_budget, "scope": "key"}, "scope_id"),
            ("budgets", {**good_budget, "period": "hourly"}, "period"),
            ("budgets", {**good_budget, "limit_usd": "much"}, "limit_usd"),
            ("budgets", {**good_budget, "limit_usd": -1}, "limit_usd"),
            ("budgets", {**good_budget, "limit_usd": 0.00000000001}, "limit_usd"),
            ("budgets", {**good_budget, "limit_usd": [1]}, "limit_usd"),
            ("budgets", {**good_budget, "time_zone": "Mars/Base"}, "time_zone"),
            ("budgets", {**good_budget, "time_zone": "../../etc/passwd"}, "time_zone"),
            ("budgets", {**good_budget, "alerts": [101]}, "alerts"), ("budgets", {**good_budget, "alerts": 5}, "alerts"),
            ("budgets", {**good_budget, "alerts": [90, 80]}, "alerts"), ("budgets", {**good_budget, "x": 1}, "x"),
            ("keys", {"label": 5}, "label"), ("keys", {"scopes": "videos:read"}, "scopes"),
            ("keys", {"scopes": ["everything"]}, "scopes"), ("keys", {"scopes": [None]}, "scopes"),
            ("keys", {"expires_at": 5}, "expires_at"), ("keys", {"expires_at": "soon"}, "expires_at"),
            ("keys", {"expires_at": 10**18}, "expires_at"), ("keys", {"is_test": "yes"}, "is_test"),
            ("keys", {"concurrency": -1}, "concurrency"), ("keys", {"concurrency": 1.5}, "concurrency"),
            ("keys", {"caps": {}}, "caps"), ("keys", {"caps": [{"period": "daily"}]}, "caps"),
            ("keys", {"caps": [{"period": "daily", "limit_usd": 1}] * 2}, "caps"),
            ("keys", {"is_operator": True}, "is_operator"),
        ]
        before = len(self.server.call("GET", "/understudy/v1/keys").data)
        for path, body, param in cases:
            with self.subTest(f"{path} {str(body)[:60]}"):
                answer = self.server.call("POST", "/understudy/v1/" + path, body)
                self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")),
                                 (400, "invalid_parameter", param), answer.body)
        huge = self.server.call("POST", "/understudy/v1/projects", raw=b'{"name": "' + b"x" * 200_000 + b'"}')
        self.assertEqual(huge.status, 413, huge.body)
        deep = self.server.call("POST", "/understudy/v1/keys", raw=b'{"caps":' + b"[" * 5000 + b"]" * 5000 + b"}")
        self.assertEqual(deep.status, 400)
        self.assertEqual(len(self.server.call("GET", "/understudy/v1/keys").data), before)
        reader = self.make_key(scopes=["account:read"])["key"]
        for method, path in (("POST", "projects"), ("POST", "budgets"), ("POST", "keys"), ("DELETE", "projects/x")):
            self.assertEqual(self.server.call(method, "/understudy/v1/" + path, {}, key=reader).status, 403)

    def test_the_command_line_says_what_to_do(self):
        wrong = self.server.command("key", "create", "--cap", "daily", "--data", self.server.data)
        self.assertEqual((wrong.returncode, "PERIOD=USD" in wrong.stderr), (2, True), wrong.stderr)
        both = self.server.command("budget", "create", "--limit-usd", "1", "--key", "a", "--project", "b",
                                   "--data", self.server.data)
        self.assertEqual(both.returncode, 2)
        made = self.server.command("--json", "key", "create", "--test", "--cap", "daily=2.50", "--cap", "total=10",
                                   "--data", self.server.data)
        self.assertEqual(made.returncode, 0, made.stderr)
        key = json.loads(made.stdout)["data"]
        self.assertEqual([b["limit_usd"] for b in key["budgets"]], [2.5, 10])
        out = self.server.command("budget", "list", "--data", self.server.data).stdout
        self.assertIn(f"key {key['id']}  daily UTC  limit 2.5 USD, spent 0, held 0, left 2.5", out)
        turned = self.server.command("key", "rotate", key["id"], "--data", self.server.data)
        self.assertTrue(turned.stdout.startswith("us_test_"), turned.stderr)


class Concurrency(ServerCase):
    config = "[limits]\nconcurrency = 3\n"
    workers = 0  # nothing ends by itself

    def test_one_too_many_is_told_when_to_come_back(self):
        look = self.server.first_look()
        submit = lambda key="owner": self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": look, "script": "Yes."}, key=key)
        narrow = self.server.call("POST", "/understudy/v1/keys", {"concurrency": 1}).data["key"]
        self.assertEqual(submit(narrow).status, 200)
        refused = submit(narrow)
        self.assertEqual((refused.status, refused.error["code"], refused.error["scope"]),
                         (429, "rate_limit_exceeded", "key"), refused.body)
        self.assertGreater(int(refused.headers["Retry-After"]), 0)
        self.assertEqual((refused.headers["X-Understudy-Concurrency-Used"],
                          refused.headers["X-Understudy-Concurrency-Limit"]), ("1", "1"))
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: submit(), range(20)))
        accepted = [a.data["video_id"] for a in answers if a.status == 200]
        self.assertEqual(len(accepted), 2)
        self.assertEqual({a.status for a in answers}, {200, 429})
        limits = self.server.call("GET", "/understudy/v1/limits").data["concurrency"]
        self.assertEqual(limits["account"], {"used": 3, "limit": 3})
        speech = self.server.call("POST", "/v3/voices/speech", {
            "text": "Yes.", "voice_id": self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]})
        self.assertEqual(speech.status, 429, speech.body)
        batch = self.server.call("POST", "/v3/videos/batches", {"videos": [
            {"type": "avatar", "avatar_id": look, "script": "Yes."}] * 2})
        self.assertEqual(batch.status, 429, batch.body)
        self.server.call("POST", f"/understudy/v1/jobs/{accepted[0]}/cancel")
        self.assertEqual(submit().status, 200)


class Queue(ServerCase):
    """The defaults: ten jobs at once by API keys; more of them wait where that is asked for."""
    config = "[limits]\nqueue_max = 5\n[network]\nallow_private = true\n"
    workers = 0

    def submit(self, count, **headers):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Yes."}
        return [self.server.call("POST", "/v3/videos", body, headers=headers) for _ in range(count)]

    def test_ten_at_once_and_then_those_that_wait(self):
        first = self.submit(11)
        self.assertEqual([a.status for a in first], [200] * 10 + [429])
        self.assertEqual((first[10].error["code"], first[10].error["limit"]), ("rate_limit_exceeded", 10))
        self.assertRegex(first[10].headers["Retry-After"], r"^[1-9][0-9]*$")
        waiting = self.submit(6, **{"X-Understudy-Queue": "wait"})
        self.assertEqual([a.status for a in waiting], [200] * 5 + [429])
        wrong = self.submit(1, **{"X-Understudy-Queue": "perhaps"})[0]
        self.assertEqual((wrong.status, wrong.error["param"]), (400, "X-Understudy-Queue"))
        last = waiting[4].data["video_id"]
        self.assertEqual(self.server.call("GET", f"/v3/videos/{last}").data["queue_position"], 15)
        self.assertEqual(self.server.call("GET", f"/understudy/v1/jobs/{last}").data["queue_position"], 15)
        self.server.call("POST", f"/understudy/v1/jobs/{first[0].data['video_id']}/cancel")
        self.assertEqual(self.server.call("GET", f"/v3/videos/{last}").data["queue_position"], 14)
        # Of all fifteen ten may run at once, whoever asks for work.
        token = (self.server.data / "worker.token").read_text().strip()
        claims = [self.claim(token, f"w{i}") for i in range(12)]
        self.assertEqual(claims, [True] * 10 + [False] * 2)
        running = [a.data["video_id"] for a in first[1:10]]
        for video in running[:3]:
            self.server.call("POST", f"/understudy/v1/jobs/{video}/cancel")
        self.assertEqual([self.claim(token, f"v{i}") for i in range(4)], [True] * 3 + [False])

    def claim(self, token, worker):
        answer = self.server.call("POST", "/internal/v1/worker/claim", {"worker_id": worker, "lanes": ["standard"]},
                                  key=None, headers={"Authorization": f"Bearer {token}"})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data["job"] is not None


class Order(ServerCase):
    config = "[limits]\nconcurrency = 1\n[wallet]\nwelcome_credit_usd = \"2\"\n"
    workers = 0

    def test_429_comes_before_402(self):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Yes. " * 20}
        hold = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": body}).data["amount_usd"]
        self.assertLess(1, hold)  # there is money for one only
        first = self.server.call("POST", "/v3/videos", body)
        self.assertEqual(first.status, 200, first.body)
        self.assertEqual(self.server.call("POST", "/v3/videos", body).error["code"], "rate_limit_exceeded")


class Source(ServerCase):
    workers = 1

    def test_the_usage_says_which_program_ordered(self):
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        for source in ("hyperframes", None):
            headers = {"X-HeyGen-Client-Source": source} if source else {}
            answer = self.server.call("POST", "/v3/voices/speech", {"text": "Yes.", "voice_id": voice}, headers=headers)
            self.assertEqual(answer.status, 200, answer.body)
        usage = self.server.call("GET", "/understudy/v1/usage").data
        self.assertEqual([row["source"] for row in usage], [None, "hyperframes"])
        self.assertIn("hyperframes", self.server.call("GET", "/understudy/v1/usage?format=csv").body.decode())


class Rates(ServerCase):
    config = "[limits]\nrequests_per_minute = 30\nunauthenticated_per_minute = 20\n"
    workers = 0

    def test_a_key_and_an_address_have_a_rate_each(self):
        made = [self.server.call("POST", "/understudy/v1/keys", {}).data["key"] for _ in range(2)]
        answers = [self.server.call("GET", "/v3/users/me", key=made[0]) for _ in range(32)]
        self.assertEqual([a.status for a in answers[:30]], [200] * 30)
        self.assertEqual((answers[31].status, answers[31].error["code"]), (429, "rate_limit_exceeded"))
        self.assertRegex(answers[31].headers["Retry-After"], r"^[1-9][0-9]*$")
        self.assertEqual(self.server.call("GET", "/v3/users/me", key=made[1]).status, 200)
        strangers = [self.server.call("GET", "/v3/users/me", key="wrong") for _ in range(24)]
        self.assertEqual((strangers[0].status, strangers[-1].status), (401, 429))
        self.assertEqual(self.server.call("GET", "/v3/users/me", key=made[1]).status, 200)

    def test_a_key_may_have_a_rate_of_its_own(self):
        ask = lambda key: self.server.call("GET", "/v3/users/me", key=key)
        owner = self.server.call("POST", "/understudy/v1/keys", {}).data["key"]  # with a bucket of its own
        slow, fast = (self.server.call("POST", "/understudy/v1/keys", {"requests_per_minute": rate}, key=owner).data
                      for rate in (3, 60))
        self.assertEqual((slow["requests_per_minute"], fast["requests_per_minute"]), (3, 60))
        answers = [ask(slow["key"]) for _ in range(5)]
        self.assertEqual([a.status for a in answers[:4]], [200, 200, 200, 429])
        self.assertIn("More than 3 requests a minute", answers[3].error["message"])
        self.assertTrue(1 <= int(answers[3].headers["Retry-After"]) <= 20, answers[3].headers["Retry-After"])
        self.assertEqual([ask(fast["key"]).status for _ in range(40)], [200] * 40)  # more than others may
        turned = self.server.call("POST", f"/understudy/v1/keys/{slow['id']}/rotate", {"overlap_s": 60}, key=owner).data
        self.assertEqual(ask(turned["key"]).status, 429)  # the key's rate, not its text's
        changed = self.server.call("PATCH", f"/understudy/v1/keys/{slow['id']}", {"requests_per_minute": 0}, key=owner)
        self.assertEqual(changed.data["requests_per_minute"], None)
        limits = self.server.call("GET", "/understudy/v1/limits", key=fast["key"]).data
        self.assertEqual(limits["requests_per_minute"], 60)
        for wrong in (-1, 1.5, "many", 10**9):
            refused = self.server.call("PATCH", f"/understudy/v1/keys/{slow['id']}", {"requests_per_minute": wrong},
                                       key=owner)
            self.assertEqual((refused.status, refused.error["param"]), (400, "requests_per_minute"), wrong)
        made = self.server.command("--json", "key", "create", "--requests-per-minute", "7", "--data", self.server.data)
        self.assertEqual(json.loads(made.stdout)["data"]["requests_per_minute"], 7)
        changed = self.server.command("key", "change", slow["id"], "--requests-per-minute", "9", "--concurrency", "2",
                                      "--data", self.server.data)
        self.assertIn("  2 jobs at once  9 requests a minute", changed.stdout)


class PriceVersions(unittest.TestCase):
    def test_a_job_is_billed_by_the_version_of_its_submit(self):
        server = Server(workers=0)
        self.addCleanup(server.close)
        server.start()
        look = server.first_look()
        first = server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look, "script": "Yes."}).data
        old = server.call("GET", f"/v3/videos/{first['video_id']}").data["charge"]
        self.assertEqual(server.call("GET", "/understudy/v1/prices").data["version"], 1)
        server.stop()
        folder = server.data / "prices"
        folder.mkdir()
        (folder / "2.toml").write_text("effective_from = 2026-01-01T00:00:00Z\n[[rows]]\n"
                                       f"item = \"{old['price_item']}\"\nrate_usd = \"0.01\"\n")
        (folder / "3.toml").write_text("effective_from = 2999-01-01T00:00:00Z\n[[rows]]\n"
                                       f"item = \"{old['price_item']}\"\nrate_usd = \"9\"\n")
        server.workers = 2
        server.start()
        prices = server.call("GET", "/understudy/v1/prices").data
        self.assertEqual((prices["version"], [v["version"] for v in prices["versions"]]), (2, [1, 2, 3]))
        self.assertEqual(prices["effective_from"][:10], "2026-01-01")
        self.assertEqual(server.call("GET", "/understudy/v1/prices?version=1").data["effective_from"], None)
        self.assertEqual(server.call("GET", "/understudy/v1/prices?version=4").error["param"], "version")
        charge = server.wait_for_video(first["video_id"])["charge"]
        self.assertEqual((charge["price_version"], charge["rate_usd"]), (1, old["rate_usd"]))
        self.assertGreater(charge["captured_usd"], 0)
        charge = server.make_video(script="Yes.")["charge"]
        self.assertEqual((charge["price_version"], charge["rate_usd"]), (2, 0.01))
        self.assertEqual(round(charge["captured_usd"] * 10**9), charge["quantity"] * 10_000)
        self.assertEqual(server.verify().returncode, 0)
        self.assertIn("$0.01 / sec", server.command("prices", "--data", server.data).stdout)
        self.assertNotIn("$0.01 / sec", server.command("prices").stdout)
        self.assertIn("$9.00 / sec", server.command("prices", "--data", server.data, "--version", "3").stdout)
        server.stop()
        server.workers = 0
        server.start()
        server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look, "script": "Yes."})
        server.stop()
        texts = {name: (folder / name).read_text() for name in ("2.toml", "3.toml")}
        for name in texts:
            (folder / name).unlink()
        with self.assertRaisesRegex(RuntimeError, "put prices/2.toml back"):
            server.start()
        (folder / "2.toml").write_text(texts["2.toml"])
        (folder / "3.toml").write_text("effective_from = \"soon\"\n")
        with self.assertRaisesRegex(RuntimeError, "3.toml: effective_from must be a time"):
            server.start()


if __name__ == "__main__":
    unittest.main()
