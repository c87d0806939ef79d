"""How to make a valid request of every operation: one recipe each, with ids of resources that the test has made.

An operation that is added to the server is covered once its recipe stands here; conformance_test.py fails when an
operation that is built has none."""
import base64
import contextlib
import hashlib
import http.server
import io
import threading
import zipfile

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


# Videos

VIDEO_RULES = (("resolution", "4k"), ("expressiveness", ...), ("motion_prompt", ...))


@recipe("POST /v3/videos")
def create_any_video(w):
    yield from create_video(w)
    yield from create_studio(w)
    yield from create_cinematic(w)


def create_video(w):
    yield Valid(body=w.video(), rules=VIDEO_RULES)
    yield Valid(body=w.video(
        voice_id=w.voice, title="A title", aspect_ratio="9:16", resolution="720p", output_format="mp4", fit="cover",
        voice_settings={"speed": 1.1, "pitch": 2, "volume": 0.9, "locale": None},
        caption={"file_format": "srt", "style": "default"}, engine={"type": "avatar_iii"},
        background={"type": "color", "value": "#102030"}, callback_id="c-1", callback_url=w.hook_url,
        watermark={"image": w.image_input(), "opacity": 0.5, "scale": 0.5,
                   "placement": {"position": "top_left", "offset_x": 0.1, "offset_y": 0.1}}),
        # A webm is transparent; an engine has fields of its own; an image needs a source.
        rules=VIDEO_RULES + (("output_format", "webm"), ("background.type", "image"))) 
    yield Valid(body={"type": "avatar", "avatar_id": w.look, "audio_asset_id": w.sound}, rules=VIDEO_RULES)


def studio(w, **fields):
    return {"type": "studio", "resolution": "720p", "scenes": [
        {"type": "image", "source": w.image_input(), "duration": 1.5},
        {"type": "video", "source": {"type": "asset_id", "asset_id": w.film},
         "playback": {"mute": False, "volume": 0.5, "mode": "freeze"}},
        {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": w.look, "script": "Hello.",
                                           "engine": {"type": "avatar_iii"},
                                           "background": {"type": "color", "color": "#102030"}}}], **fields}


def create_studio(w):
    yield Valid(body=studio(w, title="Three scenes", callback_id="c-2", caption={"style": "default"}), rules=VIDEO_RULES)
    yield Valid(body=studio(w, scenes=[{"type": "image", "source": w.image_input(), "script": "A still.",
                                      "voice_id": w.voice}]),
                rules=VIDEO_RULES)
    yield Valid(body=studio(w, scenes=[{"type": "avatar_video", "input": {
        "type": "image", "image": w.image_input(), "script": "A picture speaks.", "voice_id": w.voice,
        "motion_prompt": "nods", "expressiveness": "medium"}}]), rules=VIDEO_RULES)


def create_cinematic(w):
    # A length is given or found, not both.
    yield Valid(body={"type": "cinematic_avatar", "avatar_id": [w.look], "prompt": "push in, neon"}, rules=(("resolution", "4k"),))
    yield Valid(body={"type": "cinematic_avatar", "avatar_id": [w.look, w.look], "prompt": "orbit", "duration": 5, "aspect_ratio": "9:16",
                      "resolution": "1080p", "references": [w.image_input()], "title": "Short", "enhance_prompt": True},
                rules=(("auto_duration", True),))


@recipe("POST /v3/videos/batches")
def create_video_batch(w):
    yield Valid(body={"videos": [w.video(), w.video(title="The second")], "title": "Two", "callback_url": w.hook_url})


@recipe("GET /v3/videos/batches/{batch_id}")
def video_batch(w):
    yield Valid(path={"batch_id": w.batch}, query={"limit": 1})


@recipe("GET /v3/videos")
def videos(w):
    yield Valid(query={"limit": 2, "title": "Two", "folder_id": "f"})
    yield Valid()


@recipe("GET /v3/videos/{video_id}", "DELETE /v3/videos/{video_id}")
def one_video(w):
    yield Valid(path={"video_id": w.new_video()})


