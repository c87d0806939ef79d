"""What an owner controls beside creating: cancelling, ranges, links, scopes, keys, the ledger, CSV, CLI."""
import json
import re
import time
import unittest
import urllib.request

from harness import ServerCase


class Control(ServerCase):
    def test_a_cancelled_video_costs_nothing(self):
        before = self.server.balance()
        created = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "This goes on and on. " * 60})
        video_id = created.data["video_id"]
        self.assertLess(self.server.balance(), before)  # held
        while self.server.call("GET", f"/v3/videos/{video_id}").data["status"] == "pending":
            time.sleep(0.05)
        answer = self.server.call("POST", f"/understudy/v1/jobs/{video_id}/cancel")
        self.assertEqual(answer.status, 200, answer.body)
        video = self.server.call("GET", f"/v3/videos/{video_id}").data
        self.assertEqual((video["status"], video["failure_code"]), ("failed", "cancelled"))
        self.assertEqual(video["charge"]["captured_usd"], 0)
        self.assertEqual(self.server.balance(), before)
        self.assertEqual(self.server.call("POST", "/understudy/v1/jobs/nothing/cancel").status, 404)

    def test_outputs_answer_ranges_without_a_key_until_they_expire(self):
        video = self.server.make_video(script="Range.")
        whole = self.server.call("GET", video["video_url"], key=None)
        part = self.server.call("GET", video["video_url"], key=None, headers={"Range": "bytes=10-19"})
        self.assertEqual((part.status, part.body), (206, whole.body[10:20]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 10-19/{len(whole.body)}")
        beyond = self.server.call("GET", video["video_url"], key=None, headers={"Range": "bytes=999999999-"})
        self.assertEqual(beyond.status, 416)
        forged = re.sub(r"/files/(.{20}).", r"/files/\1x", video["video_url"])
        self.assertIn(self.server.call("GET", forged, key=None).status, (403, 404))

    def test_scopes_bound_what_a_key_may_do(self):
        made = self.server.command("key", "create", "--scope", "videos:read", "--label", "reader", "--data",
                                   self.server.data)
        self.assertEqual(made.returncode, 0, made.stderr)
        key = made.stdout.strip()
        self.assertEqual(self.server.call("GET", "/v3/videos", key=key).status, 200)
        refused = self.server.call("POST", "/v3/videos", {}, key=key)
        self.assertEqual((refused.status, refused.error["code"]), (403, "insufficient_api_key_scope"))
        self.assertIn("videos:write", refused.error["message"])
        listed = json.loads(self.server.command("--json", "key", "list", "--data", self.server.data).stdout)["data"]
        key_id = next(k["id"] for k in listed if k["label"] == "reader")
        self.assertEqual(self.server.command("key", "revoke", key_id, "--data", self.server.data).returncode, 0)
        self.assertEqual(self.server.call("GET", "/v3/videos", key=key).status, 401)
        self.assertEqual(self.server.call("GET", "/understudy/v1/accounts").status, 403)

    def test_the_ledger_and_usage_tell_the_same_story(self):
        video = self.server.make_video(script="Book me.")
        entries = self.server.call("GET", "/understudy/v1/ledger").data
        entry = next(e for e in entries if video["id"] in json.dumps(e))
        self.assertEqual(-entry["amount_usd"], video["charge"]["captured_usd"])
        csv = self.server.call("GET", "/understudy/v1/usage?format=csv")
        self.assertIn("text/csv", csv.headers["Content-Type"])
        self.assertIn(video["id"], csv.body.decode())
        job = self.server.call("GET", f"/understudy/v1/jobs/{video['id']}").data
        self.assertEqual(job["charge"]["formula"], video["charge"]["formula"])

    def test_prices_are_printed_as_the_page_has_them(self):
        out = self.server.command("prices").stdout
        for line in ("| Studio Avatar | $0.0667 / sec |", "| Cinematic Avatar video | $7.00 / video |",
                     "| 4K / 60 fps | $0.30 / min |", "| Speech — Starfish | $0.000667 / sec |"):
            self.assertIn(re.sub(r" +", "", line), re.sub(r" +", "", out))
        prices = self.server.call("GET", "/understudy/v1/prices").data
        self.assertEqual(len(prices["rows"]), 23)
        # What has no published rate says so, and why.
        self.assertEqual([row["item"] for row in prices["unpriced"]], ["background_removal.video"])
        self.assertIn("No rate is published", prices["unpriced"][0]["reason"])
        self.assertIn("Background removal: unpriced. No rate is published.", out)

    def test_assets_come_and_go(self):
        png = (b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
            "0000000d49484452000000010000000108020000009077"
            "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"))
        asset = self.server.upload("dot.png", png, "image/png")
        self.assertEqual(asset.status, 200, asset.body)
        asset_id = asset.data["asset_id"]
        self.assertEqual(self.server.call("GET", asset.data["url"], key=None).body, png)
        self.assertEqual(self.server.call("GET", f"/v3/assets/{asset_id}").status, 200)
        self.assertEqual(self.server.call("DELETE", f"/v3/assets/{asset_id}").status, 200)
        self.assertEqual(self.server.call("GET", f"/v3/assets/{asset_id}").error["code"], "asset_not_found")

    def test_catalogues_page_and_show_their_pictures(self):
        first = self.server.call("GET", "/v3/avatars/looks?limit=3").json
        self.assertTrue(first["has_more"])
        second = self.server.call("GET", f"/v3/avatars/looks?limit=3&token={first['next_token']}").json
        ids = [look["id"] for look in first["data"] + second["data"]]
        self.assertEqual(len(set(ids)), 6)
        with urllib.request.urlopen(first["data"][0]["preview_image_url"]) as picture:
            self.assertEqual(picture.read(3), b"\xff\xd8\xff")
        self.assertEqual(self.server.call("GET", "/v3/avatars/looks?limit=0").error["param"], "limit")
        self.assertEqual(self.server.call("GET", "/v3/avatars/looks?token=%21").error["param"], "token")
        voices = self.server.call("GET", "/v3/voices?language=English&gender=male&limit=50").data
        self.assertTrue(voices and all(v["gender"] == "male" for v in voices))

    def test_the_served_document_is_openapi(self):
        document = self.server.call("GET", "/openapi.json", key=None).json
        self.assertIn("/v3/videos", document["paths"])


if __name__ == "__main__":
    unittest.main()
