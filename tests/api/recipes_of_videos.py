"""Recipes of what makes videos: presenters, studio, cinema, HyperFrames, lipsyncs, background removals."""
import base64
import io
import zipfile

from recipe_book import Valid, recipe

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
