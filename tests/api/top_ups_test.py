"""Top-ups as a user of Stripe expects: what is sent, what is credited and what never is, receipts."""
import concurrent.futures
import json
import threading
import time
import unittest

import fake_stripe
from fake_stripe import API_KEY, SECRETS, charge, sign
from harness import Server
from stripe_cases import CONFIG, WEBHOOK, StripeCase


class TopUps(StripeCase):
    workers = 1

    def test_a_top_up_is_a_checkout_page_and_its_event_the_money(self):
        before = self.server.balance()
        made = self.top_up(25.50)
        self.assertEqual((made["status"], made["amount_usd"]), ("open", 25.5))
        self.assertTrue(made["url"].startswith(self.stripe.url))
        sent = self.stripe.requests[-1]
        self.assertEqual(sent[1], "/v1/checkout/sessions")
        self.assertEqual(sent[2]["line_items"]["0"]["price_data"]["unit_amount"], "2550")
        self.assertEqual(sent[2]["client_reference_id"], made["id"])
        session = self.stripe.pay(self.session(made))
        self.assertEqual(self.server.balance(), before)  # coming back from Checkout proves nothing
        told = self.tell("checkout.session.completed", session)
        self.assertEqual((told.status, told.data["applied"]), (200, "credited"))
        self.assertEqual(self.server.balance(), before + 25.5)
        paid = self.find(made["id"])
        self.assertEqual((paid["status"], paid["url"]), ("paid", None))
        self.assertEqual(paid["balance_after_usd"], before + 25.5)
        listed = self.server.call("GET", "/understudy/v1/top-ups?limit=1").json
        self.assertEqual(len(listed["data"]), 1)
        entry = self.server.call("GET", "/understudy/v1/ledger?limit=1").data[0]
        self.assertEqual((entry["kind"], entry["reference"], entry["amount_usd"]), ("top_up", made["id"], 25.5))

    def test_wrong_amounts_are_refused_before_stripe_is_asked(self):
        asked = len(self.stripe.requests)
        for wrong in (4.99, 5.001, 0, -5, 10000.01, 1e30, "ten", True, [], {}, None, "5.0000000001", "1e2"):
            refused = self.server.call("POST", "/understudy/v1/top-ups", {"amount_usd": wrong})
            self.assertEqual((refused.status, refused.error["param"]), (400, "amount_usd"), wrong)
        more = self.server.call("POST", "/understudy/v1/top-ups", {"amount_usd": 5, "currency": "eur"})
        self.assertEqual((more.status, more.error["param"]), (400, "currency"))
        self.assertEqual(self.server.call("POST", "/understudy/v1/top-ups", raw=b"5").status, 400)
        self.assertEqual(len(self.stripe.requests), asked)
        self.assertEqual(self.top_up("5")["amount_usd"], 5)
        missing = self.server.call("GET", "/understudy/v1/top-ups/none")
        self.assertEqual((missing.status, missing.error["code"]), (404, "resource_not_found"))

    def test_an_event_counts_once_however_often_it_comes(self):
        before = self.server.balance()
        made = self.top_up(10)
        session = self.stripe.pay(self.session(made))
        payload = json.dumps(self.stripe.event("checkout.session.completed", session, "evt_once"))
        header = sign(payload)
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(lambda _: self.deliver(payload, header), range(64)))
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(sum(answer.data["applied"] == "credited" for answer in answers), 1)
        self.assertEqual(self.server.balance(), before + 10)
        # Another event of the same payment, and the same session under a new event, add nothing.
        self.assertEqual(self.tell("checkout.session.async_payment_succeeded", session).data["applied"], "unchanged")
        self.assertEqual(self.tell("checkout.session.completed", session).data["applied"], "unchanged")
        self.assertEqual(self.tell("checkout.session.expired", session).data["applied"], "unchanged")
        self.assertEqual(self.server.balance(), before + 10)

    def test_delayed_payments_wait_for_the_bank(self):
        before = self.server.balance()
        made = self.top_up(30)
        session = self.stripe.pay(self.session(made), is_delayed=True)
        self.assertEqual(self.tell("checkout.session.completed", session).data["applied"], "changed")
        self.assertEqual(self.find(made["id"])["status"], "processing")
        self.assertEqual(self.server.balance(), before)
        paid = self.stripe.settle(self.session(made))
        self.assertEqual(self.tell("checkout.session.async_payment_succeeded", paid).data["applied"], "credited")
        self.assertEqual(self.server.balance(), before + 30)
        lost = self.top_up(30)
        session = self.stripe.pay(self.session(lost), is_delayed=True)
        self.tell("checkout.session.completed", session)
        self.tell("checkout.session.async_payment_failed", session)
        self.assertEqual(self.find(lost["id"])["status"], "failed")
        self.assertEqual(self.server.balance(), before + 30)

    def test_events_out_of_order_end_in_the_same_state(self):
        before = self.server.balance()
        made = self.top_up(11)
        unpaid = dict(self.stripe.pay(self.session(made), is_delayed=True))
        paid = self.stripe.settle(self.session(made))
        self.assertEqual(self.tell("checkout.session.async_payment_succeeded", paid).data["applied"], "credited")
        self.assertEqual(self.tell("checkout.session.completed", unpaid).data["applied"], "unchanged")
        self.assertEqual(self.find(made["id"])["status"], "paid")
        self.assertEqual(self.server.balance(), before + 11)
        # A refund that is told before the payment that it takes back.
        early = self.top_up(12)
        session = self.stripe.pay(self.session(early))
        payment = self.stripe.payments[session["payment_intent"]]
        self.tell("charge.refunded", charge(payment, 1200, "ch_early"))
        self.assertEqual(self.server.balance(), before + 11)
        self.tell("checkout.session.completed", session)
        self.assertEqual(self.server.balance(), before + 11)
        self.assertEqual(self.find(early["id"])["taken_back_usd"], 12)

    def test_nothing_is_credited_that_was_not_asked_for(self):
        before = self.server.balance()
        for change in ({"amount_total": 100_000}, {"amount_total": 1}, {"currency": "jpy"},
                       {"payment_status": "no_payment_required", "amount_total": 0}):
            made = self.top_up(10)
            session = {**self.stripe.pay(self.session(made)), **change}
            told = self.tell("checkout.session.completed", session)
            self.assertEqual((told.status, told.data["applied"]), (200, "disagreed"), change)
            self.assertEqual(self.find(made["id"])["failure"]["code"], "amount_mismatch")
        foreign = {**session, "id": "cs_test_foreign", "client_reference_id": "somebody", "payment_intent": "pi_x"}
        told = self.tell("checkout.session.completed", foreign)
        self.assertEqual((told.status, told.data["applied"]), (200, "unknown"))
        made = self.top_up(10)
        live = self.stripe.event("checkout.session.completed", self.stripe.pay(self.session(made)), livemode=True)
        self.assertEqual(self.deliver(json.dumps(live)).data["applied"], "unknown")
        self.assertEqual(self.server.balance(), before)

    def test_only_stripes_signature_counts(self):
        before = self.server.balance()
        made = self.top_up(10)
        session = self.stripe.pay(self.session(made))
        payload = json.dumps(self.stripe.event("checkout.session.completed", session))
        now = int(time.time())
        good = sign(payload)
        stamp, scheme = good.split(",")
        wrong = {
            "another secret": sign(payload, "whsec_other"),
            "too old": sign(payload, timestamp=now - 301),
            "from the future": sign(payload, timestamp=now + 302),
            "another body": sign(payload + " "),
            "another time": f"t={now - 1},{scheme}",
            "only v0": f"{stamp},{scheme.replace('v1', 'v0')}",
            "no time": scheme, "no signature": stamp, "cut short": good[:-1], "nonsense": "t=,v1=,,==" + "," * 500,
            "a huge time": f"t={'9' * 30},{scheme}",
        }
        for name, header in wrong.items():
            refused = self.deliver(payload, header)
            self.assertEqual((refused.status, refused.error["param"]), (400, "Stripe-Signature"), name)
        unsigned = self.server.call("POST", WEBHOOK, raw=payload.encode(), key=None)
        self.assertEqual((unsigned.status, unsigned.error["param"]), (400, "Stripe-Signature"))
        self.assertEqual(self.server.balance(), before)
        # The second secret, among signatures of others, within the tolerance.
        other = sign(payload, SECRETS[1], timestamp=now - 290).split(",")[1]
        mixed = f"t={now - 290},v1={'0' * 64},v0=1,{other}"
        self.assertEqual(self.deliver(payload, mixed).data["applied"], "credited")

    def test_hostile_bodies_change_nothing(self):
        before = self.server.balance()
        huge = " " * (600 << 10)
        self.assertEqual(self.deliver(huge).status, 413)
        good = self.stripe.event("checkout.session.completed", self.stripe.sessions[self.session(self.top_up(5))])
        subject = good["data"]["object"]
        bodies = ["", "{", "[]", "null", "7", "\"evt\"", "[" * 50_000, "{\"a\":" * 10_000, "\ud83d",
                  json.dumps({**good, "id": 5}), json.dumps({**good, "id": ""}), json.dumps({**good, "type": []}),
                  json.dumps({**good, "data": []}), json.dumps({**good, "data": {"object": "cs"}}),
                  json.dumps({**good, "id": "e" * 300})]
        for name, value in (("id", 1), ("id", "x" * 300), ("amount_total", "500"), ("amount_total", 5.0),
                            ("amount_total", -500), ("amount_total", 10**30), ("currency", None),
                            ("payment_status", {}), ("payment_intent", []), ("customer", 4),
                            ("client_reference_id", [])):
            bodies.append(json.dumps({**good, "data": {"object": {**subject, name: value}}}))
        for body in bodies:
            body = body.encode("utf-8", "replace").decode()
            self.assertEqual(self.deliver(body).status, 400, body[:80])
        for kind in ("charge.refunded", "charge.dispute.created", "payment_intent.succeeded"):
            self.assertIn(self.tell(kind, {"id": 3, "metadata": {"top_up_kind": "auto_reload"}}).status, (200, 400))
        self.assertEqual(self.tell("invoice.paid", {"anything": [1]}).status, 200)
        self.assertEqual(self.server.balance(), before)

    def test_the_same_idempotency_key_is_the_same_page(self):
        headers = {"Idempotency-Key": "top-up-1"}
        body = {"amount_usd": 9}
        first = self.server.call("POST", "/understudy/v1/top-ups", body, headers=headers)
        again = self.server.call("POST", "/understudy/v1/top-ups", body, headers=headers)
        self.assertEqual(first.data["id"], again.data["id"])
        self.assertEqual(again.headers["idempotency-replayed"], "true")

    def test_a_customer_comes_back_as_the_same_customer(self):
        _, payment = self.pay(10)
        self.top_up(10)
        self.assertEqual(self.stripe.requests[-1][2]["customer"], payment["customer"])
        payment_free = self.top_up(10, save_payment_method=False)
        self.assertNotIn("setup_future_usage", self.stripe.requests[-1][2]["payment_intent_data"])
        self.assertEqual(payment_free["status"], "open")

    def test_stripes_failures_are_told_apart(self):
        self.stripe.break_next = ["500"]  # once: repeated under the same key
        self.assertEqual(self.top_up(5)["status"], "open")
        keys = [r[3] for r in self.stripe.requests[-2:]]
        self.assertEqual(keys[0], keys[1])
        self.stripe.break_next = ["500"] * 3
        refused = self.server.call("POST", "/understudy/v1/top-ups", {"amount_usd": 5})
        self.assertEqual((refused.status, refused.error["code"]), (503, "service_unavailable"))
        self.assertTrue(refused.headers["Retry-After"])
        self.assertEqual(self.server.call("GET", "/understudy/v1/top-ups?limit=1").data[0]["status"], "creating")

    def test_an_answer_that_gets_lost_leaves_one_page(self):
        self.stripe.break_next = ["drop"]
        sessions = len(self.stripe.sessions)
        self.assertEqual(self.top_up(7)["status"], "open")
        self.assertEqual(len(self.stripe.sessions), sessions + 1)

    def test_receipts_can_be_recomputed(self):
        paid, payment = self.pay(40)
        page = self.server.call("GET", paid["receipt_path"])
        self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        text = page.body.decode()
        for part in (paid["id"], payment["id"], "$40.00", "Wallet before", "Wallet after"):
            self.assertIn(part, text)
        self.assertNotIn("<script", text)
        receipt = self.server.call("GET", paid["receipt_path"] + "?format=json").data
        self.assertEqual(receipt["wallet_after_usd"] - receipt["wallet_before_usd"], 40)
        self.assertEqual(self.server.call("GET", paid["receipt_path"] + "?format=png").error["param"], "format")
        pdf = self.server.call("GET", paid["receipt_path"] + "?format=pdf")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        self.assertTrue(pdf.body.startswith(b"%PDF-") and pdf.body.rstrip().endswith(b"%%EOF"))
        self.assertRegex(pdf.body, rb"/Count 1\b")  # one page
        unpaid = self.top_up(5)
        self.assertEqual(self.server.call("GET", unpaid["receipt_path"]).error["code"], "resource_not_ready")

    def test_a_card_buys_add_on_credits(self):
        before = self.server.call("GET", "/understudy/v1/credits").data["available_credits"]
        balance = self.server.balance()
        made = self.server.call("POST", "/understudy/v1/credits", {"credits": 700, "pay_with": "card"})
        self.assertEqual((made.status, made.data["amount_usd"], made.data["credits"]), (201, 7, 700))
        self.assertEqual(self.stripe.requests[-1][2]["line_items"]["0"]["price_data"]["product_data"]["name"],
                         "700 add-on credits")
        self.tell("checkout.session.completed", self.stripe.pay(self.session(made.data)))
        paid = self.find(made.data["id"])
        self.assertEqual(paid["status"], "paid")
        self.assertEqual(self.server.call("GET", "/understudy/v1/credits").data["available_credits"], before + 700)
        self.assertEqual(self.server.balance(), balance)
        receipt = self.server.call("GET", paid["receipt_path"] + "?format=json").data
        self.assertEqual((receipt["what"], receipt["credits"], receipt["amount_usd"]), ("Add-on credits", 700, 7))
        small = self.server.call("POST", "/understudy/v1/credits", {"credits": 499, "pay_with": "card"})
        self.assertEqual((small.status, small.error["param"]), (400, "credits"))

    def test_a_jobs_receipt_shows_quantity_times_rate(self):
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        said = self.server.call("POST", "/v3/voices/speech", {"text": "A receipt, please.", "voice_id": voice})
        self.assertEqual(said.status, 200, said.body)
        entry = self.server.call("GET", "/understudy/v1/ledger?limit=1").data[0]
        path = f"/understudy/v1/jobs/{entry['job_id']}/receipt"
        receipt = self.server.call("GET", path + "?format=json").data
        rate_nano = round(receipt["rate_usd"] * 1e9)
        due_nano = rate_nano * receipt["quantity"] // (1000 if receipt["rate_per"] == "second" else 60000)
        self.assertEqual(due_nano, round(receipt["amount_usd"] * 1e9))
        self.assertEqual(receipt["amount_usd"], -entry["amount_usd"])
        self.assertAlmostEqual(receipt["held_usd"], receipt["captured_usd"] + receipt["released_usd"], 9)
        self.assertEqual(receipt["wallet_after_usd"], entry["balance_after_usd"])
        self.assertEqual((receipt["price_version"], receipt["hash"]), (1, entry["hash"]))
        page = self.server.call("GET", path).body.decode()
        self.assertIn(receipt["formula"], page)
        self.assertEqual(self.server.call("GET", "/understudy/v1/jobs/none/receipt").status, 404)

    def test_others_do_not_see_it(self):
        made = self.top_up(5)
        for path in (f"/understudy/v1/top-ups/{made['id']}", made["receipt_path"], "/understudy/v1/auto-reload"):
            self.assertEqual(self.server.call("GET", path, key=None).status, 401)
        self.assertEqual(self.server.call("GET", "/understudy/v1/top-ups/return?result=success", key=None).status, 200)


