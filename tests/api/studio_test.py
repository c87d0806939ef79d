"""Studio videos over HTTP: scenes in order, to the frame and to the sample; what each costs; all or nothing."""
import array
import base64
import math
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import harness
from harness import make_media, probe

FPS = 25
RATE = 48000


def samples_of(path):
    """The sound of a file as mono floats at 48 kHz."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
                         capture_output=True, check=True).stdout
    return array.array("f", raw)


def rms(samples):
    return math.sqrt(sum(s * s for s in samples) / max(1, len(samples)))


def tone_level(samples, hertz):
    """Amplitude of one frequency (Goertzel)."""
    omega = 2 * math.pi * hertz / RATE
    coefficient, a, b = 2 * math.cos(omega), 0.0, 0.0
    for sample in samples:
        a, b = sample + coefficient * a - b, a
    return 2 * math.sqrt(max(0, a * a + b * b - coefficient * a * b)) / max(1, len(samples))


def picture(path, at_s):
    """One frame, 16 x 9 pixels of RGB."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-ss", f"{at_s:.3f}", "-i", path, "-frames:v", "1", "-vf",
                          "scale=16:9:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         capture_output=True, check=True).stdout
    return [tuple(raw[i:i + 3]) for i in range(0, len(raw), 3)]


def is_near(pixel, colour, by=24):
    return all(abs(a - b) <= by for a, b in zip(pixel, colour))


