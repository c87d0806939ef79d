"""A server on PostgreSQL, and the way there from an embedded database."""
import collections
import http.server
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from harness import BINARY, Server
from postgres_cluster import Cluster


def setUpModule():
    global CLUSTER
    CLUSTER = Cluster()
    unittest.addModuleCleanup(CLUSTER.close)


def config(url):
    return f"[wallet]\nwelcome_credit_usd = \"100\"\n[limits]\nconcurrency = 0\n[database]\nurl = \"{url}\"\n"


def listener(case):
    """The URL of one that takes every webhook, and how often each came."""
    received, lock = collections.Counter(), threading.Lock()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                received[self.headers["webhook-id"]] += 1
            self.answer()

        def answer(self):
            self.send_response(200)
            self.end_headers()

        do_OPTIONS = answer

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    case.addCleanup(made.server_close)
    case.addCleanup(made.shutdown)
    return f"http://127.0.0.1:{made.server_address[1]}/", received


class OnPostgres(unittest.TestCase):
    def server(self, url, **options):
        server = Server(config=config(url), **options)
        self.addCleanup(server.close)
        return server

    def test_a_video_is_made_and_paid(self):
        server = self.server(CLUSTER.new_database("video")).start()
        video = server.make_video(script="Yes.")
        self.assertEqual(video["status"], "completed")
        self.assertEqual(round((100 - server.balance()) * 10**9), round(video["charge"]["captured_usd"] * 10**9))
        self.assertEqual(server.verify().returncode, 0)
        self.assertEqual(CLUSTER.sql("SELECT count(*) FROM usage", "video"), "1")

    def two_servers(self, name, more="", workers=0):
        """Of one database, each with a data folder of its own."""
        shared = pathlib.Path(tempfile.mkdtemp(prefix="understudy-shared-"))
        self.addCleanup(shutil.rmtree, shared)
        url = CLUSTER.new_database(name)
        servers = []
        for _ in range(2):
            server = Server(config=config(url) + f"shared_folder = \"{shared}\"\n" + more, workers=workers)
            self.addCleanup(server.close)
            server.secrets = shared
            servers.append(server)
        together = [threading.Thread(target=server.start) for server in servers]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
        self.assertEqual(CLUSTER.sql("SELECT count(*) FROM account", name), "1")
        self.assertEqual(servers[0].key, servers[1].key)
        return servers

    def test_two_servers_spend_one_wallet(self):
        first, second = self.two_servers("two")
        look, answers = first.first_look(), []

        def submit(server):
            for _ in range(10):
                answers.append(server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look,
                                                                  "script": "Yes. " * 400}))

        threads = [threading.Thread(target=submit, args=(server,)) for server in (first, second) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({answer.status for answer in answers}, {200, 402})
        price = round(first.call("GET", "/v3/videos?limit=1").data[0]["charge"]["held_usd"] * 10**9)
        self.assertEqual(sum(answer.status == 200 for answer in answers), 100 * 10**9 // price)
        self.assertEqual(first.balance(), second.balance())
        self.assertEqual(second.verify().returncode, 0)

    def test_one_servers_worker_makes_what_another_was_asked_for_and_each_event_is_sent_once(self):
        url, received = listener(self)
        first, second = self.two_servers("shared", more="[network]\nallow_private = true\n")
        endpoint = first.call("POST", "/understudy/v1/webhooks/endpoints",
                              {"url": url, "events": ["avatar_video.*"]})
        self.assertIn(endpoint.status, (200, 201), endpoint.body)
        secret = second.call("GET", f"/understudy/v1/webhooks/endpoints/{endpoint.data['endpoint_id']}")
        self.assertEqual(secret.status, 200, secret.body)
        body = {"type": "avatar", "avatar_id": first.first_look(), "script": "Yes.", "resolution": "720p"}
        cancelled = [server.call("POST", "/v3/videos", body).data["video_id"] for server in (first, second) * 10]
        for video in cancelled:
            self.assertEqual(second.call("POST", f"/understudy/v1/jobs/{video}/cancel").status, 200)
        made = first.call("POST", "/v3/videos", body).data["video_id"]
        second.stop()
        second.workers = 1
        second.start()
        video = first.wait_for_video(made)
        self.assertEqual(video["status"], "completed", video)
        self.assertGreater(first.download(video["video_url"], "video.mp4").stat().st_size, 1000)
        deadline = time.time() + 30
        while len(received) < len(cancelled) + 1 and time.time() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        self.assertEqual(len(received), len(cancelled) + 1)
        self.assertEqual(set(received.values()), {1})
        self.assertEqual(first.verify().returncode, 0)

    def test_a_crash_of_the_database_is_survived(self):
        server = self.server(CLUSTER.new_database("crash"), workers=0).start()
        look = server.first_look()
        body = {"type": "avatar", "avatar_id": look, "script": "Yes."}
        self.assertEqual(server.call("POST", "/v3/videos", body).status, 200)
        CLUSTER.stop()
        restart = threading.Timer(2, CLUSTER.start)
        restart.start()
        answer = server.call("POST", "/v3/videos", body, headers={"Idempotency-Key": "again"})
        restart.join()
        deadline = time.time() + 30
        while answer.status != 200 and time.time() < deadline:
            self.assertIn(answer.status, (401, 500, 503), answer.body)
            time.sleep(0.2)
            answer = server.call("POST", "/v3/videos", body, headers={"Idempotency-Key": "again"})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(len(server.call("GET", "/v3/videos").data), 2)
        self.assertEqual(server.verify().returncode, 0)


class Migrate(unittest.TestCase):
    def test_an_installation_moves_with_everything_and_cannot_be_in_two_places(self):
        url = CLUSTER.new_database("moved")
        server = Server(config="[wallet]\nwelcome_credit_usd = \"100\"\n[network]\nallow_private = true\n")
        self.addCleanup(server.close)
        server.start()
        video = server.make_video(script="Yes.", title="tab\there, back\\slash, new\nline \u00e4\u4e2d")
        self.assertEqual(video["status"], "completed")
        self.assertEqual(server.command("wallet", "top-up", "--usd", "2.5", "--data", server.data).returncode, 0)
        self.assertEqual(server.command("wallet", "grant", "--usd", "1", "--note", "welcome", "--reference", "g", "--data",
                                        server.data).returncode, 0)
        self.assertEqual(server.command("refund", video["id"], "--usd", "0.01", "--reason", "late", "--data",
                                        server.data).returncode, 0)
        project = server.call("POST", "/understudy/v1/projects", {"name": "Films"}).data["id"]
        self.assertEqual(server.call("POST", "/understudy/v1/budgets", {
            "scope": "project", "scope_id": project, "period": "monthly", "limit_usd": 5}).status, 201)
        key = server.call("POST", "/understudy/v1/keys", {"label": "film", "project_id": project}).data["key"]
        look = server.first_look()
        held = server.call("POST", "/v3/videos", {"type": "avatar", "avatar_id": look, "script": "Yes. " * 40}, key=key)
        self.assertEqual(held.status, 200, held.body)
        hook = server.call("POST", "/understudy/v1/webhooks/endpoints", {"url": listener(self)[0]})
        self.assertIn(hook.status, (200, 201), hook.body)
        password = "correct horse battery"
        login = subprocess.run([BINARY, "account", "password", "--email", "ann@example.com", "--data", server.data],
                               input=password + "\n", text=True, capture_output=True)
        self.assertEqual(login.returncode, 0, login.stderr)
        server.wait_for_video(held.data["video_id"])
        before = {path: server.call("GET", path).data for path in
                  ("/v3/videos", "/understudy/v1/usage", "/understudy/v1/ledger", "/v3/users/me",
                   "/understudy/v1/budgets", "/understudy/v1/projects", "/understudy/v1/keys",
                   "/understudy/v1/webhooks/endpoints")}
        self.assertTrue(all(before.values()))

        refused = server.command("migrate", "--data", server.data, "--to", url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("in use", refused.stderr)
        server.stop()
        copy = server.folder / "copy"
        shutil.copytree(server.data, copy)

        moved = server.command("migrate", "--data", server.data, "--to", url)
        self.assertEqual(moved.returncode, 0, moved.stderr)
        again = server.command("migrate", "--data", server.data, "--to", url)
        self.assertEqual(again.returncode, 1)
        # A run whose end was not seen is finished by the next one.
        (server.data / "database.postgresql").unlink()
        again = server.command("migrate", "--data", server.data, "--to", url)
        self.assertEqual(again.returncode, 0, again.stderr)

        with self.assertRaisesRegex(RuntimeError, "is PostgreSQL"):
            server.start()
        server.configure(config(url))
        server.start()
        for path, data in before.items():
            now = server.call("GET", path).data
            if path == "/v3/videos":  # links carry their own end
                now, data = [[{k: v for k, v in item.items() if not k.endswith("url")} for item in side]
                             for side in (now, data)]
            self.assertEqual(now, data, path)
        self.assertEqual(server.make_video(script="Yes.")["status"], "completed")
        self.assertEqual(server.call("GET", "/v3/videos", key=key).status, 200)
        # The numbers of rows go on where they stood.
        self.assertEqual(CLUSTER.sql("SELECT max(id) > 4, count(*) > 0 FROM txn", "moved"), "t|t")
        self.assertEqual(CLUSTER.sql("SELECT count(*) FROM login", "moved"), "1")
        server.stop()
        checked = server.command("verify", "--data", server.data, "--config", server.config)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertEqual(server.command("verify", "--data", server.data).returncode, 2)

        taken = server.command("migrate", "--data", copy, "--to", url)
        self.assertEqual(taken.returncode, 1)
        self.assertIn("not empty", taken.stderr)

    def test_refuses_what_it_cannot_use(self):
        server = Server(workers=0)
        self.addCleanup(server.close)
        server.start()
        server.stop()
        CLUSTER.new_database("theirs")
        CLUSTER.sql("CREATE TABLE theirs (id int)", "theirs")
        foreign = server.command("migrate", "--data", server.data, "--to", CLUSTER.url("theirs"))
        self.assertEqual(foreign.returncode, 1)
        self.assertIn("another program", foreign.stderr)
        self.assertEqual(CLUSTER.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "theirs"), "1")
        self.assertEqual(server.command("migrate", "--data", server.data, "--to", "mysql://x").returncode, 2)
        missing = server.command("migrate", "--data", server.data, "--to", CLUSTER.url("nosuch"))
        self.assertEqual(missing.returncode, 1)
        self.assertIn("cannot be reached", missing.stderr)
        server.configure(config(CLUSTER.new_database("unmoved")))
        with self.assertRaisesRegex(RuntimeError, "migrate"):
            server.start()


if __name__ == "__main__":
    unittest.main()
