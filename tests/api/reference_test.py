"""The reference at /docs and /llms.txt: whole, self-contained, and true of what the server serves."""
import html.parser
import json
import pathlib
import re
import unittest

from harness import ROOT, ServerCase


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if "id" in names:
            self.ids.append(names["id"])
        if tag == "a" and "href" in names:
            self.links.append(names["href"])
        self.loads += [names[name] for name in ("src", "srcset", "data", "poster") if name in names]
        if tag == "link":
            self.loads.append(names.get("href"))


class Reference(ServerCase):
    workers = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        answer = cls.server.call("GET", "/docs", key=None)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/html"), answer.headers
        cls.text = answer.body.decode()
        cls.page = Page(cls.text)
        cls.document = cls.server.call("GET", "/openapi.json", key=None).json
        cls.operations = [(method.upper(), path, operation) for path, methods in cls.document["paths"].items()
                          for method, operation in methods.items()]
        cls.extensions = [(r[0], r[1]) for group in json.loads((ROOT / "api/extensions.json").read_text())
                          for r in group["routes"]]

    def test_every_operation_has_its_place_and_every_link_leads_somewhere(self):
        self.assertEqual(len(self.page.ids), len(set(self.page.ids)))
        for method, path, _ in self.operations:
            self.assertIn(re.sub(r"[^a-z0-9]+", "-", f"{method} {path}".lower()).strip("-"), self.page.ids)
        for link in self.page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], self.page.ids)
            else:
                self.assertEqual(self.server.call("GET", link.split("#")[0], key=None).status, 200, link)

    def test_nothing_is_loaded_from_elsewhere(self):
        self.assertEqual(self.page.loads, [])
        self.assertNotIn("@import", self.text)
        self.assertIsNone(re.search(r"url\(", self.text))

    def test_what_is_not_offered_is_named(self):
        for method, path, operation in self.operations:
            listed = f"<li><code>{method} {path}</code>" in self.text
            self.assertEqual(listed, "501" in operation["responses"], f"{method} {path}")
        self.assertNotIn("@501", self.text)
        self.assertNotIn("@BASE@", self.text)
        self.assertIn(f"http://{self.server.address}", self.text)

    def test_the_extensions_are_those_that_there_are(self):
        for method, path in self.extensions:
            with self.subTest(f"{method} {path}"):
                answer = self.server.call("OPTIONS", path.replace("{", "").replace("}", ""))
                self.assertEqual(answer.status, 405, answer.body)
                self.assertIn(method, answer.headers["Allow"].split(", "))

    def test_the_examples_are_accepted(self):
        """But for the ids and hosts in them, which are nobody's."""
        for group in json.loads((ROOT / "api/extensions.json").read_text()):
            for method, path, _, _, *rest in group["routes"]:
                if len(rest) < 2:
                    continue
                with self.subTest(f"{method} {path}"):
                    answer = self.server.call(method, path.replace("{", "").replace("}", ""), rest[1])
                    is_fine = answer.status in (200, 201, 402, 404) or "example.com" in str(rest[1])
                    is_fine = is_fine or answer.status == 501 and "takes no payments" in answer.error["message"]
                    self.assertTrue(is_fine, answer.body)

    def test_no_route_is_left_out(self):
        documented = {path for _, path in self.extensions}
        for file in pathlib.Path(ROOT / "src").rglob("*routes.cpp"):
            for path in re.findall(r'"(/understudy/v1/[a-z0-9/{}_.-]+)"', file.read_text()):
                is_prefix = any(known.startswith(path) for known in documented)
                self.assertTrue(is_prefix, f"{path} of {file.name} is not in api/extensions.json")

    def test_llms_txt(self):
        answer = self.server.call("GET", "/llms.txt", key=None)
        text = answer.body.decode()
        self.assertTrue(text.startswith("# Understudy\n\n> "))
        for method, path, _ in self.operations:
            self.assertIn(f"- [{method} {path}](http://{self.server.address}/docs#", text)
        for method, path in self.extensions:
            self.assertIn(f"- [{method} {path}](", text)
        self.assertNotIn("@", text.replace("@501", "!"))


if __name__ == "__main__":
    unittest.main()