class Studio(harness.ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = pathlib.Path(tempfile.mkdtemp(prefix="understudy-studio-"))
        cls.red = cls.asset("red.png", "-f", "lavfi", "-i", "color=0xd02020:s=640x480", "-frames:v", "1")
        cls.green = cls.asset("green.jpg", "-f", "lavfi", "-i", "color=0x20a030:s=400x1000", "-frames:v", "1")
        cls.film = cls.asset("film.mp4", "-f", "lavfi", "-i", "color=0x2040c0:s=640x360:r=30:d=3", "-f", "lavfi",
                             "-i", "sine=880:r=44100:d=3", "-ac", "2", "-pix_fmt", "yuv420p", "-c:a", "aac")
        cls.tone = cls.asset("tone.wav", "-f", "lavfi", "-i", "sine=440:d=1.3:r=48000", "-ac", "1")
        cls.look = cls.server.first_look()
        cls.voice = cls.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]

    @classmethod
    def asset(cls, name, *arguments):
        file = make_media(cls.files / name, *arguments)
        answer = cls.server.upload(name, file.read_bytes())
        assert answer.status == 200, answer.body
        return {"type": "asset_id", "asset_id": answer.data["asset_id"]}

    def create(self, scenes, **fields):
        body = {"type": "studio", "scenes": scenes, "resolution": "720p", **fields}
        return self.server.call("POST", "/v3/videos", body)

    def make(self, scenes, **fields):
        created = self.create(scenes, **fields)
        self.assertEqual(created.status, 200, created.body)
        self.assertEqual(created.data["status"], "waiting")
        self.assertEqual(created.data["output_format"], "mp4")
        video = self.server.wait_for_video(created.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        return video

    def refusal(self, scenes, **fields):
        answer = self.create(scenes, **fields)
        self.assertGreaterEqual(answer.status, 400, answer.body)
        return answer.status, answer.error["code"], answer.error.get("param")

    def avatar(self, **fields):
        return {"type": "avatar_video",
                "input": {"type": "avatar", "avatar_id": self.look, "script": "One two three.", **fields}}

    def image(self, **fields):
        return {"type": "image", "source": self.red, **(fields or {"duration": 1})}

    def test_all_kinds_of_scenes_follow_each_other_exactly(self):
        before = self.server.balance()
        scenes = [
            self.image(duration=0.5),
            self.avatar(background={"type": "color", "color": "#00ff00"}),
            {"type": "video", "source": self.film},
            {"type": "image", "source": self.green, "audio_asset_id": self.tone["asset_id"]},
            {"type": "image", "source": self.red, "script": "A narrated still.", "voice_id": self.voice},
            {"type": "video", "source": self.film, "playback": {"mode": "loop", "volume": 0.25},
             "script": "This film is shorter than what is said about it, so it begins again and again.",
             "voice_id": self.voice},
            {"type": "video", "source": self.film, "playback": {"mute": True}},
        ]
        video = self.make(scenes, title="All kinds", caption={"style": "default"})
        charge = video["charge"]
        lines = charge["lines"]
        lengths = [line["quantity"] for line in lines]
        self.assertEqual([line["price_item"] for line in lines],
                         [None, "avatar_video.avatar_iv.studio_avatar", None, None, "speech.starfish",
                          "speech.starfish", None])
        # Stated lengths to within a frame, each; the sum to the millisecond of the delivered film.
        self.assertAlmostEqual(lengths[0], 500, delta=40)
        self.assertEqual(lengths[2], 3000)
        self.assertEqual(lengths[3], 1320)
        self.assertEqual(sum(lengths), charge["quantity"])
        self.assertEqual(round(video["duration"] * 1000), charge["quantity"])
        self.assertAlmostEqual(sum(line["amount_usd"] for line in lines), charge["captured_usd"], places=9)
        self.assertAlmostEqual(before - self.server.balance(), charge["captured_usd"], places=9)
        for line in lines:
            self.assertAlmostEqual(line["amount_usd"], (line["rate_usd"] or 0) * line["quantity"] / 1000, places=8)

        film = self.server.download(video["video_url"], "all.mp4")
        facts = probe(film)
        pictures = next(s for s in facts["streams"] if s["codec_type"] == "video")
        self.assertEqual((pictures["width"], pictures["height"], pictures["r_frame_rate"]), (1280, 720, "25/1"))
        self.assertEqual(int(pictures["nb_read_frames"]) * 40, charge["quantity"])

        starts = [sum(lengths[:i]) / 1000 for i in range(len(lengths) + 1)]
        colours = {0: (208, 32, 32), 2: (32, 64, 192), 3: (32, 160, 48), 4: (208, 32, 32), 5: (32, 64, 192),
                   6: (32, 64, 192)}
        for index, colour in colours.items():
            # First and last picture of each scene, and every pixel of them: nothing of a neighbour, no bars.
            for at in (max(0, starts[index] - 0.001), starts[index + 1] - 0.041):
                pixels = picture(film, at)
                self.assertTrue(all(is_near(pixel, colour) for pixel in pixels), (index, at, pixels[:3]))
        self.assertTrue(is_near(picture(film, starts[1] + 0.5)[0], (0, 255, 0)))

        sound = samples_of(film)
        # The last packet of AAC is filled up; how much of it is heard stands in the container.
        heard = next(s for s in facts["streams"] if s["codec_type"] == "audio")
        self.assertAlmostEqual(float(heard["duration"]) * 1000, charge["quantity"], delta=0.1)
        self.assertLess(abs(len(sound) - charge["quantity"] * 48), 1024)

        def part(index, from_s=0.1, to_s=-0.1):
            return sound[int((starts[index] + from_s) * RATE):int((starts[index + 1] + to_s) * RATE)]

        self.assertLess(rms(part(0)), 1e-4)
        self.assertLess(rms(part(6)), 1e-4)
        self.assertGreater(rms(part(1)), 0.01)
        self.assertGreater(rms(part(4)), 0.01)
        self.assertGreater(tone_level(part(2)[:RATE], 880), 0.05)
        self.assertGreater(tone_level(part(3)[:RATE], 440), 0.05)
        self.assertLess(tone_level(part(3)[:RATE], 880), 0.002)
        # Its own sound at a quarter, also after it began again.
        quarter = tone_level(part(2)[:RATE], 880) / 4
        for at in (0.5, 3.2):
            piece = part(5, at, 0)[:RATE]
            self.assertAlmostEqual(tone_level(piece, 880), quarter, delta=quarter / 4)
        # No clicks: nothing jumps at a border.
        for start in starts[1:-1]:
            at = int(start * RATE)
            jump = max(abs(sound[i + 1] - sound[i]) for i in range(at - 48, at + 48))
            self.assertLess(jump, 0.03, start)

        captions = self.server.download(video["subtitle_url"], "all.srt").read_text()
        self.assertIn("One two three.", captions)
        self.assertIn("A narrated still.", captions)
        first = captions.split("\n")[1].split(" --> ")[0]
        hours, minutes, seconds = first.replace(",", ".").split(":")
        self.assertGreaterEqual(float(seconds) + 60 * float(minutes), starts[1])
        self.assertLess(float(seconds), starts[1] + 0.5)
        self.assertEqual(int(next(s for s in probe(self.server.download(video["captioned_video_url"], "c.mp4"))[
            "streams"] if s["codec_type"] == "video")["nb_read_frames"]) * 40, charge["quantity"])
        self.assertTrue(video["thumbnail_url"])
        self.assertEqual(self.server.verify().returncode, 0)

    def test_fifty_stills_do_not_drift(self):
        scenes = [{"type": "image", "source": self.red if i % 2 else self.green, "duration": 0.5} for i in range(50)]
        video = self.make(scenes)
        self.assertEqual(video["duration"], 25)
        self.assertEqual(video["charge"]["captured_usd"], 0)
        self.assertEqual(video["charge"]["formula"], "0 USD")
        film = self.server.download(video["video_url"], "fifty.mp4")
        for i in (0, 1, 24, 25, 48, 49):
            colour = (208, 32, 32) if i % 2 else (32, 160, 48)
            self.assertTrue(all(is_near(p, colour) for p in picture(film, i * 0.5 + 0.24)), i)

    def test_a_film_under_its_narration_freezes_or_is_fitted(self):
        moving = self.asset("moving.mp4", "-f", "lavfi", "-i", "gradients=s=320x180:c0=black:c1=black:d=1:r=25",
                            "-vf", "geq=lum='255*T/1':cb=128:cr=128", "-t", "1", "-pix_fmt", "yuv420p")
        say = {"script": "This sentence takes about three seconds to say, or a little more.", "voice_id": self.voice}
        for mode, middle in (("freeze", 245), ("fit_to_scene", 125)):
            video = self.make([{"type": "video", "source": moving, "playback": {"mode": mode}, **say}])
            film = self.server.download(video["video_url"], f"{mode}.mp4")
            self.assertGreater(video["duration"], 2)
            level = picture(film, video["duration"] / 2)[70][0]
            self.assertAlmostEqual(level, middle, delta=30, msg=mode)

    def test_auto_keeps_the_shape_of_the_first_picture(self):
        video = self.make([{"type": "image", "source": self.green, "duration": 1}], aspect_ratio="auto")
        film = probe(self.server.download(video["video_url"], "auto.mp4"))
        stream = next(s for s in film["streams"] if s["codec_type"] == "video")
        self.assertEqual(stream["height"], 1280)  # the longer side is capped at 16:9 of the resolution
        self.assertEqual(stream["width"], 512)

    def test_scenes_can_be_read(self):
        video = self.make([self.avatar(engine={"type": "avatar_iii"}), self.image(duration=1),
                           {"type": "video", "source": self.film, "playback": {"volume": 0.5}}], caption={})
        answer = self.server.call("GET", f"/v3/videos/{video['id']}/scenes").data
        self.assertEqual(answer["video_id"], video["id"])
        self.assertEqual(answer["video"]["aspect_ratio"], "16:9")
        first, second, third = answer["scenes"]
        self.assertEqual(first["elements"][0]["avatar_id"], self.look)
        self.assertEqual(first["elements"][0]["engine"], "avatar_iii")
        self.assertEqual(first["script"][0]["text"], "One two three.")
        self.assertEqual(second["elements"][0]["type"], "image")
        self.assertEqual(self.server.call("GET", second["elements"][0]["url"], key=None).status, 200)
        self.assertEqual(second["script"], [{"type": "silence", "id": second["script"][0]["id"], "duration": 1}])
        self.assertEqual(third["elements"][0]["volume"], 0.5)
        amounts = [scene["charge"]["amount_usd"] for scene in answer["scenes"]]
        self.assertAlmostEqual(sum(amounts), video["charge"]["captured_usd"], places=9)
        self.assertGreater(amounts[0], 0)
        missing = self.server.call("GET", "/v3/videos/nothing/scenes")
        self.assertEqual((missing.status, missing.error["code"]), (404, "video_not_found"))
        plain = self.server.make_video(script="Hello.")
        scenes = self.server.call("GET", f"/v3/videos/{plain['id']}/scenes").data["scenes"]
        self.assertEqual([scene["script"][0]["text"] for scene in scenes], ["Hello."])

    def test_pictures_and_looks_of_ones_own_speak_in_scenes(self):
        """One of our own presenters, drawn, stands in for a photograph."""
        preview = self.server.call("GET", f"/v3/avatars/looks/{self.look}").data["preview_image_url"]
        portrait = {"type": "base64", "media_type": "image/jpeg",
                    "data": base64.b64encode(self.server.call("GET", preview, key=None).body).decode()}
        made = [self.server.call("POST", "/v3/avatars", {"name": "Own", **fields}).data["avatar_item"]["id"]
                for fields in ({"type": "photo", "file": portrait},
                               {"type": "prompt", "prompt": "a man with grey hair", "aspect_ratio": "1:1"})]
        looks = [self.ready(look_id) for look_id in made]
        self.assertEqual((looks[1]["image_width"], looks[1]["image_height"], looks[1]["preferred_orientation"]),
                         (720, 720, "square"))
        scenes = [{"type": "avatar_video", "input": {"type": "image", "image": portrait, "script": "One.",
                                                     "voice_id": self.voice, "expressiveness": "high"}},
                  self.avatar(avatar_id=made[0], script="Two.", voice_id=self.voice),
                  self.avatar(avatar_id=made[1], script="Three.", background={"type": "color", "color": "#204060"})]
        video = self.make(scenes)
        shown = self.server.call("GET", f"/v3/videos/{video['id']}/scenes").data["scenes"]
        self.assertEqual([scene["charge"]["price_item"] for scene in shown],
                         ["avatar_video.avatar_iv.photo_avatar"] * 3)
        self.assertEqual([scene["elements"][0].get("avatar_id") for scene in shown], [None, *made])
        self.assertEqual(self.server.call("GET", shown[0]["elements"][0]["url"], key=None).body[:2], b"\xff\xd8")
        square = self.make(scenes[2:], aspect_ratio="auto")
        streams = probe(self.server.download(square["video_url"], "square.mp4"))["streams"]
        self.assertEqual((streams[0]["width"], streams[0]["height"]), (720, 720))
        faceless = self.create([{"type": "avatar_video", "input": {"type": "image", "image": self.red, "script": "x",
                                                                   "voice_id": self.voice}}])
        failed = self.server.wait_for_video(faceless.data["video_id"])
        self.assertEqual((failed["status"], failed["charge"]["captured_usd"]), ("failed", 0))
        self.assertTrue(failed["failure_message"].startswith("Scene 1: "), failed)
        template = self.server.call("POST", "/understudy/v1/templates", {"video_id": video["id"], "name": "Again"})
        self.assertEqual(template.status, 201, template.body)
        again = self.server.call("POST", f"/v3/templates/{template.data['id']}", {"variables": {}})
        self.assertEqual(again.status, 200, again.body)
        self.assertEqual(self.server.wait_for_video(again.data["id"])["status"], "completed")

    def ready(self, look_id):
        deadline = time.time() + 120
        while time.time() < deadline:
            look = self.server.call("GET", f"/v3/avatars/looks/{look_id}").data
            if look["status"] != "processing":
                break
            time.sleep(0.1)
        self.assertEqual(look["status"], "completed", look)
        return look

    def test_what_is_wrong_is_named_with_its_place(self):
        good = self.image(duration=1)
        cases = [
            ([good, self.image(duration=301)], (400, "invalid_parameter", "scenes[1].duration")),
            ([{"type": "image", "source": self.red}], (400, "invalid_parameter", "scenes[0].duration")),
            ([self.image(duration=1, script="x", voice_id=self.voice)], (400, "invalid_parameter", "scenes[0].duration")),
            ([self.image(script="x")], (400, "invalid_parameter", "scenes[0].voice_id")),
            ([self.image(script="x", audio_url="https://a.b/c.mp3")], (400, "invalid_parameter", "scenes[0].audio_url")),
            ([self.image(script="x", voice_id="nobody")], (404, "voice_not_found", "scenes[0].voice_id")),
            ([good, self.avatar(avatar_id="nobody")], (404, "avatar_not_found", "scenes[1].input.avatar_id")),
            ([good, self.avatar(audio_asset_id="x")], (400, "invalid_parameter", "scenes[1].input.audio_asset_id")),
            ([self.avatar(motion_prompt="nod")], (400, "invalid_parameter", "scenes[0].input.motion_prompt")),
            ([{"type": "avatar_video", "input": {"type": "image", "image": self.red, "script": "x"}}],
             (400, "invalid_parameter", "scenes[0].input.voice_id")),
            ([{"type": "video", "source": self.film, "playback": {"mode": "loop"}}],
             (400, "invalid_parameter", "scenes[0].playback.mode")),
            ([{"type": "image", "source": self.film, "duration": 1}], (400, "invalid_parameter", "scenes[0].source")),
            ([{"type": "video", "source": self.red}], (400, "invalid_parameter", "scenes[0].source")),
            ([good, {"type": "image", "source": {"type": "asset_id", "asset_id": "nothing"}, "duration": 1}],
             (404, "asset_not_found", "scenes[1].source")),
            ([{"type": "image", "source": self.red, "audio_asset_id": self.red["asset_id"]}],
             (400, "invalid_parameter", "scenes[0].audio_asset_id")),
            ([], (400, "invalid_parameter", "scenes")),
            ([good] * 51, (400, "invalid_parameter", "scenes")),
            ([self.image(duration=300)] * 7, (400, "video_too_long", "scenes")),
        ]
        before = self.server.balance()
        for scenes, expected in cases:
            self.assertEqual(self.refusal(scenes), expected, scenes)
        self.assertEqual(self.refusal([good], resolution="4k")[2], "resolution")
        self.assertEqual(self.refusal([good], output_format="webm")[2], "output_format")
        self.assertEqual(self.server.balance(), before)

    def test_a_quote_is_what_the_submit_holds(self):
        scenes = [self.avatar(), self.image(duration=2), self.image(script="Hello there.", voice_id=self.voice)]
        body = {"type": "studio", "scenes": scenes}
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": body}).data
        self.assertFalse(quote["is_exact"])
        self.assertEqual(len(quote["lines"]), 3)
        self.assertAlmostEqual(sum(line["amount_usd"] for line in quote["lines"]), quote["amount_usd"], places=9)
        self.assertEqual(quote["lines"][1]["amount_usd"], 0)

    def test_batches_take_studio_videos(self):
        answer = self.server.call("POST", "/v3/videos/batches", {"videos": [
            {"type": "studio", "resolution": "720p", "scenes": [self.image(duration=0.4)]},
            {"type": "avatar", "avatar_id": self.look, "script": "Hi.", "resolution": "720p"}]})
        self.assertEqual(answer.status, 202, answer.body)
        items = self.server.call("GET", f"/v3/videos/batches/{answer.data['batch_id']}").data["items"]
        for item in items:
            self.assertEqual(self.server.wait_for_video(item["video_id"])["status"], "completed")


if __name__ == "__main__":
    unittest.main()
