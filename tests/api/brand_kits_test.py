"""Brand kits over HTTP: built from a site on loopback, by hand, changed, shared, and refused."""
import os
import pathlib
import tempfile
import time
import unittest

import harness
from harness import file_server, make_media

PAGE = """<!doctype html><html><head><title>Rockets for everyone | Acme</title><meta property="og:site_name" content="Acme">
<link rel="stylesheet" href="css/site.css"><link rel="icon" href="/favicon.ico"></head>
<body><header><a href="/"><img src="img/logo.png" alt="Acme Rockets"></a></header><h1>Hi</h1></body></html>"""
CSS = """@import "more.css"; :root{--brand:#0f766e} h1{font-family:'Sora',sans-serif;font-weight:800}
body{font-family:"Nunito Sans",sans-serif;color:#111;background:#fff} .button{background:var(--brand)}"""
MORE = ".cta{background:#f97316;color:#fff} .cta-outline{border-color:#f97316}"


class BrandKits(harness.ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = pathlib.Path(tempfile.mkdtemp(prefix="understudy-site-"))
        for folder in ("css", "img"):
            (cls.site / folder).mkdir()
        (cls.site / "index.html").write_text(PAGE)
        (cls.site / "css/site.css").write_text(CSS)
        (cls.site / "css/more.css").write_text(MORE)
        (cls.site / "favicon.ico").write_bytes(b"\0\0\1\0nothing")
        (cls.site / "deep.html").write_text("<div>" * 15_000)
        (cls.site / "noise.html").write_bytes(os.urandom(200_000))
        (cls.site / "picture.html.txt").write_text("just text")
        make_media(cls.site / "img/logo.png", "-f", "lavfi", "-i", "color=0x0f766e:s=200x80", "-frames:v", "1")

    def wait(self, kit_id):
        deadline = time.time() + 60
        while time.time() < deadline:
            kit = self.server.call("GET", f"/v3/brand-kits/{kit_id}").data
            if kit["status"] != "loading":
                return kit
            time.sleep(0.1)
        raise AssertionError(f"{kit} is still loading\n{self.server.log_text()}")

    def build(self, url, **fields):
        made = self.server.call("POST", "/v3/brand-kits", {"url": url, **fields})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(made.data["status"], "loading")
        return self.wait(made.data["brand_kit_id"])

    def test_a_site_becomes_a_kit(self):
        with file_server(self.site) as base:
            kit = self.build(f"{base}/index.html")
        self.assertEqual(kit["status"], "completed", kit)
        self.assertEqual(kit["name"], "Acme")
        self.assertEqual(kit["color_roles"]["primary"], "#0f766e")
        self.assertIn("#f97316", [kit["color_roles"]["accent"], kit["color_roles"]["secondary"]])
        fonts = {font["font_id"]: font["name"] for font in kit["fonts"]}
        self.assertEqual(fonts[kit["font_roles"]["title_text"]["font_id"]], "Sora")
        self.assertEqual(kit["font_roles"]["title_text"]["weight"], 800)
        self.assertEqual(fonts[kit["font_roles"]["body_text"]["font_id"]], "Nunito Sans")
        self.assertEqual([logo["name"] for logo in kit["logos"]], ["Acme Rockets"])
        self.assertEqual(kit["logo_roles"], {"primary": kit["logos"][0]["logo_id"]})
        logo = self.server.call("GET", kit["logos"][0]["url"], key=None)
        self.assertEqual((logo.status, logo.headers["content-type"]), (200, "image/png"))
        listed = self.server.call("GET", "/v3/brand-kits").data
        mine = next(one for one in listed if one["brand_kit_id"] == kit["brand_kit_id"])
        self.assertEqual(mine["colors"], kit["colors"])
        self.assertTrue(mine["logo_url"])

    def test_what_cannot_be_read_is_an_error(self):
        with file_server(self.site) as base:
            for page in ("missing.html", "picture.html.txt"):
                kit = self.build(f"{base}/{page}", name="Mine")
                self.assertEqual((kit["status"], kit["name"]), ("error", "Mine"), (page, kit))
                self.assertTrue(kit["error"])
            for page in ("noise.html", "deep.html"):
                self.assertIn(self.build(f"{base}/{page}")["status"], ("completed", "error"))
        gone = self.build("http://127.0.0.1:9/")
        self.assertEqual(gone["status"], "error")
        path = f"/v3/brand-kits/{gone['brand_kit_id']}"
        refused = self.server.call("PATCH", path, {"color_roles": {"primary": "#ffffff"}})
        self.assertEqual((refused.status, refused.error["code"]), (409, "resource_not_ready"))
        self.assertEqual(self.server.call("PATCH", path, {"name": "New"}).data["name"], "New")
        self.assertEqual(self.server.call("DELETE", path).data, {"brand_kit_id": gone["brand_kit_id"]})
        missing = self.server.call("GET", path)
        self.assertEqual((missing.status, missing.error["code"]), (404, "resource_not_found"))

    def test_by_hand_and_roles(self):
        made = self.server.call("POST", "/understudy/v1/brand-kits", {
            "name": "Hand", "colors": ["#101010"], "fonts": ["Inter"], "color_roles": {"primary": "#101010"},
            "font_roles": {"body_text": {"font_id": "font_1", "weight": 400}}})
        self.assertEqual(made.status, 201, made.body)
        path = f"/v3/brand-kits/{made.data['brand_kit_id']}"
        changed = self.server.call("PATCH", path, {"color_roles": {"accent": "#FF8800"}})
        self.assertEqual(changed.data["color_roles"], {"primary": None, "secondary": None, "tertiary": None,
                                                       "accent": "#FF8800"})
        self.assertIsNone(self.server.call("PATCH", path, {"color_roles": {}}).data["color_roles"])
        for body, param in (({"color_roles": None}, "color_roles"), ({}, None), ({"colour": 1}, "colour"),
                            ({"color_roles": {"primary": "red"}}, "color_roles.primary"),
                            ({"font_roles": {"body_text": {"font_id": "font_1", "weight": 0}}},
                             "font_roles.body_text.weight"),
                            ({"logo_roles": {"primary": "logo_1"}}, "logo_roles.primary")):
            answer = self.server.call("PATCH", path, body)
            self.assertEqual(answer.status, 400, body)
            if param:
                self.assertEqual(answer.error["param"], param, body)
        for url in ("ftp://a.test/", "nonsense"):
            answer = self.server.call("POST", "/v3/brand-kits", {"url": url})
            self.assertEqual((answer.status, answer.error["param"]), (400, "url"))

    def test_a_repeat_makes_no_second_kit(self):
        headers = {"Idempotency-Key": "kit-1"}
        first = self.server.call("POST", "/v3/brand-kits", {"url": "http://127.0.0.1:9/"}, headers=headers)
        again = self.server.call("POST", "/v3/brand-kits", {"url": "http://127.0.0.1:9/"}, headers=headers)
        self.assertEqual(again.json, first.json)


class PrivateAddresses(harness.ServerCase):
    config = ""

    def test_a_site_inside_is_not_fetched(self):
        made = self.server.call("POST", "/v3/brand-kits", {"url": f"http://{self.server.address}/healthz"})
        deadline = time.time() + 30
        while time.time() < deadline:
            kit = self.server.call("GET", f"/v3/brand-kits/{made.data['brand_kit_id']}").data
            if kit["status"] != "loading":
                break
            time.sleep(0.1)
        self.assertEqual(kit["status"], "error", kit)
        self.assertEqual(kit["colors"], [])


if __name__ == "__main__":
    unittest.main()
