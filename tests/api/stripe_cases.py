"""What the tests of payments share: a server whose Stripe is fake_stripe.py; events are signed by the official library."""
import json
import time
import unittest

import fake_stripe
from fake_stripe import API_KEY, SECRETS, sign
from harness import Server

WEBHOOK = "/understudy/v1/stripe/webhook"
CONFIG = """
[stripe]
api_key = "{key}"
webhook_secrets = ["{one}", "{two}"]
base_url = "{url}"
poll_after_s = {poll}
[log]
level = "debug"
"""


class StripeCase(unittest.TestCase):
    poll_after_s = 600
    workers = 0

    @classmethod
    def setUpClass(cls):
        cls.stripe = fake_stripe.FakeStripe()
        cls.addClassCleanup(cls.stripe.close)
        cls.server = Server(workers=cls.workers, config=CONFIG.format(
            key=API_KEY, one=SECRETS[0], two=SECRETS[1], url=cls.stripe.url, poll=cls.poll_after_s))
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def tearDown(self):
        self.assertEqual(self.stripe.faults, [])
        log = (self.server.folder / "serve.log").read_text(errors="replace")
        for secret in (API_KEY, *SECRETS):
            self.assertNotIn(secret, log)

    def top_up(self, amount=20, **fields):
        made = self.server.call("POST", "/understudy/v1/top-ups", {"amount_usd": amount, **fields})
        self.assertEqual(made.status, 201, made.body)
        return made.data

    def find(self, top_up_id):
        return self.server.call("GET", f"/understudy/v1/top-ups/{top_up_id}").data

    def session(self, top_up):
        return top_up["stripe"]["checkout_session_id"]

    def tell(self, kind, subject, event_id=None):
        return self.deliver(json.dumps(self.stripe.event(kind, subject, event_id)))

    def deliver(self, payload, signature=None):
        return self.server.call("POST", WEBHOOK, raw=payload.encode(), key=None, headers={
            "Content-Type": "application/json", "Stripe-Signature": signature or sign(payload)})

    def pay(self, amount=20, **fields):
        """A top-up from its creation to the wallet."""
        made = self.top_up(amount, **fields)
        session = self.stripe.pay(self.session(made))
        told = self.tell("checkout.session.completed", session)
        self.assertEqual((told.status, told.data["applied"]), (200, "credited"), told.body)
        return self.find(made["id"]), self.stripe.payments[session["payment_intent"]]

    def wait_until(self, holds, what):
        deadline = time.time() + 30
        while time.time() < deadline:
            value = holds()
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(what + "\n" + self.server.log_text())
