"""Avatars of an account from request to video, over HTTP: made from words, listed, changed, used, removed; refused pictures
cost nothing. Portraits come from the folder UNDERSTUDY_TEST_PORTRAITS when it is set; nothing of them is kept here."""
import base64
import json
import os
import pathlib
import struct
import subprocess
import time
import unittest
import zlib

from harness import Server, probe


def png(width, height, pixel):
    """A picture of one colour per place: pixel(x, y) -> (r, g, b)."""
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def as_base64(content, media_type="image/png"):
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(content).decode()}


NO_FACE = png(320, 240, lambda x, y: (x % 256, y % 256, 90))


class Avatars(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers=2, config='[wallet]\nwelcome_credit_usd = "100"\n').start()
        cls.voice = cls.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def call(self, method, path, body=None, **more):
        return self.server.call(method, path, body, **more)

    def wait_for_look(self, look_id):
        deadline = time.time() + 120
        while time.time() < deadline:
            look = self.call("GET", f"/v3/avatars/looks/{look_id}").data
            if look["status"] != "processing":
                return look
            time.sleep(0.1)
        raise AssertionError(f"{look_id} stays in processing\n{self.server.log_text()}")

    def make(self, **fields):
        made = self.call("POST", "/v3/avatars", fields)
        self.assertEqual(made.status, 200, made.body)
        return made.data

    def make_from_words(self, prompt="a young woman with curly red hair and round glasses", **fields):
        made = self.make(type="prompt", name="Ruby", prompt=prompt, **fields)
        look = self.wait_for_look(made["avatar_item"]["id"])
        self.assertEqual(look["status"], "completed", look)
        return look

    def test_a_look_from_words_is_held_made_charged_and_speaks(self):
        before = self.server.balance()
        made = self.make(type="prompt", name="Ruby", prompt="a young woman with red hair and round glasses")
        self.assertEqual(made["avatar_item"]["status"], "processing")
        self.assertEqual(made["avatar_item"]["avatar_type"], "photo_avatar")
        look = self.wait_for_look(made["avatar_item"]["id"])
        self.assertEqual(look["status"], "completed", look)
        self.assertEqual(look["supported_api_engines"], ["avatar_iv", "avatar_iii"])
        self.assertIn("glasses: round", look["understood"])
        self.assertAlmostEqual(before - self.server.balance(), 1.0, places=6)
        picture = self.server.download(look["preview_image_url"], "preview.jpg")
        self.assertEqual(picture.read_bytes()[:2], b"\xff\xd8")
        clip = self.server.download(look["preview_video_url"], "preview.mp4")
        self.assert_synthetic(clip)
        group = self.call("GET", f"/v3/avatars/{look['group_id']}").data
        self.assertEqual((group["status"], group["looks_count"], group["gender"]), ("completed", 1, "female"))

        video = self.server.make_video(avatar_id=look["id"], script="Hello.", motion_prompt="nod")
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual(video["charge"]["price_item"], "avatar_video.avatar_iv.photo_avatar")
        video = self.server.make_video(avatar_id=look["id"], script="Hello.", engine={"type": "avatar_iii"})
        self.assertEqual(video["charge"]["price_item"], "avatar_video.avatar_iii.photo_avatar")

    def test_the_shape_of_a_look_from_words(self):
        upright = self.make_from_words(aspect_ratio="9:16")
        shapes = [upright, self.make_from_words("in a blue shirt", avatar_id=upright["id"]),
                  self.make_from_words(reference_images=[as_base64(NO_FACE)])]
        self.assertEqual([(look["image_width"], look["image_height"], look["preferred_orientation"]) for look in shapes],
                         [(720, 1280, "portrait"), (720, 1280, "portrait"), (960, 720, "landscape")])
        for look, size in ((upright, (360, 640)), (shapes[2], (480, 360))):
            stream = probe(self.server.download(look["preview_video_url"], "preview.mp4"))["streams"][0]
            self.assertEqual((stream["width"], stream["height"]), size)
        stream = probe(self.server.download(upright["preview_image_url"], "preview.jpg"))["streams"][0]
        self.assertEqual((stream["width"], stream["height"]), (720, 1280))
        video = self.server.make_video(avatar_id=upright["id"], script="Hello.", aspect_ratio="auto")
        stream = probe(self.server.download(video["video_url"], "video.mp4"))["streams"][0]
        self.assertEqual((stream["width"], stream["height"]), (720, 1280))
        video = self.server.make_video(avatar_id=upright["id"], script="Hello.")  # 16:9 is the default of videos
        stream = probe(self.server.download(video["video_url"], "video.mp4"))["streams"][0]
        self.assertEqual((stream["width"], stream["height"]), (1280, 720))

    def test_a_look_of_a_test_key_is_marked_and_for_test_keys_alone(self):
        before = self.server.balance()
        trial = self.call("POST", "/understudy/v1/keys", {"is_test": True}).data["key"]
        body = {"type": "prompt", "name": "Trial", "prompt": "a young woman with red hair and round glasses"}
        made = self.call("POST", "/v3/avatars", body, key=trial)
        self.assertEqual(made.status, 200, made.body)
        look = self.wait_for_look(made.data["avatar_item"]["id"])
        self.assertEqual((look["status"], self.server.balance()), ("completed", before))
        paid = self.make_from_words("a young woman with red hair and round glasses")
        pictures = [self.server.download(each["preview_image_url"], f"{i}.jpg").read_bytes()
                    for i, each in enumerate((look, paid))]
        self.assertNotEqual(*pictures)  # the mark
        video = {"type": "avatar", "avatar_id": look["id"], "script": "Hello.", "voice_id": self.voice}
        refused = self.call("POST", "/v3/videos", video)
        self.assertEqual((refused.status, refused.error["code"], refused.error["param"]), (403, "forbidden", "avatar_id"))
        self.assertEqual(self.call("POST", "/v3/videos", video, key=trial).status, 200)

    def assert_synthetic(self, file):
        probed = subprocess.run(["ffprobe", "-v", "error", "-show_format", "-of", "json", file],
                                capture_output=True, check=True).stdout
        self.assertIn("Synthetic media", json.loads(probed)["format"]["tags"]["comment"])

    def test_the_engine_matrix_of_a_photo_look(self):
        look = self.make_from_words()
        base = {"type": "avatar", "avatar_id": look["id"], "script": "Hi.", "voice_id": self.voice}
        for changes, param in [({"engine": {"type": "avatar_v"}}, "engine"),
                               ({"engine": {"type": "avatar_iii"}, "motion_prompt": "nod"}, "motion_prompt"),
                               ({"engine": {"type": "avatar_iii"}, "expressiveness": "low"}, "expressiveness"),
                               ({"resolution": "4k"}, "resolution")]:
            refused = self.call("POST", "/v3/videos", base | changes)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), refused.body)

    def portrait(self, group="daniel"):
        """One of our own presenters as a photograph."""
        look = self.call("GET", f"/v3/avatars/looks?group_id={group}&limit=1").data[0]
        return as_base64(self.call("GET", look["preview_image_url"], key=None).body, "image/jpeg")

    def test_a_photograph_becomes_a_look_and_speaks(self):
        before = self.server.balance()
        made = self.make(type="photo", name="Dan", file=self.portrait())
        look = self.wait_for_look(made["avatar_item"]["id"])
        self.assertEqual(look["status"], "completed", look)
        self.assertAlmostEqual(before - self.server.balance(), 1.0, places=6)
        self.assertEqual(look["found"]["provider"], "fit")
        self.assertEqual((look["image_width"], look["preferred_orientation"]), (1280, "landscape"))
        self.assert_synthetic(self.server.download(look["preview_video_url"], "photo.mp4"))
        refused = self.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look["id"], "script": "Hi."})
        self.assertEqual((refused.status, refused.error["param"]), (400, "voice_id"))
        self.call("PATCH", f"/v3/avatars/{look['group_id']}", {"default_voice_id": self.voice})
        video = self.server.make_video(avatar_id=look["id"], script="Maybe.", aspect_ratio="9:16",
                                       motion_prompt="nod and smile", expressiveness="high",
                                       caption={"file_format": "srt", "style": "default"})
        self.assertEqual(video["status"], "completed", video)
        self.assertTrue(video["captioned_video_url"])
        self.assertEqual(video["charge"]["price_item"], "avatar_video.avatar_iv.photo_avatar")
        self.assertEqual(self.size_of(self.server.download(video["video_url"], "tall.mp4")), (720, 1280))
        scene = self.call("GET", f"/v3/videos/{video['id']}/scenes").data["scenes"][0]
        self.assertEqual(scene["elements"][0]["avatar_id"], look["id"])

    def test_a_raw_picture_speaks_in_its_own_shape(self):
        body = {"type": "image", "image": self.portrait("mei"), "script": "Maybe.", "voice_id": self.voice,
                "resolution": "720p", "aspect_ratio": "auto"}
        created = self.call("POST", "/v3/videos", body)
        self.assertEqual(created.status, 200, created.body)
        video = self.server.wait_for_video(created.data["video_id"])
        self.assertEqual(video["status"], "completed", video)
        self.assertEqual(video["charge"]["price_item"], "avatar_video.avatar_iv.photo_avatar")
        file = self.server.download(video["video_url"], "own.mp4")
        self.assertEqual(self.size_of(file), (1280, 720))
        self.assert_synthetic(file)
        scene = self.call("GET", f"/v3/videos/{video['id']}/scenes").data["scenes"][0]
        self.assertEqual(scene["elements"][0]["type"], "image")
        white = {"type": "color", "value": "#ffffff"}
        for changes, param in [({"background": white, "output_format": "webm"}, "background"), ({"voice_id": None}, "voice_id")]:
            refused = self.call("POST", "/v3/videos", body | changes)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), refused.body)

    def size_of(self, file):
        probed = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height",
                                 "-of", "json", file], capture_output=True, check=True).stdout
        stream = json.loads(probed)["streams"][0]
        return stream["width"], stream["height"]

    def test_a_picture_without_a_face_fails_with_the_reason_and_costs_nothing(self):
        before = self.server.balance()
        made = self.make(type="photo", name="Nobody", file=as_base64(NO_FACE))
        look = self.wait_for_look(made["avatar_item"]["id"])
        self.assertEqual(look["status"], "failed")
        self.assertEqual(look["error"]["code"], "training_failed")
        self.assertIn("no face", look["error"]["message"])
        self.assertEqual(self.server.balance(), before)
        refused = self.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look["id"], "script": "Hi.",
                                                   "voice_id": self.voice})
        self.assertEqual((refused.status, refused.error["param"]), (400, "avatar_id"))
        created = self.call("POST", "/v3/videos", {"type": "image", "image": as_base64(NO_FACE), "script": "Hi.",
                                                   "voice_id": self.voice})
        video = self.server.wait_for_video(created.data["video_id"])
        self.assertEqual(video["status"], "failed")
        self.assertIn("no face", video["failure_message"])
        self.assertEqual(self.server.balance(), before)

    def test_looks_are_listed_renamed_and_the_last_takes_its_group_with_it(self):
        first = self.make_from_words()
        group = first["group_id"]
        second = self.make_from_words("an old man with a beard", avatar_group_id=group)
        self.assertEqual(second["group_id"], group)
        looks = self.call("GET", f"/v3/avatars/looks?group_id={group}").data
        self.assertEqual([look["id"] for look in looks], [second["id"], first["id"]])
        self.assertEqual(self.call("GET", "/v3/avatars?ownership=private").data[0]["id"], group)
        everything = self.call("GET", "/v3/avatars/looks?limit=50").json
        self.assertIn(first["id"], [look["id"] for look in everything["data"]])
        self.assertTrue(any(look["avatar_type"] == "studio_avatar" for look in everything["data"]))

        renamed = self.call("PATCH", f"/v3/avatars/looks/{first['id']}", {"name": "Ruby at work"})
        self.assertEqual(renamed.data["name"], "Ruby at work")
        voiced = self.call("PATCH", f"/v3/avatars/{group}", {"default_voice_id": self.voice})
        self.assertEqual(voiced.data["default_voice_id"], self.voice)
        for voice, status in [("nobody", 400)]:
            self.assertEqual(self.call("PATCH", f"/v3/avatars/{group}", {"default_voice_id": voice}).status, status)

        self.assertEqual(self.call("DELETE", f"/v3/avatars/looks/{first['id']}").data, {"id": first["id"]})
        self.assertEqual(self.call("GET", f"/v3/avatars/{group}").data["looks_count"], 1)
        self.assertEqual(self.call("DELETE", f"/v3/avatars/looks/{second['id']}").status, 200)
        gone = self.call("GET", f"/v3/avatars/{group}")
        self.assertEqual((gone.status, gone.error["code"]), (404, "avatar_group_not_found"))
        self.assertEqual(self.call("GET", f"/v3/avatars/looks/{second['id']}").error["code"], "avatar_not_found")

    def test_paging_shows_every_look_once(self):
        self.make_from_words()
        seen, token = [], ""
        while True:
            page = self.call("GET", f"/v3/avatars/looks?limit=7{token}").json
            seen += [look["id"] for look in page["data"]]
            if not page["has_more"]:
                break
            token = "&token=" + page["next_token"]
        self.assertEqual(len(seen), len(set(seen)))
        self.assertGreater(len(seen), 29)

    def test_public_avatars_cannot_be_changed(self):
        look = self.call("GET", "/v3/avatars/looks?ownership=public&limit=1").data[0]
        for method, path, body in [("DELETE", f"/v3/avatars/looks/{look['id']}", None),
                                   ("PATCH", f"/v3/avatars/looks/{look['id']}", {"name": "Mine"}),
                                   ("DELETE", f"/v3/avatars/{look['group_id']}", None),
                                   ("PATCH", f"/v3/avatars/{look['group_id']}", {"default_voice_id": self.voice})]:
            refused = self.call(method, path, body)
            self.assertEqual((refused.status, refused.error["code"]), (403, "resource_access_denied"), path)

    def test_bad_requests_name_their_field_and_hold_nothing(self):
        before = self.server.balance()
        photo = as_base64(NO_FACE)
        for body, status, param in [
                ({"type": "photo", "name": "", "file": photo}, 400, "name"),
                ({"type": "photo", "name": "x", "file": as_base64(b"no picture")}, 400, "file"),
                ({"type": "photo", "name": "x", "file": {"type": "asset_id", "asset_id": "nothing"}}, 400, "file"),
                ({"type": "photo", "name": "x", "file": photo, "avatar_group_id": "nobody"}, 400, "avatar_group_id"),
                ({"type": "prompt", "name": "x", "prompt": "  "}, 400, "prompt"),
                ({"type": "prompt", "name": "x", "prompt": "a man", "avatar_id": "nobody"}, 400, "avatar_id"),
                ({"type": "digital_twin", "name": "x", "file": photo}, 501, "type")]:
            refused = self.call("POST", "/v3/avatars", body)
            self.assertEqual((refused.status, refused.error.get("param")), (status, param), refused.body)
        self.assertEqual(self.server.balance(), before)

    def test_an_idempotency_key_makes_one_look(self):
        body = {"type": "prompt", "name": "Once", "prompt": "a man"}
        first = self.call("POST", "/v3/avatars", body, headers={"Idempotency-Key": "once-1"})
        again = self.call("POST", "/v3/avatars", body, headers={"Idempotency-Key": "once-1"})
        self.assertEqual(first.data["avatar_item"]["id"], again.data["avatar_item"]["id"])
        self.wait_for_look(first.data["avatar_item"]["id"])

    @unittest.skipUnless(os.environ.get("UNDERSTUDY_TEST_PORTRAITS"), "UNDERSTUDY_TEST_PORTRAITS names no folder")
    def test_portraits_speak(self):
        completed = 0
        for file in sorted(pathlib.Path(os.environ["UNDERSTUDY_TEST_PORTRAITS"]).iterdir()):
            made = self.make(type="photo", name=file.stem, file=as_base64(file.read_bytes()))
            look = self.wait_for_look(made["avatar_item"]["id"])
            if look["status"] == "failed":
                self.assertTrue(look["error"]["message"])
                continue
            video = self.server.make_video(avatar_id=look["id"], script="Maybe.", voice_id=self.voice,
                                           aspect_ratio="9:16", motion_prompt="nod and smile")
            self.assertEqual(video["status"], "completed", video)
            self.assert_synthetic(self.server.download(video["video_url"], f"{file.stem}.mp4"))
            completed += 1
        self.assertGreaterEqual(completed, 3)


if __name__ == "__main__":
    unittest.main()
