"""Webhooks as a receiver sees them: both signatures, retries, order, restarts, and the delivery log."""
import base64
import collections
import datetime
import hashlib
import hmac
import http.server
import json
import random
import socket
import threading
import time
import unittest

from harness import Server, ServerCase

FAST = """
[network]
allow_private = true
[webhooks]
deadline_ms = 700
first_retry_ms = 60
longest_retry_ms = 400
give_up_after_s = 30
[limits]
concurrency = 0
[wallet]
welcome_credit_usd = "1000"
"""


class Received:
    def __init__(self, handler, body):
        self.path, self.headers, self.body, self.at = handler.path, handler.headers, body, time.time()
        self.event = json.loads(body)
        self.id = self.event["event_id"]


class Receiver:
    """Answers by `script`: a function of (path, number of the delivery to that path) to a status, or one of
    "hang", "close", "redirect", "large"."""

    def __init__(self, script=lambda path, number: 200):
        self.script, self.received, self.probes = script, [], []
        self.counts, self.lock = collections.Counter(), threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_OPTIONS(self):
                with outer.lock:
                    outer.probes.append(self.path)
                self.answer(204)

            def do_GET(self):
                with outer.lock:
                    outer.probes.append("GET " + self.path)
                self.answer(200)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.received.append(Received(self, body))
                    outer.counts[self.path] += 1
                    step = outer.script(self.path, outer.counts[self.path])
                    outer.lock.notify_all()
                if step == "hang":
                    time.sleep(1.5)
                    step = "close"
                if step == "close":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif step == "redirect":
                    self.answer(302, [("Location", "/elsewhere")])
                elif step == "large":
                    self.answer(200, body=b"x" * 3_000_000)
                else:
                    self.answer(step, body=b"noted \xff\x00")

            def answer(self, status, headers=(), body=b""):
                try:
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def on(self, path):
        with self.lock:
            return [r for r in self.received if r.path == path]

    def wait(self, path, count, timeout=9):
        deadline = time.time() + timeout
        with self.lock:
            while sum(r.path == path for r in self.received) < count:
                if not self.lock.wait(deadline - time.time()):
                    break
        got = self.on(path)
        assert len(got) >= count, f"{path}: {len(got)} of {count}"
        return got


def verifies(received, secret):
    """Which of the two recipes accept this delivery with this secret, as a client would compute them."""
    assert secret.startswith("whsec_")
    legacy = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
    key = base64.b64decode(secret[len("whsec_"):])
    content = b".".join([received.headers["webhook-id"].encode(), received.headers["webhook-timestamp"].encode(),
                         received.body])
    standard = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return (received.headers["Heygen-Signature"] == legacy,
            standard in received.headers["webhook-signature"].split(" "))


class Base(ServerCase):
    config = FAST
    workers = 0

    def receiver(self, script=lambda path, number: 200):
        receiver = Receiver(script)
        self.addCleanup(receiver.close)
        return receiver

    def call(self, method, path, body=None, **options):
        return self.server.call(method, path, body, **options)

    def endpoint(self, url, base="/v3/webhooks", **fields):
        made = self.call("POST", base + "/endpoints", {"url": url, **fields})
        self.assertEqual(made.status, 200, made.body)
        self.addCleanup(self.call, "DELETE", f"/understudy/v1/webhooks/endpoints/{made.data['endpoint_id']}")
        return made.data

    def submit(self, count=1, **fields):
        """The ids of videos that are queued for ever: there is no worker."""
        entry = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.", **fields}
        ids = []
        for _ in range(count):
            made = self.call("POST", "/v3/videos", entry)
            self.assertEqual(made.status, 200, made.body)
            ids.append(made.data["video_id"])
        return ids

    def cancel(self, ids):
        for video_id in ids:
            self.assertEqual(self.call("POST", f"/understudy/v1/jobs/{video_id}/cancel").status, 200)

    def deliveries(self, **query):
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return self.call("GET", "/understudy/v1/webhooks/deliveries?limit=100&" + text).data

    def wait_for_deliveries(self, status, count, **query):
        deadline = time.time() + 9
        while time.time() < deadline:
            found = self.deliveries(status=status, **query)
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(self.deliveries(**query))


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


