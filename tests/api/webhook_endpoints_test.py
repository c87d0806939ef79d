"""Endpoints of webhooks: verified, listed, changed, their secret shown once, and never at a private address."""
import datetime
import socket
import unittest

from harness import ServerCase
from webhook_cases import Base, Receiver


class Endpoints(Base):
    def test_a_url_is_probed_and_its_secret_shown_once(self):
        receiver = self.receiver()
        made = self.endpoint(receiver.url + "/probe", events=["avatar_video.fail", "avatar_video.fail"])
        self.assertEqual(receiver.probes, ["/probe"])
        self.assertRegex(made["secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertEqual((made["status"], made["events"]), ("enabled", ["avatar_video.fail"]))
        datetime.datetime.fromisoformat(made["created_at"].replace("Z", "+00:00"))
        listed = self.call("GET", "/v3/webhooks/endpoints?limit=1").json
        self.assertEqual(listed["data"][0]["endpoint_id"], made["endpoint_id"])
        self.assertIsNone(listed["data"][0]["secret"])
        changed = self.call("PATCH", f"/v3/webhooks/endpoints/{made['endpoint_id']}", {"events": None})
        self.assertEqual((changed.status, changed.data["events"], changed.data["secret"]), (200, None, None))
        for path in ("/v3/webhooks/endpoints", "/understudy/v1/webhooks/endpoints",
                     f"/understudy/v1/webhooks/endpoints/{made['endpoint_id']}"):
            self.assertNotIn(made["secret"], self.call("GET", path).body.decode())
        self.assertNotIn(made["secret"], self.server.log_text())
        removed = self.call("DELETE", f"/v3/webhooks/endpoints/{made['endpoint_id']}")
        self.assertEqual((removed.status, removed.data), (200, {}))
        again = self.call("DELETE", f"/v3/webhooks/endpoints/{made['endpoint_id']}")
        self.assertEqual((again.status, again.error["code"]), (404, "webhook_not_found"))

    def test_what_cannot_be_verified_is_refused(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            refused = self.call("POST", "/v3/webhooks/endpoints", {"url": nobody})
        self.assertEqual((refused.status, refused.error["param"]), (400, "url"))
        for body, param in (({"url": "ftp://example.com/"}, "url"), ({"url": "https://"}, "url"), ({}, "url"),
                            ({"url": "https://u:p@example.com/"}, "url"), ({"url": 5}, "url"),
                            ({"url": "https://example.com/" + "x" * 3000}, "url"),
                            ({"url": "https://example.com/", "events": ["wallet.low_balance"]}, "events[0]"),
                            ({"url": "https://example.com/", "extra": 1}, "extra")):
            answer = self.call("POST", "/v3/webhooks/endpoints", body)
            self.assertEqual((answer.status, answer.error["code"]), (400, "invalid_parameter"), answer.body)
            self.assertEqual(answer.error["param"].split("[")[0], param.split("[")[0], answer.body)
        made = self.endpoint(self.receiver().url)
        for body in ({}, {"url": None}):
            answer = self.call("PATCH", f"/v3/webhooks/endpoints/{made['endpoint_id']}", body)
            self.assertEqual((answer.status, answer.error.get("param")), (400, None), answer.body)

    def test_a_repeated_create_is_one_endpoint_with_one_secret(self):
        receiver = self.receiver()
        headers = {"Idempotency-Key": "hook-1"}
        first, second = (self.call("POST", "/v3/webhooks/endpoints", {"url": receiver.url}, headers=headers)
                         for _ in range(2))
        self.assertEqual(first.body, second.body)
        self.call("DELETE", f"/v3/webhooks/endpoints/{first.data['endpoint_id']}")

    def test_event_types_are_those_of_the_contract(self):
        types = self.call("GET", "/v3/webhooks/event-types").json
        self.assertEqual((len(types["data"]), types["has_more"]), (34, False))
        ours = [t["event_type"] for t in self.call("GET", "/understudy/v1/webhooks/event-types").data]
        self.assertIn("wallet.*", ours)

    def test_pages(self):
        receiver = self.receiver()
        ids = [self.endpoint(f"{receiver.url}/{i}")["endpoint_id"] for i in range(3)]
        first = self.call("GET", "/v3/webhooks/endpoints?limit=2").json
        self.assertEqual(len(first["data"]), 2)
        rest = self.call("GET", f"/v3/webhooks/endpoints?limit=2&token={first['next_token']}").json
        seen = [e["endpoint_id"] for e in first["data"] + rest["data"]]
        self.assertEqual(sorted(seen, reverse=True), seen)
        self.assertTrue(set(ids) <= set(seen))
        for query, param in (("limit=0", "limit"), ("limit=101", "limit"), ("token=%21", "token")):
            for path in ("endpoints", "events"):
                self.assertEqual(self.call("GET", f"/v3/webhooks/{path}?{query}").error["param"], param)


class Public(ServerCase):
    config = ""
    workers = 0

    def test_no_private_address_is_ever_called(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        port = receiver.server.server_address[1]
        for url in (receiver.url, f"https://127.0.0.1:{port}/", f"https://localhost:{port}/",
                    f"https://[::1]:{port}/", "https://10.0.0.1/", f"https://127.1:{port}/",
                    f"https://2130706433:{port}/"):
            refused = self.server.call("POST", "/v3/webhooks/endpoints", {"url": url})
            self.assertEqual((refused.status, refused.error["param"]), (400, "url"), refused.body)
        self.assertEqual(receiver.probes, [])
        refused = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.",
            "callback_url": "https://169.254.169.254/"})
        self.assertEqual((refused.status, refused.error["param"]), (400, "callback_url"))


if __name__ == "__main__":
    unittest.main()
