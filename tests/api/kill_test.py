"""Submits while server and workers are killed with SIGKILL at random: every job ends, each completed one
is charged exactly once. UNDERSTUDY_KILL_JOBS sets the number (20; the long form takes 200)."""
import collections
import os
import random
import re
import subprocess
import threading
import time
import unittest

from harness import Server


def worker_processes(server):
    """Pids of the workers and renders below the server."""
    listing = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True).stdout
    mine = str(server.data)
    return [int(line.split()[0]) for line in listing.splitlines()
            if re.search(r"understudy (worker|render)", line) and (mine in line or "/job" in line)]


class Killed(unittest.TestCase):
    def test_every_job_ends_and_is_charged_once(self):
        jobs = int(os.environ.get("UNDERSTUDY_KILL_JOBS", "20"))
        seed = int(os.environ.get("UNDERSTUDY_SEED", time.time_ns() % 10**6))
        print(f"seed {seed}")
        chance = random.Random(seed)
        server = Server(workers=2, config="[wallet]\nwelcome_credit_usd = \"100\"\n[limits]\nconcurrency = 0\n").start()
        self.addCleanup(server.close)
        look = server.first_look()
        accepted, kills = {}, collections.Counter()
        stop = threading.Event()

        def killer():
            while not stop.wait(chance.uniform(0.3, 1.5)):
                if chance.random() < 0.35:
                    kills["serve"] += 1
                    server.kill()
                    server.start()
                elif pids := worker_processes(server):
                    kills["worker"] += 1
                    subprocess.run(["kill", "-9", str(chance.choice(pids))], stderr=subprocess.DEVNULL)

        thread = threading.Thread(target=killer)
        thread.start()
        try:
            for number in range(jobs):
                body = {"type": "avatar", "avatar_id": look, "script": "Yes.", "resolution": "720p"}
                while True:  # a repeat after a lost answer must not make a second video
                    try:
                        answer = server.call("POST", "/v3/videos", body, headers={"Idempotency-Key": f"job-{number}"},
                                             timeout=30)
                    except OSError:
                        time.sleep(0.2)
                        continue
                    if answer.status == 200:
                        accepted[number] = answer.data["video_id"]
                        break
                    self.assertIn(answer.status, (409, 503), answer.body)
                    time.sleep(0.5)
            # Jobs take longer than their submits: kill on while they are rendered.
            enough, deadline = max(5, jobs // 8), time.time() + 20 + jobs
            while sum(kills.values()) < enough and time.time() < deadline:
                time.sleep(0.2)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(len(set(accepted.values())), jobs)
        outcome, captured = collections.Counter(), 0
        for video_id in accepted.values():
            video = server.wait_for_video(video_id, timeout=600)
            outcome[video["status"]] += 1
            if video["status"] == "completed":
                captured += round(video["charge"]["captured_usd"] * 10**9)
            else:
                self.assertEqual(video["charge"]["captured_usd"], 0)
        print(f"kills {dict(kills)}, outcome {dict(outcome)}")
        self.assertEqual(round((100 - server.balance()) * 10**9), captured)
        usage = server.call("GET", "/understudy/v1/usage?limit=100").data
        report = server.verify()
        self.assertEqual(report.returncode, 0, report.stdout)
        self.assertGreater(outcome["completed"], 0)
        self.assertGreater(sum(kills.values()), 0)
        self.assertEqual(len(server.call("GET", "/v3/videos?limit=100").data), min(jobs, 100))
        self.assertGreater(len(usage), 0)


if __name__ == "__main__":
    unittest.main()