class Deliveries(Base):
    def test_both_signatures_verify_and_the_failure_is_explained(self):
        receiver = self.receiver()
        made = self.endpoint(receiver.url + "/sign")
        [video] = self.submit(callback_id="order-7")
        self.cancel([video])
        [got] = receiver.wait("/sign", 1)
        self.assertEqual(verifies(got, made["secret"]), (True, True))
        self.assertEqual(verifies(got, "whsec_" + base64.b64encode(b"x" * 32).decode()), (False, False))
        self.assertEqual(got.headers["Heygen-Event-Id"], got.id)
        self.assertTrue(got.id.startswith("evt_"))
        self.assertLess(abs(time.time() - int(got.headers["Heygen-Timestamp"])), 300)
        self.assertEqual(got.headers["Content-Type"], "application/json")
        data = got.event["event_data"]
        self.assertEqual((got.event["event_type"], data["video_id"], data["failure_code"], data["callback_id"]),
                         ("avatar_video.fail", video, "cancelled", "order-7"))
        self.assertEqual(data["charge"]["captured_usd"], 0)
        history = self.call("GET", f"/v3/webhooks/events?entity_id={video}").data
        self.assertEqual(history, [got.event])
        self.assertEqual(self.call("GET", "/v3/webhooks/events?event_type=avatar_video.success").data, [])
        self.assertEqual(self.call("GET", "/v3/webhooks/events?event_type=nothing").error["param"], "event_type")

    def test_what_fails_is_tried_again_with_the_same_id_until_it_is_accepted(self):
        steps = {1: 500, 2: "hang", 3: "redirect", 4: "close", 5: 404, 6: "large"}
        receiver = self.receiver(lambda path, number: steps.get(number, 200))
        self.endpoint(receiver.url + "/retry")
        self.cancel(self.submit())
        got = receiver.wait("/retry", 6)
        self.assertEqual(len({r.id for r in got}), 1)
        self.assertEqual(len({r.body for r in got}), 1)
        [delivery] = self.wait_for_deliveries("delivered", 1, event_id=got[0].id)
        self.assertEqual([a["status"] for a in delivery["log"]], [500, None, 302, None, 404, 200])
        self.assertEqual(delivery["log"][0]["answer"], "noted ??")
        self.assertGreaterEqual(delivery["log"][1]["duration_ms"], 500)
        self.assertIn("/elsewhere", delivery["log"][2]["error"])
        self.assertEqual(len(delivery["log"][5]["answer"]), 1024)
        self.assertNotIn("GET /elsewhere", receiver.probes)
        shown = self.call("GET", f"/understudy/v1/webhooks/deliveries/{delivery['delivery_id']}").data
        self.assertEqual(shown, delivery)

    def test_filters_and_scopes_of_endpoints(self):
        receiver = self.receiver()
        [one, other] = self.submit(2)
        self.endpoint(receiver.url + "/all")
        self.endpoint(receiver.url + "/one", entity_id=one)
        self.endpoint(receiver.url + "/success", events=["avatar_video.success"])
        self.endpoint(receiver.url + "/family", base="/understudy/v1/webhooks", events=["avatar_video.*"])
        self.cancel([one, other])
        receiver.wait("/all", 2)
        receiver.wait("/family", 2)
        self.assertEqual([r.event["event_data"]["video_id"] for r in receiver.wait("/one", 1)], [one])
        self.assertEqual(receiver.on("/success"), [])

    def test_a_rotated_secret_signs_beside_the_new_one(self):
        receiver = self.receiver(lambda path, number: 401 if number == 1 else 200)
        made = self.endpoint(receiver.url + "/rotate")
        rotated = self.call("POST", f"/v3/webhooks/endpoints/{made['endpoint_id']}/rotate-secret")
        self.assertEqual(rotated.status, 200)
        self.assertEqual(rotated.data["endpoint_id"], made["endpoint_id"])
        self.assertNotEqual(rotated.data["secret"], made["secret"])
        self.cancel(self.submit())
        first, second = receiver.wait("/rotate", 2)
        # Standard Webhooks: both at once. Heygen-Signature: the new one, and the old one in the repeat.
        self.assertEqual(verifies(first, rotated.data["secret"]), (True, True))
        self.assertEqual(verifies(first, made["secret"]), (False, True))
        self.assertEqual(verifies(second, made["secret"]), (True, True))

    def test_a_dead_endpoint_delays_no_other(self):
        receiver = self.receiver(lambda path, number: "hang" if path == "/dead" else 200)
        self.endpoint(receiver.url + "/dead")
        self.endpoint(receiver.url + "/well")
        ids = self.submit(40)
        self.cancel(ids)
        receiver.wait("/well", 40)
        self.assertLess(len(receiver.on("/dead")), 40)
        self.assertEqual(len({r.id for r in receiver.on("/well")}), 40)

    def test_callbacks_and_a_batch_that_ends(self):
        receiver = self.receiver()
        self.endpoint(receiver.url + "/hook", events=["batch.finished", "avatar_video.fail"])
        entry = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.",
                 "callback_url": receiver.url + "/item", "callback_id": "c-1"}
        batch = self.call("POST", "/v3/videos/batches",
                          {"videos": [entry] * 3, "title": "Three", "callback_url": receiver.url + "/batch"})
        self.assertEqual(batch.status, 202, batch.body)
        items = self.call("GET", f"/v3/videos/batches/{batch.data['batch_id']}").data["items"]
        self.cancel([items[0]["video_id"], items[1]["video_id"]])
        receiver.wait("/item", 2)
        self.assertEqual(receiver.on("/batch"), [])
        self.cancel([items[2]["video_id"]])
        [finished] = receiver.wait("/batch", 1)
        self.assertEqual(finished.event["event_type"], "batch.finished")
        data = finished.event["event_data"]
        self.assertEqual((data["batch_id"], data["total_items"], data["status"], data["title"]),
                         (batch.data["batch_id"], 3, "failed", "Three"))
        hooks = [r.event["event_type"] for r in receiver.wait("/hook", 4)]
        self.assertEqual(sorted(hooks), ["avatar_video.fail"] * 3 + ["batch.finished"])
        for got in receiver.wait("/item", 3):
            self.assertNotIn("Heygen-Signature", got.headers)
            self.assertEqual(got.event["event_data"]["callback_id"], "c-1")
        self.assertEqual(len(receiver.on("/batch")), 1)

    def test_callbacks_are_signed_once_the_account_has_a_secret_for_them(self):
        receiver = self.receiver()
        path = "/understudy/v1/webhooks/callback-secret"
        secret = self.call("POST", path).data["secret"]
        self.assertNotIn(secret, self.call("GET", path).body.decode())
        self.cancel(self.submit(callback_url=receiver.url + "/signed"))
        [got] = receiver.wait("/signed", 1)
        self.assertEqual(verifies(got, secret), (True, True))
        self.assertEqual(self.call("DELETE", path).data, {"are_callbacks_signed": False})
        for url in ("ftp://example.com/", "nonsense", "https://u@example.com/"):
            refused = self.call("POST", "/v3/videos", {
                "type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.", "callback_url": url})
            self.assertEqual((refused.status, refused.error["param"]), (400, "callback_url"), refused.body)

    def test_sending_again_by_hand(self):
        receiver = self.receiver()
        made = self.endpoint(receiver.url + "/again")
        before = int(time.time()) - 1
        ids = self.submit(3)
        self.cancel(ids)
        events = [r.id for r in receiver.wait("/again", 3)]
        base = "/understudy/v1/webhooks"
        again = self.call("POST", f"{base}/events/{events[0]}/redeliver", {"endpoint_id": made["endpoint_id"]})
        self.assertEqual((again.status, len(again.data["delivery_ids"])), (200, 1), again.body)
        self.assertEqual(receiver.wait("/again", 4)[3].id, events[0])
        replayed = self.call("POST", f"{base}/replays", {"from": before, "to": int(time.time()) + 2,
                                                         "endpoint_id": made["endpoint_id"]})
        self.assertEqual(replayed.status, 200, replayed.body)
        self.assertGreaterEqual(replayed.data["deliveries"], 3)
        self.assertTrue(set(events) <= {r.id for r in receiver.wait("/again", 4 + replayed.data["deliveries"])[4:]})
        test = self.call("POST", f"{base}/endpoints/{made['endpoint_id']}/test")
        self.assertEqual(test.status, 200, test.body)
        sent = receiver.wait("/again", 5 + replayed.data["deliveries"])[-1]
        self.assertEqual(sent.event["event_type"], "webhook.test")
        [logged] = self.wait_for_deliveries("delivered", 1, event_id=sent.id)
        self.assertEqual((logged["delivery_id"], logged["reason"]), (test.data["delivery_id"], "test"))
        self.assertEqual(self.call("POST", f"{base}/events/evt_none/redeliver").status, 404)
        for body, param in (({}, "from"), ({"from": "x", "to": 5}, "from"), ({"from": 5, "to": 1}, "to"),
                            ({"from": 1, "to": 2, "only_failed": 1}, "only_failed")):
            self.assertEqual(self.call("POST", f"{base}/replays", body).error["param"], param)

    def test_events_of_money_need_the_scope_of_the_account(self):
        receiver = self.receiver()
        made = self.server.command("key", "create", "--scope", "webhooks:write", "--data", self.server.data)
        key = made.stdout.strip()
        path = "/understudy/v1/webhooks/endpoints"
        for events in (None, ["wallet.*"], ["cap.reached", "batch.finished"]):
            refused = self.call("POST", path, {"url": receiver.url, "events": events}, key=key)
            self.assertEqual((refused.status, refused.error["code"]), (403, "insufficient_api_key_scope"))
        fine = self.call("POST", path, {"url": receiver.url, "events": ["batch.finished"]}, key=key)
        self.assertEqual((fine.status, fine.data["hears_of_money"]), (200, False), fine.body)
        own = f"{path}/{fine.data['endpoint_id']}"
        self.assertEqual(self.call("PATCH", own, {"events": None}, key=key).status, 403)
        self.assertEqual(self.call("GET", "/v3/videos", key=key).status, 403)
        self.assertEqual(self.call("DELETE", own, key=key).status, 200)
        self.assertEqual(self.call("POST", path, {"url": receiver.url, "events": ["walet.*"]}).error["param"], "events")

    def test_a_receiver_that_is_gone_is_left_alone(self):
        receiver = self.receiver(lambda path, number: 410)
        made = self.endpoint(receiver.url + "/gone")
        self.cancel(self.submit())
        self.wait_for_deliveries("failed", 1, endpoint_id=made["endpoint_id"])
        path = f"/understudy/v1/webhooks/endpoints/{made['endpoint_id']}"
        self.assertEqual(self.call("GET", path).data["status"], "disabled")
        self.cancel(self.submit())
        self.assertEqual(self.call("PATCH", path, {"status": "enabled"}).data["status"], "enabled")


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


