"""Kill -9 at every named step of every kind of job: a worker, its render or the server dies exactly when a step's
message passes between worker and server, once before it arrives and once after its answer was given but not heard.
Each job ends with exactly one charge, or one release.

A proxy stands between each worker and the server and sees the steps: claim, the stages that heartbeats name
(speaking, rendering), exact, upload, complete, fail. The program itself knows nothing of it."""
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

from harness import BINARY, Server

VIDEO_STEPS = ["claim", "speaking", "exact", "rendering", "upload", "complete"]
LIPSYNC_STEPS = ["claim", "listening", "following the face", "exact", "rendering", "upload", "complete"]
SPEECH_STEPS = ["claim", "exact", "upload", "complete"]
MOMENTS = ["before", "after"]
CLAIM_WAIT_MS = 200


def descendants(pid):
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, left = [], [pid]
    while left:
        for child in children.get(left.pop(), []):
            found.append(child)
            left.append(child)
    return found


class Worker:
    """`understudy worker` behind a proxy that acts out a plan: (moment, step, action), one after the other."""

    def __init__(self, server, name, lane):
        self.server, self.lane = server, lane
        self.work = server.folder / f"work-{name}"
        self.work.mkdir()
        self.plan, self.lock, self.heard = [], threading.Lock(), []
        self.process = None
        self.proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.proxy.daemon_threads = True
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()

    def start(self):
        log = open(self.server.folder / "worker.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "worker", "--server", f"http://127.0.0.1:{self.proxy.server_address[1]}", "--token-file",
             self.server.data / "worker.token", "--work", self.work, "--lane", self.lane, "--sandbox", "auto"],
            stdout=log, stderr=log)
        log.close()
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        self.proxy.shutdown()
        self.proxy.server_close()

    def kill_render(self):
        for pid in descendants(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def meets(self, moment, step):
        """Whether this is where something dies now."""
        with self.lock:
            self.heard.append((moment, step))
            if not self.plan or self.plan[0][:2] != (moment, step):
                return None
            return self.plan.pop(0)[2]

    def handler(worker):  # noqa: N805: the class below has a self of its own
        class Passing(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def step(self, body, answer):
                last = self.path.rsplit("/", 1)[-1]
                if self.command == "PUT":
                    return "upload"
                if last == "heartbeat":
                    return json.loads(body).get("stage") or "heartbeat"
                # A claim counts when it brings a job; that is known after the answer only.
                if last == "claim" and answer is not None and not (json.loads(answer).get("data") or {}).get("job"):
                    return "no claim"
                return last

            def act(self, action):
                if action == "render":
                    worker.kill_render()
                    return False
                if action == "server":
                    with worker.server.dying:
                        worker.server.kill()
                        worker.server.start()
                else:
                    worker.kill()
                    worker.start()
                return True

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.close_connection = True  # each step stands alone
                if self.path.endswith("/claim"):  # no dead worker's claim is to wait for the next job
                    body = json.dumps({**json.loads(body), "wait_ms": CLAIM_WAIT_MS}).encode()
                    self.headers.replace_header("Content-Length", str(len(body)))
                action = worker.meets("before", self.step(body, None))
                if action and self.act(action):
                    return
                try:
                    host, port = worker.server.address.rsplit(":", 1)
                    headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "expect")}
                    with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=60)) as upstream:
                        upstream.request(self.command, self.path, body, headers)
                        answer = upstream.getresponse()
                        content = answer.read()
                except (OSError, http.client.HTTPException):
                    return
                action = answer.status < 300 and worker.meets("after", self.step(body, content))
                if action and self.act(action):
                    return
                with contextlib.suppress(OSError):
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers.get("Content-Type", "application/octet-stream"))
                    self.send_header("Content-Length", str(len(content)))
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.wfile.write(content)

            do_GET = do_POST = do_PUT = pass_on

        return Passing


