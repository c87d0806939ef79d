"""What a bearer token may do and what it spends: the credits of a plan, add-on credits, usage-based terms."""
import unittest

from oauth_cases import OAuthCase


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
        access = good["access_token"]
        changed = access[:-1] + ("0" if access[-1] != "0" else "1")
        for token in ("us_at_x", "x", good["refresh_token"], changed, "a" * 5000):
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


class CreditCase(OAuthCase):
    workers = 1

    def setUp(self):
        self.headers = {"Authorization": "Bearer " + self.login()["access_token"]}

    def ask(self, method, path, body=None):
        return self.server.call(method, path, body, key=None, headers=self.headers)

    def say(self, text="Credits pay for this."):
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        return self.ask("POST", "/v3/voices/speech", {"text": text, "voice_id": voice})


class CreditLists(CreditCase):
    """Whoever spends credits is told of credits; add-on credits are bought with dollars."""

    def test_quotes_lists_and_receipts_are_of_credits(self):
        look = self.ask("GET", "/v3/avatars/looks?limit=1").data[0]["id"]
        body = {"type": "avatar", "avatar_id": look, "script": "Hello there."}
        quote = self.ask("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": body}).data
        self.assertGreater(quote["amount_credits"], 0)
        self.assertTrue(quote["wallet"]["is_covered"])
        self.assertIn("credits", quote["formula"])
        self.assertNotIn("usd", str(quote).lower())
        spoken = self.say()
        self.assertEqual(spoken.status, 200, spoken.body)
        entry = self.ask("GET", "/understudy/v1/ledger?kind=capture").data[0]
        self.assertLess(entry["amount_credits"], 0)
        usage = self.ask("GET", "/understudy/v1/usage").json
        self.assertEqual(usage["total_credits"], usage["data"][0]["amount_credits"])
        self.assertEqual(usage["totals"][0]["amount_credits"], usage["total_credits"])
        for name in ("ledger", "usage"):
            text = self.ask("GET", f"/understudy/v1/{name}?format=csv").body.decode()
            self.assertIn("amount_credits", text.split("\r\n")[0])
            self.assertNotIn("_usd", text)
        path = f"/understudy/v1/jobs/{entry['reference']}/receipt"
        receipt = self.ask("GET", path + "?format=json").data
        self.assertEqual((receipt["currency"], receipt["captured_credits"]), ("credits", -entry["amount_credits"]))
        self.assertEqual(receipt["wallet_after_credits"], entry["balance_after_credits"])
        page = self.ask("GET", path).body.decode()
        self.assertIn(f"{receipt['captured_credits']} credits", page)
        self.assertNotIn("$", page.split("</style>")[1])
        # A key of the same account sees its dollars.
        self.assertIn("total_usd", self.server.call("GET", "/understudy/v1/usage").json)

    def test_add_on_credits_cost_dollars_once(self):
        self.server.command("wallet", "top-up", "--account", "owner", "--usd", "10", "--data", self.server.data)
        before = self.server.balance()
        offer = self.ask("GET", "/understudy/v1/credits").data
        self.assertEqual(offer["prices"], [{"from_credits": 1, "price_usd": 0.01}])
        self.headers["Idempotency-Key"] = "buy-200"
        bought = [self.ask("POST", "/understudy/v1/credits", {"credits": 200}) for _ in range(2)]
        del self.headers["Idempotency-Key"]
        self.assertEqual([answer.status for answer in bought], [201, 201])
        self.assertEqual(bought[0].data["price_usd"], 2)
        self.assertEqual(self.server.balance(), before - 2)
        pool = self.me(self.headers["Authorization"][7:]).data["subscription"]["credits"]
        self.assertEqual(pool["add_on_credits"]["remaining"], 200)
        self.assertEqual(self.ask("GET", "/understudy/v1/credits").data["available_credits"],
                         offer["available_credits"] + 200)
        poor = self.ask("POST", "/understudy/v1/credits", {"credits": 10_000_000})
        self.assertEqual((poor.status, poor.error["code"], poor.error["currency"]), (402, "insufficient_credit", "usd"))
        for body, param in (({}, "credits"), ({"credits": 0}, "credits"), ({"credits": 1.5}, "credits"),
                            ({"credits": "5"}, "credits"), ({"credits": 5, "pay_with": "shells"}, "pay_with"),
                            ({"credits": 5, "more": 1}, "more")):
            refused = self.ask("POST", "/understudy/v1/credits", body)
            self.assertEqual((refused.status, refused.error["param"]), (400, param), body)
        card = self.ask("POST", "/understudy/v1/credits", {"credits": 500, "pay_with": "card"})
        self.assertEqual(card.error["code"], "not_implemented")  # this server takes no cards, and says so
        self.assertEqual(self.server.verify().returncode, 0)