class Success(Base):
    workers = 1

    def test_a_finished_video_is_told_with_links_that_work_and_its_bill(self):
        receiver = self.receiver()
        made = self.endpoint(receiver.url + "/done", events=["avatar_video.success"])
        video = self.server.make_video(script="Hi.", callback_url=receiver.url + "/call", callback_id="mine")
        self.assertEqual(video["status"], "completed", video)
        [got] = receiver.wait("/done", 1)
        self.assertEqual(verifies(got, made["secret"]), (True, True))
        data = got.event["event_data"]
        self.assertEqual((data["video_id"], data["callback_id"], data["duration"]), (video["id"], "mine", video["duration"]))
        self.assertEqual(data["charge"], video["charge"])
        self.assertEqual(self.call("GET", data["url"], key=None).body[4:8], b"ftyp")
        self.assertEqual(self.call("GET", data["gif_download_url"], key=None).body[:4], b"GIF8")
        [called] = receiver.wait("/call", 1)
        self.assertEqual(called.body, got.body)


    def test_the_wallets_owner_hears_of_holds_and_of_a_low_balance(self):
        receiver = self.receiver()
        self.call("POST", "/understudy/v1/webhooks/endpoints", {"url": receiver.url + "/money", "events": ["wallet.*"]})
        refused = self.call("PUT", "/understudy/v1/low-balance", {"threshold_usd": -1})
        self.assertEqual((refused.status, refused.error["param"]), (400, "threshold_usd"))
        threshold = self.server.balance()
        told = self.call("PUT", "/understudy/v1/low-balance", {"threshold_usd": str(threshold)})
        self.assertEqual(told.data, {"threshold_usd": threshold, "threshold_credits": None})
        video = self.server.make_video(script="Hi.")
        got = [r.event for r in receiver.wait("/money", 3)]
        self.assertEqual(sorted(e["event_type"] for e in got), ["wallet.captured", "wallet.held", "wallet.low_balance"])
        by_type = {e["event_type"]: e["event_data"] for e in got}
        held, captured = by_type["wallet.held"], by_type["wallet.captured"]
        self.assertEqual((held["job_id"], captured["job_id"]), (video["id"], video["id"]))
        self.assertEqual(captured["captured_usd"], video["charge"]["captured_usd"])
        self.assertAlmostEqual(captured["available_usd"], self.server.balance(), 9)
        self.assertLess(by_type["wallet.low_balance"]["available_usd"], threshold)
        self.assertEqual(self.call("GET", "/understudy/v1/wallet").data["low_balance"]["threshold_usd"], threshold)
        self.assertEqual([e for e in self.call("GET", "/v3/webhooks/events?limit=100").data
                          if e["event_type"].startswith("wallet.")], [])


