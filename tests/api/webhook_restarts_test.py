"""Webhooks over kills and restarts of the server: every event arrives, each with one id for ever."""
import collections
import os
import random
import time
import unittest

from harness import Server
from webhook_cases import FAST, Receiver, verifies


IS_LONG = bool(os.environ.get("UNDERSTUDY_LONG_TESTS"))
KINDS = ["avatar_video.fail", "avatar_video_gif.fail", "avatar_video_caption.fail"]  # of one video, in their order


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
        self.assertEqual(len(server.call("GET", "/v3/webhooks/events?limit=100").data), 9)
        money = server.call("GET", "/understudy/v1/webhooks/events?event_type=wallet.low_balance&limit=100")
        self.assertEqual(len(money.data), 20)
        self.assertIn(b"12345678.123456789", money.body)

    def test_a_receiver_that_fails_at_random_gets_everything_though_the_server_is_killed(self):
        server = Server(workers=0, config=FAST.replace("give_up_after_s = 30", "give_up_after_s = 3600"))
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
        for _ in range(30 if IS_LONG else 3):
            for _ in range(6):
                ids.append(server.call("POST", "/v3/videos", entry).data["video_id"])
                server.call("POST", f"/understudy/v1/jobs/{ids[-1]}/cancel")
            server.kill()
            server.start()
        name_of = lambda got: (got.event["event_data"]["video_id"], got.event["event_type"])
        wanted = {(video_id, kind) for video_id in ids for kind in KINDS}
        deadline = time.time() + (240 if IS_LONG else 60)
        while time.time() < deadline and {name_of(r) for r in list(accepted)} != wanted:
            time.sleep(0.1)
        self.assertEqual({name_of(r) for r in accepted}, wanted)
        self.assertTrue(all(verifies(r, made.data["secret"]) == (True, True) for r in receiver.received))
        events = collections.defaultdict(set)
        for got in receiver.received:
            events[name_of(got)].add((got.id, got.body))
        self.assertEqual({len(one) for one in events.values()}, {1})
        # One resource, one order: accepted for the first time in the order in which they happened.
        for video_id in ids:
            order = [kind for video, kind in dict.fromkeys(map(name_of, accepted)) if video == video_id]
            self.assertEqual(order, KINDS)
        self.assertEqual(server.stop() or server.verify().returncode, 0)

    def test_an_address_that_became_forbidden_is_not_called(self):
        server = Server(workers=0, config=FAST)
        self.addCleanup(server.close)
        server.start()
        receiver = Receiver()
        self.addCleanup(receiver.close)
        made = server.call("POST", "/v3/webhooks/endpoints", {"url": receiver.url + "/private", "events": ["avatar_video.fail"]})
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
