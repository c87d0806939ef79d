"""Kill -9 at every named step of every type of job: a worker, its render or the server dies exactly when a step's
message passes between worker and server, once before it arrives and once after its answer was given but not heard.
Each job ends with exactly one charge, or one release.

A proxy stands between each worker and the server and sees the steps: claim, input (a file of the job is fetched), the
stages that heartbeats name (speaking, rendering ...), exact, upload, complete, fail. The program itself knows nothing
of it.

TYPES has one entry for each type of job. To add one, write what orders a short job of it, and name the steps its
worker passes, in order, as a run with UNDERSTUDY_KILL_LIST=1 prints them (a stage that lasts a few milliseconds is not
always heard of: leave it out). The short form kills at every step of the first two types and at two places of each of
the others but the slow ones; UNDERSTUDY_LONG_TESTS=1 kills at all places of all of them. UNDERSTUDY_KILL_TYPES="studio video,speech"
takes these alone.
"""
import base64
import contextlib
import functools
import http.client
import http.server
import io
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest
import uuid
import zipfile

from harness import BINARY, Server, make_media

MOMENTS = ["before", "after"]
CLAIM_WAIT_MS = 200
IS_LONG = os.environ.get("UNDERSTUDY_LONG_TESTS") == "1"
IS_LIST = os.environ.get("UNDERSTUDY_KILL_LIST") == "1"
ONLY = [name for name in os.environ.get("UNDERSTUDY_KILL_TYPES", "").split(",") if name]


