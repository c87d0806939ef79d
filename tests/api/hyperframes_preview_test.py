"""`understudy hyperframes preview`: the page with its runtime on the loopback, and what it asks for."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from harness import BINARY, make_media

PAGE = """<!doctype html><html><head><script src="https://cdn.jsdelivr.net/npm/gsap@3/dist/gsap.min.js"></script></head><body>
<div data-composition-id="root" data-width="1920" data-height="1080" data-duration="2">
<video id="film" src="film.mp4" data-start="0" muted></video><img src="gone.png"></div>
<script>window.__timelines = {}; window.__timelines["root"] = gsap.timeline({paused: true});</script></body></html>"""


class HyperframesPreview(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.project = pathlib.Path(self.folder.name) / "project"
        self.project.mkdir()
        (self.project / "index.html").write_text(PAGE)
        (self.project.parent / "secret.txt").write_text("not of the project")
        make_media(self.project / "film.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=1")
        self.preview = subprocess.Popen([str(BINARY), "hyperframes", "preview", str(self.project), "--port", "0"],
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.preview.stdout.readline())[0]

    def tearDown(self):
        self.preview.terminate()
        self.assertEqual(self.preview.wait(10), 0)
        self.preview.stdout.close()
        self.folder.cleanup()

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers, refused.read()

    def test_it_serves_what_an_author_looks_at(self):
        self.assertIn(b"<title>Preview</title>", self.get("/")[2])
        status, _, body = self.get("/__understudy/state")
        state = json.loads(body)
        self.assertEqual((status, state["entry"], state["width"], state["height"], state["error"]),
                         (200, "index.html", 1920, 1080, None))
        self.assertEqual([finding["rule"] for finding in state["findings"]], ["missing_local_asset"])
        page = self.get("/index.html")[2].decode()
        self.assertIn("window.__understudySettings=", page)
        self.assertIn('"isPreview":true', page)
        address = re.search(r'src="(/__understudy/library[^"]*)"', page)[1]
        self.assertIn(b"GSAP", self.get(address)[2][:2000])
        facts = json.loads(self.get("/__understudy/media?path=/film.mp4")[2])
        self.assertAlmostEqual(facts["duration"], 1, delta=0.05)
        status, headers, picture = self.get("/__understudy/video?t=0.5&src=" + self.url + "/film.mp4")
        self.assertEqual((status, headers["content-type"], picture[:2]), (200, "image/jpeg", b"\xff\xd8"))

    def test_a_change_shows_and_nothing_else_does(self):
        version = json.loads(self.get("/__understudy/state")[2])["version"]
        self.assertEqual(self.get("/__understudy/state?known=" + version)[0], 204)
        time.sleep(0.02)
        (self.project / "index.html").write_text("<p>no root</p>")
        os.utime(self.project / "index.html")
        state = json.loads(self.get("/__understudy/state?known=" + version)[2])
        self.assertIn("data-composition-id", state["error"])
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/none.txt", "/__understudy/media?path=/../secret.txt",
                     "/__understudy/library?url=https://x.example.org/a.js"):
            status, _, body = self.get(path)
            self.assertGreaterEqual(status, 400, path)
            self.assertNotIn(b"not of the project", body)


if __name__ == "__main__":
    unittest.main()