class UsageBasedCase(CreditCase):
    def terms(self, *arguments):
        done = self.server.command("account", "plan", "--data", str(self.server.data), "--usage-based", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    def shown(self):
        return self.me(self.headers["Authorization"][7:]).data["usage_based"]


class UsageBased(UsageBasedCase):
    """Included credits first, then overage in dollars up to the cap: kept by the ledger."""

    def test_included_credits_then_overage_then_the_cap(self):
        # One second of speech costs 0.000333 credits, so a credit is dear enough here to be seen.
        self.terms("--included-credits", "1", "--overage-rate", "100", "--cap", "0.5")
        self.assertEqual(self.say().status, 200)
        shown = self.shown()
        self.assertEqual((shown["spending_current_usd"], shown["spending_cap_usd"]), (0, 0.5))
        self.assertLess(shown["remaining_credits"], 1)
        self.terms("--included-credits", "0", "--overage-rate", "100", "--cap", "0.5")
        look = self.ask("GET", "/v3/avatars/looks?limit=1").data[0]["id"]
        # More than included credits and cap together pay for: refused as a whole.
        refused = self.ask("POST", "/v3/videos", {"type": "avatar", "avatar_id": look, "script": "word " * 200})
        self.assertEqual((refused.status, refused.error["code"]), (402, "insufficient_credit"))
        self.assertEqual(refused.error["currency"], "credits")
        self.assertAlmostEqual(refused.error["needed"] - refused.error["available"], refused.error["missing"], 8)
        self.assertTrue(refused.error["top_up"]["url"].endswith("/understudy/v1/credits"))
        self.assertGreaterEqual(refused.error["top_up"]["body"]["credits"], refused.error["missing"])
        self.assertLessEqual(self.shown()["spending_current_usd"], 0.5)
        self.assertEqual(self.server.verify().returncode, 0)


class Overage(UsageBasedCase):
    """Nothing is included, so every job is overage."""

    def spent_of_usage(self, rate):
        """What the jobs so far cost, by the list of usage; nano-dollars."""
        return round(self.ask("GET", "/understudy/v1/usage").json["total_credits"] * 10**9) * rate

    def test_overage_is_spent_up_to_the_cap_and_not_beyond(self):
        self.terms("--included-credits", "0", "--overage-rate", "100", "--cap", "0.5")
        shown = self.shown()
        self.assertEqual((shown["remaining_credits"], shown["spending_current_usd"], shown["spending_cap_usd"]), (0, 0, 0.5))
        said, refused = 0, None
        while refused is None and said < 40:
            answer = self.say("Overage pays for this sentence, and for the next one.")
            refused = answer if answer.status != 200 else None
            said += answer.status == 200
            spending = round(self.shown()["spending_current_usd"] * 10**9)
            self.assertEqual(spending, self.spent_of_usage(100))
            self.assertLessEqual(spending, 5 * 10**8)
        self.assertGreater(said, 2)
        self.assertEqual((refused.status, refused.error["code"]), (402, "insufficient_credit"), refused.body)
        self.assertGreater(refused.error["missing"], 0)
        # A key of the account spends the same credits, so the same cap holds for it.
        voice = self.server.call("GET", "/v3/voices?limit=1").data[0]["voice_id"]
        body = {"text": "Overage pays for this sentence, and for the next one.", "voice_id": voice}
        self.assertEqual(self.server.call("POST", "/v3/voices/speech", body).status, 402)
        # A higher cap makes room at once, a lower one takes back what is left, and nothing of what was spent.
        self.terms("--included-credits", "0", "--overage-rate", "100", "--cap", "1")
        self.assertEqual(self.server.call("POST", "/v3/voices/speech", body).status, 200)
        spending = self.shown()["spending_current_usd"]
        self.assertEqual(round(spending * 10**9), self.spent_of_usage(100))
        self.terms("--included-credits", "0", "--overage-rate", "100", "--cap", "0.1")
        self.assertEqual(self.say().status, 402)
        self.assertEqual((self.shown()["spending_current_usd"], self.shown()["spending_cap_usd"]), (spending, 0.1))
        self.assertEqual(self.server.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
