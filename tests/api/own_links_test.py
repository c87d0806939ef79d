"""What this server gave out as a link is an input, also where it may call no private address and has no name of its own."""
import re
import unittest

from harness import ServerCase, make_media


class OwnLinks(ServerCase):
    config = '[wallet]\nwelcome_credit_usd = "50"\n'  # and no network.allow_private
    workers = 1

    def create(self, **fields):
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.", "resolution": "720p", **fields}
        return self.server.call("POST", "/v3/videos", body)

    def image(self, **fields):
        return self.create(background={"type": "image", **fields})

    def accepted(self, answer):
        self.assertEqual(answer.status, 200, answer.body)
        self.server.call("POST", f"/understudy/v1/jobs/{answer.data['video_id']}/cancel")

    def refused(self, answer, code="download_failed", status=400):
        self.assertEqual((answer.status, answer.error["code"]), (status, code), answer.body)
        return answer.error["message"]

    def test_files_of_the_library_and_previews(self):
        for path in ("/v3/assets/search?type=image&query=sea", "/v3/assets/search?type=icon&query=heart"):
            self.accepted(self.image(url=self.server.call("GET", path).data[0]["url"]))
        sound = self.server.call("GET", "/v3/audio/sounds?type=sound_effects&query=bell&min_score=0.1").data[0]
        self.accepted(self.create(script=None, audio_url=sound["wav_url"]))
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]
        self.accepted(self.create(script=None, audio_url=voice["preview_audio_url"]))
        look = self.server.call("GET", "/v3/avatars/looks?limit=1").data[0]
        self.accepted(self.image(url=look["preview_image_url"]))
        self.accepted(self.server.call("POST", "/v3/videos", {"type": "studio", "scenes": [
            {"type": "video", "source": {"type": "url", "url": look["preview_video_url"]}}]}))

    def test_uploads_and_outputs_under_any_name_of_the_server(self):
        sound = make_media(self.server.folder / "tone.mp3", "-f", "lavfi", "-i", "sine=duration=1", "-b:a", "64k")
        url = self.server.upload("tone.mp3", sound.read_bytes()).data["url"]
        before = self.server.balance()
        video = self.server.make_video(script=None, audio_url=url.replace("127.0.0.1", "understudy.internal"))
        self.assertEqual(video["status"], "completed", video)
        self.assertAlmostEqual(before - self.server.balance(), video["charge"]["captured_usd"], 9)
        again = self.server.call("POST", "/v3/videos", {"type": "studio", "resolution": "720p", "scenes": [
            {"type": "video", "source": {"type": "url", "url": video["video_url"]}}]})
        self.assertEqual(again.status, 200, again.body)
        film = self.server.wait_for_video(again.data["video_id"])
        self.assertAlmostEqual(film["duration"], video["duration"], 2)
        self.refused(self.image(url=video["video_url"]), "invalid_parameter")  # a film is no background

    def test_what_is_not_ours_is_fetched_and_so_refused(self):
        url = self.server.call("GET", "/v3/assets/search?type=icon&query=heart").data[0]["url"]
        self.refused(self.image(url=url.replace(".png", "-nothing.png")))
        for path in ("/healthz", "/openapi.json", "/v3/users/me", "/understudy/v1/usage", "/files/AAAA/x.png",
                     "/understudy/v1/library/icons/../../../v3/users/me"):
            self.refused(self.image(url=f"http://{self.server.address}{path}"))
        clip = make_media(self.server.folder / "t.png", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
        good = self.server.upload("t.png", clip.read_bytes()).data["url"]
        token = re.search("/files/([^/]+)/", good)[1]
        changed = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
        self.refused(self.image(url=good.replace(token, changed)))


if __name__ == "__main__":
    unittest.main()
