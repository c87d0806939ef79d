"""OAuth 2.0 as command-line programs use it: a loopback listener, PKCE, a person in a browser, refresh, revoke,
a device with a code; and what must not work. Nothing here knows the server but by HTTP."""
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
import time
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
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers=0, config=CONFIG)
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


class CommandLineLogin(OAuthCase):
    def test_the_whole_way_of_a_command_line_program(self):
        loopback = Loopback()
        self.addCleanup(loopback.close)
        verifier, challenge = pkce()
        state = secrets.token_urlsafe(16)
        url = self.query(challenge, redirect_uri=loopback.redirect_uri, state=state)
        browser = Browser(self.server)
        page = browser.sign_in(url)
        self.assertIn(b"HeyGen command line", page.body)
        self.assertIn(EMAIL.encode(), page.body)
        back = browser.submit(page, "allow")
        browser.open(back.headers["Location"])
        answer = loopback.got[0]
        self.assertEqual(answer["state"], state)
        self.assertEqual(answer["iss"], f"http://{self.server.address}")
        tokens = self.token(grant_type="authorization_code", code=answer["code"], code_verifier=verifier,
                            redirect_uri=loopback.redirect_uri)
        self.assertEqual(tokens.status, 200, tokens.body)
        self.assertEqual(tokens.json["token_type"], "Bearer")
        self.assertEqual(tokens.json["expires_in"], 3600)
        self.assertEqual(tokens.json["scope"], "openid profile email")
        self.assertEqual(tokens.headers["Cache-Control"], "no-store")
        self.assertTrue(tokens.json["access_token"].startswith("us_at_"))
        me = self.me(tokens.json["access_token"])
        self.assertEqual(me.status, 200)
        self.assertEqual(me.data["email"], EMAIL)
        self.assertEqual(self.server.call("GET", "/v3/users/me").data["username"], me.data["username"])

    def test_refresh_rotates_and_a_second_use_ends_everything(self):
        first = self.login()
        second = self.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
        self.assertEqual(second.status, 200)
        self.assertNotEqual(second.json["refresh_token"], first["refresh_token"])
        self.assertEqual(self.me(second.json["access_token"]).status, 200)
        again = self.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
        self.assertEqual((again.status, again.json["error"]), (400, "invalid_grant"))
        for token in (first["access_token"], second.json["access_token"]):
            self.assertEqual(self.me(token).status, 401)
        last = self.token(grant_type="refresh_token", refresh_token=second.json["refresh_token"])
        self.assertEqual((last.status, last.json["error"]), (400, "invalid_grant"))

    def test_the_older_refresh_address_works_too(self):
        first = self.login()
        self.assertEqual(self.form("/v1/oauth/refresh_token", client_id=CLIENT,
                                   refresh_token=first["refresh_token"]).status, 200)

    def test_64_refreshes_at_once_give_one_pair_at_most(self):
        first = self.login()
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(
            self.token(grant_type="refresh_token", refresh_token=first["refresh_token"]))) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [400] * 63)

    def test_a_code_works_once_and_a_second_use_takes_back_what_it_gave(self):
        code, verifier = self.code()
        fields = dict(grant_type="authorization_code", code=code, code_verifier=verifier,
                      redirect_uri="http://127.0.0.1:4567/oauth/callback")
        first = self.token(**fields)
        self.assertEqual(first.status, 200)
        second = self.token(**fields)
        self.assertEqual((second.status, second.json["error"]), (400, "invalid_grant"))
        self.assertEqual(self.me(first.json["access_token"]).status, 401)

    def test_revoke_ends_access_at_once_whichever_token_is_shown(self):
        for kind in ("access_token", "refresh_token"):
            tokens = self.login()
            # Another client may not end it.
            self.assertEqual(self.form("/v1/oauth/revoke", client_id="web-app", token=tokens[kind]).status, 200)
            self.assertEqual(self.me(tokens["access_token"]).status, 200)
            self.assertEqual(self.form("/v1/oauth/revoke", client_id=CLIENT, token=tokens[kind],
                                       token_type_hint="refresh_token").status, 200)
            self.assertEqual(self.me(tokens["access_token"]).status, 401)
            self.assertEqual(self.token(grant_type="refresh_token",
                                        refresh_token=tokens["refresh_token"]).status, 400)
        self.assertEqual(self.form("/v1/oauth/revoke", client_id=CLIENT, token="us_at_unknown").status, 200)

    def test_deny_goes_back_with_access_denied(self):
        browser = Browser(self.server)
        page = browser.sign_in(self.query(pkce()[1]))
        back = urllib.parse.urlsplit(browser.submit(page, "deny").headers["Location"])
        self.assertEqual(dict(urllib.parse.parse_qsl(back.query))["error"], "access_denied")

    def test_a_new_password_ends_tokens_and_sessions(self):
        browser = Browser(self.server)
        tokens = self.login(browser=browser)
        self.set_password()
        self.assertEqual(self.me(tokens["access_token"]).status, 401)
        self.assertIn(b'type="password"', browser.open(self.query(pkce()[1])).body)

    def test_discovery_names_the_endpoints(self):
        found = self.server.call("GET", "/.well-known/oauth-authorization-server", key=None).json
        base = f"http://{self.server.address}"
        self.assertEqual(found["issuer"], base)
        self.assertEqual(found["token_endpoint"], base + "/v1/oauth/token")
        self.assertEqual(found["code_challenge_methods_supported"], ["S256"])

    def test_libraries_that_insist_on_basic_are_understood(self):
        code, verifier = self.code()
        basic = base64.b64encode(f"{CLIENT}:".encode()).decode()
        answer = self.form("/v1/oauth/token", headers={"Authorization": f"Basic {basic}"},
                           grant_type="authorization_code", code=code, code_verifier=verifier,
                           redirect_uri="http://127.0.0.1:4567/oauth/callback")
        self.assertEqual(answer.status, 200, answer.body)


