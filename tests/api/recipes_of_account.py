"""Recipes of what an account keeps: itself, webhooks, files."""
import hashlib

from recipe_book import Valid, recipe

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
