"""Bad input gets the documented status, code and param; nothing is left behind, nothing is charged."""
import pathlib
import unittest

from harness import ServerCase, file_server, make_media


class BadInput(ServerCase):
    def setUp(self):
        self.before = self.server.balance()

    def tearDown(self):
        self.assertEqual(self.server.balance(), self.before)
        self.assertEqual(self.server.verify().returncode, 0)

    def body(self, **fields):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Hello."}
        body.update(fields)
        return {k: v for k, v in body.items() if v is not ...}

    def refused(self, status, code, param, body):
        answer = self.server.call("POST", "/v3/videos", body)
        self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (status, code, param),
                         answer.body)
        return answer

    def test_the_wrong_type_in_every_field(self):
        for field in ("avatar_id", "script", "voice_id", "title", "resolution", "aspect_ratio", "output_format",
                      "fit", "background", "caption", "engine", "voice_settings", "watermark", "callback_id"):
            with self.subTest(field):
                self.refused(400, "invalid_parameter", field, self.body(**{field: 5}))
        self.refused(400, "invalid_parameter", "voice_settings.speed", self.body(voice_settings={"speed": "fast"}))
        self.refused(400, "invalid_parameter", "voice_settings.speed", self.body(voice_settings={"speed": 9}))

    def test_sources(self):
        self.refused(400, "invalid_parameter", "script", self.body(script=...))
        self.refused(400, "invalid_parameter", "audio_url",
                     self.body(audio_url="https://example.com/a.mp3"))
        self.refused(400, "invalid_parameter", "script", self.body(script=""))
        self.refused(400, "invalid_parameter", "script", self.body(script="a" * 5001))
        self.refused(400, "invalid_parameter", "extra", self.body(extra=1))

    def test_unknown_ids(self):
        self.refused(404, "avatar_not_found", "avatar_id", self.body(avatar_id="nobody"))
        self.refused(404, "voice_not_found", "voice_id", self.body(voice_id="nobody"))
        self.refused(404, "asset_not_found", "audio_asset_id", self.body(script=..., audio_asset_id="nothing"))
        self.assertEqual(self.server.call("GET", "/v3/videos/nothing").error["code"], "video_not_found")

    def test_rules_between_fields(self):
        self.refused(400, "invalid_parameter", "resolution", self.body(resolution="4k"))
        self.refused(400, "invalid_parameter", "motion_prompt", self.body(motion_prompt="nod"))
        self.refused(400, "invalid_parameter", "expressiveness", self.body(expressiveness="high"))
        self.refused(400, "invalid_parameter", "engine", self.body(engine={"type": "avatar_v"}))
        self.refused(400, "invalid_parameter", "background",
                     self.body(output_format="webm", background={"type": "color", "value": "#ffffff"}))
        self.refused(400, "invalid_parameter", "background.value", self.body(background={"type": "color"}))
        self.refused(400, "invalid_parameter", "background", self.body(background={"type": "image"}))

    def test_files_that_are_not_what_they_claim(self):
        mp3 = make_media(self.server.folder / "a.mp3", "-f", "lavfi", "-i", "sine=duration=4", "-b:a", "64k")
        whole = mp3.read_bytes()
        for name, content in (("text.wav", b"this is a text, not a sound\n" * 50), ("empty.mp3", b""),
                              ("cut.mp3", whole[:len(whole) // 2 + 100])):
            with self.subTest(name):
                answer = self.server.upload(name, content)
                self.assertEqual((answer.status, answer.error["code"], answer.error["param"]),
                                 (400, "invalid_parameter", "file"), answer.body)
        self.assertEqual(self.server.upload("whole.mp3", whole).status, 200)

    def test_urls(self):
        folder = pathlib.Path(self.server.folder) / "web"
        folder.mkdir(exist_ok=True)
        (folder / "text.wav").write_text("no sound at all " * 30)
        (folder / "empty.mp3").write_bytes(b"")
        mp3 = make_media(self.server.folder / "b.mp3", "-f", "lavfi", "-i", "sine=duration=4", "-b:a", "64k")
        whole = mp3.read_bytes()
        (folder / "cut.mp3").write_bytes(whole[:len(whole) // 2 + 100])
        with file_server(folder) as url:
            for name in ("text.wav", "empty.mp3", "cut.mp3"):
                with self.subTest(name):
                    self.refused(400, "invalid_parameter", "audio_url",
                                 self.body(script=..., audio_url=f"{url}/{name}"))
            self.refused(400, "download_failed", "audio_url", self.body(script=..., audio_url=f"{url}/none.mp3"))
            (folder / "whole.wav").write_bytes(whole)
            wrong = self.refused(400, "invalid_parameter", "audio_url",
                                 self.body(script=..., audio_url=f"{url}/whole.wav?signature=1"))
            self.assertIn("named .wav and holds audio/mpeg", wrong.error["message"])
        self.refused(400, "download_failed", "audio_url", self.body(script=..., audio_url=f"{url}/gone.mp3"))

    def test_keys(self):
        missing = self.server.call("GET", "/v3/users/me", key=None)
        wrong = self.server.call("GET", "/v3/users/me", key="wrong")
        self.assertEqual((missing.status, missing.error["code"]), (401, "unauthorized"))
        self.assertEqual(missing.body, wrong.body)

    def test_what_is_not_built_says_so(self):
        answer = self.server.call("GET", "/v3/ai-clipping")
        self.assertEqual((answer.status, answer.error["code"]), (501, "not_implemented"))
        preview = self.server.call("GET", "/v3/podcasts")
        self.assertEqual((preview.status, preview.error["code"]), (404, "not_found"))


class PrivateAddresses(ServerCase):
    config = ""

    def test_are_refused(self):
        with file_server(self.server.folder) as url:
            answer = self.server.call("POST", "/v3/videos", {
                "type": "avatar", "avatar_id": self.server.first_look(), "audio_url": f"{url}/serve.log"})
        self.assertEqual((answer.status, answer.error["code"], answer.error["param"]),
                         (400, "download_failed", "audio_url"))


class EmptyWallet(ServerCase):
    config = "[wallet]\nwelcome_credit_usd = \"0.01\"\n"

    def test_cannot_pay(self):
        answer = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "This costs more than a cent."})
        self.assertEqual((answer.status, answer.error["code"]), (402, "insufficient_credit"))
        self.assertEqual(answer.error["available"], 0.01)
        self.assertAlmostEqual(answer.error["needed"] - answer.error["available"], answer.error["missing"])
        self.assertEqual(self.server.call("GET", "/v3/videos").data, [])
        self.assertEqual(self.server.balance(), 0.01)
        added = self.server.command("wallet", "top-up", "--usd", "5", "--data", self.server.data)
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertEqual(self.server.balance(), 5.01)


if __name__ == "__main__":
    unittest.main()
