"""OAuth 2.0: what must not work."""
import json
import unittest
import urllib.parse

from oauth_cases import CLIENT, EMAIL, PASSWORD, Browser, OAuthCase, pkce


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


if __name__ == "__main__":
    unittest.main()
