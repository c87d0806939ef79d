"""The node that HeyGen publishes for n8n (npm: @heygenofficial/n8n-nodes-heygen-official), every operation of it that this
server offers. For scripts/check; the package is fetched when it is first needed."""
import json
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "api"))

from harness import ROOT, ServerCase, make_media

PACKAGES = {"@heygenofficial/n8n-nodes-heygen-official": "0.1.9"}
FOLDER = ROOT / "build/clients"
NODE = FOLDER / "node_modules/@heygenofficial/n8n-nodes-heygen-official"


def install():
    if NODE.exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    # Its peer, n8n itself, is stood in for by n8n_node.js.
    subprocess.run(["npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock",
                    "--loglevel=error"], cwd=FOLDER, check=True)


class N8nNode(ServerCase):
    config = '[network]\nallow_private = true\n[wallet]\nwelcome_credit_usd = "20"\n'
    workers = 1

    @classmethod
    def setUpClass(cls):
        install()
        super().setUpClass()

    def run_node(self, operation, *files, **parameters):
        done = subprocess.run(
            ["node", HERE / "n8n_node.js", NODE, f"http://{self.server.address}", self.server.key,
             json.dumps({"authentication": "apiKey", "operation": operation, **parameters}), *files],
            capture_output=True, text=True, timeout=120)
        return done

    def do(self, operation, *files, **parameters):
        done = self.run_node(operation, *files, **parameters)
        self.assertEqual(done.returncode, 0, done.stderr + self.server.log_text())
        return json.loads(done.stdout)

    def test_lists(self):
        looks = self.do("listAvatars", avatarLooksOwnership="public", listPageLimit=50)["data"]
        self.assertGreater(len(looks), 20)
        groups = self.do("listAvatarsGroups", listPageLimit=5)
        self.assertEqual((len(groups["data"]), groups["has_more"]), (5, True))
        more = self.do("listAvatarsGroups", listPageLimit=5, listPaginationToken=groups["next_token"])["data"]
        self.assertFalse({group["id"] for group in more} & {group["id"] for group in groups["data"]})
        voices = self.do("listVoices", voiceLanguage="English", voiceGender="female")["data"]
        self.assertTrue(voices)
        self.assertEqual({voice["gender"] for voice in voices}, {"female"})

    def test_speech(self):
        voice = self.do("listVoices")["data"][0]["voice_id"]
        spoken = self.do("generateSpeech", ttsText="Hello from a node.", ttsVoiceId=voice)["data"]
        self.assertGreater(spoken["duration"], 0.5)
        self.assertEqual(len(spoken["word_timestamps"]), 4)

    def test_a_video_from_an_uploaded_sound(self):
        sound = make_media(self.server.folder / "tone.mp3", "-f", "lavfi", "-i", "sine=duration=1", "-b:a", "64k")
        asset = self.do("uploadAssets", str(sound), "audio/mpeg", binaryData=True, binaryPropertyName="data")["data"]
        self.assertEqual(asset["mime_type"], "audio/mpeg")
        again = self.do("uploadAssets", binaryData=False, fileUrl=asset["url"])["data"]
        self.assertNotEqual(again["asset_id"], asset["asset_id"])
        body = {"type": "avatar", "avatar_id": self.server.first_look(), "audio_asset_id": asset["asset_id"],
                "resolution": "720p", "title": "From a node", "caption": {"style": "default"}}
        made = self.do("createVideo", videosUseJsonBody=True, videosJsonBody=json.dumps(body))["data"]
        self.server.wait_for_video(made["video_id"])
        video = self.do("getVideoStatus", videoId=made["video_id"])["data"]
        self.assertEqual(video["status"], "completed")
        self.assertAlmostEqual(video["duration"], 1, delta=0.05)
        found = self.do("listVideos", videosTitleFilter="from a")["data"]
        self.assertEqual([each["id"] for each in found], [video["id"]])
        self.do("deleteVideo", videoId=video["id"])
        gone = self.run_node("getVideoStatus", videoId=video["id"])
        self.assertIn("404", gone.stderr)
        self.assertIn("video_not_found", gone.stderr)

    def test_an_avatar_from_words(self):
        made = self.do("createAvatar", avatarCreateType="prompt", avatarName="Nora", avatarPrompt="a woman in a red dress")
        self.assertEqual(made["data"]["avatar_item"]["status"], "processing")

    def test_fields_that_the_published_schema_does_not_have_are_named(self):
        """Its form sends `test` with every video, which the closed schema refuses; a JSON body is its way out."""
        refused = self.run_node("createVideo", videosVisualSource="avatarId", videosAvatarId=self.server.first_look(),
                                videosScript="Hi.")
        self.assertIn("400", refused.stderr)
        self.assertIn("'test'", refused.stderr)


if __name__ == "__main__":
    unittest.main()
