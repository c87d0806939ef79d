"""What the tests of OAuth share: a person in a browser, a command-line program's loopback listener, PKCE, and a server
with a sign-in. Nothing here knows the server but by HTTP."""
import base64
import hashlib
import html
import http.cookiejar
import http.server
import json
import re
import secrets
import subprocess
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import BINARY, Answer, Server

CLIENT = "q2A2QRSke2LrFTPJhoDbHtXh"  # what the official command-line programs send
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"
CONFIG = """
[oauth]
device_interval_s = 1
clients = [
  { id = "q2A2QRSke2LrFTPJhoDbHtXh", name = "HeyGen command line", redirect_uris = ["http://127.0.0.1/*", "http://localhost/*", "http://[::1]/*"] },
  { id = "web-app", name = "Web <b>App</b>", redirect_uris = ["https://app.example.com/done"] },
]
"""


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """A person: keeps cookies, fills in the form of a page, follows redirects only when told."""

    def __init__(self, server):
        self.server = server
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            NoRedirects, urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, url, form=None):
        if url.startswith("/"):
            url = f"http://{self.server.address}{url}"
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(urllib.request.Request(url, data=data), timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as other:
            return Answer(other.code, other.headers, other.read())

    def submit(self, page, action, **fields):
        text = page.body.decode()
        target = html.unescape(re.search(r'<form method="post" action="([^"]*)"', text).group(1))
        csrf = re.search(r'name="csrf" value="([^"]*)"', text).group(1)
        return self.open(target, {"csrf": csrf, "action": action, **fields})

    def sign_in(self, url, email=EMAIL, password=PASSWORD):
        done = self.submit(self.open(url), "sign_in", email=email, password=password)
        assert done.status == 303, done.body
        return self.open(done.headers["Location"])


class Loopback:
    """What a command-line program listens on for the browser's return."""

    def __init__(self):
        got = self.got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                got.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.redirect_uri = f"http://127.0.0.1:{self.server.server_port}/oauth/callback"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def pkce():
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class OAuthCase(unittest.TestCase):
    workers = 0
    config = CONFIG

    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers=cls.workers, config=cls.config)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.set_password()

    @classmethod
    def set_password(cls, password=PASSWORD, email=EMAIL):
        done = subprocess.run([BINARY, "account", "password", "--account", "owner", "--email", email,
                               "--data", cls.server.data], input=password + "\n", text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done

    def form(self, path, headers=None, **fields):
        return self.server.call("POST", path, key=None, raw=urllib.parse.urlencode(fields).encode(),
                                headers={"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def token(self, **fields):
        return self.form("/v1/oauth/token", **{"client_id": CLIENT, **fields})

    def query(self, challenge, redirect_uri="http://127.0.0.1:4567/oauth/callback", **more):
        fields = {"response_type": "code", "client_id": CLIENT, "redirect_uri": redirect_uri,
                  "scope": "openid profile email", "state": "st&te=1", "code_challenge": challenge,
                  "code_challenge_method": "S256", **more}
        return "/oauth/authorize?" + urllib.parse.urlencode({k: v for k, v in fields.items() if v is not None})

    def code(self, browser=None, **more):
        """A code, as the address bar of the browser shows it, with its verifier."""
        verifier, challenge = pkce()
        browser = browser or Browser(self.server)
        url = self.query(challenge, **more)
        page = browser.open(url)
        if b'type="password"' in page.body:
            page = browser.sign_in(url)
        self.assertEqual(page.status, 200)
        back = browser.submit(page, "allow")
        self.assertEqual(back.status, 303)
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back.headers["Location"]).query))
        return answer["code"], verifier

    def login(self, **more):
        code, verifier = self.code(**more)
        answer = self.token(grant_type="authorization_code", code=code, code_verifier=verifier,
                            redirect_uri="http://127.0.0.1:4567/oauth/callback")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def me(self, token, **headers):
        return self.server.call("GET", "/v3/users/me", key=None,
                                headers={"Authorization": f"Bearer {token}", **headers})
