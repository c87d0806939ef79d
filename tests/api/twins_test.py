"""Digital twins from footage to video, over HTTP: made, refused, agreed to, spoken by all three engines, in scenes, deleted; and
what each costs. The footage is a film that our own photo engine makes (build/release/talking_film)."""
import hashlib
import json
import os
import subprocess
import time
import unittest

from avatars_test import CONFIG, as_base64
from harness import BINARY, Server, make_media, probe

FILMS = BINARY.parent / "test_films"


def talking_film(seconds=16, height=360, seed=1):
    """Made once for a build."""
    FILMS.mkdir(exist_ok=True)
    film = FILMS / f"talking_{seconds}_{height}_{seed}.mp4"
    maker = BINARY.parent / "talking_film"
    if not film.exists() or film.stat().st_mtime < maker.stat().st_mtime:
        part = FILMS / f"part_{os.getpid()}.mp4"
        subprocess.run([maker, part, str(seconds), str(height), str(seed)], check=True)
        part.rename(film)
    return film


class Twins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers=2, config=CONFIG).start()
        cls.voice = cls.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        cls.film = talking_film()
        cls.asset = cls.server.upload("me.mp4", cls.film.read_bytes(), "video/mp4").data["asset_id"]
        cls.consent_film = make_media(cls.server.folder / "consent.mp4", "-i", cls.film, "-t", "6", "-c", "copy")
        cls.before = cls.server.balance()
        cls.twin = cls.make_and_wait()
        cls.cost_of_twin = cls.before - cls.server.balance()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    @classmethod
    def make_and_wait(cls, **fields):
        body = {"type": "digital_twin", "name": "Dan", "file": {"type": "asset_id", "asset_id": cls.asset}} | fields
        made = cls.server.call("POST", "/v3/avatars", body)
        assert made.status == 200, made.body
        assert made.data["avatar_item"]["status"] == "processing", made.body
        return cls.wait_for_look(made.data["avatar_item"]["id"])

    @classmethod
    def wait_for_look(cls, look_id):
        deadline = time.time() + 300
        while time.time() < deadline:
            look = cls.server.call("GET", f"/v3/avatars/looks/{look_id}").data
            if look["status"] != "processing":
                return look
            time.sleep(0.2)
        raise AssertionError(f"{look_id} stays in processing\n{cls.server.log_text()}")

    def call(self, method, path, body=None, **more):
        return self.server.call(method, path, body, **more)

    def refused(self, path, body, status, param, code="invalid_parameter"):
        answer = self.call("POST", path, body)
        self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (status, code, param),
                         answer.body)
        return answer.error["message"]

    def send_film(self, url, content, name="consent.mp4", accept="application/json"):
        boundary = "----film"
        raw = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"video\"; filename=\"{name}\"\r\n"
               "Content-Type: video/mp4\r\n\r\n").encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self.call("POST", url, raw=raw, key=None, timeout=180, headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": accept, "User-Agent": "test-browser"})

    # In the order of their names: consent, then what needs it.

    def test_1_a_twin_is_made_charged_and_waits_for_its_consent(self):
        look = self.twin
        self.assertEqual(look["status"], "pending_consent", look)
        self.assertEqual(look["avatar_type"], "digital_twin")
        self.assertEqual(look["supported_api_engines"], ["avatar_v", "avatar_iv", "avatar_iii"])
        self.assertAlmostEqual(self.cost_of_twin, 1.0, places=6)
        found = look["found"]
        self.assertEqual((found["frame_rate"], found["width"], found["height"], found["frames"]), (25, 640, 360, 400))
        self.assertGreater(found["face_share"], 0.8)
        self.assertGreater(found["speech_s"], 8)
        self.assertGreater(found["eye_distance_px"], 24)
        self.assertLess(found["pose"]["yaw_deg"][0], found["pose"]["yaw_deg"][1])
        self.assertGreater(found["mouth_open"][1], 0.05)
        self.assertAlmostEqual(found["loudness_lufs"], -17, delta=4)
        self.assertEqual(found["cuts"], 0)
        self.assertTrue(any("resolution" in problem for problem in found["problems"]))
        clip = self.server.download(look["preview_video_url"], "preview.mp4")
        self.assertIn("Synthetic media", probe(clip)["format"]["tags"]["comment"])
        self.assertEqual(self.server.download(look["preview_image_url"], "preview.jpg").read_bytes()[:2], b"\xff\xd8")

        group = self.call("GET", f"/v3/avatars/{look['group_id']}").data
        self.assertEqual((group["consent_status"], group["status"]), ("pending", "pending_consent"))
        listed = self.call("GET", "/v3/avatars/looks?avatar_type=digital_twin").data
        self.assertIn(look["id"], [each["id"] for each in listed])
        photos = self.call("GET", "/v3/avatars/looks?avatar_type=photo_avatar").data
        self.assertNotIn(look["id"], [each["id"] for each in photos])
        video = {"type": "avatar", "avatar_id": look["id"], "script": "Hi.", "voice_id": self.voice}
        self.refused("/v3/videos", video, 403, "avatar_id", "avatar_consent_required")
        scene = {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": look["id"], "script": "Hi.",
                                                   "voice_id": self.voice}}
        self.refused("/v3/videos", {"type": "studio", "scenes": [scene]}, 403, "scenes[0].input.avatar_id",
                     "avatar_consent_required")

    def test_2_a_person_agrees_on_a_page(self):
        group = self.twin["group_id"]
        path = f"/v3/avatars/{group}/consent"
        self.refused(path, {"consent_text": "I <b>agree</b>."}, 400, "consent_text")
        self.refused(path, {"reroute_url": "javascript:alert(1)"}, 400, "reroute_url")
        public = self.call("GET", "/v3/avatars?ownership=public&limit=1").data[0]["id"]
        self.refused(f"/v3/avatars/{public}/consent", {}, 400, "group_id")
        self.refused("/v3/avatars/nobody/consent", {}, 404, "group_id", "avatar_group_not_found")
        text = "I, Dan, agree that my likeness \"speaks\" & smiles."
        begun = self.call("POST", path, {"consent_text": text, "reroute_url": "https://example.com/done?a=1"}).data
        self.assertEqual(begun["avatar_group"]["consent_status"], "pending")
        url = begun["url"]
        page = self.call("GET", url, key=None)
        self.assertEqual(page.status, 200)
        self.assertIn("I, Dan, agree that my likeness &quot;speaks&quot; &amp; smiles.", page.body.decode())
        self.assertIn("script-src 'sha256-", page.headers["content-security-policy"])
        self.assertEqual(self.call("GET", url[:-3] + "AAA", key=None).status, 404)
        self.assertEqual(self.send_film(url[:-3] + "AAA", b"x").status, 404)

        silent = make_media(self.server.folder / "silent.mp4", "-i", self.film, "-t", "6", "-an", "-c", "copy")
        nobody = make_media(self.server.folder / "nobody.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=6:rate=25",
                            "-f", "lavfi", "-i", "sine=duration=6", "-pix_fmt", "yuv420p")
        for content, message in [(b"no film", ""), (silent.read_bytes(), "no sound"),
                                 (nobody.read_bytes(), "Your face"), (b"", "Choose or record")]:
            answer = self.send_film(url, content)
            self.assertEqual(answer.status, 400, answer.body)
            self.assertIn(message, answer.error["message"])
        shown = self.send_film(url, silent.read_bytes(), accept="text/html")
        self.assertEqual(shown.status, 400)
        self.assertIn("no sound", shown.body.decode())
        self.assertEqual(self.call("GET", f"/v3/avatars/{group}").data["consent_status"], "pending")

        content = self.consent_film.read_bytes()
        given = self.send_film(url, content)
        self.assertEqual((given.status, given.data["next"]), (200, "https://example.com/done?a=1"), given.body)
        self.assertEqual(self.send_film(url, content).status, 410)
        self.assertEqual(self.call("GET", url, key=None).status, 410)
        self.assertEqual(self.call("GET", f"/v3/avatars/{group}").data["consent_status"], "approved")
        self.assertEqual(self.call("GET", f"/v3/avatars/looks/{self.twin['id']}").data["status"], "completed")
        self.refused(path, {}, 409, "group_id", "conflict")

        record = self.call("GET", f"/understudy/v1/avatars/{group}/consents").data["consents"][0]
        self.assertEqual((record["status"], record["text"], record["group_name"]), ("approved", text, "Dan"))
        self.assertEqual(record["video"]["sha256"], hashlib.sha256(content).hexdigest())
        self.assertEqual(self.server.download(record["video"]["url"], "kept.mp4").read_bytes(), content)
        self.assertRegex(record["submitted_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(record["submitted_by"]["user_agent"], "test-browser")
        self.assertEqual(record["submitted_by"]["remote_address"], "127.0.0.1")
        self.assertGreater(record["found"]["face_share"], 0.9)
        self.assertIn("that the text is said", record["found"]["not_checked"])

    def test_3_all_engines_speak_at_their_prices(self):
        for engine, rate in [("avatar_iii", 0.0167), ("avatar_iv", 0.0667), ("avatar_v", 0.0667)]:
            before = self.server.balance()
            video = self.server.make_video(avatar_id=self.twin["id"], voice_id=self.voice, engine={"type": engine},
                                           script="Maybe we will meet again.", aspect_ratio="9:16", timeout=300,
                                           caption={"file_format": "srt", "style": "default"})
            self.assertEqual(video["status"], "completed", video)
            self.assertEqual(video["charge"]["price_item"], f"avatar_video.{engine}.digital_twin")
            self.assertAlmostEqual(before - self.server.balance(), rate * video["duration"], places=6)
            file = self.server.download(video["video_url"], f"{engine}.mp4")
            seen = probe(file)
            self.assertIn(engine, json.dumps(seen["format"]["tags"]))
            [stream] = [each for each in seen["streams"] if each["codec_type"] == "video"]
            self.assertEqual((stream["width"], stream["height"]), (720, 1280))
            self.assertTrue(video["captioned_video_url"] and video["subtitle_url"])
        default = self.server.make_video(avatar_id=self.twin["id"], voice_id=self.voice, script="Hello.",
                                         aspect_ratio="auto", timeout=300)
        self.assertEqual(default["charge"]["price_item"], "avatar_video.avatar_iv.digital_twin")

    def test_4_what_a_twin_cannot_do_is_refused(self):
        base = {"type": "avatar", "avatar_id": self.twin["id"], "script": "Hi.", "voice_id": self.voice}
        third, fifth = {"engine": {"type": "avatar_iii"}}, {"engine": {"type": "avatar_v"}}
        for changes, param in [(third | {"motion_prompt": "nod"}, "motion_prompt"), ({"motion_prompt": "nod"}, "motion_prompt"),
                               (third | {"expressiveness": "low"}, "expressiveness"),
                               ({"expressiveness": "low"}, "expressiveness"),
                               (fifth | {"expressiveness": "low"}, "expressiveness"),
                               ({"resolution": "4k"}, "resolution"), ({"voice_id": None}, "voice_id"),
                               ({"engine": {"type": "avatar_v", "reference_look_id": "nobody"}}, "engine.reference_look_id")]:
            self.refused("/v3/videos", base | changes, 400, param)
        accepted = self.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": base | fifth | {"motion_prompt": "nod"}})
        self.assertEqual(accepted.status, 200, accepted.body)

    def test_5_a_second_look_serves_as_reference_and_needs_no_second_consent(self):
        second = self.make_and_wait(avatar_group_id=self.twin["group_id"], name="Dan too")
        self.assertEqual((second["status"], second["group_id"]), ("completed", self.twin["group_id"]))
        video = self.server.make_video(avatar_id=self.twin["id"], voice_id=self.voice, script="Maybe.", timeout=300,
                                       motion_prompt="look left",
                                       engine={"type": "avatar_v", "reference_look_id": second["id"]})
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual(self.call("DELETE", f"/v3/avatars/looks/{second['id']}").status, 200)
        self.assertEqual(self.call("GET", f"/v3/avatars/{self.twin['group_id']}").data["looks_count"], 1)

    def test_6_scenes_show_twins_photographs_and_pictures_that_talk(self):
        look = self.call("GET", "/v3/avatars/looks?group_id=daniel&limit=1").data[0]
        picture = as_base64(self.call("GET", look["preview_image_url"], key=None).body, "image/jpeg")
        photo = self.call("POST", "/v3/avatars", {"type": "photo", "name": "P", "file": picture}).data["avatar_item"]["id"]
        self.assertEqual(self.wait_for_look(photo)["status"], "completed")

        def scene(**source):
            return {"type": "avatar_video", "input": {"script": "Maybe.", "voice_id": self.voice, **source}}
        body = {"type": "studio", "resolution": "720p", "scenes": [
            scene(type="avatar", avatar_id=self.twin["id"], engine={"type": "avatar_v"}),
            scene(type="avatar", avatar_id=photo), scene(type="image", image=picture),
            scene(type="avatar", avatar_id=self.twin["id"], engine={"type": "avatar_iii"})]}
        before = self.server.balance()
        created = self.call("POST", "/v3/videos", body)
        self.assertEqual(created.status, 200, created.body)
        video = self.server.wait_for_video(created.data["video_id"], 400)
        self.assertEqual(video["status"], "completed", video)
        lines = video["charge"]["lines"]
        self.assertEqual([line["price_item"] for line in lines], [
            "avatar_video.avatar_v.digital_twin", "avatar_video.avatar_iv.photo_avatar",
            "avatar_video.avatar_iv.photo_avatar", "avatar_video.avatar_iii.digital_twin"])
        self.assertAlmostEqual(before - self.server.balance(), video["charge"]["captured_usd"], places=6)
        scenes = self.call("GET", f"/v3/videos/{video['id']}/scenes").data["scenes"]
        self.assertEqual(scenes[0]["elements"][0]["avatar_id"], self.twin["id"])
        self.assertTrue(scenes[2]["elements"][0]["url"])
        colour = {"type": "color", "color": "#ffffff"}
        body["scenes"] = [scene(type="avatar", avatar_id=photo, background=colour),
                          scene(type="avatar", avatar_id=self.twin["id"], background=colour, engine={"type": "avatar_v"})]
        cut = self.server.wait_for_video(self.call("POST", "/v3/videos", body).data["video_id"], 400)
        self.assertEqual(cut["status"], "completed", cut)
        film = self.server.download(cut["video_url"], "cut.mp4")
        for at_s in (0.1, cut["duration"] - 0.1):
            self.assertGreater(min(self.gray(film, "crop=16:16:0:0", at_s)), 225)

    def gray(self, film, crop, at_s=0.5, kind="gray"):
        decoder = ["-c:v", "libvpx-vp9"] if film.suffix == ".webm" else []  # the one that knows alpha
        return subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *decoder, "-ss", f"{at_s:.2f}", "-i", film, "-frames:v", "1",
                               "-vf", crop, "-f", "rawvideo", "-pix_fmt", kind, "-"], capture_output=True, check=True).stdout

    def test_6_twins_stand_before_other_backgrounds_and_play_in_films(self):
        base = {"avatar_id": self.twin["id"], "voice_id": self.voice, "script": "Maybe.", "timeout": 300}
        self.assertEqual(self.twin["found"]["matte"]["method"], "plate")
        blue = self.server.make_video(background={"type": "color", "value": "#0000ff"}, engine={"type": "avatar_v"}, **base)
        self.assertEqual((blue["status"], blue["matte"]["method"]), ("completed", "plate"), blue)
        film = self.server.download(blue["video_url"], "blue.mp4")
        corner, chest = self.gray(film, "crop=32:32:0:0"), self.gray(film, "crop=32:32:iw/2-16:ih-32")
        self.assertLess(max(corner), 40)  # blue is dark
        self.assertGreater(min(chest), 60)
        clear = self.server.make_video(output_format="webm", engine={"type": "avatar_iii"}, **base)
        self.assertEqual(clear["status"], "completed", clear)
        film = self.server.download(clear["video_url"], "clear.webm")
        corner, chest = (self.gray(film, f"format=yuva420p,alphaextract,crop=32:32:{place}") for place in ("0:0", "iw/2-16:ih-32"))
        self.assertLess(max(corner), 4)  # the codec of the alpha loses a little
        self.assertGreater(min(chest), 251)
        removed = self.server.make_video(remove_background=True, **base)
        self.assertEqual(removed["status"], "completed", removed)
        self.assertGreater(min(self.gray(self.server.download(removed["video_url"], "white.mp4"), "crop=32:32:0:0")), 225)
        self.refused("/v3/videos", {"type": "avatar", "avatar_id": self.twin["id"], "voice_id": self.voice, "script": "Hi.",
                                    "output_format": "webm", "background": {"type": "color", "value": "#0000ff"}}, 400, "background")

        before = self.server.balance()
        played = self.call("POST", "/v3/videos", {"type": "cinematic_avatar", "avatar_id": [self.twin["id"]], "duration": 4,
                                                  "prompt": "push in, neon city at night"})
        self.assertEqual(played.status, 200, played.body)
        video = self.server.wait_for_video(played.data["video_id"], 400)
        self.assertEqual((video["status"], video["duration"]), ("completed", 4), video)
        self.assertAlmostEqual(before - self.server.balance(), 7, places=6)

    def test_7_footage_that_cannot_be_used(self):
        before = self.server.balance()
        folder = self.server.folder
        short = make_media(folder / "short.mp4", "-i", self.film, "-t", "10", "-c", "copy")
        nobody = make_media(folder / "nobody16.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=16:rate=10",
                            "-pix_fmt", "yuv420p")
        body = {"type": "digital_twin", "name": "x", "file": as_base64(short.read_bytes(), "video/mp4")}
        self.assertIn("15 to 600 s", self.refused("/v3/avatars", body, 400, "file"))
        body["file"] = as_base64((folder / "preview.jpg").read_bytes(), "image/jpeg")
        self.refused("/v3/avatars", body, 400, "file")
        look = self.make_and_wait(file=as_base64(nobody.read_bytes(), "video/mp4"))
        self.assertEqual((look["status"], look["error"]["code"]), ("failed", "training_failed"), look)
        self.assertIn("face", look["error"]["message"])
        dark = make_media(folder / "dark.mp4", "-i", self.film, "-vf", "lutyuv=y=16+(val-16)*0.06", "-preset", "ultrafast")
        look = self.make_and_wait(file=as_base64(dark.read_bytes(), "video/mp4"))
        self.assertEqual((look["status"], look["error"]["code"]), ("failed", "training_failed"), look)
        self.assertIn("too dark", look["error"]["message"])
        self.assertEqual(self.server.balance(), before)
        self.refused("/v3/videos", {"type": "avatar", "avatar_id": look["id"], "script": "Hi.", "voice_id": self.voice},
                     400, "avatar_id")

    def test_8_silent_footage_has_no_engine_v_and_a_film_may_come_with_the_request(self):
        silent = make_media(self.server.folder / "silent16.mp4", "-i", self.film, "-an", "-c", "copy")
        look = self.make_and_wait(name="Silent", file=as_base64(silent.read_bytes(), "video/mp4"))
        self.assertEqual((look["status"], look["supported_api_engines"]), ("pending_consent", ["avatar_iv", "avatar_iii"]), look)
        self.assertTrue(any("no sound" in problem for problem in look["found"]["problems"]))
        path = f"/v3/avatars/{look['group_id']}/consent"
        self.refused(path, {"consent_video": as_base64(silent.read_bytes(), "video/mp4")}, 400, "consent_video")
        given = self.call("POST", path, {"consent_video": as_base64(self.consent_film.read_bytes(), "video/mp4")}, timeout=180)
        self.assertEqual((given.status, given.data["url"], given.data["avatar_group"]["consent_status"]),
                         (200, None, "approved"), given.body)
        self.refused("/v3/videos", {"type": "avatar", "avatar_id": look["id"], "script": "Hi.", "voice_id": self.voice,
                                    "engine": {"type": "avatar_v"}}, 400, "engine")
        self.refused("/v3/videos", {"type": "avatar", "avatar_id": self.twin["id"], "script": "Hi.", "voice_id": self.voice,
                                    "engine": {"type": "avatar_v", "reference_look_id": look["id"]}},
                     400, "engine.reference_look_id")
        self.assertEqual(self.call("DELETE", f"/v3/avatars/{look['group_id']}").status, 200)
        gone = self.call("GET", f"/understudy/v1/avatars/{look['group_id']}/consents")
        self.assertEqual((gone.status, gone.error["code"]), (404, "avatar_group_not_found"))

    def test_9_deleting_the_last_look_deletes_the_group_and_the_books_are_right(self):
        group = self.twin["group_id"]
        renamed = self.call("PATCH", f"/v3/avatars/looks/{self.twin['id']}", {"name": "Daniel"})
        self.assertEqual((renamed.data["name"], renamed.data["avatar_type"]), ("Daniel", "digital_twin"))
        self.assertEqual(self.call("PATCH", f"/v3/avatars/{group}", {"default_voice_id": self.voice}).status, 200)
        self.assertEqual(self.call("DELETE", f"/v3/avatars/looks/{self.twin['id']}").status, 200)
        self.assertEqual(self.call("GET", f"/v3/avatars/{group}").status, 404)
        self.refused("/v3/videos", {"type": "avatar", "avatar_id": self.twin["id"], "script": "Hi."}, 404, "avatar_id",
                     "avatar_not_found")
        verified = self.server.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


if __name__ == "__main__":
    unittest.main()
