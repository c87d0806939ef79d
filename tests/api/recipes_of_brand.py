"""Recipes of glossaries, templates and brand kits."""
from recipe_book import Valid, recipe

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
