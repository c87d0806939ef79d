"""Sixty-four callers at once, over HTTP: a wallet or a cap pays for exactly as many jobs as it can, to the nano-dollar,
and one Idempotency-Key is one effect. No worker runs, so what is held stays held."""
import concurrent.futures
import json
import threading
import unittest

from harness import ServerCase

CALLERS = 64
NANO = 10**9


def usd(nano):
    return f"{nano // NANO}.{nano % NANO:09d}"


class Races(ServerCase):
    config = "[limits]\nconcurrency = 0\n"
    workers = 0

    def setUp(self):
        self.body = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "One of these."}
        quote = self.server.call("POST", "/understudy/v1/quotes", {"path": "/v3/videos", "body": self.body}).data
        self.hold = round(quote["amount_usd"] * NANO)

    def run_json(self, *arguments):
        done = self.server.command("--json", *arguments, "--data", self.server.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["data"]

    def account(self, nano):
        """A new account with this much money; the text of a key of it."""
        account = self.run_json("account", "create", "--name", "Racer")["id"]
        self.run_json("wallet", "top-up", "--account", account, "--usd", usd(nano))
        return self.run_json("key", "create", "--account", account)["key"]

    def make(self, key, path, **fields):
        made = self.server.call("POST", "/understudy/v1/" + path, fields, key=key)
        self.assertEqual(made.status, 201, made.body)
        return made.data

    def at_once(self, act):
        """What every caller is told; all of them start together."""
        start = threading.Barrier(CALLERS)

        def call(number):
            start.wait()
            return act(number)

        with concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
            return list(pool.map(call, range(CALLERS)))

    def order(self, key, **headers):
        return self.server.call("POST", "/v3/videos", self.body, key=key, headers=headers)

    def expect_exactly(self, answers, count, code, key):
        self.assertEqual(sum(answer.status == 200 for answer in answers), count)
        refused = {(answer.status, answer.error["code"]) for answer in answers if answer.status != 200}
        self.assertEqual(refused, {(402, code)})
        wallet = self.server.call("GET", "/understudy/v1/wallet", key=key).data
        self.assertEqual(round(wallet["held_usd"] * NANO), self.hold * count)
        report = self.server.verify()
        self.assertEqual(report.returncode, 0, report.stdout)

    def test_a_wallet_pays_for_exactly_as_many_as_it_can(self):
        count = 9
        key = self.account(self.hold * (count + 1) - 1)  # one nano-dollar too little for one more
        answers = self.at_once(lambda _: self.order(key))
        self.expect_exactly(answers, count, "insufficient_credit", key)
        missing = {round(a.error["missing"] * NANO) for a in answers if a.status != 200}
        self.assertEqual(missing & {1}, {1})  # who came last was told of the one that is missing

    def test_a_cap_holds_whichever_it_is(self):
        count = 5
        limit = usd(self.hold * (count + 1) - 1)
        for scope in ("key", "project", "account"):
            with self.subTest(scope):
                owner = self.account(self.hold * 2 * CALLERS)
                project = self.make(owner, "projects", name="Films")["id"]
                spender = self.make(owner, "keys", project_id=project)
                scope_id = {"key": spender["id"], "project": project, "account": None}[scope]
                fields = {"scope_id": scope_id} if scope_id else {}
                budget = self.make(owner, "budgets", scope=scope, period="total", limit_usd=limit, **fields)
                answers = self.at_once(lambda _: self.order(spender["key"]))
                self.expect_exactly(answers, count, "spending_cap_exceeded", owner)
                self.assertEqual({a.error["cap"] for a in answers if a.status != 200}, {scope})
                shown = self.server.call("GET", f"/understudy/v1/budgets/{budget['id']}", key=owner).data
                self.assertEqual((round(shown["held_usd"] * NANO), round(shown["left_usd"] * NANO)),
                                 (self.hold * count, self.hold - 1))

    def test_the_tightest_of_all_caps_holds(self):
        owner = self.account(self.hold * 7)
        project = self.make(owner, "projects", name="Films")["id"]
        limit = lambda count: usd(self.hold * count)
        spenders = [self.make(owner, "keys", project_id=project,
                              caps=[{"period": "daily", "limit_usd": limit(3), "time_zone": "Asia/Tokyo"}])["key"]
                    for _ in range(4)]
        self.make(owner, "budgets", scope="project", scope_id=project, period="monthly", limit_usd=limit(5))
        self.make(owner, "budgets", scope="account", period="weekly", limit_usd=limit(6))
        answers = self.at_once(lambda number: self.order(spenders[number % 4]))
        self.expect_exactly(answers, 5, "spending_cap_exceeded", owner)

    def test_a_requests_own_cap_is_its_own(self):
        key = self.account(self.hold * CALLERS)
        answers = self.at_once(
            lambda number: self.order(key, **{"X-Understudy-Max-Cost": usd(self.hold - number % 2)}))
        self.expect_exactly(answers, CALLERS // 2, "spending_cap_exceeded", key)
        for number, answer in enumerate(answers):
            self.assertEqual(answer.status, 402 if number % 2 else 200)

    def test_one_idempotency_key_is_one_effect(self):
        key = self.account(self.hold * CALLERS)
        answers = self.at_once(lambda _: self.order(key, **{"Idempotency-Key": "one-and-the-same"}))
        made = {answer.data["video_id"] for answer in answers if answer.status == 200}
        self.assertEqual(len(made), 1)
        waiting = {(a.status, a.error["code"]) for a in answers if a.status != 200}
        self.assertLessEqual(waiting, {(409, "request_in_progress")})
        again = self.order(key, **{"Idempotency-Key": "one-and-the-same"})
        self.assertEqual({again.data["video_id"]}, made)
        wallet = self.server.call("GET", "/understudy/v1/wallet", key=key).data
        self.assertEqual(round(wallet["held_usd"] * NANO), self.hold)
        self.assertEqual(len(self.server.call("GET", "/v3/videos", key=key).data), 1)

    def test_a_payment_said_by_everybody_counts_once(self):
        account = self.run_json("account", "create", "--name", "Paid")["id"]
        operator = self.run_json("key", "create", "--operator")["key"]
        path = f"/understudy/v1/accounts/{account}/top-ups"
        answers = self.at_once(lambda _: self.server.call("POST", path, {"usd": "3.5", "reference": f"pay-{account}"},
                                                          key=operator))
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.data["transaction_id"] for answer in answers}), 1)
        self.assertEqual(answers[0].data["available_usd"], 3.5)


if __name__ == "__main__":
    unittest.main()