class Bearer(OAuthCase):
    def test_scopes_bind_as_they_do_for_keys(self):
        tokens = self.login(scope="openid videos:read account:read")
        self.assertEqual(self.me(tokens["access_token"]).status, 200)
        headers = {"Authorization": "Bearer " + tokens["access_token"]}
        self.assertEqual(self.server.call("GET", "/v3/videos", key=None, headers=headers).status, 200)
        refused = self.server.call("POST", "/v3/videos", {"type": "avatar"}, key=None, headers=headers)
        self.assertEqual((refused.status, refused.error["code"]), (403, "insufficient_api_key_scope"))
        self.assertIn("videos:write", refused.error["message"])

    def test_never_an_operator(self):
        headers = {"Authorization": "Bearer " + self.login()["access_token"]}
        for method, path in (("GET", "/understudy/v1/accounts"), ("POST", "/understudy/v1/verify")):
            self.assertEqual(self.server.call(method, path, key=None, headers=headers).status, 403)

    def test_wrong_tokens_are_all_alike(self):
        good = self.login()
        none = self.server.call("GET", "/v3/users/me", key=None)
        for token in ("us_at_x", "x", good["refresh_token"], good["access_token"][:-1] + "0", "a" * 5000):
            answer = self.me(token)
            self.assertEqual((answer.status, answer.error["code"]), (401, "unauthorized"))
            self.assertEqual(answer.body, none.body)
            self.assertIn("Bearer", answer.headers["WWW-Authenticate"])

    def test_an_api_key_wins_over_a_token(self):
        token = self.login()["access_token"]
        both = self.me(token, **{"x-api-key": self.server.key})
        self.assertEqual((both.status, both.data["billing_type"]), (200, "wallet"))
        self.assertEqual(self.me(token, **{"x-api-key": "us_wrong"}).status, 401)