class JobType:
    """`order(world)` gives the path and body of a request that makes one short job; `world` has a presenter's look, a
    voice and a portrait."""

    def __init__(self, name, steps, order, lane="standard", is_whole_in_short=False, is_free=False, is_slow=False):
        self.name, self.steps, self.order, self.lane = name, steps, order, lane
        self.is_whole_in_short, self.is_free, self.is_slow = is_whole_in_short, is_free, is_slow

    def places(self, victim):
        """(moment, step) to kill the victim at, in the form of the test that runs."""
        all_places = [(moment, step) for step in self.steps for moment in MOMENTS]
        if IS_LONG or self.is_whole_in_short:
            return all_places
        # Of each type another one, and the server elsewhere than the worker.
        offset = sum(self.name.encode()) + (len(all_places) // 2 if victim == "server" else 0)
        return [all_places[offset % len(all_places)]]


def presenter_video(world):
    return "/v3/videos", {"type": "avatar", "avatar_id": world.look, "script": "Yes.", "resolution": "720p"}


def photo_video(world):
    return "/v3/videos", {"type": "image", "image": world.portrait, "script": "Yes.", "voice_id": world.voice,
                          "resolution": "720p"}


def studio_video(world):
    return "/v3/videos", {"type": "studio", "resolution": "720p", "scenes": [
        {"type": "image", "source": world.portrait, "duration": 0.4},
        {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": world.look, "script": "Yes."}}]}


def avatar_of_photo(world):
    return "/v3/avatars", {"type": "photo", "name": "Photo", "file": world.portrait}


def avatar_of_words(world):
    return "/v3/avatars", {"type": "prompt", "name": "Words", "prompt": "a young woman with red hair"}


def composition(world):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as project:
        project.writestr("index.html", '''<!doctype html><html><body style="margin:0;background:#123456">
            <div data-composition-id="root" data-width="1920" data-height="1080" data-duration="0.2"></div></body></html>''')
    return "/v3/hyperframes/renders", {"project": {
        "type": "base64", "media_type": "application/zip", "data": base64.b64encode(made.getvalue()).decode()}}


def speech(world):
    return "/v3/voices/speech", {"text": "Yes.", "voice_id": world.voice}


def lipsync(world):
    return "/v3/lipsyncs", {"video": world.film, "audio": world.film}


def cinematic_video(world):
    return "/v3/videos", {"type": "cinematic_avatar", "avatar_id": [world.look], "prompt": "push in", "duration": 4}


def digital_twin(world):
    return "/v3/avatars", {"type": "digital_twin", "name": "Twin", "file": world.footage}


def background_removal(world):
    # Not the header, but request_id makes a repeated order one.
    return "/v3/background-removals", {"video": world.green_film, "layers": ["mask"], "request_id": str(uuid.uuid4())}


TYPES = [
    JobType("presenter video", ["claim", "speaking", "exact", "rendering", "upload", "complete"], presenter_video,
            is_whole_in_short=True),
    JobType("speech", ["claim", "exact", "upload", "complete"], speech, lane="speech", is_whole_in_short=True),
    JobType("photo video", ["claim", "input", "looking for the face", "speaking", "exact", "rendering", "upload", "complete"],
            photo_video),
    JobType("studio video", ["claim", "input", "speaking", "exact", "rendering", "upload", "complete"], studio_video),
    JobType("avatar of a photo", ["claim", "input", "looking for the face", "drawing the preview", "upload", "complete"],
            avatar_of_photo),
    JobType("avatar of words", ["claim", "drawing the preview", "upload", "complete"], avatar_of_words),
    JobType("cinematic video", ["claim", "exact", "rendering", "upload", "complete"], cinematic_video),
    JobType("digital twin", ["claim", "input", "following the face", "drawing the preview", "upload", "complete"], digital_twin, is_slow=True),
    JobType("lipsync", ["claim", "input", "listening", "following the face", "exact", "rendering", "upload", "complete"], lipsync),
    JobType("background removal", ["claim", "input", "exact", "rendering", "upload", "complete"], background_removal, is_free=True),
    JobType("composition", ["claim", "input", "opening", "exact", "rendering", "upload", "complete"], composition),
]


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
        self.jobs = {}  # ids of the jobs it was given, in order
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
                if self.command == "GET":
                    return "input"
                if last == "heartbeat":
                    return json.loads(body).get("stage") or "heartbeat"
                # A claim counts when it brings a job; that is known after the answer only.
                if last == "claim" and answer is not None:
                    job = (json.loads(answer).get("data") or {}).get("job")
                    if not job:
                        return "no claim"
                    worker.jobs[job["id"]] = None
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
        self.server = Server(workers=0, config="[wallet]\nwelcome_credit_usd = \"1000\"\n[limits]\nconcurrency = 0\n").start()
        self.server.dying = threading.RLock()
        self.addCleanup(self.server.close)
        looks = self.server.call("GET", "/v3/avatars/looks?group_id=daniel&limit=1").data
        self.look = looks[0]["id"]
        picture = self.server.call("GET", looks[0]["preview_image_url"], key=None).body
        self.portrait = {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(picture).decode()}
        self.voice = self.server.call("GET", "/v3/voices?limit=1&language=English").data[0]["voice_id"]
        self.keys, self.workers = 0, []

    @functools.cached_property
    def talking_picture(self):
        with contextlib.closing(Worker(self.server, "film", "standard").start()):
            path, body = photo_video(self)
            made = self.insist(path, {**body, "script": "Yes, papa."}).data["video_id"]
            self.assertEqual(self.wait_for(made)["status"], "completed")
        return self.server.download(self.server.call("GET", f"/v3/videos/{made}").data["video_url"], "talking.mp4")

    @functools.cached_property
    def film(self):
        """What a lipsync takes."""
        return self.uploaded(self.talking_picture)

    @functools.cached_property
    def footage(self):
        """What a twin is made of: 15 s at least."""
        return self.uploaded(make_media(self.server.folder / "footage.mp4", "-stream_loop", "29", "-i", self.talking_picture,
                                        "-t", "16", "-vf", "scale=640:360", "-pix_fmt", "yuv420p"))

    def uploaded(self, file):
        return {"type": "asset_id", "asset_id": self.server.upload(file.name, file.read_bytes(), "video/mp4").data["asset_id"]}

    @functools.cached_property
    def green_film(self):
        film = make_media(self.server.folder / "green.mp4", "-f", "lavfi", "-i", "color=0x00b140:s=160x90:r=25:d=0.4", "-vf",
                          "drawbox=x=60:y=20:w=40:h=70:color=0xd0a080:t=fill", "-pix_fmt", "yuv420p")
        return self.uploaded(film)

    def worker(self, name, lane, plan=()):
        worker = Worker(self.server, name, lane)
        worker.plan = list(plan)
        self.workers.append(worker)
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
                self.assertLess(answer.status, 300, answer.body)
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

    def expect_settled(self, jobs, completed, is_free=False):
        charges = self.charges()
        for name, job_id in jobs.items():
            job = self.wait_for(job_id)
            charge = job["charge"]
            with self.subTest(name):
                self.assertEqual(job["status"], "completed" if completed else "failed", job)
                if not is_free:
                    self.assertEqual(len(charges.get(job_id, [])), 1 if completed else 0)
                if completed and not is_free:
                    self.assertGreater(charge["captured_usd"], 0)
                else:
                    self.assertEqual(charge["captured_usd"], 0)
                    self.assertEqual(charge["released_usd"], charge["held_usd"])
        report = self.server.verify()
        self.assertEqual(report.returncode, 0, report.stdout)

    def expect_acted_out(self, workers):
        for worker in workers:
            self.assertEqual(worker.plan, [], worker.heard)

    def order(self, job_type, timeout=120):
        path, body = job_type.order(self)
        return self.insist(path, body, timeout)

    def jobs(self):
        return [job_id for worker in self.workers for job_id in list(worker.jobs)]

    def next_job(self, job_type, known):
        """Orders one and waits for its end; its id."""
        self.order(job_type)
        deadline = time.time() + 120
        while time.time() < deadline:
            new = set(self.jobs()) - set(known)
            if new:
                self.assertEqual(len(new), 1, new)
                job_id = new.pop()
                self.wait_for(job_id, 240)
                return job_id
            time.sleep(0.05)
        raise AssertionError(f"nobody was given the job:\n{self.server.log_text()}")

    def worker_dies(self, job_type):
        places = job_type.places("worker")
        if job_type.lane == "speech":  # is answered when it is done, so one after the other
            return self.one_after_the_other(job_type, "worker", places)
        for moment, step in places:
            self.worker(f"{step}-{moment}".replace(" ", "-"), job_type.lane, [(moment, step, "worker")])
        if len(places) == 1:  # who goes on with what the dead one left
            self.worker("other", job_type.lane)
        for _ in places:
            self.order(job_type)
        ordered, deadline = len(places), time.time() + 300
        while len(set(self.jobs())) < ordered and time.time() < deadline:
            time.sleep(0.1)
        for job_id in set(self.jobs()):
            self.wait_for(job_id, 300)
        # A worker whose step has not come yet gets jobs until it has.
        deadline = time.time() + 180
        while any(worker.plan for worker in self.workers) and time.time() < deadline:
            self.next_job(job_type, self.jobs())
            ordered += 1
        self.expect_acted_out(self.workers)
        jobs = {f"{job_type.name} {i}": job_id for i, job_id in enumerate(sorted(set(self.jobs())))}
        self.assertEqual(len(jobs), ordered)
        self.expect_settled(jobs, completed=True, is_free=job_type.is_free)

    def server_dies(self, job_type):
        self.one_after_the_other(job_type, "server", job_type.places("server"))

    def one_after_the_other(self, job_type, victim, places):
        worker, jobs = self.worker("one", job_type.lane), {}
        for moment, step in places:
            worker.plan = [(moment, step, victim)]
            name = f"{job_type.name}: {moment} {step}"
            jobs[name] = self.next_job(job_type, jobs.values())
        self.expect_acted_out([worker])
        self.expect_settled(jobs, completed=True, is_free=job_type.is_free)

    def list_steps(self, job_type):
        worker = self.worker("one", job_type.lane)
        self.next_job(job_type, [])
        print(job_type.name, list(dict.fromkeys(step for _, step in worker.heard if step not in ("no claim", "heartbeat"))))

    def test_the_render_dies_and_then_who_reports_it(self):
        job_type, failed, completed = TYPES[0], {}, {}
        for victim in ("server", "worker"):
            for moment in MOMENTS:
                # Dead twice, a render is not tried again; the report of the second death is where the other dies.
                render = ("before", "rendering", "render")
                worker = self.worker(f"{victim}-{moment}", "standard", [render, render, (moment, "fail", victim)])
                # A worker that dies before it could report leaves a job that the next one finishes.
                is_unreported = (victim, moment) == ("worker", "before")
                job_id = self.next_job(job_type, self.jobs())
                (completed if is_unreported else failed)[f"{victim} {moment} fail"] = job_id
                worker.kill()
                time.sleep(2 * CLAIM_WAIT_MS / 1000)
        self.expect_acted_out(self.workers)
        self.expect_settled(failed, completed=False)
        self.expect_settled(completed, completed=True)

    def test_the_server_dies_while_it_takes_the_order(self):
        """The client's answer is lost, or its request: the repeat with the same key makes no second job."""
        self.worker("one", "standard")
        jobs = {}
        for i in range(6):
            killed = threading.Timer(0.002 * i, lambda: (self.server.kill(), self.server.start()))
            killed.start()
            jobs[f"order {i}"] = self.order(TYPES[0]).data["video_id"]
            killed.join()
        listed = self.patiently("GET", "/v3/videos?limit=100").data
        self.assertEqual(len(listed), len(jobs))
        self.assertEqual(len(set(jobs.values())), len(jobs))
        for job_id in jobs.values():
            self.wait_for(job_id)
        self.expect_settled(jobs, completed=True)


def add_tests():
    """One test of each victim for each type."""
    def add(name, act, job_type):
        def test(self):
            job_type.order(self)  # what its request needs is made before anybody is killed
            act(self, job_type)
        setattr(KilledAtEveryStep, f"test_{name}_{job_type.name.replace(' ', '_')}", test)

    for job_type in TYPES:
        if job_type.name not in ONLY if ONLY else job_type.is_slow and not IS_LONG:
            continue
        if IS_LIST:
            add("list", KilledAtEveryStep.list_steps, job_type)
            continue
        add("a_worker_dies_at_each_step_of", KilledAtEveryStep.worker_dies, job_type)
        add("the_server_dies_at_each_step_of", KilledAtEveryStep.server_dies, job_type)
    if IS_LIST or ONLY:
        for name in ("test_the_render_dies_and_then_who_reports_it", "test_the_server_dies_while_it_takes_the_order"):
            delattr(KilledAtEveryStep, name)


add_tests()

if __name__ == "__main__":
    unittest.main()