@recipe("GET /v3/videos/{video_id}/scenes")
def scenes(w):
    yield Valid(path={"video_id": w.items[0]})


@recipe("GET /v3/videos/statuses")
def video_statuses(w):
    yield Valid(query={"video_ids": ",".join(w.items) + ",nothing"})
    yield Valid(query={"batch_ids": w.batch})


# Voices

@recipe("GET /v3/voices")
def voices(w):
    yield Valid(query={"type": "public", "gender": "female", "limit": 3, "language": "English"})
    yield Valid()


@recipe("GET /v3/voices/{voice_id}")
def one_voice(w):
    yield Valid(path={"voice_id": w.voice})


@recipe("POST /v3/voices/speech")
def speech(w):
    yield Valid(body={"text": "Yes.", "voice_id": w.voice, "input_type": "text", "speed": 1.0},
                rules=())
    yield Valid(body={"text": "<speak>Yes.<break time=\"1s\"/></speak>", "voice_id": w.voice, "input_type": "ssml"})


# Avatars

@recipe("POST /v3/avatars")
def create_avatar(w):
    yield Valid(body={"type": "photo", "name": "Photo", "file": {"type": "asset_id", "asset_id": w.image}})
    yield Valid(body={"type": "prompt", "name": "Words", "prompt": "a young woman with red hair"})
    yield Valid(body={"type": "digital_twin", "name": "Footage", "file": {"type": "asset_id", "asset_id": w.footage}})


@recipe("GET /v3/avatars")
def avatar_groups(w):
    yield Valid(query={"ownership": "public", "limit": 2})
    yield Valid()


@recipe("GET /v3/avatars/looks")
def looks(w):
    yield Valid(query={"group_id": w.group, "avatar_type": "studio_avatar", "ownership": "public", "limit": 2})
    yield Valid()


@recipe("GET /v3/avatars/{group_id}")
def avatar_group(w):
    yield Valid(path={"group_id": w.group})


@recipe("GET /v3/avatars/looks/{look_id}")
def look(w):
    yield Valid(path={"look_id": w.look})


PUBLIC = (403, "resource_access_denied")  # all presenters and voices are


@recipe("DELETE /v3/avatars/{group_id}")
def remove_group(w):
    yield Valid(path={"group_id": w.group}, refusal=(*PUBLIC, "group_id"))


@recipe("PATCH /v3/avatars/{group_id}")
def change_group(w):
    yield Valid(path={"group_id": w.group}, body={"default_voice_id": w.voice}, refusal=(*PUBLIC, "group_id"))


@recipe("POST /v3/avatars/{group_id}/consent")
def consent(w):
    yield Valid(path={"group_id": w.twin_group}, body={"consent_text": "I agree.", "reroute_url": "https://example.com/done"})


@recipe("DELETE /v3/avatars/looks/{look_id}")
def remove_look(w):
    yield Valid(path={"look_id": w.look}, refusal=(*PUBLIC, "look_id"))


@recipe("PATCH /v3/avatars/looks/{look_id}")
def rename_look(w):
    yield Valid(path={"look_id": w.look}, body={"name": "Another"}, refusal=(*PUBLIC, "look_id"))


@recipe("DELETE /v3/voices/{voice_id}")
def remove_voice(w):
    yield Valid(path={"voice_id": w.voice}, refusal=(*PUBLIC, "voice_id"))


# Account

@recipe("GET /v3/users/me", "GET /v3/api_keys/self", "GET /v3/webhooks/event-types")
def nothing_to_say(w):
    yield Valid()


# Webhooks

@recipe("POST /v3/webhooks/endpoints")
def create_endpoint(w):
    yield Valid(body={"url": w.hook_url})
    yield Valid(body={"url": w.hook_url, "events": ["avatar_video.success", "batch.finished"], "entity_id": "x"})


@recipe("GET /v3/webhooks/endpoints")
def endpoints(w):
    yield Valid(query={"limit": 1})


@recipe("PATCH /v3/webhooks/endpoints/{endpoint_id}")
def change_endpoint(w):
    yield Valid(path={"endpoint_id": w.endpoint}, body={"events": ["avatar_video.fail"]})
    yield Valid(path={"endpoint_id": w.endpoint}, body={"url": w.hook_url, "events": None})