class Crashes(unittest.TestCase):
    def test_a_kill_between_stripes_answer_and_ours_leaves_one_page(self):
        stripe = fake_stripe.FakeStripe()
        self.addCleanup(stripe.close)
        server = Server(workers=0, config=CONFIG.format(key=API_KEY, one=SECRETS[0], two=SECRETS[1],
                                                        url=stripe.url, poll=600))
        self.addCleanup(server.close)
        server.start()
        stripe.hold = threading.Event()
        headers = {"Idempotency-Key": "before-the-crash"}

        def ask():
            try:
                return server.call("POST", "/understudy/v1/top-ups", {"amount_usd": 17}, headers=headers)
            except OSError:
                return None

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            lost = pool.submit(ask)
            while not stripe.requests:
                time.sleep(0.02)
            server.kill()
            stripe.hold.set()
            self.assertIsNone(lost.result())
        stripe.hold = None
        while not stripe.sessions:
            time.sleep(0.02)
        server.start()
        made = ask()
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(len(stripe.sessions), 1)
        self.assertEqual(len({key for _, _, _, key in stripe.requests}), 1)
        self.assertEqual(len(server.call("GET", "/understudy/v1/top-ups").data), 1)
        self.assertEqual(stripe.faults, [])


class NotConfigured(unittest.TestCase):
    def test_says_what_to_configure(self):
        server = Server(workers=0)
        self.addCleanup(server.close)
        server.start()
        for method, path, body in (("POST", "/understudy/v1/top-ups", {"amount_usd": 10}),
                                   ("POST", WEBHOOK, {"id": "evt_1"}),
                                   ("PUT", "/understudy/v1/auto-reload",
                                    {"enabled": True, "threshold_usd": 5, "amount_usd": 5})):
            refused = server.call(method, path, body)
            self.assertEqual((refused.status, refused.error["code"]), (501, "not_implemented"))
            self.assertIn("[stripe]", refused.error["message"])
        off = server.call("PUT", "/understudy/v1/auto-reload", {"enabled": False, "threshold_usd": 3})
        self.assertEqual((off.status, off.data["threshold_usd"]), (200, 3))


if __name__ == "__main__":
    unittest.main()
