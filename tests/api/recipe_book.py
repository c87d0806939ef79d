"""What recipes are written with: the book they go into, and the resources that they name."""
import contextlib
import http.server
import threading

from harness import make_media

RECIPES = {}


class Valid:
    """A request that must be accepted. `edges` are fields whose other values a rule refuses, not the schema."""

    def __init__(self, path=None, query=None, body=None, upload=None, rules=(), refusal=None):
        self.path, self.query, self.body, self.upload = path or {}, query or {}, body, upload
        self.rules = rules
        self.refusal = refusal  # (status, code, param) where no resource of this server can be accepted


def recipe(*names):
    def keep(function):
        for name in names:
            RECIPES[name] = function
        return function
    return keep


class World:
    """A server with one of everything."""

    def __init__(self, server):
        self.server = server
        self.look = server.first_look()
        self.group = self.get("/v3/avatars?limit=1")[0]["id"]
        self.voice = self.get("/v3/voices?limit=1")[0]["voice_id"]
        self.username = self.get("/v3/users/me")["username"]
        folder = server.folder
        self.png = make_media(folder / "w.png", "-f", "lavfi", "-i", "color=red:size=320x240", "-frames:v", "1")
        self.mp3 = make_media(folder / "w.mp3", "-f", "lavfi", "-i", "sine=duration=2", "-b:a", "64k")
        self.mp4 = make_media(folder / "w.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=2:rate=25",
                              "-f", "lavfi", "-i", "sine=duration=2", "-shortest", "-pix_fmt", "yuv420p")
        self.image = self.asset(self.png, "image/png")
        self.sound = self.asset(self.mp3, "audio/mpeg")
        self.film = self.asset(self.mp4, "video/mp4")
        self.footage = self.asset(make_media(folder / "f.mp4", "-f", "lavfi", "-i", "testsrc=size=160x120:duration=15.2:rate=10",
                                             "-pix_fmt", "yuv420p"), "video/mp4")
        # It waits for a consent from the beginning, whatever becomes of it.
        self.twin_group = self.post("/v3/avatars", {"type": "digital_twin", "name": "Twin", "file": {
            "type": "asset_id", "asset_id": self.footage}})["avatar_group"]["id"]
        self.receiver = quiet_receiver()
        self.hook_url = f"http://127.0.0.1:{self.receiver.server_address[1]}/"
        self.endpoint = self.post("/v3/webhooks/endpoints", {"url": self.hook_url})["endpoint_id"]
        self.batch = self.post("/v3/videos/batches", {"videos": [self.video(), self.video()], "title": "Two"})["batch_id"]
        self.items = [i["video_id"] for i in self.get(f"/v3/videos/batches/{self.batch}")["items"]]
        for item in self.items:
            self.cancel(item)

    def close(self):
        self.receiver.shutdown()
        self.receiver.server_close()

    def get(self, path):
        answer = self.server.call("GET", path)
        assert answer.status == 200, (path, answer.body)
        return answer.data

    def post(self, path, body):
        answer = self.server.call("POST", path, body)
        assert answer.status in (200, 201, 202), (path, answer.body)
        return answer.data

    def asset(self, file, mime_type):
        return self.server.upload(file.name, file.read_bytes(), mime_type).data["asset_id"]

    def video(self, **fields):
        return {"type": "avatar", "avatar_id": self.look, "script": "Hello.", **fields}

    def cancel(self, job_id):
        self.server.call("POST", f"/understudy/v1/jobs/{job_id}/cancel")

    def new_video(self):
        video = self.post("/v3/videos", self.video())["video_id"]
        self.cancel(video)
        return video

    def image_input(self):
        return {"type": "asset_id", "asset_id": self.image}


def quiet_receiver():
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            with contextlib.suppress(OSError, ValueError):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        do_OPTIONS = do_POST = do_GET = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
