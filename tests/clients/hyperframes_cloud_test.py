"""The npm package hyperframes, an official client that knows this server by its address alone: it signs in with a key, by
browser and by device code, uploads a composition, renders it, polls, downloads, lists and deletes. For scripts/check."""
import contextlib
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "api"), str(HERE.parent / "hyperframes")]

from compare_with_peer import PEER, install_peer
from harness import probe
from oauth_cases import CONFIG, EMAIL, Browser, OAuthCase
from webhook_cases import Receiver

PAGE = ('<!doctype html><html><body style="margin:0"><div data-composition-id="root" data-width="1080" data-height="1920" '
        'data-duration="1" data-composition-variables=\'[{"id":"title","type":"string","label":"Title","default":"A"}]\' '
        'style="position:relative;overflow:hidden;background:#204080"><h1 style="font-size:200px">Hello</h1></div>'
        '</body></html>')


class CloudClient(OAuthCase):
    workers = 1
    config = CONFIG + '\n[network]\nallow_private = true\n[wallet]\nwelcome_credit_usd = "20"\n'

    @classmethod
    def setUpClass(cls):
        install_peer()
        super().setUpClass()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hyperframes-client-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.project = self.folder / "project"
        self.project.mkdir()
        (self.project / "index.html").write_text(PAGE)
        opener = self.folder / "open-address"  # what programs open a browser with: here the address is only noted
        opener.write_text('#!/bin/sh\necho "$1" > "$(dirname "$0")/opened"\n')
        opener.chmod(0o755)
        base = f"http://{self.server.address}"
        bin_folder = PEER / "node_modules/.bin"
        self.environment = {
            "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(self.folder), "HEYGEN_CONFIG_DIR": str(self.folder / "config"),
            "HEYGEN_API_URL": base, "HYPERFRAMES_OAUTH_AUTHORIZE_URL": base + "/oauth/authorize",
            "HYPERFRAMES_OAUTH_TOKEN_URL": base + "/v1/oauth/token", "HYPERFRAMES_OAUTH_REVOKE_URL": base + "/v1/oauth/revoke",
            "HYPERFRAMES_OAUTH_DEVICE_URL": base + "/v1/oauth/device_authorization", "TERM": "xterm", "BROWSER": str(opener),
            "HYPERFRAMES_NO_TELEMETRY": "1", "HYPERFRAMES_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}

    def start(self, *arguments):
        """In a terminal, since it lets only people sign in; what it prints gathers in self.printed."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(["hyperframes", *arguments], env=self.environment, cwd=self.folder,
                                   stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self.printed = ""

        def read():
            with open(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
                while chunk := terminal.read(4096):
                    self.printed += chunk.decode(errors="replace")
        threading.Thread(target=read, daemon=True).start()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, what, timeout=30):
        deadline = time.time() + timeout
        while time.time() < deadline:
            found = what()
            if found:
                return found
            time.sleep(0.1)
        self.fail(f"it never came:\n{self.printed}")

    def run_client(self, *arguments, status=0):
        """Its standard output."""
        done = subprocess.run(["hyperframes", *arguments], env=self.environment, cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=180)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}\n{self.server.log_text()}")
        return done.stdout

    def run_json(self, *arguments):
        return json.loads(self.run_client(*arguments, "--json"))

    def with_key(self):
        self.environment["HEYGEN_API_KEY"] = self.server.key

    def render(self, *arguments):
        return self.run_json("cloud", "render", "project", "--quality", "draft", "--poll-interval", "1",
                             "-o", "out.mp4", *arguments)

    def finish(self, process):
        self.assertEqual(process.wait(60), 0, self.printed)

    def test_a_composition_is_uploaded_rendered_and_downloaded(self):
        self.with_key()
        receiver = Receiver()
        self.addCleanup(receiver.close)
        before = self.server.balance()
        made = self.render("--title", "From the client", "--variables", '{"title":"B"}', "--strict-variables",
                           "--idempotency-key", "first", "--callback-url", receiver.url + "/done", "--callback-id", "mine")
        render = made["detail"] if "detail" in made else made["render"]
        self.assertEqual((render["status"], render["title"], render["aspect_ratio"]), ("completed", "From the client", "9:16"))
        facts = probe(self.folder / "out.mp4")
        self.assertEqual((facts["streams"][0]["width"], facts["streams"][0]["height"]), (1080, 1920))
        self.assertEqual(made["bytes_written"], (self.folder / "out.mp4").stat().st_size)
        self.assertAlmostEqual(before - self.server.balance(), render["charge"]["captured_usd"], 9)
        [called] = receiver.wait("/done", 1)
        self.assertEqual((called.event["event_type"], called.event["event_data"]["callback_id"]),
                         ("hyperframes_video.success", "mine"))
        render_id = render["render_id"] if "render_id" in render else render["id"]
        self.assertIn(render_id, self.run_client("cloud", "list", "--all", "--json"))
        self.assertIn("From the client", self.run_client("cloud", "get", render_id))
        self.run_client("cloud", "delete", render_id, "--no-confirm")
        self.run_client("cloud", "get", render_id, status=1)
        [usage] = [row for row in self.server.call("GET", "/understudy/v1/usage").data if row["job_id"] == render_id]
        self.assertEqual(usage["source"], "hyperframes")

    def test_a_large_project_goes_by_a_direct_upload(self):
        self.with_key()
        (self.project / "noise.bin").write_bytes(os.urandom(40 << 20))
        made = self.render()
        self.assertGreater(made["bytes_written"], 1000)

    def test_what_is_refused_is_told_with_the_servers_words(self):
        self.with_key()
        (self.project / "index.html").write_text("<html>nothing here</html>")
        out = self.run_client("cloud", "render", "project", "--aspect-ratio", "16:9", "--json", status=1)
        self.assertIn("hyperframes_project_invalid", out)

    def test_a_key_is_stored_and_checked(self):
        done = subprocess.run(["hyperframes", "auth", "login", "--api-key"], env=self.environment, cwd=self.folder, text=True,
                              input=self.server.key + "\n", capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Wallet:", self.run_client("auth", "status"))
        self.environment["HEYGEN_API_KEY"] = "wrong"
        self.run_client("auth", "status", status=1)

    def test_signed_in_by_browser(self):
        login = self.start("auth", "login")
        opened = self.folder / "opened"
        url = self.wait_for(lambda: opened.exists() and opened.read_text().strip())
        browser = Browser(self.server)
        split = urllib.parse.urlsplit(url)
        page = browser.sign_in(f"{split.path}?{split.query}")
        back = browser.submit(page, "allow")
        self.assertEqual(browser.open(back.headers["Location"]).status, 200)
        self.finish(login)
        self.assert_signed_in()

    def test_signed_in_by_device_code(self):
        login = self.start("auth", "login", "--device")
        code = self.wait_for(lambda: re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", self.printed))[1]
        browser = Browser(self.server)
        page = browser.sign_in("/oauth/device?user_code=" + code)
        self.assertIn(b"connected", browser.submit(page, "allow").body)
        self.finish(login)
        self.assert_signed_in()

    def assert_signed_in(self):
        status = self.run_json("auth", "status")
        self.assertEqual((status["type"], status["user"]["email"]), ("oauth", EMAIL), status)
        self.run_client("auth", "refresh")
        self.run_client("cloud", "list", "--json")
        self.run_client("auth", "logout", "--yes")
        self.run_client("cloud", "list", status=1)


if __name__ == "__main__":
    unittest.main()
