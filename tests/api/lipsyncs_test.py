"""Lipsync over HTTP: the person in a film says another sound. The film is made here: a picture of one of the project's
own presenters, which speaks."""
import re
import subprocess
import unittest

from harness import ServerCase, make_media, probe

CLAIMS = ("synthetic", "lipsync")


class Lipsyncs(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        look = cls.server.call("GET", "/v3/avatars/looks?limit=1").data[0]
        picture = cls.server.download(look["preview_image_url"], "presenter.jpg")
        image = cls.server.upload("presenter.jpg", picture.read_bytes(), "image/jpeg").data["asset_id"]
        made = cls.server.call("POST", "/v3/videos", {
            "type": "image", "image": {"type": "asset_id", "asset_id": image}, "resolution": "720p",
            "voice_id": look["default_voice_id"], "script": "Papa may bring home five more apples."})
        assert made.status == 200, made.body
        video = cls.server.wait_for_video(made.data["video_id"])
        assert video["status"] == "completed", video
        cls.film_file = cls.server.download(video["video_url"], "talking.mp4")
        cls.film_s = float(probe(cls.film_file)["format"]["duration"])
        cls.film = cls.asset(cls.film_file, "video/mp4")
        speech = cls.server.call("POST", "/v3/voices/speech", {"text": "We will meet again.", "voice_id": look["default_voice_id"]})
        cls.sound_file = cls.server.download(speech.data["audio_url"], "sound.wav")
        cls.sound_s = float(probe(cls.sound_file)["format"]["duration"])
        cls.sound = cls.asset(cls.sound_file, "audio/wav")
        blank = make_media(cls.server.folder / "blank.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=1:rate=25",
                           "-pix_fmt", "yuv420p")
        cls.blank = cls.asset(blank, "video/mp4")

    @classmethod
    def asset(cls, file, mime_type):
        return cls.server.upload(file.name, file.read_bytes(), mime_type).data["asset_id"]

    def body(self, **fields):
        body = {"video": {"type": "asset_id", "asset_id": self.film}, "audio": {"type": "asset_id", "asset_id": self.sound},
                **fields}
        return {key: value for key, value in body.items() if value is not ...}

    def create(self, **fields):
        return self.server.call("POST", "/v3/lipsyncs", self.body(**fields))

    def wait_for(self, lipsync_id, timeout=240):
        return self.server.wait_for(f"/v3/lipsyncs/{lipsync_id}", timeout)

    def make(self, **fields):
        created = self.create(**fields)
        self.assertEqual(created.status, 200, created.body)
        lipsync = self.wait_for(created.data["lipsync_id"])
        self.assertEqual(lipsync["status"], "completed", lipsync)
        return lipsync

    def file(self, lipsync):
        return self.server.download(lipsync["video_url"], f"{lipsync['id']}.{'webm' if 'webm' in lipsync['video_url'] else 'mp4'}")

    def refused(self, status, code, param, **fields):
        answer = self.create(**fields)
        self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (status, code, param), answer.body)

    def test_the_picture_lasts_as_long_as_the_new_sound(self):
        before = self.server.balance()
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/lipsyncs", "body": self.body()}).data
        lipsync = self.make(title="Meeting", enable_caption=True, callback_id="c-1")
        self.assertEqual((lipsync["title"], lipsync["callback_id"], lipsync["mode"]), ("Meeting", "c-1", "speed"))
        made = probe(self.file(lipsync))
        picture = next(s for s in made["streams"] if s["codec_type"] == "video")
        frames = int(picture["nb_read_frames"])
        self.assertAlmostEqual(frames / 25, self.sound_s, delta=0.09)
        self.assertEqual((picture["width"], picture["height"]),
                         tuple(next((s["width"], s["height"]) for s in probe(self.film_file)["streams"]
                                    if s["codec_type"] == "video")))
        self.assertAlmostEqual(lipsync["duration"], frames / 25, places=3)
        # 0.0333 USD a second of the result, to the nano-dollar.
        charge = lipsync["charge"]
        self.assertEqual(charge["price_item"], "lipsync.speed")
        self.assertAlmostEqual(charge["captured_usd"], 0.0333 * lipsync["duration"], places=5)
        self.assertAlmostEqual(before - self.server.balance(), charge["captured_usd"], delta=0.006)
        self.assertEqual(quote["price_item"], "lipsync.speed")
        self.assertAlmostEqual(quote["quantity"] / 1000 if quote["quantity"] > 100 else quote["quantity"],
                               lipsync["duration"], delta=0.1)
        tags = made["format"]["tags"]
        self.assertIn("Synthetic media", tags["comment"])
        self.assertIn("lipsync speed", tags["comment"])
        captions = self.server.call("GET", lipsync["caption_url"], key=None).body.decode()
        self.assertRegex(captions, r"1\n00:00:\d\d,\d{3} --> ")
        self.assertEqual(lipsync["report"]["face"], "fit")
        self.assertLess(lipsync["report"]["kept_share"], 0.3)

    def test_the_sound_follows_the_picture_in_precision(self):
        lipsync = self.make(mode="precision", enable_dynamic_duration=False, start_time=0.4, disable_music_track=True,
                            enable_speech_enhancement=True, enable_watermark=True)
        made = probe(self.file(lipsync))
        durations = {s["codec_type"]: float(s["duration"]) for s in made["streams"]}
        self.assertAlmostEqual(durations["video"], self.film_s - 0.4, delta=0.1)
        self.assertAlmostEqual(durations["audio"], durations["video"], delta=0.06)
        self.assertEqual(lipsync["charge"]["price_item"], "lipsync.precision")
        self.assertAlmostEqual(lipsync["charge"]["captured_usd"], 0.0667 * lipsync["duration"], places=5)
        self.assertIn("lipsync precision", made["format"]["tags"]["comment"])
        self.assertIsNone(lipsync["caption_url"])
        self.assertEqual(lipsync["report"]["mouth"], "mouths by sound")

    def test_outside_the_jaw_the_file_is_as_good_as_a_plain_encode(self):
        lipsync = self.make(enable_dynamic_duration=False)
        plain = make_media(self.server.folder / "plain.mp4", "-i", self.film_file, "-an", "-c:v", "libx264", "-preset",
                           "veryfast", "-crf", "18")
        made = self.file(lipsync)

        def psnr(file):  # of the upper half: no jaw lies there
            text = subprocess.run(["ffmpeg", "-i", file, "-i", self.film_file, "-lavfi",
                                   "[0:v]crop=iw:ih/3:0:0[a];[1:v]crop=iw:ih/3:0:0[b];[a][b]psnr", "-f", "null", "-"],
                                  capture_output=True, text=True, check=True).stderr
            value = re.search(r"average:(\S+)", text).group(1)
            return 99.0 if value == "inf" else float(value)

        self.assertGreater(psnr(made), psnr(plain) - 0.5)

    def test_what_cannot_be_done_says_so_and_costs_nothing(self):
        before = self.server.balance()
        failed = self.wait_for(self.create(video={"type": "asset_id", "asset_id": self.blank}).data["lipsync_id"])
        self.assertEqual(failed["status"], "failed")
        self.assertIn("no face", failed["failure_message"].lower())
        self.assertIsNone(failed["video_url"])
        self.assertEqual(failed["charge"]["captured_usd"], 0)
        self.assertEqual(self.server.balance(), before)
        self.refused(400, "no_audio_track", "audio", audio={"type": "asset_id", "asset_id": self.blank})
        self.refused(400, "invalid_parameter", "video", video={"type": "asset_id", "asset_id": self.sound})
        self.refused(404, "asset_not_found", "video", video={"type": "asset_id", "asset_id": "nothing"})
        self.refused(400, "invalid_parameter", "start_time", start_time=500)
        self.refused(400, "invalid_parameter", "end_time", end_time=500)
        self.refused(400, "invalid_parameter", "end_time", start_time=1, end_time=0.5)
        gone = self.server.call("GET", "/v3/lipsyncs/nothing")
        self.assertEqual((gone.status, gone.error["code"]), (404, "resource_not_found"))

    def test_a_batch_is_taken_whole_or_not_at_all(self):
        entries = [self.body(start_time=0.2, end_time=1.0, enable_dynamic_duration=False), self.body(start_time=500)]
        refused = self.server.call("POST", "/v3/lipsyncs/batches", {"lipsyncs": entries})
        self.assertEqual((refused.status, refused.error["param"]), (400, "lipsyncs"))
        self.assertIn("Entry 1", refused.error["message"])
        batch = self.server.call("POST", "/v3/lipsyncs/batches", {"lipsyncs": entries[:1] * 2, "title": "Two"})
        self.assertEqual(batch.status, 202)
        path = f"/v3/lipsyncs/batches/{batch.data['batch_id']}"
        ids = [item["video_id"] for item in self.server.call("GET", path).data["items"]]
        renamed = self.server.call("PATCH", f"/v3/lipsyncs/{ids[0]}", {"title": "Renamed"})
        self.assertEqual(renamed.data["title"], "Renamed")
        for lipsync_id in ids:
            self.assertEqual(self.wait_for(lipsync_id)["status"], "completed")
        detail = self.server.call("GET", path).data
        self.assertEqual((detail["status"], detail["title"], detail["total_items"]), ("completed", "Two", 2))
        statuses = self.server.call("GET", f"/v3/lipsyncs/statuses?lipsync_ids={ids[0]},nothing").data
        self.assertEqual([entry["status"] for entry in statuses], ["completed", "not_found"])
        self.assertEqual(self.server.call("DELETE", f"/v3/lipsyncs/{ids[0]}").data, {"id": ids[0]})
        self.assertEqual(self.server.call("GET", f"/v3/lipsyncs/{ids[0]}").status, 404)
        listed = [entry["id"] for entry in self.server.call("GET", "/v3/lipsyncs?limit=100").data]
        self.assertIn(ids[1], listed)
        self.assertNotIn(ids[0], listed)


if __name__ == "__main__":
    unittest.main()