class KilledAtEveryStep(unittest.TestCase):
    def setUp(self):
        self.server = Server(workers=0, config="[wallet]\nwelcome_credit_usd = \"100\"\n[limits]\nconcurrency = 0\n").start()
        self.server.dying = threading.RLock()
        self.addCleanup(self.server.close)
        self.video = {"type": "avatar", "avatar_id": self.server.first_look(), "script": "Yes.", "resolution": "720p"}
        self.voice = self.server.call("GET", "/v3/voices?limit=1&language=English").data[0]["voice_id"]
        self.keys = 0

    def worker(self, name, lane, plan=()):
        worker = Worker(self.server, name, lane)
        worker.plan = list(plan)
        self.addCleanup(worker.close)
        return worker.start()

    def insist(self, path, body, timeout=120):
        """The same request with the same key until it is answered, as a client does whose server dies."""
        self.keys += 1
        headers = {"Idempotency-Key": f"key-{self.keys}"}
        deadline = time.time() + timeout
        while time.time() < deadline:
            try:
                answer = self.server.call("POST", path, body, headers=headers, timeout=40)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            if answer.status not in (409, 503):
                return answer
            time.sleep(0.2)
        raise AssertionError(f"{path} was not answered:\n{self.server.log_text()}")

    def patiently(self, method, path):
        deadline = time.time() + 60
        while time.time() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.server.call(method, path)
                if answer.status == 200:
                    return answer
            time.sleep(0.1)
        raise AssertionError(f"{path}: no answer")

    def job(self, job_id):
        return self.patiently("GET", f"/understudy/v1/jobs/{job_id}").data

    def wait_for(self, job_id, timeout=120):
        deadline = time.time() + timeout
        while time.time() < deadline:
            job = self.job(job_id)
            if job["status"] in ("completed", "failed", "cancelled"):
                return job
            time.sleep(0.1)
        raise AssertionError(f"job {job_id} did not end: {job}\n{self.server.log_text()}")

    def charges(self):
        """By job: the captures of the ledger."""
        found, token = {}, ""
        while True:
            page = self.patiently("GET", f"/understudy/v1/ledger?limit=100{token}").json
            for entry in page["data"]:
                if entry["kind"] == "capture":
                    found.setdefault(entry["reference"], []).append(entry)
            if not page["has_more"]:
                return found
            token = f"&token={page['next_token']}"

    def expect_settled(self, jobs, completed):
        charges = self.charges()
        for name, job_id in jobs.items():
            job = self.wait_for(job_id)
            charge = job["charge"]
            with self.subTest(name):
                self.assertEqual(job["status"], "completed" if completed else "failed", job)
                self.assertEqual(len(charges.get(job_id, [])), 1 if completed else 0)
                if completed:
                    self.assertGreater(charge["captured_usd"], 0)
                else:
                    self.assertEqual(charge["captured_usd"], 0)
                    self.assertEqual(charge["released_usd"], charge["held_usd"])
        report = self.server.verify()
        self.assertEqual(report.returncode, 0, report.stdout)

    def expect_acted_out(self, workers):
        for worker in workers:
            self.assertEqual(worker.plan, [], worker.heard)

    def test_a_worker_dies_at_each_step_of_a_video(self):
        places = [(moment, step) for step in VIDEO_STEPS for moment in MOMENTS]
        workers = [self.worker(f"{step}-{moment}", "standard", [(moment, step, "worker")]) for moment, step in places]
        jobs = {f"video {i}": self.insist("/v3/videos", self.video).data["video_id"] for i in range(len(places))}
        for job_id in jobs.values():
            self.wait_for(job_id, 240)
        # A worker whose step has not come yet gets jobs until it has.
        deadline = time.time() + 120
        while any(worker.plan for worker in workers) and time.time() < deadline:
            jobs[f"video {len(jobs)}"] = job_id = self.insist("/v3/videos", self.video).data["video_id"]
            self.wait_for(job_id)
        self.expect_acted_out(workers)
        self.expect_settled(jobs, completed=True)

    def talking_film(self):
        """A presenter's picture that speaks, and a sound: what a lipsync takes."""
        look = self.server.call("GET", "/v3/avatars/looks?limit=1").data[0]
        picture = self.server.call("GET", look["preview_image_url"], key=None).body
        image = self.server.upload("presenter.jpg", picture, "image/jpeg").data["asset_id"]
        made = self.server.call("POST", "/v3/videos", {"type": "image", "resolution": "720p", "script": "Yes, papa.",
                                                       "voice_id": self.voice,
                                                       "image": {"type": "asset_id", "asset_id": image}})
        worker = self.worker("film", "standard")
        video_id = made.data["video_id"]
        self.assertEqual(self.wait_for(video_id)["status"], "completed")
        film = self.server.call("GET", self.server.call("GET", f"/v3/videos/{video_id}").data["video_url"], key=None).body
        worker.kill()
        film = {"type": "asset_id", "asset_id": self.server.upload("film.mp4", film, "video/mp4").data["asset_id"]}
        return {"video": film, "audio": film}

    def test_a_worker_dies_at_each_step_of_a_lipsync(self):
        body = self.talking_film()
        places = list(zip(["before", "after"] * 4, LIPSYNC_STEPS, strict=False))
        workers = [self.worker(f"{step.replace(' ', '-')}-{moment}", "standard", [(moment, step, "worker")])
                   for moment, step in places]
        jobs = {f"lipsync {i}": self.insist("/v3/lipsyncs", body).data["lipsync_id"] for i in range(len(places))}
        for job_id in jobs.values():
            self.wait_for(job_id, 300)
        deadline = time.time() + 200
        while any(worker.plan for worker in workers) and time.time() < deadline:
            jobs[f"lipsync {len(jobs)}"] = job_id = self.insist("/v3/lipsyncs", body).data["lipsync_id"]
            self.wait_for(job_id, 300)
        self.expect_acted_out(workers)
        self.expect_settled(jobs, completed=True)

    def test_the_server_dies_at_each_step_of_a_video(self):
        worker, jobs = self.worker("one", "standard"), {}
        for step in VIDEO_STEPS:
            for moment in MOMENTS:
                worker.plan = [(moment, step, "server")]
                job_id = self.insist("/v3/videos", self.video).data["video_id"]
                jobs[f"{moment} {step}"] = job_id
                self.wait_for(job_id)
        self.expect_acted_out([worker])
        self.expect_settled(jobs, completed=True)

    def speak(self):
        body = {"text": "Yes.", "voice_id": self.voice}
        answer = self.insist("/v3/voices/speech", body)
        self.assertEqual(answer.status, 200, answer.body)

    def newest_charge(self, known):
        new = [job_id for job_id in self.charges() if job_id not in known]
        self.assertEqual(len(new), 1, new)
        return new[0]

    def test_worker_or_server_dies_at_each_step_of_a_speech(self):
        worker, jobs = self.worker("one", "speech"), {}
        for victim in ("server", "worker"):
            for step in SPEECH_STEPS:
                for moment in MOMENTS:
                    worker.plan = [(moment, step, victim)]
                    self.speak()
                    jobs[f"{victim} {moment} {step}"] = self.newest_charge(jobs.values())
        self.expect_acted_out([worker])
        self.expect_settled(jobs, completed=True)

    def test_the_render_dies_and_then_who_reports_it(self):
        workers, failed, completed = [], {}, {}
        for victim in ("server", "worker"):
            for moment in MOMENTS:
                # Dead twice, a render is not tried again; the report of the second death is where the other dies.
                render = ("before", "rendering", "render")
                worker = self.worker(f"{victim}-{moment}", "standard", [render, render, (moment, "fail", victim)])
                workers.append(worker)
                job_id = self.insist("/v3/videos", self.video).data["video_id"]
                # A worker that dies before it could report leaves a job that the next one finishes.
                is_unreported = (victim, moment) == ("worker", "before")
                (completed if is_unreported else failed)[f"{victim} {moment} fail"] = job_id
                self.wait_for(job_id)
                worker.kill()
                time.sleep(2 * CLAIM_WAIT_MS / 1000)
        self.expect_acted_out(workers)
        self.expect_settled(failed, completed=False)
        self.expect_settled(completed, completed=True)

    def test_the_server_dies_while_it_takes_the_order(self):
        """The client's answer is lost, or its request: the repeat with the same key makes no second job."""
        self.worker("one", "standard")
        jobs = {}
        for i in range(6):
            killed = threading.Timer(0.002 * i, lambda: (self.server.kill(), self.server.start()))
            killed.start()
            jobs[f"order {i}"] = self.insist("/v3/videos", self.video).data["video_id"]
            killed.join()
        listed = self.patiently("GET", "/v3/videos?limit=100").data
        self.assertEqual(len(listed), len(jobs))
        self.assertEqual(len(set(jobs.values())), len(jobs))
        for job_id in jobs.values():
            self.wait_for(job_id)
        self.expect_settled(jobs, completed=True)


if __name__ == "__main__":
    unittest.main()
