"""Recipes of voices and avatars."""
from recipe_book import Valid, recipe

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