class Credits(OAuthCase):
    """Bearer tokens spend the plan, keys the wallet; no worker runs, so what is held stays held."""

    def headers(self, token):
        return {"Authorization": f"Bearer {token}"}

    def video(self, token, words=10):
        look = self.server.call("GET", "/v3/avatars/looks?limit=1", key=None, headers=self.headers(token)).data[0]["id"]
        return self.server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look, "script": "word " * words},
                                key=None, headers=self.headers(token))

    def plan(self, *arguments):
        done = self.server.command("account", "plan", "--data", str(self.server.data), *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_1_the_free_plan_has_its_credits_and_its_limits(self):
        token = self.login()["access_token"]
        me = self.me(token).data
        self.assertEqual(me["billing_type"], "subscription")
        self.assertIsNone(me["wallet"])
        self.assertIsNone(me["usage_based"])
        credits = me["subscription"]["credits"]
        self.assertEqual(me["subscription"]["plan"], "free")
        self.assertEqual(credits["premium_credits"]["remaining"], 10)
        self.assertRegex(credits["premium_credits"]["resets_at"], r"^\d{4}-\d\d-\d\dT00:00:00")
        self.assertEqual(credits["add_on_credits"], {"remaining": 0, "resets_at": None})
        before = self.server.balance()
        long = self.video(token, 400)
        self.assertEqual((long.status, long.error["code"]), (402, "trial_limit_exceeded"))
        made = self.video(token)
        self.assertEqual(made.status, 200, made.body)
        job = self.server.call("GET", f"/understudy/v1/jobs/{made.data['video_id']}").data
        self.assertGreater(job["charge"]["held_credits"], 0)
        self.assertNotIn("held_usd", job["charge"])
        self.assertLess(self.me(token).data["subscription"]["credits"]["premium_credits"]["remaining"], 10)
        self.assertEqual(self.server.balance(), before)
        self.assertEqual(self.video(token).status, 200)
        self.assertEqual(self.video(token).status, 200)
        # 429 comes before 402: three are running, and three are all that the plan makes.
        busy = self.video(token)
        self.assertEqual((busy.status, busy.error["code"]), (429, "rate_limit_exceeded"))
        self.assertGreater(int(busy.headers["Retry-After"]), 0)
        self.server.call("POST", f"/understudy/v1/jobs/{made.data['video_id']}/cancel")
        self.assertEqual(self.video(token).status, 200)  # what was cancelled does not count
        self.assertEqual(self.server.verify().returncode, 0)

    def test_2_a_larger_plan_counts_at_once(self):
        token = self.login()["access_token"]
        self.plan("--plan", "pro")
        pool = self.me(token).data["subscription"]
        self.assertEqual(pool["plan"], "pro")
        self.assertGreater(pool["credits"]["premium_credits"]["remaining"], 1900)

    def test_3_usage_based_accounts_show_that_for_keys_too(self):
        token = self.login()["access_token"]
        self.plan("--usage-based", "--included-credits", "5000", "--overage-rate", "0.01", "--cap", "100")
        for me in (self.me(token).data, self.server.call("GET", "/v3/users/me").data):
            self.assertEqual(me["billing_type"], "usage_based")
            self.assertIsNone(me["wallet"])
            self.assertIsNone(me["subscription"])
            self.assertEqual(me["usage_based"]["spending_cap_usd"], 100)
            self.assertEqual(me["usage_based"]["included_credits"], 5000)
            self.assertEqual(me["usage_based"]["spending_current_usd"], 0)
        self.plan("--plan", "pro")
        self.assertEqual(self.server.call("GET", "/v3/users/me").data["billing_type"], "wallet")

    def test_a_dollar_limit_is_not_silently_taken_for_credits(self):
        token = self.login()["access_token"]
        answer = self.me(token, **{"X-Understudy-Max-Cost": "1"})
        self.assertEqual((answer.status, answer.error["param"]), (400, "X-Understudy-Max-Cost"))


class ShortLives(OAuthCase):
    @classmethod
    def setUpClass(cls):
        global CONFIG
        before, CONFIG = CONFIG, CONFIG.replace("[oauth]", "[oauth]\naccess_lifetime_s = 1\ncode_lifetime_s = 1\n"
                                                "device_lifetime_s = 2")
        try:
            super().setUpClass()
        finally:
            CONFIG = before

    def test_access_tokens_codes_and_devices_expire(self):
        tokens = self.login()
        code, verifier = self.code()
        device = self.form("/v1/oauth/device_authorization", client_id=CLIENT).json
        time.sleep(2.1)
        expired = self.me(tokens["access_token"])
        self.assertEqual((expired.status, expired.error["code"]), (401, "unauthorized"))
        late = self.token(grant_type="authorization_code", code=code, code_verifier=verifier,
                          redirect_uri="http://127.0.0.1:4567/oauth/callback")
        self.assertEqual(late.json["error"], "invalid_grant")
        poll = self.token(grant_type="urn:ietf:params:oauth:grant-type:device_code",
                          device_code=device["device_code"])
        self.assertEqual((poll.status, poll.json["error"]), (400, "expired_token"))
        # The refresh token lives on.
        self.assertEqual(self.token(grant_type="refresh_token",
                                    refresh_token=tokens["refresh_token"]).status, 200)


class DeviceCase(OAuthCase):
    GRANT = "urn:ietf:params:oauth:grant-type:device_code"

    def start(self):
        answer = self.form("/v1/oauth/device_authorization", client_id=CLIENT, scope="openid profile email")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def poll(self, device, client=CLIENT):
        return self.token(grant_type=self.GRANT, device_code=device["device_code"], client_id=client)

    def decide(self, device, action, typed=None):
        browser = Browser(self.server)
        code = typed or device["user_code"]
        page = browser.sign_in("/oauth/device?user_code=" + urllib.parse.quote(code))
        self.assertIn(device["user_code"].encode(), page.body)
        return browser.submit(page, action)


class Device(DeviceCase):
    def test_approved_after_pending_and_slow_down(self):
        device = self.start()
        self.assertEqual(device["interval"], 1)
        self.assertTrue(device["verification_uri_complete"].startswith(device["verification_uri"]))
        self.assertEqual(self.poll(device).json["error"], "authorization_pending")
        # At once: the interval grows from 1 to 6 seconds, and to 11 with another one.
        self.assertEqual(self.poll(device).json["error"], "slow_down")
        time.sleep(1.2)
        self.assertEqual(self.poll(device).json["error"], "slow_down")
        typed = device["user_code"].lower().replace("-", " ")
        self.assertIn(b"connected", self.decide(device, "allow", typed).body)
        self.assertEqual(self.poll(device).json["error"], "slow_down")

    def test_tokens_come_after_the_interval_and_once(self):
        device = self.start()
        self.assertEqual(self.poll(device, "web-app").json["error"], "invalid_grant")
        self.assertIn(b"connected", self.decide(device, "allow").body)
        answer = self.poll(device)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.me(answer.json["access_token"]).status, 200)
        self.assertEqual(self.poll(device).json["error"], "invalid_grant")
        self.assertEqual(self.me(answer.json["access_token"]).status, 401)

    def test_denied(self):
        device = self.start()
        self.decide(device, "deny")
        self.assertEqual(self.poll(device).json["error"], "access_denied")

    def test_wrong_starts(self):
        for fields, error in (({}, "invalid_client"), ({"client_id": "x"}, "invalid_client"),
                              ({"client_id": CLIENT, "scope": "root"}, "invalid_scope")):
            self.assertEqual(self.form("/v1/oauth/device_authorization", **fields).json["error"], error)


