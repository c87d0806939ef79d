"""OAuth 2.0 as command-line programs use it: log in by browser, refresh, revoke; who may sign in."""
import base64
import json
import re
import secrets
import subprocess
import threading
import time
import unittest
import urllib.parse

from harness import BINARY
from oauth_cases import CLIENT, CONFIG, EMAIL, PASSWORD, Browser, Loopback, OAuthCase, pkce


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


class ShortLives(OAuthCase):
    config = CONFIG.replace("[oauth]", "[oauth]\naccess_lifetime_s = 1\ncode_lifetime_s = 1\ndevice_lifetime_s = 2")

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
