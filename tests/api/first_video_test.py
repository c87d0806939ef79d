"""From POST to a watchable file, a receipt that adds up, and nothing else taken."""
import math
import unittest
from fractions import Fraction

from harness import ServerCase, make_media, probe


class FirstVideo(ServerCase):
    def test_a_sentence_becomes_a_paid_video(self):
        before = Fraction(str(self.server.balance()))
        video = self.server.make_video(script="Hello there. My mother bought bright blue boots.", title="First")
        self.assertEqual(video["status"], "completed", video)
        file = self.server.download(video["video_url"], "first.mp4")
        streams = {s["codec_type"]: s for s in probe(file)["streams"]}
        self.assertEqual((streams["video"]["codec_name"], streams["audio"]["codec_name"]), ("h264", "aac"))
        self.assertEqual((streams["video"]["width"], streams["video"]["height"]), (1280, 720))
        self.assertEqual(streams["video"]["pix_fmt"], "yuv420p")
        frames = int(streams["video"]["nb_read_frames"])
        billed_ms = 1000 * frames // 25
        self.assertEqual(Fraction(str(video["duration"])), Fraction(billed_ms, 1000))
        charge = video["charge"]
        expected = Fraction(math.floor(Fraction(66_700_000 * billed_ms, 1000)), 10**9)
        self.assertEqual(Fraction(str(charge["captured_usd"])), expected)
        self.assertEqual(before - Fraction(str(self.server.balance())), expected)
        self.assertEqual(self.server.verify().returncode, 0)
        # moov before mdat: it plays before it is there in full
        head = file.read_bytes()
        self.assertLess(head.find(b"moov"), head.find(b"mdat"))
        self.assertIn("synthetic", str(probe(file)["format"]["tags"]).lower())

    def test_everything_that_comes_with_a_video(self):
        video = self.server.make_video(script="Captions are always made. This is the second sentence.",
                                       caption={"style": "default"}, aspect_ratio="9:16")
        self.assertEqual(video["status"], "completed", video)
        srt = self.server.download(video["subtitle_url"], "a.srt").read_text()
        self.assertIn("-->", srt)
        self.assertIn("Captions are always made.", srt.replace("\n", " "))
        plain = self.server.download(video["video_url"], "plain.mp4")
        burned = self.server.download(video["captioned_video_url"], "burned.mp4")
        size = lambda f: [(s["width"], s["height"]) for s in probe(f)["streams"] if s["codec_type"] == "video"]
        self.assertEqual(size(plain), [(720, 1280)])
        self.assertEqual(size(burned), [(720, 1280)])
        self.assertNotEqual(plain.read_bytes(), burned.read_bytes())
        self.assertEqual(self.server.download(video["thumbnail_url"], "t.jpg").read_bytes()[:3], b"\xff\xd8\xff")
        self.assertEqual(self.server.download(video["gif_url"], "g.gif").read_bytes()[:4], b"GIF8")

    def test_webm_is_transparent(self):
        video = self.server.make_video(script="I have no background.", output_format="webm")
        self.assertEqual(video["status"], "completed", video)
        stream = [s for s in probe(self.server.download(video["video_url"], "a.webm"))["streams"]
                  if s["codec_type"] == "video"][0]
        self.assertEqual(stream["codec_name"], "vp9")
        tags = {k.lower(): v for k, v in stream["tags"].items()}
        self.assertEqual(tags["alpha_mode"], "1")

    def test_a_given_sound_is_billed_by_its_exact_length(self):
        wav = make_media(self.server.folder / "tone.wav", "-f", "lavfi", "-i", "sine=frequency=200:duration=2.5")
        asset = self.server.upload("tone.wav", wav.read_bytes(), "audio/wav")
        self.assertEqual(asset.status, 200, asset.body)
        video = self.server.make_video(audio_asset_id=asset.data["asset_id"], engine={"type": "avatar_iii"})
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual(video["duration"], 2.52)  # 63 frames hold 2.5 s
        self.assertEqual(str(video["charge"]["captured_usd"]), "0.042084")

    def test_a_quote_has_no_side_effects_and_covers_the_price(self):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "A quote costs nothing.",
                "resolution": "720p"}
        before = self.server.balance()
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": body})
        self.assertEqual(quote.status, 200, quote.body)
        self.assertEqual(self.server.balance(), before)
        video = self.server.make_video(script="A quote costs nothing.")
        self.assertGreaterEqual(quote.data["amount_usd"], video["charge"]["captured_usd"])
        self.assertTrue(quote.data["wallet"]["is_covered"])

    def test_repeating_an_idempotency_key_makes_one_video(self):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Once.", "resolution": "720p"}
        headers = {"Idempotency-Key": "once-and-only-once"}
        answers = [self.server.call("POST", "/v3/videos", body, headers=headers) for _ in range(3)]
        self.assertEqual({a.body for a in answers}, {answers[0].body})
        self.server.wait_for_video(answers[0].data["video_id"])

    def test_lists_statuses_and_deletion(self):
        video = self.server.make_video(script="Delete me.", title="Gone soon")
        listed = self.server.call("GET", "/v3/videos?title=gone%20soon").json
        self.assertEqual([v["id"] for v in listed["data"]], [video["id"]])
        statuses = self.server.call("GET", f"/v3/videos/statuses?video_ids={video['id']},nothing").data
        self.assertEqual([s["status"] for s in statuses], ["completed", "not_found"])
        self.assertEqual(self.server.call("DELETE", f"/v3/videos/{video['id']}").data,
                         {"id": video["id"], "deleted": True})
        self.assertEqual(self.server.call("GET", f"/v3/videos/{video['id']}").error["code"], "video_not_found")

    def test_a_batch_is_all_or_nothing(self):
        entry = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "One of two.",
                 "resolution": "720p"}
        refused = self.server.call("POST", "/v3/videos/batches",
                                   {"videos": [entry, {**entry, "avatar_id": "nobody"}]})
        self.assertEqual((refused.status, refused.error["param"]), (400, "videos"))
        self.assertIn("1", refused.error["message"])
        batch = self.server.call("POST", "/v3/videos/batches", {"videos": [entry, entry], "title": "Pair"})
        self.assertEqual(batch.status, 202)
        detail = self.server.call("GET", f"/v3/videos/batches/{batch.data['batch_id']}").data
        self.assertEqual((detail["total_items"], detail["title"]), (2, "Pair"))
        for item in detail["items"]:
            self.assertEqual(self.server.wait_for_video(item["video_id"])["status"], "completed")

    def test_speech_is_answered_with_its_sound(self):
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        speech = self.server.call("POST", "/v3/voices/speech", {"text": "Hello world.", "voice_id": voice})
        self.assertEqual(speech.status, 200, speech.body)
        self.assertEqual([w["word"] for w in speech.data["word_timestamps"]], ["Hello", "world."])
        file = self.server.download(speech.data["audio_url"], "speech")
        self.assertAlmostEqual(float(probe(file)["format"]["duration"]), speech.data["duration"], delta=0.15)


if __name__ == "__main__":
    unittest.main()
