"""What Stripe takes back: refunds and disputes, won and lost, and the debts that they leave."""
import unittest

from fake_stripe import charge, dispute
from stripe_cases import StripeCase


class TakenBack(StripeCase):
    """Refunds and disputes. One wallet of its own each, since debts stop work."""

    def setUp(self):
        self.wallet = self.server.balance()

    def test_refunds_are_cumulative(self):
        paid, payment = self.pay(20)
        partial = charge(payment, 500, "ch_part")
        self.assertEqual(self.tell("charge.refunded", partial, "evt_part").data["applied"], "changed")
        self.assertEqual(self.server.balance(), self.wallet + 15)
        self.assertEqual(self.tell("charge.refunded", partial, "evt_part").data["applied"], "unchanged")
        self.assertEqual(self.tell("charge.refunded", partial).data["applied"], "unchanged")
        self.tell("charge.refunded", charge(payment, 2000, "ch_part"))
        self.assertEqual(self.server.balance(), self.wallet)
        self.tell("charge.refunded", partial)  # late
        self.tell("charge.refunded", charge(payment, 999_999, "ch_part"))  # never more than was credited
        self.assertEqual(self.server.balance(), self.wallet)
        self.assertEqual(self.find(paid["id"])["taken_back_usd"], 20)

    def test_a_dispute_takes_the_money_and_a_won_one_returns_it(self):
        _, payment = self.pay(20)
        self.tell("charge.dispute.created", dispute(payment, "warning_needs_response", dispute_id="dp_ask"))
        self.assertEqual(self.server.balance(), self.wallet + 20)  # an inquiry moves nothing
        self.tell("charge.dispute.created", dispute(payment, "needs_response", dispute_id="dp_won"))
        self.tell("charge.dispute.funds_withdrawn", dispute(payment, "needs_response", dispute_id="dp_won"))
        self.assertEqual(self.server.balance(), self.wallet)
        self.tell("charge.dispute.closed", dispute(payment, "won", dispute_id="dp_won"))
        self.tell("charge.dispute.funds_reinstated", dispute(payment, "won", dispute_id="dp_won"))
        self.tell("charge.dispute.created", dispute(payment, "needs_response", dispute_id="dp_won"))  # late
        self.assertEqual(self.server.balance(), self.wallet + 20)
        self.tell("charge.dispute.closed", dispute(payment, "lost", dispute_id="dp_lost"))
        self.assertEqual(self.server.balance(), self.wallet)

    def hold(self):
        """A video that nobody makes (there are no workers) holds most of the wallet."""
        held = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "All of this is held. " * 150})
        self.assertEqual(held.status, 200, held.body)
        return held.data["video_id"]

    def test_what_is_gone_is_owed_until_it_is_settled(self):
        self.assertEqual(self.wallet, 10)  # the first of this class
        _, payment = self.pay(20)
        video = self.hold()
        free = self.server.balance()
        self.assertLess(free, 20)
        self.tell("charge.dispute.created", dispute(payment, "needs_response", dispute_id="dp_owed"))
        self.assertEqual(self.server.balance(), 0)  # all that is free, nothing that is held
        self.assertEqual(self.server.call("GET", f"/understudy/v1/jobs/{video}").data["status"], "queued")
        refused = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "No."})
        self.assertEqual((refused.status, refused.error["code"]), (402, "insufficient_credit"))
        self.assertAlmostEqual(refused.error["owed"], 20 - free, 9)
        # Five dollars pay a part of it; what the cancelled video gives back pays the rest.
        self.pay(5)
        self.assertEqual(self.server.balance(), 0)
        self.server.call("POST", f"/understudy/v1/jobs/{video}/cancel")
        self.wait_until(lambda: self.server.balance() == 15, f"not settled: {self.server.balance()}")
        self.hold_and_cancel()
        # A won dispute gives all of it back.
        self.tell("charge.dispute.closed", dispute(payment, "won", dispute_id="dp_owed"))
        self.assertEqual(self.server.balance(), 35)
        self.waive()

    def hold_and_cancel(self):
        made = self.server.call("POST", "/v3/videos", {
            "type": "avatar", "avatar_id": self.server.first_look(), "script": "Yes."})
        self.assertEqual(made.status, 200, made.body)
        self.server.call("POST", f"/understudy/v1/jobs/{made.data['video_id']}/cancel")

    def waive(self):
        """An operator forgives."""
        _, payment = self.pay(30)
        videos = []
        while self.server.balance() > 20:
            videos.append(self.hold())
        free = self.server.balance()
        self.tell("charge.refunded", charge(payment, 3000, "ch_waived"))
        key = self.server.command("key", "create", "--operator", "--label", "boss", "--data",
                                  self.server.data).stdout.strip()
        account = self.server.call("GET", "/v3/users/me").data["username"]
        path = f"/understudy/v1/accounts/{account}/debts"
        self.assertEqual(self.server.call("GET", path).status, 403)
        debts = self.server.call("GET", path, key=key).data
        self.assertEqual([debt["kind"] for debt in debts], ["refund"])
        self.assertAlmostEqual(debts[0]["owed_usd"], 30 - free, 9)
        self.assertEqual(self.server.call("POST", path + "/waive", {}, key=key).error["param"], "note")
        waived = self.server.call("POST", path + "/waive", {"note": "a good customer"}, key=key)
        self.assertEqual(waived.data["waived_usd"], debts[0]["owed_usd"])
        self.assertEqual(self.server.call("GET", path, key=key).data, [])
        self.tell("charge.refunded", charge(payment, 3000, "ch_waived"))  # nothing more is due
        self.assertEqual(self.server.call("GET", path, key=key).data, [])
        for video in videos:
            self.server.call("POST", f"/understudy/v1/jobs/{video}/cancel")
        self.assertEqual(self.server.verify().returncode, 0, self.server.verify().stdout)


if __name__ == "__main__":
    unittest.main()
