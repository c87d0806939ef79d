"""OAuth 2.0 for a device with a code (RFC 8628)."""
import json
import time
import unittest
import urllib.parse

from oauth_cases import CLIENT, Browser, OAuthCase


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


if __name__ == "__main__":
    unittest.main()
