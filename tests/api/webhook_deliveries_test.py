"""Webhooks as a receiver sees them: both signatures, retries, filters, callbacks, batches, and what is sent by hand."""
import base64
import time
import unittest

from webhook_cases import Base, verifies


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
        history = self.call("GET", f"/v3/webhooks/events?entity_id={video}&event_type=avatar_video.fail").data
        self.assertEqual(history, [got.event])
        everything = self.call("GET", f"/v3/webhooks/events?entity_id={video}").data
        self.assertEqual(sorted(event["event_type"] for event in everything),
                         ["avatar_video.fail", "avatar_video_caption.fail", "avatar_video_gif.fail"])
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
        self.endpoint(receiver.url + "/all", events=None)
        self.endpoint(receiver.url + "/one", entity_id=one)
        self.endpoint(receiver.url + "/success", events=["avatar_video.success"])
        self.endpoint(receiver.url + "/family", base="/understudy/v1/webhooks", events=["avatar_video.*"])
        self.cancel([one, other])
        told = [r.event["event_type"] for r in receiver.wait("/all", 6)]
        self.assertEqual(sorted(told), sorted(2 * ["avatar_video.fail", "avatar_video_caption.fail", "avatar_video_gif.fail"]))
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

    def test_the_preview_and_the_captions_are_told_of_once_and_after_the_video(self):
        receiver = self.receiver()
        self.endpoint(receiver.url + "/all", events=None)
        self.endpoint(receiver.url + "/gif", events=["avatar_video_gif.success"])
        plain = self.server.make_video(script="Hi.", callback_id="plain")
        burned = self.server.make_video(script="Hi.", caption={"style": "default"})
        told = [(r.event["event_type"], r.event["event_data"]) for r in receiver.wait("/all", 6)]
        order = ["avatar_video.success", "avatar_video_gif.success", "avatar_video_caption.success"]
        for video in (plain, burned):
            self.assertEqual([kind for kind, data in told if data["video_id"] == video["id"]], order)
        self.assertEqual([r.event["event_data"]["video_id"] for r in receiver.wait("/gif", 2)], [plain["id"], burned["id"]])
        gif, caption = [data for kind, data in told if data["video_id"] == plain["id"]][1:]
        self.assertEqual((gif["callback_id"], caption["callback_id"]), ("plain", "plain"))
        self.assertNotIn("charge", gif | caption)
        self.assertEqual(self.call("GET", gif["url"], key=None).body[:4], b"GIF8")
        self.assertIn(b"-->", self.call("GET", caption["subtitle_url"], key=None).body)
        self.assertEqual((caption["url"], caption["captioned_video_url"]), (caption["subtitle_url"], None))
        caption = [data for kind, data in told if data["video_id"] == burned["id"]][2]
        self.assertEqual(caption["url"], caption["captioned_video_url"])
        self.assertEqual(self.call("GET", caption["url"], key=None).body[4:8], b"ftyp")
        self.assertIn(b"-->", self.call("GET", caption["caption_url"], key=None).body)

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


if __name__ == "__main__":
    unittest.main()
