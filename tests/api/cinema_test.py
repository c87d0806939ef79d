"""Cinematic videos, background removals and photographs before other backgrounds, over HTTP: exact lengths and prices, what
the files say of themselves, refusals with code and param. The people are the project's own presenters."""
import array
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import harness
from harness import make_media, probe


def pixels(path, at_s, size="16x9", pix_fmt="rgb24"):
    """One frame as tuples."""
    width, height = size.split("x")
    decoder = ["-c:v", "libvpx-vp9"] if str(path).endswith(".webm") else []  # the one that knows alpha
    raw = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *decoder, "-ss", f"{at_s:.3f}", "-i", path, "-frames:v", "1",
                          "-vf", f"scale={width}:{height}:flags=area", "-f", "rawvideo", "-pix_fmt", pix_fmt, "-"],
                         capture_output=True, check=True).stdout
    step = 4 if pix_fmt == "rgba" else 1 if pix_fmt == "gray" else 3
    return [tuple(raw[i:i + step]) for i in range(0, len(raw), step)]


class Cinema(harness.ServerCase):
    config = '[wallet]\nwelcome_credit_usd = "100"\n[limits]\nconcurrency = 0\n'
    workers = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = pathlib.Path(tempfile.mkdtemp(prefix="understudy-cinema-"))
        cls.look = cls.server.first_look()
        cls.voice = cls.server.call("GET", "/v3/voices?limit=1&language=English").data[0]["voice_id"]

    def asset(self, path):
        answer = self.server.upload(path.name, path.read_bytes())
        self.assertEqual(answer.status, 200, answer.body)
        return {"type": "asset_id", "asset_id": answer.data["asset_id"]}

    def download(self, url, name):
        path = self.files / name
        path.write_bytes(self.server.call("GET", url, key=None, timeout=120).body)
        return path

    def cinematic(self, **fields):
        body = {"type": "cinematic_avatar", "avatar_id": [self.look], "prompt": "push in, neon city at night, rain", **fields}
        return self.server.call("POST", "/v3/videos", {k: v for k, v in body.items() if v is not ...})

    def finished(self, path):
        deadline = time.time() + 300
        while time.time() < deadline:
            job = self.server.call("GET", path).data
            if job["status"] in ("completed", "failed"):
                return job
            time.sleep(0.2)
        raise AssertionError(self.server.log_text())

    # Cinematic

    def test_a_cinematic_video_is_as_long_as_asked_and_costs_seven_dollars(self):
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": {
            "type": "cinematic_avatar", "avatar_id": [self.look], "prompt": "pan", "duration": 15}}).data
        self.assertEqual((quote["amount_usd"], quote["quantity"], quote["unit"]), (7, 1, "video"))
        answer = self.cinematic(duration=4, title="A short")
        self.assertEqual(answer.status, 200, answer.body)
        video = self.server.wait_for_video(answer.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual((video["duration"], video["charge"]["captured_usd"], video["charge"]["quantity"]), (4, 7, 1))
        self.assertIn("camera: push in", video["cinematic"]["understood"])
        self.assertIn("light: neon", video["cinematic"]["understood"])
        film = self.download(video["video_url"], "cinematic.mp4")
        facts = probe(film)
        picture = next(s for s in facts["streams"] if s["codec_type"] == "video")
        self.assertEqual((picture["width"], picture["height"], int(picture["nb_frames"])), (1280, 720, 100))
        self.assertIn("synthetic", json.dumps(facts["format"]["tags"]).lower())
        self.assertIn("cinematic_avatar", json.dumps(facts["format"]["tags"]))
        sound = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", film, "-ac", "1", "-f", "f32le", "-"], capture_output=True, check=True).stdout
        self.assertGreater(max(array.array("f", sound)), 0.02)
        scenes = self.server.call("GET", f"/v3/videos/{video['id']}/scenes").data
        self.assertEqual(scenes["scenes"][0]["elements"][0]["avatar_id"], self.look)

    def assert_exact(self, film, seconds, size):
        """Frames of the picture, and the lengths of both streams and of the file."""
        facts = probe(film)
        picture = next(s for s in facts["streams"] if s["codec_type"] == "video")
        sound = next(s for s in facts["streams"] if s["codec_type"] == "audio")
        self.assertEqual((picture["width"], picture["height"], int(picture["nb_frames"]), picture["avg_frame_rate"]), (*size, seconds * 25, "25/1"))
        self.assertEqual(float(picture["duration"]), seconds)
        self.assertLessEqual(abs(float(facts["format"]["duration"]) - seconds), 0.001)
        self.assertLessEqual(abs(float(sound["duration"]) - seconds), 0.001)

    def test_lengths_are_exact(self):
        lengths = (4, 10, 15) if os.environ.get("UNDERSTUDY_LONG_TESTS") == "1" else (4,)
        shapes = {4: ("9:16", (720, 1280)), 10: ("1:1", (720, 720)), 15: ("16:9", (1280, 720))}
        made = {seconds: self.cinematic(duration=seconds, aspect_ratio=shapes[seconds][0], prompt="Orbit, library. Then close-up, soft light")
                for seconds in lengths}
        for seconds, answer in made.items():
            with self.subTest(seconds):
                video = self.server.wait_for_video(answer.data["video_id"], 400)
                self.assertEqual((video["status"], video["duration"]), ("completed", seconds), video)
                self.assert_exact(self.download(video["video_url"], f"exact-{seconds}.mp4"), seconds, shapes[seconds][1])

    def test_references_are_the_settings(self):
        red = make_media(self.files / "red.png", "-f", "lavfi", "-i", "color=0xd02020:s=640x360", "-frames:v", "1")
        answer = self.cinematic(duration=4, prompt="static, no grain", aspect_ratio="1:1", references=[self.asset(red)])
        video = self.server.wait_for_video(answer.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        corner = pixels(self.download(video["video_url"], "reference.mp4"), 2, "9x9")[0]
        self.assertGreater(corner[0], 2 * corner[1])

    def test_what_a_cinematic_video_cannot_be(self):
        png = self.asset(make_media(self.files / "p.png", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"))
        other = self.server.call("GET", "/v3/avatars/looks?limit=3").data
        looks = [look["id"] for look in other]
        for fields, param in (({"duration": "10"}, "duration"), ({"duration": 3}, "duration"), ({"duration": 16}, "duration"),
                              ({"duration": 5.5}, "duration"), ({"duration": 5, "auto_duration": True}, "duration"),
                              ({"avatar_id": []}, "avatar_id"), ({"avatar_id": looks + [self.look]}, "avatar_id"),
                              ({"prompt": ""}, "prompt"), ({"prompt": "   "}, "prompt"), ({"prompt": "x" * 10001}, "prompt"), ({"prompt": ...}, "prompt"),
                              ({"aspect_ratio": "4:5"}, "aspect_ratio"), ({"resolution": "4k"}, "resolution"),
                              ({"script": "Hello."}, "script"), ({"voice_id": self.voice}, "voice_id"), ({"callback_url": "https://example.com"}, "callback_url"),
                              ({"engine": {"type": "avatar_iv"}}, "engine"), ({"caption": {"style": "default"}}, "caption"),
                              ({"references": [png] * 9}, "references")):
            with self.subTest(str(fields)[:60]):
                answer = self.cinematic(**fields)
                self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (400, "invalid_parameter", param), answer.body)
        unknown = self.cinematic(avatar_id=["nobody"])
        self.assertEqual((unknown.status, unknown.error["code"], unknown.error.get("param")), (404, "avatar_not_found", "avatar_id"))

    # Background removal

    def presenter_on_green(self):
        """A presenter who speaks before a green screen, with sound, as anybody would film it."""
        answer = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.look, "script": "Yes.", "resolution": "720p", "background": {"type": "color", "value": "#00b140"}})
        video = self.server.wait_for_video(answer.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        large = self.download(video["video_url"], "green-large.mp4")
        return make_media(self.files / "green.mp4", "-i", large, "-vf", "scale=640:360", "-t", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p")

    def test_a_background_is_removed_once_per_request_id(self):
        source = self.presenter_on_green()
        film = self.asset(source)
        frames = int(next(s for s in probe(source)["streams"] if s["codec_type"] == "video")["nb_frames"])
        body = {"video": film, "request_id": "first", "title": "Cut"}
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/background-removals", "body": body}).data
        self.assertEqual(quote["amount_usd"], 0)
        headers = {"Idempotency-Key": "same"}
        # Many at once, all with the same Idempotency-Key, which means nothing here: one job.
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: self.server.call("POST", "/v3/background-removals", body, headers=headers), range(6)))
        self.assertEqual({a.status for a in answers}, {200}, [a.body for a in answers])
        self.assertEqual(len({a.data["id"] for a in answers}), 1)
        removal = self.finished(f"/v3/background-removals/{answers[0].data['id']}")
        self.assertEqual(removal["status"], "completed", removal)
        self.assertEqual((removal["charge"]["captured_usd"], removal["matte"]["method"], removal["duration"]), (0, "chroma_key", frames * 1000 // 25 / 1000))
        repeat = self.server.call("POST", "/v3/background-removals", {"video": {"type": "asset_id", "asset_id": "nothing"}, "request_id": "first"})
        self.assertEqual((repeat.status, repeat.data["id"]), (200, removal["id"]))
        other = self.server.call("POST", "/v3/background-removals", {"video": film, "layers": ["mask"]}, headers=headers)
        self.assertNotEqual(other.data["id"], removal["id"])
        layers = {name: self.download(removal["layers"][name], f"{name}.{'webm' if name == 'foreground' else 'mp4'}") for name in ("foreground", "mask", "background")}
        for name, path in layers.items():
            facts = probe(path)
            self.assertEqual([s["width"] for s in facts["streams"] if s["codec_type"] == "video"], [640], name)
            self.assertIn("synthetic", json.dumps(facts["format"]["tags"]).lower())
        self.assertIn("audio", [s["codec_type"] for s in probe(layers["foreground"])["streams"]])
        cut = pixels(layers["foreground"], 0.5, "64x36", "rgba")
        self.assertLess(cut[0][3], 8)
        self.assertGreater(cut[36 // 2 * 64 + 32][3], 247)
        for r, g, b, a in cut:
            if a > 40:
                self.assertLess(g - max(r, b), 24, (r, g, b, a))  # nothing of the green is left
        mask = pixels(layers["mask"], 0.5, "64x36", "gray")
        self.assertLess(mask[0][0], 8)
        self.assertGreater(mask[36 // 2 * 64 + 32][0], 247)
        only = self.finished(f"/v3/background-removals/{other.data['id']}")
        self.assertEqual(list(only["layers"]), ["mask"])
        listed = self.server.call("GET", "/v3/background-removals?limit=100").data
        self.assertEqual([r["id"] for r in listed][:2], [other.data["id"], removal["id"]])
        self.assertEqual(self.server.call("DELETE", f"/v3/background-removals/{removal['id']}").data, {"id": removal["id"], "deleted": True})
        self.assertEqual(self.server.call("GET", f"/v3/background-removals/{removal['id']}").status, 404)
        again = self.server.call("POST", "/v3/background-removals", body)
        self.assertEqual((again.data["id"], again.data["status"]), (removal["id"], "deleted"))

    def test_a_film_without_anybody_fails_with_the_reason(self):
        film = self.asset(make_media(self.files / "bars.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:duration=1:rate=25", "-pix_fmt", "yuv420p"))
        answer = self.server.call("POST", "/v3/background-removals", {"video": film})
        removal = self.finished(f"/v3/background-removals/{answer.data['id']}")
        self.assertEqual(removal["status"], "failed", removal)
        self.assertIn("cannot be removed", removal["error"])
        self.assertEqual(removal["charge"]["captured_usd"], 0)

    def test_what_cannot_be_asked_of_a_removal(self):
        film = self.asset(make_media(self.files / "f.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:duration=1:rate=25", "-pix_fmt", "yuv420p"))
        sound = self.asset(make_media(self.files / "s.wav", "-f", "lavfi", "-i", "sine=duration=1"))
        for body, param in (({}, "video"), ({"video": film, "layers": []}, "layers"), ({"video": film, "layers": ["shadow"]}, "layers"),
                            ({"video": sound}, "video"), ({"video": {"type": "asset_id", "asset_id": "nothing"}}, "video"), ({"video": film, "request_id": "x" * 256}, "request_id")):
            answer = self.server.call("POST", "/v3/background-removals", body)
            self.assertEqual((answer.status, answer.error["code"]), (400, "invalid_parameter"), answer.body)
            self.assertTrue(answer.error["param"].startswith(param), answer.body)
        for method in ("GET", "DELETE"):
            missing = self.server.call(method, "/v3/background-removals/nothing")
            self.assertEqual((missing.status, missing.error["code"]), (404, "resource_not_found"))

    # Photographs

    def portrait(self):
        """A still of a presenter before a plain wall: to the server a photograph like any other."""
        answer = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": "daniel_shirt_office", "script": "Yes.", "resolution": "720p", "background": {"type": "color", "value": "#c8b8a0"}})
        video = self.server.wait_for_video(answer.data["video_id"])
        large = self.download(video["video_url"], "portrait.mp4")
        return self.asset(make_media(self.files / "portrait.png", "-i", large, "-frames:v", "1"))

    def test_a_photograph_before_another_background_and_transparent(self):
        image = self.portrait()
        base = {"type": "image", "image": image, "script": "Yes.", "voice_id": self.voice, "resolution": "720p"}
        blue = self.server.call("POST", "/v3/videos", {**base, "background": {"type": "color", "value": "#1020c0"}})
        clear = self.server.call("POST", "/v3/videos", {**base, "output_format": "webm"})
        both = self.server.call("POST", "/v3/videos", {**base, "output_format": "webm", "background": {"type": "color", "value": "#102030"}})
        self.assertEqual((both.status, both.error["param"]), (400, "background"))
        video = self.server.wait_for_video(blue.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual(video["matte"]["method"], "segments")
        shown = pixels(self.download(video["video_url"], "blue.mp4"), 0.2, "32x18")
        self.assertTrue(all(abs(a - b) < 24 for a, b in zip(shown[0], (16, 32, 192))), shown[0])
        middle = shown[18 * 2 // 5 * 32 + 16]
        self.assertFalse(all(abs(a - b) < 60 for a, b in zip(middle, (16, 32, 192))), middle)
        video = self.server.wait_for_video(clear.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        cut = pixels(self.download(video["video_url"], "clear.webm"), 0.2, "32x18", "rgba")
        self.assertLess(cut[0][3], 8)
        self.assertGreater(cut[18 * 2 // 5 * 32 + 16][3], 247)


if __name__ == "__main__":
    unittest.main()
