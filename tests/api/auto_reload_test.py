"""What is paid without anybody there: auto-reload, and sessions whose event never came."""
import time
import unittest

from stripe_cases import StripeCase


class Reloads(StripeCase):
    poll_after_s = 1

    def settings(self, **fields):
        return self.server.call("PUT", "/understudy/v1/auto-reload", fields)

    def reloads(self):
        return [t for t in self.server.call("GET", "/understudy/v1/top-ups?limit=500").data
                if t["kind"] == "auto_reload"]

    def test_a_low_wallet_is_filled_by_the_saved_card(self):
        off = self.server.call("GET", "/understudy/v1/auto-reload").data
        self.assertFalse(off["enabled"])
        early = self.settings(enabled=True, threshold_usd=20, amount_usd=10)
        self.assertEqual((early.status, early.error["code"]), (409, "conflict"))
        for fields, param in (({}, "enabled"), ({"enabled": "yes"}, "enabled"),
                              ({"enabled": True, "amount_usd": 10}, "threshold_usd"),
                              ({"enabled": True, "threshold_usd": 5, "amount_usd": 4}, "amount_usd"),
                              ({"enabled": True, "threshold_usd": 5, "amount_usd": 10, "monthly_limit_usd": 9},
                               "monthly_limit_usd"),
                              ({"enabled": False, "more": 1}, "more")):
            refused = self.settings(**fields)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), fields)
        self.pay(5)
        self.stripe.break_next = ["402:card_declined"]
        on = self.settings(enabled=True, threshold_usd=20, amount_usd=15, monthly_limit_usd=30)
        self.assertEqual(on.status, 200, on.body)
        self.assertTrue(on.data["has_payment_method"])
        shown = self.server.call("GET", "/v3/users/me").data["wallet"]["auto_reload"]
        self.assertEqual(shown, {"enabled": True, "threshold_usd": 20, "amount_usd": 15})
        # Declined: an hour's pause, and no second attempt meanwhile.
        failed = self.wait_until(lambda: [t for t in self.reloads() if t["status"] == "failed"], "no decline")
        self.assertEqual(failed[0]["failure"]["code"], "card_declined")
        state = self.server.call("GET", "/understudy/v1/auto-reload").data
        self.assertGreater(state["paused_until"], time.time() + 3000)
        self.assertEqual(state["last_failure_code"], "card_declined")
        self.assertEqual(len(self.reloads()), 1)
        # Another card ends the pause; the reload is credited though no event ever comes.
        before = self.server.balance()
        made = self.top_up(5)
        self.stripe.pay(self.session(made), method="pm_other")
        self.tell("checkout.session.completed", self.stripe.sessions[self.session(made)])
        self.assertEqual(self.settings(enabled=True, threshold_usd=21, amount_usd=15,
                                       monthly_limit_usd=30).status, 200)
        self.wait_until(lambda: self.server.balance() == before + 5 + 15, "no reload")
        sent = [r for r in self.stripe.requests if r[1] == "/v1/payment_intents" and r[0] == "POST"]
        self.assertEqual((sent[-1][2]["payment_method"], sent[-1][2]["amount"]), ("pm_other", "1500"))
        self.assertEqual(len([t for t in self.reloads() if t["status"] == "paid"]), 1)
        # A second one would fit the limit of a month, a third would not.
        self.settings(enabled=True, threshold_usd=1000, amount_usd=15, monthly_limit_usd=30)
        self.wait_until(lambda: self.server.balance() == before + 5 + 30, "no second reload")
        self.settings(enabled=True, threshold_usd=1001, amount_usd=15, monthly_limit_usd=30)
        self.server.stop()
        topics = [row[0] for row in self.server.sql("SELECT topic FROM outbox ORDER BY id")]
        self.assertEqual(topics.count("wallet.reload_started"), 3)
        self.assertEqual(topics.count("wallet.reload_succeeded"), 2)
        self.assertIn("wallet.reload_failed", topics)
        self.assertIn("wallet.low_balance", topics)
        checked = self.server.verify()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Polling(StripeCase):
    poll_after_s = 1

    def test_a_paid_session_without_an_event_is_found(self):
        before = self.server.balance()
        made = self.top_up(13)
        time.sleep(2.5)  # asked about while it is open: nothing happens
        self.assertEqual(self.find(made["id"])["status"], "open")
        self.stripe.pay(self.session(made))
        self.wait_until(lambda: self.server.balance() == before + 13, "not found")
        self.assertEqual(self.tell("checkout.session.completed", self.stripe.sessions[self.session(made)])
                         .data["applied"], "unchanged")
        self.assertEqual(self.server.balance(), before + 13)
        gone = self.top_up(13)
        self.stripe.sessions[self.session(gone)]["status"] = "expired"
        self.wait_until(lambda: self.find(gone["id"])["status"] == "expired", "not expired")


if __name__ == "__main__":
    unittest.main()
