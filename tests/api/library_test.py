"""Searching the library over HTTP, and the files behind its answers."""
import struct
import threading
import unittest
import urllib.parse

import harness


class Library(harness.ServerCase):
    workers = 0

    def search(self, **query):
        return self.server.call("GET", "/v3/assets/search?" + urllib.parse.urlencode(query))

    def test_a_picture_is_found_and_can_be_used_as_a_background(self):
        found = self.search(query="blue office background", type="image")
        self.assertEqual(found.status, 200, found.body)
        best = found.data[0]
        self.assertEqual(best["id"], "blue-office")
        self.assertEqual((best["width"], best["height"], best["orientation"]), (1920, 1080, "landscape"))
        file = self.server.call("GET", best["url"], key=None)
        self.assertEqual((file.status, file.headers["content-type"]), (200, "image/jpeg"))
        self.assertEqual(file.body[:2], b"\xff\xd8")
        video = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "Hello there.",
            "background": {"type": "image", "url": best["url"]}})
        self.assertEqual(video.status, 200, video.body)

    def test_an_icon_is_found_as_png_and_svg(self):
        best = self.search(query="shopping cart icon", type="icon").data[0]
        self.assertEqual((best["id"], best["is_transparent"]), ("shopping-cart", True))
        png = self.server.call("GET", best["url"], key=None).body
        self.assertEqual(struct.unpack(">II", png[16:24]), (best["width"], best["height"]))
        svg = self.server.call("GET", best["svg_url"], key=None)
        self.assertEqual(svg.headers["content-type"], "image/svg+xml")
        self.assertIn(b"<path d=", svg.body)

    def test_own_files_are_found_by_their_names(self):
        picture = harness.make_media(self.server.folder / "a.png", "-f", "lavfi", "-i", "color=red:s=64x48",
                                     "-frames:v", "1").read_bytes()
        uploaded = self.server.upload("Team photo Lisbon.png", picture)
        self.assertEqual(uploaded.status, 200, uploaded.body)
        found = self.search(query="lisbon team", type="image", scope="personal").data
        self.assertEqual([hit["id"] for hit in found], [uploaded.data["asset_id"]])
        self.assertEqual((found[0]["width"], found[0]["height"]), (64, 48))
        self.assertEqual(self.server.call("GET", found[0]["url"], key=None).body, picture)
        self.assertEqual(self.search(query="lisbon", type="icon", scope="personal").data, [])
        self.assertEqual(self.search(query="lisbon", type="image").data, [])

    def test_pages_follow_each_other_by_score(self):
        whole = self.search(query="arrow", type="icon", limit=50).data
        self.assertEqual([hit["score"] for hit in whole], sorted((hit["score"] for hit in whole), reverse=True))
        paged, token = [], None
        for _ in range(5):
            page = self.search(query="arrow", type="icon", limit=10, **({"token": token} if token else {}))
            paged += page.data
            token = page.json["next_token"]
            self.assertTrue(page.json["has_more"])
        self.assertEqual(paged, whole)

    def sounds(self, **query):
        return self.server.call("GET", "/v3/audio/sounds?" + urllib.parse.urlencode(query))

    def test_music_is_found_and_lasts_a_minute(self):
        found = self.sounds(query="calm background music for a meditation video")
        self.assertEqual(found.status, 200, found.body)
        self.assertTrue(all(hit["type"] == "music" and 0.7 <= hit["score"] <= 1 for hit in found.data))
        best = found.data[0]
        self.assertIn(best["id"], ("still-water", "deep-breath"))
        self.assertEqual((best["duration"], best["placement"], best["peak_offset"]), (60, "bed", None))
        stream = harness.probe(self.server.download(best["audio_url"], "bed.mp3"))
        self.assertAlmostEqual(float(stream["format"]["duration"]), 60, delta=0.1)
        self.assertEqual(stream["streams"][0]["codec_name"], "mp3")
        part = self.server.call("GET", best["audio_url"], key=None, headers={"Range": "bytes=0-99"})
        self.assertEqual((part.status, len(part.body)), (206, 100))

    def test_an_effect_is_found_and_speaks_in_a_video(self):
        best = self.sounds(query="crowd cheering", type="sound_effects").data[0]
        self.assertEqual((best["id"], best["type"]), ("crowd-cheer", "sound_effects"))
        wav = harness.probe(self.server.download(best["wav_url"], "cheer.wav"))
        self.assertAlmostEqual(float(wav["format"]["duration"]), best["duration"], delta=0.01)
        video = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "audio_url": best["audio_url"]})
        self.assertEqual(video.status, 200, video.body)

    def test_the_minimum_score_decides_what_is_shown(self):
        self.assertEqual(self.sounds(query="qwxzk").data, [])
        few = self.sounds(query="happy piano", min_score=0.9, limit=50).data
        many = self.sounds(query="happy piano", min_score=0, limit=50).data
        self.assertLess(len(few), len(many))
        self.assertEqual(many[:len(few)], few)
        for wrong, param in [({"query": "a", "min_score": 1.1}, "min_score"), ({"query": "a", "type": "speech"}, "type"),
                             ({"query": "a", "limit": 51}, "limit"), ({}, "query"), ({"query": "a", "min_score": "x"}, "min_score")]:
            refused = self.sounds(**wrong)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), wrong)
        for path in ("sounds/none.mp3", "sounds/still-water", "sounds/.mp3", "sounds/..%2F..%2Fowner.key"):
            self.assertEqual(self.server.call("GET", "/understudy/v1/library/" + path, key=None).status, 404, path)

    def test_what_is_wrong_is_named(self):
        for query, param in [({"query": "a"}, "type"), ({"type": "icon"}, "query"), ({"query": "", "type": "icon"}, "query"),
                             ({"query": "a", "type": "film"}, "type"), ({"query": "a", "type": "icon", "limit": 51}, "limit"),
                             ({"query": "a", "type": "icon", "token": "MTp4"}, "token"),
                             ({"query": "a", "type": "icon", "scope": "all"}, "scope")]:
            refused = self.search(**query)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), query)
        for path in ("pictures/none.jpg", "pictures/blue-office.png", "pictures/..%2Fserve.lock", "icons/heart", "icons/none.svg"):
            self.assertEqual(self.server.call("GET", "/understudy/v1/library/" + path, key=None).status, 404, path)
        self.assertEqual(self.server.call("GET", "/v3/assets/search?query=a&type=icon", key=None).status, 401)

    def test_a_rush_for_files_keeps_nobody_else_waiting(self):
        names = [hit["url"] for hit in self.search(query="background", type="image", limit=40).data]
        statuses = []
        askers = [threading.Thread(target=lambda url=url: statuses.append(self.server.call("GET", url, key=None).status))
                  for url in names]
        for asker in askers:
            asker.start()
        self.assertEqual(self.server.call("GET", "/v3/users/me").status, 200)
        for asker in askers:
            asker.join()
        self.assertEqual(len(statuses), 40)
        self.assertLessEqual(set(statuses), {200, 503})
        self.assertIn(200, statuses)


if __name__ == "__main__":
    unittest.main()
