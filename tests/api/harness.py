"""A real server in a folder of its own, and a client that knows only HTTP. Standard library alone. With
UNDERSTUDY_TEST_DATABASE=postgres each server has a PostgreSQL database of its own in place of the embedded one."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from postgres_cluster import shared_cluster

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("UNDERSTUDY_BINARY", ROOT / "build/release/understudy")).resolve()
ON_POSTGRES = os.environ.get("UNDERSTUDY_TEST_DATABASE", "") == "postgres"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]

    @property
    def error(self):
        return self.json["error"]


class Server:
    """`understudy serve` on loopback; `config` is TOML text."""

    def __init__(self, folder=None, workers=2, config=""):
        self.is_own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="understudy-test-"))
        self.data = self.folder / "data"
        self.secrets = self.data  # where owner.key is; of several servers of a database their shared folder
        self.workers = workers
        self.config = self.folder / "config.toml"
        self.database = None  # the name of its own database; None: embedded, or as the test's configuration says
        if ON_POSTGRES and "[database]" not in config:
            self.database = f"test_{time.time_ns()}"
            self.database_url = shared_cluster().new_database(self.database)
        self.configure(config)
        self.process = None
        self.address = "127.0.0.1:0"
        self.log = open(self.folder / "serve.log", "ab")

    def configure(self, config):
        """For the next start."""
        if self.database:
            config += f'\n[database]\nurl = "{self.database_url}"\n'
        if "[hyperframes]" not in config:  # a browser for nothing would take the tests' processor time
            config += "\n[hyperframes]\nwarm_browsers = 0\n"
        self.config.write_text(config)

    def sql(self, text):
        """Rows as lists of texts. While nobody serves: the embedded database has one owner."""
        if self.database:
            return [line.split("|") for line in shared_cluster().sql(text, self.database).splitlines()]
        with contextlib.closing(sqlite3.connect(self.data / "understudy.db")) as database, database:
            return [[str(value) for value in row] for row in database.execute(text)]

    def database_bytes(self):
        """What lies on disk, or would in a dump."""
        if self.database:
            return shared_cluster().dump(self.database).encode()
        return b"".join(path.read_bytes() for path in self.data.glob("understudy.db*"))

    def start(self):
        address_file = self.folder / "address"
        with contextlib.suppress(FileNotFoundError):
            address_file.unlink()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", self.data, "--listen", self.address, "--config", self.config,
             "--workers", str(self.workers), "--address-file", address_file],
            stdout=self.log, stderr=self.log)
        deadline = time.time() + 30
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("the server stopped:\n" + self.log_text())
            if address_file.exists() and address_file.read_text().strip():
                self.address = address_file.read_text().strip()
                with contextlib.suppress(OSError):
                    if self.call("GET", "/healthz", key=None).status == 200:
                        self.key = (self.secrets / "owner.key").read_text().strip()
                        return self
            time.sleep(0.05)
        raise RuntimeError("the server did not start:\n" + self.log_text())

    def log_text(self):
        return (self.folder / "serve.log").read_text(errors="replace")[-8000:]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.stop()
        self.log.close()
        if self.is_own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None, key="owner", headers=None, raw=None, timeout=60):
        headers = dict(headers or {})
        if key == "owner":
            key = self.key
        if key:
            headers["x-api-key"] = key
        if body is not None:
            raw = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        url = path if path.startswith("http") else f"http://{self.address}{path}"
        request = urllib.request.Request(url, data=raw, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.headers, refused.read())

    def upload(self, name, content, mime_type="application/octet-stream"):
        boundary = "----understudy-test-boundary"
        raw = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n"
               f"Content-Type: {mime_type}\r\n\r\n").encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self.call("POST", "/v3/assets", raw=raw,
                         headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def wait_for(self, path, timeout=240):
        """What GET answers once it is completed or failed."""
        deadline = time.time() + timeout
        while time.time() < deadline:
            job = self.call("GET", path).data
            if job["status"] in ("completed", "failed"):
                return job
            time.sleep(0.1)
        raise AssertionError(f"{path} did not end: {job}\n{self.log_text()}")

    def wait_for_video(self, video_id, timeout=180):
        return self.wait_for(f"/v3/videos/{video_id}", timeout)

    def make_video(self, timeout=180, **fields):
        body = {"type": "avatar", "avatar_id": self.first_look(), "resolution": "720p", **fields}
        created = self.call("POST", "/v3/videos", body)
        assert created.status == 200, created.body
        return self.wait_for_video(created.data["video_id"], timeout)

    def first_look(self):
        return self.call("GET", "/v3/avatars/looks?limit=1").data[0]["id"]

    def download(self, url, name):
        target = self.folder / name
        answer = self.call("GET", url, key=None)
        assert answer.status == 200, (url, answer.status, answer.body[:200])
        target.write_bytes(answer.body)
        return target

    def balance(self):
        return self.call("GET", "/v3/users/me").data["wallet"]["remaining_balance"]

    def command(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120)

    def verify(self):
        return self.command("verify", "--data", self.data, "--config", self.config)


class PeakMemory:
    """How much a process's resident memory grew at most while the block ran, in KiB (`grown`)."""

    def __init__(self, pid):
        self.folder = pathlib.Path("/proc") / str(pid)

    def value(self, name):
        [line] = [x for x in (self.folder / "status").read_text().splitlines() if x.startswith(name + ":")]
        return int(line.split()[1])

    def __enter__(self):
        (self.folder / "clear_refs").write_text("5")  # the peak begins anew (proc_pid_clear_refs(5))
        self.before = self.value("VmRSS")
        return self

    def __exit__(self, *_):
        self.grown = max(self.value("VmHWM") - self.before, 0)


class SlowClients:
    """Open connections that send their requests byte by byte, or never read their answers."""

    def __init__(self, address, count):
        host, port = address.rsplit(":", 1)
        self.sockets, self.is_over = [], threading.Event()
        for i in range(count):
            client = socket.create_connection((host, int(port)))
            client.sendall(b"POST /v3/videos HTTP/1.1\r\nHost: x\r\n" if i % 2 else
                           b"POST /v3/assets HTTP/1.1\r\nHost: x\r\nx-api-key: us_wrong\r\nContent-Length: 9999\r\n")
            self.sockets.append(client)
        self.thread = threading.Thread(target=self.trickle, daemon=True)
        self.thread.start()

    def trickle(self):
        while not self.is_over.wait(0.5):
            for client in self.sockets:
                with contextlib.suppress(OSError):
                    client.sendall(b"x")

    def still_open(self):
        """How many the server has neither answered nor closed."""
        open_ones = 0
        for client in self.sockets:
            client.setblocking(False)
            try:
                client.recv(1)
            except BlockingIOError:
                open_ones += 1
            except OSError:
                pass
        return open_ones

    def close(self):
        self.is_over.set()
        self.thread.join()
        for client in self.sockets:
            client.close()


def probe(path):
    """ffprobe's view of a file, frames counted."""
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path],
        capture_output=True, check=True).stdout
    return json.loads(out)


def make_media(path, *arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, path], check=True)
    return pathlib.Path(path)


class ServerCase(unittest.TestCase):
    """Test cases that share one server."""
    config = "[network]\nallow_private = true\n"
    workers = 2

    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers=cls.workers, config=cls.config)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()


@contextlib.contextmanager
def file_server(folder):
    """Serves a folder on a loopback port."""
    import functools
    import http.server

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
