"""Templates and glossaries over HTTP: every kind of variable, scenes, sizes, replays; pronunciations that sound."""
import pathlib
import tempfile
import unittest

import harness
from harness import make_media, probe
from studio_test import is_near, picture, samples_of, tone_level


class Templates(harness.ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = pathlib.Path(tempfile.mkdtemp(prefix="understudy-templates-"))
        cls.red = cls.asset("red.png", "-f", "lavfi", "-i", "color=0xd02020:s=320x180", "-frames:v", "1")
        cls.green = cls.asset("green.png", "-f", "lavfi", "-i", "color=0x20a030:s=320x180", "-frames:v", "1")
        cls.film = cls.asset("film.mp4", "-f", "lavfi", "-i", "color=0x2040c0:s=320x180:r=25:d=1", "-f", "lavfi", "-i",
                             "sine=880:d=1", "-pix_fmt", "yuv420p")
        cls.tone = cls.asset("tone.wav", "-f", "lavfi", "-i", "sine=440:d=1:r=48000", "-ac", "1")
        cls.looks = [look["id"] for look in cls.server.call("GET", "/v3/avatars/looks?limit=2").data]
        voices = cls.server.call("GET", "/v3/voices?limit=2").data
        cls.voices = [voice["voice_id"] for voice in voices]
        answer = cls.server.call("POST", "/understudy/v1/templates", cls.document())
        assert answer.status == 201, answer.body
        cls.template = answer.data

    @classmethod
    def asset(cls, name, *arguments):
        answer = cls.server.upload(name, make_media(cls.files / name, *arguments).read_bytes())
        assert answer.status == 200, answer.body
        return {"type": "asset_id", "asset_id": answer.data["asset_id"]}

    @classmethod
    def document(cls):
        return {
            "name": "Greeting", "aspect_ratio": "16:9", "resolution": "720p",
            "variables": {
                "name": {"type": "text", "content": "World"},
                "hero": {"type": "image", "asset": cls.red, "fit": "cover"},
                "clip": {"type": "video", "asset": cls.film, "play_style": "loop", "volume": 1},
                "jingle": {"type": "audio", "asset": cls.tone},
                "host": {"type": "character", "character_id": cls.looks[0]},
                "speaker": {"type": "voice", "voice_id": cls.voices[0]}},
            "scenes": [
                {"scene_id": "hello", "type": "avatar_video", "input": {
                    "type": "avatar", "avatar_id": "{{host}}", "voice_id": "{{speaker}}", "script": "Hello {{name}}.",
                    "background": {"type": "color", "color": "#102030"}}},
                {"scene_id": "hero", "type": "image", "source": {"type": "variable", "name": "hero"}, "duration": 1},
                {"scene_id": "sound", "type": "image", "source": {"type": "variable", "name": "hero"},
                 "audio": {"type": "variable", "name": "jingle"}},
                {"scene_id": "clip", "type": "video", "source": {"type": "variable", "name": "clip"}}]}

    def generate(self, body, template=None, **keywords):
        return self.server.call("POST", f"/v3/templates/{template or self.template['id']}", body, **keywords)

    def make(self, body, template=None):
        created = self.generate(body, template)
        self.assertEqual(created.status, 200, created.body)
        self.assertEqual(created.data["status"], "pending")
        video = self.server.wait_for_video(created.data["id"])
        self.assertEqual(video["status"], "completed", video)
        return video

    def test_it_can_be_listed_and_read(self):
        listed = self.server.call("GET", "/v3/templates").data
        self.assertIn(self.template["id"], [one["id"] for one in listed])
        shown = self.server.call("GET", f"/v3/templates/{self.template['id']}").data
        self.assertEqual(shown["scene_ids"], ["hello", "hero", "sound", "clip"])
        self.assertEqual(shown["scenes"][0]["script"], "Hello {{name}}.")
        self.assertEqual({v["name"]: v["variable_type"] for v in shown["scenes"][0]["variables"]},
                         {"name": "text", "host": "character", "speaker": "voice"})
        self.assertEqual(set(shown["variables"]), {"name", "hero", "clip", "jingle", "host", "speaker"})
        # What is read can be written.
        again = self.generate({"variables": shown["variables"], "scene_ids": ["hero"]})
        self.assertEqual(again.status, 200, again.body)
        missing = self.server.call("GET", "/v3/templates/nothing")
        self.assertEqual((missing.status, missing.error["code"]), (404, "template_not_found"))

    def test_every_kind_of_variable_acts(self):
        video = self.make({"title": "All", "fps": 30, "dimension": {"width": 640, "height": 360}, "variables": {
            "name": {"type": "text", "content": "Ada"},
            "hero": {"type": "image", "asset": self.green, "fit": "contain"},
            "clip": {"type": "video", "asset": self.film, "play_style": "full_video", "volume": 0},
            "jingle": {"type": "audio", "asset": self.tone},
            "host": {"type": "character", "character_id": self.looks[1]},
            "speaker": {"type": "voice", "voice_id": self.voices[1]}}})
        scenes = self.server.call("GET", f"/v3/videos/{video['id']}/scenes").data["scenes"]
        self.assertEqual(scenes[0]["elements"][0]["avatar_id"], self.looks[1])
        self.assertEqual(scenes[0]["script"][0]["text"], "Hello Ada.")
        self.assertEqual(scenes[0]["script"][0]["voice_id"], self.voices[1])
        film = self.server.download(video["video_url"], "all.mp4")
        stream = next(s for s in probe(film)["streams"] if s["codec_type"] == "video")
        self.assertEqual((stream["width"], stream["height"], stream["r_frame_rate"]), (640, 360, "30/1"))
        lengths = [line["quantity"] for line in video["charge"]["lines"]]
        self.assertEqual(int(stream["nb_read_frames"]) * 1000 // 30, sum(lengths))
        start = lengths[0] / 1000
        self.assertTrue(is_near(picture(film, start + 0.5)[70], (32, 160, 48)))
        sound = samples_of(film)
        self.assertGreater(tone_level(sound[int((start + 1.2) * 48000):int((start + 1.8) * 48000)], 440), 0.05)
        self.assertLess(tone_level(sound[int((start + 2.2) * 48000):int((start + 2.8) * 48000)], 880), 0.001)

    def test_scenes_are_selected_reordered_and_repeated(self):
        video = self.make({"variables": {}, "scene_ids": ["clip", "hero", "clip"]})
        self.assertEqual([round(line["quantity"], -2) for line in video["charge"]["lines"]], [1000, 1000, 1000])
        film = self.server.download(video["video_url"], "order.mp4")
        for at, colour in ((0.5, (32, 64, 192)), (1.5, (208, 32, 32)), (2.5, (32, 64, 192))):
            self.assertTrue(is_near(picture(film, at)[70], colour), at)
        self.assertEqual(video["title"], "Greeting")

    def test_a_text_left_out_stays(self):
        created = self.generate({"variables": {}, "scene_ids": ["hello"]})
        scenes = self.server.call("GET", f"/v3/videos/{created.data['id']}/scenes").data["scenes"]
        self.assertEqual(scenes[0]["script"][0]["text"], "Hello {{name}}.")

    def test_a_replay_is_the_snapshot(self):
        headers = {"Idempotency-Key": "template-1"}
        first = self.generate({"variables": {}, "scene_ids": ["hero"]}, headers=headers)
        self.server.wait_for_video(first.data["id"])
        again = self.generate({"variables": {}, "scene_ids": ["clip"]}, headers=headers)
        self.assertEqual(again.json, first.json)
        self.assertEqual(again.data["status"], "pending")
        other = self.server.call("POST", "/understudy/v1/templates", {**self.document(), "name": "Other"}).data
        third = self.generate({"variables": {}, "scene_ids": ["hero"]}, other["id"], headers=headers)
        self.assertNotEqual(third.data["id"], first.data["id"])

    def test_refusals(self):
        before = self.server.balance()
        for body, expected in (
                ({"variables": {"nobody": {"type": "text", "content": "x"}}}, (400, "invalid_parameter", "variables")),
                ({"variables": {"name": {"type": "voice", "voice_id": "x"}}},
                 (400, "invalid_parameter", "variables.name.type")),
                ({"variables": {"host": {"type": "character", "character_id": "nobody"}}},
                 (404, "avatar_not_found", "variables.host")),
                ({"variables": {"speaker": {"type": "voice", "voice_id": "nobody"}}},
                 (404, "voice_not_found", "variables.speaker")),
                ({"variables": {"hero": {"type": "image", "asset": {"type": "asset_id", "asset_id": "x"}}}},
                 (404, "asset_not_found", "variables.hero.asset")),
                ({"variables": {"hero": {"type": "image", "asset": self.film}}},
                 (400, "invalid_parameter", "variables.hero.asset")),
                ({"variables": {"host": {"type": "character", "character_id": "x", "character_type": "talking_photo"}}},
                 (404, "avatar_not_found", "variables.host")),
                ({"variables": {"name": {"type": "text", "content": "word " * 1900}}},
                 (400, "invalid_parameter", "variables.name")),
                ({"variables": {}, "scene_ids": ["nowhere"]}, (400, "invalid_parameter", "scene_ids[0]")),
                ({"variables": {}, "dimension": {"width": 640, "height": 640}}, (400, "invalid_parameter", "dimension")),
                ({"variables": {}, "dimension": {"width": 641, "height": 360}},
                 (400, "invalid_parameter", "dimension.width")),
                ({"variables": {}, "fps": 24}, (400, "invalid_parameter", "fps")),
                ({"variables": {}, "brand_glossary_id": "nothing"}, (404, "resource_not_found", "brand_glossary_id")),
                ({}, (400, "invalid_parameter", "variables"))):
            answer = self.generate(body)
            self.assertGreaterEqual(answer.status, 400, body)
            self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), expected, body)
        self.assertEqual(self.server.balance(), before)
        answer = self.generate({"variables": {}}, "nothing")
        self.assertEqual((answer.status, answer.error["code"]), (404, "template_not_found"))

    def test_documents_are_checked_when_they_are_written(self):
        document = self.document()
        for change, expected in (
                ({"scenes": []}, "scenes"), ({"colour": "red"}, "colour"), ({"name": ""}, "name"),
                ({"variables": {}}, "scenes[0].input.avatar_id"),
                ({"scenes": [{"type": "image", "source": {"type": "variable", "name": "hero"}, "duration": "1"}]},
                 "scenes[0].duration"),
                ({"scenes": [{"type": "image", "source": {"type": "variable", "name": "hero"}}]}, "scenes[0].duration"),
                ({"scenes": [{"type": "image", "source": {"stored": {}}, "duration": 1}]}, "stored"),
                ({"scenes": [{"type": "image", "source": {"type": "url"}, "duration": 1}]}, "scenes[0].source"),
                ({"scenes": [1]}, "scenes[0]"), ({"variables": 1}, "variables")):
            answer = self.server.call("POST", "/understudy/v1/templates", {**document, **change})
            self.assertEqual((answer.status, answer.error.get("param")), (400, expected), (change, answer.body))

    def test_changes_and_removal(self):
        made = self.server.call("POST", "/understudy/v1/templates", self.document()).data
        path = f"/understudy/v1/templates/{made['id']}"
        changed = self.server.call("PATCH", path, {"name": "New", "scenes": made["scenes"][:2]})
        self.assertEqual(changed.status, 200, changed.body)
        self.assertEqual(self.server.call("GET", f"/v3/templates/{made['id']}").data["scene_ids"], ["hello", "hero"])
        self.assertEqual(self.server.call("PATCH", path, {"variables": {}}).status, 400)
        self.assertEqual(self.server.call("DELETE", path).status, 200)
        self.assertEqual(self.server.call("GET", path).status, 404)
        plain = self.server.call("POST", "/understudy/v1/templates", {"name": "Plain", "scenes": [
            {"type": "image", "source": self.red, "duration": 1}]})
        self.assertEqual(plain.status, 201, plain.body)
        self.assertNotIn(plain.data["id"], [t["id"] for t in self.server.call("GET", "/v3/templates?limit=100").data])
        self.assertIn(plain.data["id"],
                      [t["id"] for t in self.server.call("GET", "/understudy/v1/templates?limit=100").data])

    def test_a_studio_video_becomes_a_template(self):
        created = self.server.call("POST", "/v3/videos", {"type": "studio", "resolution": "720p", "scenes": [
            {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": self.looks[0], "script": "Dear {{who}}."}},
            {"type": "image", "source": self.red, "duration": 1}, {"type": "video", "source": self.film}]})
        video = self.server.wait_for_video(created.data["video_id"])
        made = self.server.call("POST", "/understudy/v1/templates", {"name": "From video", "video_id": video["id"]})
        self.assertEqual(made.status, 201, made.body)
        shown = self.server.call("GET", f"/v3/templates/{made.data['id']}").data
        self.assertEqual({name: v["type"] for name, v in shown["variables"].items()},
                         {"character_1": "character", "voice_1": "voice", "who": "text", "image_2": "image",
                          "video_3": "video"})
        self.server.call("DELETE", f"/v3/videos/{video['id']}")
        again = self.make({"variables": {"who": {"type": "text", "content": "Sir"},
                                         "image_2": {"type": "image", "asset": self.green}}}, made.data["id"])
        self.assertEqual([line["quantity"] for line in again["charge"]["lines"]][1:], [1000, 1000])
        plain = self.server.make_video(script="Hello.")
        refused = self.server.call("POST", "/understudy/v1/templates", {"name": "x", "video_id": plain["id"]})
        self.assertEqual((refused.status, refused.error["param"]), (400, "video_id"))

    def test_scopes(self):
        def key_with(*scopes):
            made = self.server.call("POST", "/understudy/v1/keys", {"label": "t", "scopes": list(scopes)})
            self.assertLess(made.status, 300, made.body)
            return made.data["key"]
        reader = key_with("templates:read")
        both = key_with("templates:read", "videos:write")
        body = {"variables": {}, "scene_ids": ["hero"]}
        refused = self.generate(body, key=reader)
        self.assertEqual((refused.status, refused.error["code"]), (403, "insufficient_api_key_scope"))
        self.assertIn("videos:write", refused.error["message"])
        self.assertEqual(self.server.call("GET", "/v3/templates", key=reader).status, 200)
        self.assertEqual(self.generate(body, key=both).status, 200)

    def test_glossaries(self):
        path = "/v3/brand-glossaries"
        made = self.server.call("POST", path, {"name": "Words", "terms": [
            {"term": "Qix", "pronunciation": "a really very long pronunciation indeed"}],
            "do_not_translate_terms": [{"term": "Qix"}], "forced_translations": [{"term": "a", "translation": "b"}]})
        self.assertEqual(made.status, 201, made.body)
        glossary = made.data
        self.assertEqual(self.server.call("GET", f"{path}/{glossary['brand_glossary_id']}").data, glossary)
        taken = self.server.call("POST", path, {"name": "wORDS "})
        self.assertEqual((taken.status, taken.error["code"]), (409, "conflict"))
        other = self.server.call("POST", path, {"name": "Other"}).data
        renamed = self.server.call("PATCH", f"{path}/{other['brand_glossary_id']}", {"name": "WORDS"})
        self.assertEqual((renamed.status, renamed.error["code"]), (409, "conflict"))
        same = self.server.call("PATCH", f"{path}/{glossary['brand_glossary_id']}", {"name": "WORDS"})
        self.assertEqual(same.status, 200, same.body)
        self.assertEqual([g["name"] for g in self.server.call("GET", path).data], ["Other", "WORDS"])

        say = {"script": "This is Qix.", "voice_id": self.voices[0]}
        plain = self.server.make_video(**say)
        spoken = self.server.make_video(**say, brand_glossary_id=glossary["brand_glossary_id"])
        self.assertGreater(spoken["duration"], plain["duration"] + 1)
        captions = self.server.download(spoken["subtitle_url"], "qix.srt").read_text()
        self.assertIn("This is Qix.", captions)
        self.assertNotIn("pronunciation", captions)
        studio = self.server.call("POST", "/v3/videos", {
            "type": "studio", "resolution": "720p", "brand_glossary_id": glossary["brand_glossary_id"],
            "scenes": [{"type": "image", "source": self.red, **say}]})
        video = self.server.wait_for_video(studio.data["video_id"])
        self.assertAlmostEqual(video["duration"], spoken["duration"], delta=0.1)
        self.assertEqual(self.server.call("DELETE", f"{path}/{glossary['brand_glossary_id']}").status, 200)
        gone = self.server.call("GET", f"{path}/{glossary['brand_glossary_id']}")
        self.assertEqual((gone.status, gone.error["code"]), (404, "resource_not_found"))


if __name__ == "__main__":
    unittest.main()