class DeviceGuesses(DeviceCase):
    def test_a_code_is_decided_once_and_guesses_are_throttled(self):
        device = self.start()
        self.decide(device, "deny")
        browser = Browser(self.server)
        page = browser.sign_in("/oauth/device?user_code=" + device["user_code"])
        self.assertEqual(page.status, 400)
        statuses = [browser.open("/oauth/device?user_code=BBBB-BBB" + letter).status for letter in "BCDFGHJKLMNP"]
        self.assertEqual(statuses[-1], 429)
        self.assertEqual(statuses[0], 400)


class Hostile(OAuthCase):
    def test_nobody_is_sent_to_an_address_that_is_not_registered(self):
        challenge = pkce()[1]
        for uri in ("https://evil.example/", "http://127.0.0.1.evil.example/cb", "http://127.0.0.1:80@evil.example/",
                    "http://127.0.0.1:99999/cb", "http://127.0.0.1:0/cb", "http://127.0.0.1\\@evil.example/",
                    "//evil.example", "javascript:alert(1)", "http://127.0.0.1:1/cb#x", "https://127.0.0.1/cb",
                    "http://[::2]/cb", "http://localhost.evil.example/", "http://127.0.0.2/cb", "",
                    "http://127.0.0.1:8000/\r\nSet-Cookie: a=b"):
            answer = Browser(self.server).open(self.query(challenge, redirect_uri=uri))
            self.assertEqual((answer.status, answer.headers["Location"]), (400, None), uri)
        for uri in ("https://app.example.com/done/", "https://app.example.com/done?x=1", "https://APP.example.com/done",
                    "http://app.example.com/done", "http://127.0.0.1:4567/oauth/callback"):
            answer = Browser(self.server).open(self.query(challenge, client_id="web-app", redirect_uri=uri))
            self.assertEqual((answer.status, answer.headers["Location"]), (400, None), uri)
        for client in ("", "unknown", "' OR 1=1 --", "x" * 5000, None):
            answer = Browser(self.server).open(self.query(challenge, client_id=client))
            self.assertEqual((answer.status, answer.headers["Location"]), (400, None), client)

    def refusal(self, **more):
        answer = Browser(self.server).open(self.query(**{"challenge": pkce()[1], **more}))
        self.assertEqual(answer.status, 303)
        target = urllib.parse.urlsplit(answer.headers["Location"])
        self.assertEqual(target.netloc, "127.0.0.1:4567")
        return dict(urllib.parse.parse_qsl(target.query))

    def test_pkce_is_required_and_plain_refused(self):
        for more in ({"challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge_method": None},
                     {"challenge": "short"}, {"challenge": "!" * 43}):
            answer = self.refusal(**more)
            self.assertEqual(answer["error"], "invalid_request", more)
            self.assertEqual(answer["state"], "st&te=1")

    def test_other_wrong_requests_go_back_with_their_error(self):
        self.assertEqual(self.refusal(response_type="token")["error"], "unsupported_response_type")
        self.assertEqual(self.refusal(response_type=None)["error"], "invalid_request")
        self.assertEqual(self.refusal(scope="openid operator")["error"], "invalid_scope")

    def test_parameters_sent_twice_or_too_long_are_refused(self):
        url = self.query(pkce()[1])
        for name in ("client_id", "redirect_uri"):
            answer = Browser(self.server).open(url + f"&{name}=x")
            self.assertEqual((answer.status, answer.headers["Location"]), (400, None))
        for name in ("scope", "state", "code_challenge", "response_type"):
            answer = Browser(self.server).open(url + f"&{name}=x")
            self.assertEqual(answer.status, 303)
            self.assertIn("error=invalid_request", answer.headers["Location"])
        self.assertEqual(Browser(self.server).open(self.query(pkce()[1], state="s" * 5000)).status, 400)
        self.assertEqual(Browser(self.server).open(url + "&a=b" * 60).status, 400)
        twice = self.server.call("POST", "/v1/oauth/token", key=None, raw=b"grant_type=refresh_token&client_id=%b"
                                 b"&refresh_token=a&refresh_token=b" % CLIENT.encode(),
                                 headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual((twice.status, twice.json["error"]), (400, "invalid_request"))

    def test_a_state_cannot_write_headers_or_markup(self):
        browser = Browser(self.server)
        state = "x\r\nSet-Cookie: stolen=1\r\n\r\n<script>\"'&"
        page = browser.sign_in(self.query(pkce()[1], state=state))
        self.assertNotIn(b"<script>", page.body)
        back = browser.submit(page, "allow")
        self.assertNotIn("stolen", back.headers.get("Set-Cookie", ""))
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back.headers["Location"]).query))
        self.assertEqual(answer["state"], state)

    def test_names_and_typed_texts_are_escaped(self):
        browser = Browser(self.server)
        page = browser.open(self.query(pkce()[1], client_id="web-app", redirect_uri="https://app.example.com/done"))
        self.assertIn(b"Web &lt;b&gt;App", page.body)
        wrong = browser.submit(page, "sign_in", email='"><script>@x', password="x")
        self.assertNotIn(b"<script>", wrong.body)

    def test_a_code_is_of_no_use_to_another(self):
        redirect = "http://127.0.0.1:4567/oauth/callback"
        code, verifier = self.code()
        good = dict(grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=redirect)
        for change in ({"code_verifier": pkce()[0]}, {"code_verifier": "a" * 43}, {"client_id": "web-app"},
                       {"redirect_uri": "http://127.0.0.1:4568/oauth/callback"}, {"code": code[:-1] + "x"},
                       {"code_verifier": pkce()[1]}):
            answer = self.token(**{**good, **change})
            self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_grant"), change)
        for name in ("code", "code_verifier", "redirect_uri", "grant_type"):
            answer = self.token(**{key: value for key, value in good.items() if key != name})
            self.assertEqual(answer.json["error"], "invalid_request", name)
        self.assertEqual(self.token(**good).status, 200)

    def test_token_endpoint_refuses_nonsense(self):
        self.assertEqual(self.token(grant_type="password", username="a", password="b").json["error"],
                         "unsupported_grant_type")
        self.assertEqual(self.token(grant_type="client_credentials").json["error"], "unsupported_grant_type")
        answer = self.form("/v1/oauth/token", client_id="nobody", grant_type="refresh_token", refresh_token="x")
        self.assertEqual((answer.status, answer.json["error"]), (401, "invalid_client"))
        for raw, kind in ((b"{}", "application/json"), (b"a=%zz", "application/x-www-form-urlencoded"), (b"", ""),
                          (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
                          (b"a=" + b"b" * 5000, "application/x-www-form-urlencoded"),
                          (b"&".join(b"f%d=1" % i for i in range(100)), "application/x-www-form-urlencoded")):
            answer = self.server.call("POST", "/v1/oauth/token", key=None, raw=raw, headers={"Content-Type": kind})
            self.assertIn((answer.status, answer.json["error"]),
                          ((400, "invalid_request"), (401, "invalid_client")), raw[:20])
        huge = self.server.call("POST", "/v1/oauth/token", key=None, raw=b"a" * 100_000,
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(huge.status, 413)
        self.assertEqual(self.server.call("GET", "/v1/oauth/token", key=None).status, 405)

    def test_forms_without_their_token_change_nothing(self):
        browser = Browser(self.server)
        url = self.query(pkce()[1])
        browser.sign_in(url)
        for csrf in ("", "0" * 64):
            answer = browser.open(url, {"action": "allow", "csrf": csrf})
            self.assertEqual((answer.status, answer.headers["Location"]), (403, None))
        # A page of one browser is of no use in another.
        page = Browser(self.server).open(url)
        stranger = Browser(self.server)
        answer = stranger.submit(page, "sign_in", email=EMAIL, password=PASSWORD)
        self.assertEqual(answer.status, 403)

    def test_pages_protect_themselves(self):
        for path in (self.query(pkce()[1]), "/oauth/device"):
            page = Browser(self.server).open(path)
            policy = page.headers["Content-Security-Policy"]
            for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(page.headers["X-Frame-Options"], "DENY")
            cookies = page.headers.get_all("Set-Cookie")
            self.assertTrue(all("HttpOnly" in one and "SameSite=Lax" in one for one in cookies))
            self.assertNotIn(b"<script", page.body)


class SignIn(OAuthCase):
    def attempt(self, browser, page, email, password):
        return browser.submit(page, "sign_in", email=email, password=password)

    def test_unknown_people_and_wrong_passwords_look_alike_and_both_are_throttled(self):
        browser = Browser(self.server)
        page = browser.open(self.query(pkce()[1]))
        sentence = re.compile(rb'role="alert">([^<]*)<')
        seen = {}
        for email in (EMAIL, "nobody@example.com"):
            answers = [self.attempt(browser, page, email, "wrong password") for _ in range(12)]
            seen[email] = [(one.status, sentence.search(one.body).group(1)) for one in answers]
            self.assertEqual(answers[0].status, 401)
            self.assertEqual(answers[-1].status, 429)
            self.assertGreater(int(answers[-1].headers["Retry-After"]), 0)
        self.assertEqual(*seen.values())
        # The right password does not help now; a new one from the operator does.
        self.assertEqual(self.attempt(browser, page, EMAIL, PASSWORD).status, 429)
        self.set_password()
        self.assertEqual(self.attempt(browser, page, EMAIL.upper(), PASSWORD).status, 303)

    def test_passwords_have_rules_and_addresses_one_owner(self):
        run = lambda text, *more: subprocess.run(
            [BINARY, "account", "password", "--data", self.server.data, *more], input=text, text=True,
            capture_output=True)
        self.assertEqual(run("short\n").returncode, 2)
        self.assertEqual(run("x" * 600 + "\n").returncode, 2)
        made = self.server.command("--json", "account", "create", "--name", "Bob", "--data", str(self.server.data))
        bob = json.loads(made.stdout)["data"]["id"]
        self.assertEqual(run(PASSWORD, "--account", bob).returncode, 2)  # no address yet
        taken = run(PASSWORD, "--account", bob, "--email", EMAIL)
        self.assertEqual(taken.returncode, 1)
        self.assertIn("Another account", taken.stderr)
        self.assertEqual(run(PASSWORD, "--account", "nobody", "--email", "c@example.com").returncode, 1)

    def test_nothing_secret_is_in_the_database(self):
        tokens = self.login()
        files = self.server.database_bytes()
        for secret in (tokens["access_token"], tokens["refresh_token"], PASSWORD):
            self.assertNotIn(secret.encode(), files)
        self.assertIn(b"$argon2id$v=19$m=65536,t=3,p=1$", files)


if __name__ == "__main__":
    unittest.main()