@recipe("DELETE /v3/webhooks/endpoints/{endpoint_id}")
def remove_endpoint(w):
    yield Valid(path={"endpoint_id": w.post("/v3/webhooks/endpoints", {"url": w.hook_url})["endpoint_id"]})


@recipe("POST /v3/webhooks/endpoints/{endpoint_id}/rotate-secret")
def rotate(w):
    yield Valid(path={"endpoint_id": w.endpoint})


@recipe("GET /v3/webhooks/events")
def events(w):
    yield Valid(query={"event_type": "avatar_video.fail", "entity_id": w.items[0], "limit": 1})
    yield Valid()


# Assets

@recipe("POST /v3/assets")
def upload(w):
    yield Valid(upload=("w.png", w.png.read_bytes(), "image/png"))
    yield Valid(upload=("w.mp4", w.mp4.read_bytes(), "video/mp4"))


@recipe("GET /v3/assets")
def assets(w):
    yield Valid(query={"username": w.username, "limit": 2, "folder_id": ""})


@recipe("GET /v3/assets/{asset_id}", "DELETE /v3/assets/{asset_id}")
def one_asset(w):
    yield Valid(path={"asset_id": w.asset(w.png, "image/png")})


def upload_of(w, **fields):
    content = w.png.read_bytes()
    return {"filename": "w.png", "content_type": "image/png", "size_bytes": len(content), **fields}


@recipe("POST /v3/assets/direct-uploads")
def direct_upload(w):
    yield Valid(body=upload_of(w))
    yield Valid(body=upload_of(w, checksum_sha256=hashlib.sha256(w.png.read_bytes()).hexdigest()))


@recipe("POST /v3/assets/direct-uploads/batches")
def direct_upload_batch(w):
    yield Valid(body={"files": [upload_of(w), upload_of(w)], "title": "Two", "callback_url": w.hook_url})


def put(w, slot):
    answer = w.server.call("PUT", slot["upload_url"], raw=w.png.read_bytes(), key=None,
                           headers=slot.get("upload_headers") or {})
    assert answer.status in (200, 201, 204), answer.body


@recipe("POST /v3/assets/{asset_id}/complete")
def complete(w):
    slot = w.post("/v3/assets/direct-uploads", upload_of(w))
    put(w, slot)
    yield Valid(path={"asset_id": slot["asset_id"]}, body={})


def uploaded_batch(w):
    batch = w.post("/v3/assets/direct-uploads/batches", {"files": [upload_of(w), upload_of(w)]})
    for slot in batch["items"]:
        put(w, slot)
    return batch["batch_id"]


@recipe("POST /v3/assets/complete/batches")
def complete_batch(w):
    yield Valid(body={"batch_id": uploaded_batch(w)})


@recipe("GET /v3/assets/batches/{batch_id}")
def asset_batch(w):
    yield Valid(path={"batch_id": uploaded_batch(w)}, query={"limit": 1})


@recipe("GET /v3/assets/statuses")
def asset_statuses(w):
    yield Valid(query={"asset_ids": f"{w.image},nothing"})


@recipe("GET /v3/assets/search")
def search(w):
    yield Valid(query={"query": "arrow", "type": "icon", "scope": "public", "limit": 2})
    yield Valid(query={"query": "sky", "type": "image"})


@recipe("GET /v3/audio/sounds")
def sounds(w):
    yield Valid(query={"query": "calm", "type": "music", "limit": 2, "min_score": 0.5})
    yield Valid(query={"query": "door", "type": "sound_effects"})


# HyperFrames

def composition():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as project:
        project.writestr("index.html", """<!doctype html><html><body style="margin:0;background:#123456">
            <div data-composition-id="root" data-width="1920" data-height="1080" data-duration="0.2"></div></body></html>""")
    return {"type": "base64", "media_type": "application/zip", "data": base64.b64encode(made.getvalue()).decode()}


def rendering(w):
    made = w.post("/v3/hyperframes/renders", {"project": composition()})["render_id"]
    w.cancel(made)
    return made


