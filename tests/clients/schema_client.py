"""Run in an environment with aiopenapi3, which makes a client from nothing but a document, and checks every answer against
it: a video from start to end. Arguments: the server's URL, a key. Prints what it got as JSON."""
import json
import sys
import time

from aiopenapi3 import OpenAPI

base, key = sys.argv[1:3]
api = OpenAPI.load_sync(base + "/openapi.json")
api.authenticate(ApiKeyAuth=key)
call = api._


def plain(model):
    return model.model_dump(mode="json") if hasattr(model, "model_dump") else model


me = plain(call.getUsersMe())["data"]
look = plain(call.getAvatarsLooks(parameters={"limit": 1}))["data"][0]
voice = plain(call.getVoices(parameters={"limit": 1, "language": "English"}))["data"][0]
speech = plain(call.postVoicesSpeech(data={"text": "Only the document is known.", "voice_id": voice["voice_id"]}))["data"]
made = plain(call.postVideos(data={"type": "avatar", "avatar_id": look["id"], "script": "Hi.", "resolution": "720p"}))["data"]
deadline = time.time() + 120
while time.time() < deadline:
    video = plain(call.getVideosVideoId(parameters={"video_id": made["video_id"]}))["data"]
    if video["status"] in ("completed", "failed"):
        break
    time.sleep(0.2)
lists = {name: len(plain(getattr(call, name)())["data"]) for name in (
    "getVideos", "getAvatars", "getTemplates", "getBrandKits", "getBrandGlossaries", "getHyperframesRenders",
    "getWebhooksEndpoints", "getWebhooksEvents", "getWebhooksEventTypes")}
assets = plain(call.getAssets(parameters={"username": me["username"]}))["data"]
removed = plain(call.deleteVideosVideoId(parameters={"video_id": made["video_id"]}))
json.dump({"me": me, "speech": speech, "video": video, "lists": lists, "assets": assets}, sys.stdout)
