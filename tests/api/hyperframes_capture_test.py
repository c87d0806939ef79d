"""HyperFrames' browsers: started ahead, used once, thrown away; what hostile pages leave behind (nothing)."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from harness import BINARY, ServerCase, probe
from hyperframes_test import archive, inline, page, pixel

IS_LONG = bool(os.environ.get("UNDERSTUDY_LONG_TESTS"))


def browsers(root):
    """The main processes of the browsers below a process, by pid."""
    parents, found = {}, []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = pathlib.Path("/proc", entry, "stat").read_text().rsplit(")", 1)[1].split()
            command = pathlib.Path("/proc", entry, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        parents[int(entry)] = int(fields[1])
        if b"--remote-debugging-pipe" in command and not any(part.startswith(b"--type=") for part in command):
            found.append(int(entry))

    def is_below(pid):
        while pid > 1 and pid != root:
            pid = parents.get(pid, 0)
        return pid == root
    return {pid for pid in found if is_below(pid)}


class StartedAhead(ServerCase):
    config = "[network]\nallow_private = true\n[hyperframes]\nwarm_browsers = 1\n"
    workers = 1

    def render(self, content, **fields):
        created = self.server.call("POST", "/v3/hyperframes/renders", {"project": inline(content), "quality": "draft", **fields})
        self.assertEqual(created.status, 202, created.body)
        return self.server.wait_for(f"/v3/hyperframes/renders/{created.data['render_id']}", 120)

    def waiting_browser(self, but=()):
        deadline = time.time() + 30
        while time.time() < deadline:
            present = browsers(self.server.process.pid) - set(but)
            if len(present) == 1:
                return present.pop()
            time.sleep(0.1)
        raise AssertionError(f"no browser was started ahead\n{self.server.log_text()}")

    def colour(self, render):
        return pixel(self.server.download(render["video_url"], render["render_id"] + ".mp4"), 900, 500)

    def test_each_is_used_once_and_leaves_nothing_to_the_next(self):
        write = page('<div id="b" style="width:1920px;height:1080px;background:#2040d0"></div><script>'
                     'try { localStorage.secret = "s"; document.cookie = "secret=s"; window.name = "secret"; } catch (e) {}'
                     '</script>', 'data-duration="0.2"')
        look = page('<div id="b" style="width:1920px;height:1080px;background:#10a040"></div><script>'
                    'if (localStorage.secret || document.cookie || window.name) document.getElementById("b").style.background = "#f00";'
                    '</script>', 'data-duration="0.2"')
        first = self.waiting_browser()
        render = self.render(archive({"index.html": write}))
        self.assertEqual(render["status"], "completed", render)
        self.assertLess(abs(self.colour(render)[2] - 0xD0), 8)
        second = self.waiting_browser(but=[first])
        self.assertFalse(pathlib.Path("/proc", str(first)).exists(), "it was used, and is gone")
        render = self.render(archive({"index.html": look}))
        self.assertEqual(render["status"], "completed", render)
        red, green, _ = self.colour(render)
        self.assertLess(red, 40)
        self.assertGreater(green, 120)

        # One that dies while it waits costs nothing but its head start.
        third = self.waiting_browser(but=[first, second])
        os.kill(third, signal.SIGKILL)
        render = self.render(archive({"index.html": look}))
        self.assertEqual(render["status"], "completed", render)

        # What a page does to its browser ends with it.
        bad = page("<script>throw new Error('no data today')</script>", "")
        render = self.render(archive({"index.html": bad}))
        self.assertEqual(render["status"], "failed")
        self.assertIn("no data today", render["failure_message"])
        self.assertEqual(render["charge"]["captured_usd"], 0)
        render = self.render(archive({"index.html": look}), aspect_ratio="16:9", resolution="4k")
        self.assertEqual(render["status"], "completed", render)

    @unittest.skipUnless(IS_LONG, "takes minutes: UNDERSTUDY_LONG_TESTS=1")
    def test_pages_that_never_end_do_so_at_their_deadline(self):
        for body, words in [("<script>for (;;) {}</script>", "does not end"),
                            ("<script>window.__hf = {duration: 1, seek: (t) => { while (t > 0.1) {} }};</script>", "Frame 4"),
                            ("<script>const kept = []; for (;;) kept.push(new Uint8Array(64 << 20).fill(1));</script>", "")]:
            render = self.render(archive({"index.html": page(body, "")}))
            self.assertEqual(render["status"], "failed", render)
            self.assertIn(words, render["failure_message"])
        self.assertEqual(self.render(archive({"index.html": page("<p>x</p>", 'data-duration="0.2"')}))["status"], "completed")

    @classmethod
    def tearDownClass(cls):
        before = browsers(cls.server.process.pid)
        super().tearDownClass()
        deadline = time.time() + 10
        while any(pathlib.Path("/proc", str(pid)).exists() for pid in before):
            assert time.time() < deadline, "a browser outlived its server"
            time.sleep(0.05)


class CommandLine(unittest.TestCase):
    def render(self, *options):
        with tempfile.TemporaryDirectory() as folder:
            project = pathlib.Path(folder, "project")
            project.mkdir()
            project.joinpath("index.html").write_text(
                page('<div style="width:1920px;height:1080px;background:#2040d0"></div>', 'data-duration="0.2"'))
            out = pathlib.Path(folder, "out.mp4")
            done = subprocess.run([BINARY, "hyperframes", "render", project, "-o", out, "--quality", "draft", *options],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(int(probe(out)["streams"][0]["nb_frames"]), 6)
            return done.stdout

    def test_every_source_in_both_sandboxes(self):
        for sandbox in ("auto", "jail"):
            for source in ("compositor memory", "frame tap", "screenshots"):
                with self.subTest(sandbox=sandbox, source=source):
                    told = self.render("--sandbox", sandbox, "--source", source)
                    self.assertIn(f"6 frames, 0.20 s of 1920 x 1080 at 30 fps", told)
                    self.assertIn(f"frames from {source}, 1 browser", told)

    def test_several_browsers(self):
        self.assertIn("2 browsers", self.render("--browsers", "2"))


if __name__ == "__main__":
    unittest.main()