@recipe("POST /v3/hyperframes/renders")
def create_render(w):
    # The project says its shape; a file of another name is not in it.
    yield Valid(body={"project": composition()}, rules=(("composition", ...), ("aspect_ratio", "9:16"), ("aspect_ratio", "1:1")))
    yield Valid(body={"project": composition(), "composition": "index.html", "variables": {}, "fps": 30, "quality": "draft",
                      "format": "mp4", "resolution": "1080p", "aspect_ratio": "16:9", "title": "Blue", "callback_id": "c-4",
                      "callback_url": w.hook_url},
                rules=(("composition", ...), ("aspect_ratio", "9:16"), ("aspect_ratio", "1:1")))


@recipe("GET /v3/hyperframes/renders")
def list_renders(w):
    rendering(w)
    rendering(w)
    yield Valid(query={"limit": 1})
    yield Valid()


@recipe("GET /v3/hyperframes/renders/{render_id}", "DELETE /v3/hyperframes/renders/{render_id}")
def one_render(w):
    yield Valid(path={"render_id": rendering(w)})


# Lipsync

def lipsync(w, **fields):
    return {"video": {"type": "asset_id", "asset_id": w.film}, "audio": {"type": "asset_id", "asset_id": w.sound}, **fields}


def new_lipsync(w):
    made = w.post("/v3/lipsyncs", lipsync(w))["lipsync_id"]
    w.cancel(made)
    return made


def new_lipsync_batch(w):
    made = w.post("/v3/lipsyncs/batches", {"lipsyncs": [lipsync(w), lipsync(w)], "title": "Two"})["batch_id"]
    items = [item["video_id"] for item in w.get(f"/v3/lipsyncs/batches/{made}")["items"]]
    for item in items:
        w.cancel(item)
    return made, items


@recipe("POST /v3/lipsyncs")
def create_lipsync(w):
    # The film is 2 s long.
    times = (("end_time", ...),)
    yield Valid(body=lipsync(w), rules=times)
    yield Valid(body=lipsync(w, mode="precision", title="T", start_time=0.5, end_time=1.5, enable_caption=True,
                             enable_dynamic_duration=False, keep_the_same_format=True, disable_music_track=True,
                             enable_speech_enhancement=True, enable_watermark=True, fps_mode="vfr", callback_id="c-7",
                             callback_url=w.hook_url), rules=times)


@recipe("POST /v3/lipsyncs/batches")
def create_lipsync_batch(w):
    yield Valid(body={"lipsyncs": [lipsync(w), lipsync(w, mode="precision")], "title": "Both", "callback_url": w.hook_url})


@recipe("GET /v3/lipsyncs/batches/{batch_id}")
def show_lipsync_batch(w):
    batch, _ = new_lipsync_batch(w)
    yield Valid(path={"batch_id": batch}, query={"limit": 1})
    yield Valid(path={"batch_id": batch})


@recipe("GET /v3/lipsyncs")
def list_lipsyncs(w):
    new_lipsync(w)
    new_lipsync(w)
    yield Valid(query={"limit": 1})
    yield Valid()


@recipe("GET /v3/lipsyncs/{lipsync_id}", "DELETE /v3/lipsyncs/{lipsync_id}")
def one_lipsync(w):
    yield Valid(path={"lipsync_id": new_lipsync(w)})


@recipe("PATCH /v3/lipsyncs/{lipsync_id}")
def rename_lipsync(w):
    yield Valid(path={"lipsync_id": new_lipsync(w)}, body={"title": "Another"})


@recipe("GET /v3/lipsyncs/statuses")
def lipsync_statuses(w):
    batch, items = new_lipsync_batch(w)
    yield Valid(query={"lipsync_ids": ",".join([*items, "nothing"])})
    yield Valid(query={"batch_ids": batch})


# Background removal

def removal(w):
    made = w.post("/v3/background-removals", {"video": {"type": "asset_id", "asset_id": w.film}})["id"]
    w.cancel(made)
    return made


