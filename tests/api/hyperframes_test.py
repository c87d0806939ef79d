"""HyperFrames over HTTP: a project's archive becomes a video, priced by its frames."""
import base64
import io
import stat
import subprocess
import time
import unittest
import zipfile

from harness import ServerCase, probe


def page(body, attributes='data-duration="1"', size=(1920, 1080), head=""):
    return (f'<!doctype html><html><head><style>body{{margin:0;background:#fff}}{head}</style></head><body>'
            f'<div data-composition-id="root" data-width="{size[0]}" data-height="{size[1]}" {attributes} '
            f'style="position:relative;overflow:hidden">{body}</div></body></html>')


BARS = "".join(
    f'<div style="position:absolute;left:{i * 480}px;top:0;width:480px;height:1080px;background:{colour}"></div>'
    for i, colour in enumerate(["#c01020", "#10a040", "#2040d0", "#808080"]))


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def inline(content):
    return {"type": "base64", "media_type": "application/zip", "data": base64.b64encode(content).decode()}


def pixel(path, x, y, at=0):
    """The decoded colour of one pixel."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-ss", str(at), "-i", str(path), "-frames:v", "1", "-vf",
         f"crop=2:2:{x}:{y},scale=2:2:in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24", "-f", "rawvideo", "-"],
        capture_output=True, check=True).stdout
    return tuple(raw[:3])


class Hyperframes(ServerCase):
    def create(self, content, **fields):
        return self.server.call("POST", "/v3/hyperframes/renders",
                                {"project": inline(content) if isinstance(content, bytes) else content, **fields})

    def wait_for(self, render_id, timeout=120):
        deadline = time.time() + timeout
        while time.time() < deadline:
            render = self.server.call("GET", f"/v3/hyperframes/renders/{render_id}").data
            if render["status"] in ("completed", "failed"):
                return render
            time.sleep(0.1)
        raise AssertionError(f"{render_id} did not end: {render}\n{self.server.log_text()}")

    def render(self, content, **fields):
        created = self.create(content, **fields)
        self.assertEqual(created.status, 202, created.body)
        self.assertEqual(created.data["status"], "queued")
        return self.wait_for(created.data["render_id"])

    def assert_refused(self, content, status, code, param="project", **fields):
        before = self.server.balance()
        answer = self.create(content, **fields)
        self.assertEqual((answer.status, answer.error["code"], answer.error.get("param")), (status, code, param),
                         answer.body)
        self.assertEqual(self.server.balance(), before)

    def test_a_page_becomes_a_video_that_is_billed_by_its_frames(self):
        before = self.server.balance()
        render = self.render(archive({"index.html": page(BARS)}), title="Bars", quality="draft", callback_id="mine")
        self.assertEqual(render["status"], "completed", render)
        self.assertEqual((render["duration"], render["fps"], render["resolution"], render["aspect_ratio"],
                          render["callback_id"]), (1.0, 30, "1080p", "16:9", "mine"))
        charge = render["charge"]
        self.assertEqual(charge["price_item"], "hyperframes.1080p30")
        # 0.10 USD a minute, to the millisecond
        self.assertAlmostEqual(charge["captured_usd"], 0.1 / 60, places=8)
        self.assertAlmostEqual(before - self.server.balance(), charge["captured_usd"], places=8)

        video = self.server.download(render["video_url"], "bars.mp4")
        facts = probe(video)
        stream = next(s for s in facts["streams"] if s["codec_type"] == "video")
        self.assertEqual((stream["width"], stream["height"], stream["nb_read_frames"], stream["r_frame_rate"],
                          stream["codec_name"], stream["color_space"]),
                         (1920, 1080, "30", "30/1", "h264", "bt709"))
        for index, colour in enumerate([(0xC0, 0x10, 0x20), (0x10, 0xA0, 0x40), (0x20, 0x40, 0xD0), (128, 128, 128)]):
            seen = pixel(video, index * 480 + 240, 540)
            self.assertTrue(all(abs(a - b) <= 2 for a, b in zip(seen, colour)), (seen, colour))
        self.assertEqual(self.server.call("GET", render["thumbnail_url"], key=None).body[:2], b"\xff\xd8")

        listed = self.server.call("GET", "/v3/hyperframes/renders?limit=1").json
        self.assertEqual(listed["data"][0]["render_id"], render["render_id"])
        path = f"/v3/hyperframes/renders/{render['render_id']}"
        self.assertEqual(self.server.call("DELETE", path).data, {"render_id": render["render_id"]})
        for method in ("GET", "DELETE"):
            gone = self.server.call(method, path)
            self.assertEqual((gone.status, gone.error["code"]), (404, "hyperframes_render_not_found"))
        self.assertEqual(self.server.verify().returncode, 0)

    def test_the_four_prices(self):
        small = archive({"index.html": page("<p>x</p>", 'data-duration="60"')})
        for fields, item, usd in (({}, "1080p30", 0.10), ({"fps": 60}, "1080p60", 0.20),
                                  ({"resolution": "4k"}, "4k30", 0.15), ({"resolution": "4k", "fps": 31}, "4k60", 0.30)):
            quote = self.server.call("POST", "/understudy/v1/quotes", {
                "path": "/v3/hyperframes/renders", "body": {"project": inline(small), **fields}})
            self.assertEqual(quote.status, 200, quote.body)
            self.assertEqual(quote.data["price_item"], "hyperframes." + item)
            self.assertAlmostEqual(quote.data["amount_usd"], usd)

    def test_archives_that_are_refused(self):
        good = page("<p>x</p>")
        self.assert_refused(b"no archive at all", 400, "invalid_parameter")
        self.assert_refused(archive({"other.html": good}), 400, "hyperframes_project_invalid")
        self.assert_refused(archive({"index.html": good, "../out.txt": "x"}), 400, "hyperframes_project_invalid")
        self.assert_refused(archive({"index.html": good, "/etc/x": "x"}), 400, "hyperframes_project_invalid")
        self.assert_refused(archive({"index.html": good, "bomb.bin": b"\0" * (40 << 20)}), 400,
                            "hyperframes_project_invalid")
        self.assert_refused(archive({"index.html": good, **{f"{i}.txt": "" for i in range(2001)}}), 400,
                            "hyperframes_project_invalid")
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            made.writestr("index.html", good)
            made.writestr(link, "/etc/passwd")
        self.assert_refused(out.getvalue(), 400, "hyperframes_project_invalid")
        self.assert_refused(archive({"index.html": good}), 400, "hyperframes_project_invalid", "composition",
                            composition="none.html")
        self.assert_refused(archive({"index.html": good}), 400, "invalid_parameter", "resolution",
                            resolution="4k", format="webm")
        self.assert_refused(archive({"index.html": good}), 400, "hyperframes_project_invalid", "aspect_ratio",
                            aspect_ratio="9:16")

    def test_a_page_that_cannot_be_rendered_fails_and_costs_nothing(self):
        before = self.server.balance()
        render = self.render(archive({"index.html": page("<script>throw new Error('no chart data')</script>", "")}))
        self.assertEqual(render["status"], "failed")
        self.assertIn("duration is 0", render["failure_message"])
        self.assertIn("no chart data", render["failure_message"])
        self.assertEqual(self.server.balance(), before)
        self.assertEqual(render["charge"]["captured_usd"], 0)


if __name__ == "__main__":
    unittest.main()
