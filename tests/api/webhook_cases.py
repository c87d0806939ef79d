"""What the tests of webhooks share: a receiver that misbehaves by a script, the two recipes of a signature, and a server
that retries fast."""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time

from harness import ServerCase

FAST = """
[network]
allow_private = true
[webhooks]
deadline_ms = 700
first_retry_ms = 60
longest_retry_ms = 400
give_up_after_s = 30
[limits]
concurrency = 0
[wallet]
welcome_credit_usd = "1000"
"""


class Received:
    def __init__(self, handler, body):
        self.path, self.headers, self.body, self.at = handler.path, handler.headers, body, time.time()
        self.event = json.loads(body)
        self.id = self.event["event_id"]


class Receiver:
    """Answers by `script`: a function of (path, number of the delivery to that path) to a status, or one of
    "hang", "close", "redirect", "large"."""

    def __init__(self, script=lambda path, number: 200):
        self.script, self.received, self.probes = script, [], []
        self.counts, self.lock = collections.Counter(), threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_OPTIONS(self):
                with outer.lock:
                    outer.probes.append(self.path)
                self.answer(204)

            def do_GET(self):
                with outer.lock:
                    outer.probes.append("GET " + self.path)
                self.answer(200)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.received.append(Received(self, body))
                    outer.counts[self.path] += 1
                    step = outer.script(self.path, outer.counts[self.path])
                    outer.lock.notify_all()
                if step == "hang":
                    time.sleep(1.5)
                    step = "close"
                if step == "close":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif step == "redirect":
                    self.answer(302, [("Location", "/elsewhere")])
                elif step == "large":
                    self.answer(200, body=b"x" * 3_000_000)
                else:
                    self.answer(step, body=b"noted \xff\x00")

            def answer(self, status, headers=(), body=b""):
                try:
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def on(self, path):
        with self.lock:
            return [r for r in self.received if r.path == path]

    def wait(self, path, count, timeout=9):
        deadline = time.time() + timeout
        with self.lock:
            while sum(r.path == path for r in self.received) < count:
                if not self.lock.wait(deadline - time.time()):
                    break
        got = self.on(path)
        assert len(got) >= count, f"{path}: {len(got)} of {count}"
        return got


def verifies(received, secret):
    """Which of the two recipes accept this delivery with this secret, as a client would compute them."""
    assert secret.startswith("whsec_")
    legacy = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
    key = base64.b64decode(secret[len("whsec_"):])
    content = b".".join([received.headers["webhook-id"].encode(), received.headers["webhook-timestamp"].encode(),
                         received.body])
    standard = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return (received.headers["Heygen-Signature"] == legacy,
            standard in received.headers["webhook-signature"].split(" "))


class Base(ServerCase):
    config = FAST
    workers = 0

    def receiver(self, script=lambda path, number: 200):
        receiver = Receiver(script)
        self.addCleanup(receiver.close)
        return receiver

    def call(self, method, path, body=None, **options):
        return self.server.call(method, path, body, **options)

    def endpoint(self, url, base="/v3/webhooks", events=("avatar_video.fail",), **fields):
        made = self.call("POST", base + "/endpoints", {"url": url, "events": events, **fields})
        self.assertEqual(made.status, 200, made.body)
        self.addCleanup(self.call, "DELETE", f"/understudy/v1/webhooks/endpoints/{made.data['endpoint_id']}")
        return made.data

    def submit(self, count=1, **fields):
        """The ids of videos that are queued for ever: there is no worker."""
        entry = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Hi.", **fields}
        ids = []
        for _ in range(count):
            made = self.call("POST", "/v3/videos", entry)
            self.assertEqual(made.status, 200, made.body)
            ids.append(made.data["video_id"])
        return ids

    def cancel(self, ids):
        for video_id in ids:
            self.assertEqual(self.call("POST", f"/understudy/v1/jobs/{video_id}/cancel").status, 200)

    def deliveries(self, **query):
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return self.call("GET", "/understudy/v1/webhooks/deliveries?limit=100&" + text).data

    def wait_for_deliveries(self, status, count, **query):
        deadline = time.time() + 9
        while time.time() < deadline:
            found = self.deliveries(status=status, **query)
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(self.deliveries(**query))