@recipe("POST /v3/background-removals")
def create_removal(w):
    video = {"type": "asset_id", "asset_id": w.film}
    yield Valid(body={"video": video})
    yield Valid(body={"video": video, "layers": ["mask", "foreground"], "title": "Cut"})


@recipe("GET /v3/background-removals")
def removals(w):
    removal(w)
    yield Valid(query={"limit": 1})
    yield Valid()


@recipe("GET /v3/background-removals/{job_id}", "DELETE /v3/background-removals/{job_id}")
def one_removal(w):
    yield Valid(path={"job_id": removal(w)})


# Brand

@recipe("GET /v3/brand-kits", "GET /v3/brand-glossaries", "GET /v3/templates")
def lists(w):
    yield Valid(query={"limit": 2})
    yield Valid()


def glossary(name):
    return {"name": name, "terms": [{"term": "SQL", "pronunciation": "sequel"}],
            "do_not_translate_terms": [{"term": "Understudy"}],
            "forced_translations": [{"term": "cloud", "translation": "nube"}]}


NAMES = iter(range(10**9))


@recipe("POST /v3/brand-glossaries")
def create_glossary(w):
    yield Valid(body=glossary(f"Words {next(NAMES)}"), rules=(("name", ...),))


@recipe("GET /v3/brand-glossaries/{brand_glossary_id}", "DELETE /v3/brand-glossaries/{brand_glossary_id}")
def one_glossary(w):
    made = w.post("/v3/brand-glossaries", glossary(f"Words {next(NAMES)}"))
    yield Valid(path={"brand_glossary_id": made["brand_glossary_id"]})


@recipe("PATCH /v3/brand-glossaries/{brand_glossary_id}")
def change_glossary(w):
    for valid in one_glossary(w):
        valid.body = glossary(f"Words {next(NAMES)}")
        yield valid


# Templates and brand kits

def template(w):
    return w.post("/understudy/v1/templates", {
        "name": f"Greeting {next(NAMES)}", "aspect_ratio": "16:9", "resolution": "720p",
        "variables": {"name": {"type": "text", "content": "World"},
                      "hero": {"type": "image", "asset": w.image_input(), "fit": "cover"}},
        "scenes": [{"scene_id": "hello", "type": "avatar_video", "input": {
                       "type": "avatar", "avatar_id": w.look, "voice_id": w.voice, "script": "Hello {{name}}."}},
                   {"scene_id": "hero", "type": "image", "source": {"type": "variable", "name": "hero"},
                    "duration": 1}]})["id"]


@recipe("GET /v3/templates/{template_id}")
def one_template(w):
    yield Valid(path={"template_id": template(w)})


@recipe("POST /v3/templates/{template_id}")
def generate(w):
    yield Valid(path={"template_id": template(w)}, body={
        "variables": {"name": {"type": "text", "content": "you"},
                      "hero": {"type": "image", "asset": w.image_input(), "fit": "contain"}},
        "title": "From a template", "scene_ids": ["hello", "hero"], "fps": 25, "dimension": {"width": 1280, "height": 720},
        "caption": False, "callback_id": "c-3", "callback_url": w.hook_url},
        rules=(("dimension.width", ...), ("dimension.height", ...)))
    yield Valid(path={"template_id": template(w)}, body={"variables": {}})


def kit(w):
    return w.post("/understudy/v1/brand-kits", {
        "name": "Hand", "colors": ["#101010"], "fonts": ["Inter"], "color_roles": {"primary": "#101010"}})["brand_kit_id"]


@recipe("POST /v3/brand-kits")
def create_kit(w):
    yield Valid(body={"url": w.hook_url, "name": "A name"})


@recipe("GET /v3/brand-kits/{brand_kit_id}", "DELETE /v3/brand-kits/{brand_kit_id}")
def one_kit(w):
    yield Valid(path={"brand_kit_id": kit(w)})


@recipe("PATCH /v3/brand-kits/{brand_kit_id}")
def change_kit(w):
    yield Valid(path={"brand_kit_id": kit(w)}, body={
        "name": "New", "color_roles": {"primary": "#FF8800", "accent": None},
        "font_roles": {"body_text": {"font_id": "font_1", "weight": 400}}})