class Restarts(unittest.TestCase):
    def test_what_is_pending_survives_a_kill_and_money_has_events_too(self):
        server = Server(workers=0, config=FAST)
        self.addCleanup(server.close)
        server.start()
        receiver = Receiver(lambda path, number: 503 if number <= 12 else 200)
        self.addCleanup(receiver.close)
        made = server.call("POST", "/understudy/v1/webhooks/endpoints",
                           {"url": receiver.url + "/kill", "events": ["avatar_video.fail", "wallet.low_balance"]})
        self.assertEqual(made.status, 200, made.body)
        self.assertTrue(made.data["hears_of_money"])
        self.assertEqual(server.call("GET", "/v3/webhooks/endpoints").data, [])
        entry = {"type": "avatar", "avatar_id": server.first_look(), "script": "Hi."}
        ids = [server.call("POST", "/v3/videos", entry).data["video_id"] for _ in range(3)]
        for video_id in ids:
            server.call("POST", f"/understudy/v1/jobs/{video_id}/cancel")
        receiver.wait("/kill", 2)
        server.kill()
        account = self.write_money_events(server)
        server.start()
        deadline = time.time() + 9
        while time.time() < deadline:
            pending = server.call("GET", "/understudy/v1/webhooks/deliveries?status=pending").data
            if not pending and len({r.id for r in receiver.on("/kill")}) == 23:
                break
            time.sleep(0.1)
        got = receiver.on("/kill")
        self.assertEqual(len({r.id for r in got}), 23)
        self.assertEqual({r.event["event_data"].get("video_id") for r in got} - {None}, set(ids))
        self.assertTrue(all(verifies(r, made.data["secret"]) == (True, True) for r in got))
        # One resource, one order: each number comes for the first time after the one before it.
        numbers = [r.event["event_data"]["number"] for r in got if r.event["event_type"].startswith("wallet.")]
        self.assertEqual(list(dict.fromkeys(numbers)), list(range(20)))
        exact = [r for r in got if r.event["event_type"].startswith("wallet.")][0]
        self.assertIn(b'"available_usd":12345678.123456789', exact.body)
        self.assertEqual(exact.event["event_data"]["entity_id"], account)
        self.assertEqual(len(server.call("GET", "/v3/webhooks/events?limit=100").data), 3)
        money = server.call("GET", "/understudy/v1/webhooks/events?event_type=wallet.low_balance&limit=100")
        self.assertEqual(len(money.data), 20)
        self.assertIn(b"12345678.123456789", money.body)

    def test_a_receiver_that_fails_at_random_gets_everything_though_the_server_is_killed(self):
        server = Server(workers=0, config=FAST)
        self.addCleanup(server.close)
        server.start()
        chance = random.Random(5)
        accepted = []

        def script(path, number):
            step = chance.choice([200, 200, 500, "hang", "close", 503, 200])
            if step == 200:
                accepted.append(receiver.received[-1])
            return step

        receiver = Receiver(script)
        self.addCleanup(receiver.close)
        made = server.call("POST", "/v3/webhooks/endpoints", {"url": receiver.url + "/random"})
        entry = {"type": "avatar", "avatar_id": server.first_look(), "script": "Hi."}
        ids = []
        for _ in range(3):
            for _ in range(6):
                ids.append(server.call("POST", "/v3/videos", entry).data["video_id"])
                server.call("POST", f"/understudy/v1/jobs/{ids[-1]}/cancel")
            server.kill()
            server.start()
        video_of = lambda got: got.event["event_data"]["video_id"]
        deadline = time.time() + 25
        while time.time() < deadline and {video_of(r) for r in accepted} != set(ids):
            time.sleep(0.1)
        self.assertEqual({video_of(r) for r in accepted}, set(ids))
        self.assertTrue(all(verifies(r, made.data["secret"]) == (True, True) for r in receiver.received))
        events = collections.defaultdict(set)
        for got in receiver.received:
            events[video_of(got)].add((got.id, got.body))
        self.assertEqual({len(one) for one in events.values()}, {1})
        self.assertEqual(server.stop() or server.verify().returncode, 0)

    def test_an_address_that_became_forbidden_is_not_called(self):
        server = Server(workers=0, config=FAST)
        self.addCleanup(server.close)
        server.start()
        receiver = Receiver()
        self.addCleanup(receiver.close)
        made = server.call("POST", "/v3/webhooks/endpoints", {"url": receiver.url + "/private"})
        self.assertEqual(made.status, 200, made.body)
        video = server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": server.first_look(),
                                                   "script": "Hi."}).data["video_id"]
        server.stop()
        server.configure(FAST.replace("allow_private = true", ""))
        server.start()
        server.call("POST", f"/understudy/v1/jobs/{video}/cancel")
        deadline = time.time() + 9
        while time.time() < deadline:
            found = server.call("GET", "/understudy/v1/webhooks/deliveries").data
            if found and found[0]["attempts"] >= 2:
                break
            time.sleep(0.05)
        self.assertIn("must be an https URL", found[0]["log"][0]["error"])
        self.assertEqual(receiver.received, [])

    def test_a_thousand_events_arrive_once_each(self):
        server = Server(workers=0, config=FAST)
        self.addCleanup(server.close)
        server.start()
        receiver = Receiver()
        self.addCleanup(receiver.close)
        server.call("POST", "/understudy/v1/webhooks/endpoints", {"url": receiver.url + "/many", "events": ["wallet.*"]})
        server.stop()
        self.write_money_events(server, 1000, entities=50)
        server.start()
        got = receiver.wait("/many", 1000, timeout=30)
        self.assertEqual(len({r.id for r in got}), 1000)
        numbers = collections.defaultdict(list)
        for r in got:
            numbers[r.event["event_data"]["entity_id"]].append(r.event["event_data"]["number"])
        self.assertEqual(sorted(sum(numbers.values(), [])), list(range(1000)))
        self.assertEqual([n for n in numbers.values() if n != sorted(n)], [])

    def write_money_events(self, server, count=20, entities=1):
        """Rows as the ledger writes them."""
        [[account]] = server.sql("SELECT id FROM account")
        rows = []
        for number in range(count):
            entity = account if entities == 1 else f"entity-{number % entities}"
            payload = f'{{"entity_id":"{entity}","number":{number},"available_usd":12345678.123456789}}'
            rows.append(f"('wallet.low_balance', '{account}', '{payload}', 1, 1)")
        server.sql("INSERT INTO outbox (topic, account_id, payload, created_at_ms, not_before_ms) VALUES " +
                   ", ".join(rows))
        return account


if __name__ == "__main__":
    unittest.main()
