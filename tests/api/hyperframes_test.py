"""HyperFrames over HTTP: a project's archive becomes a video, priced by its frames."""
import array
import base64
import io
import stat
import subprocess
import unittest
import warnings
import zipfile

from harness import ServerCase, file_server, make_media, probe


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
        return self.server.wait_for(f"/v3/hyperframes/renders/{render_id}", timeout)

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
        for name in ("../index.html", "/etc/index.html", "index.txt", "a\\index.html", "./index.html"):
            answer = self.create(archive({"index.html": good}), composition=name)
            self.assertEqual(answer.status, 400, (name, answer.body))
            self.assertEqual(answer.error["param"], "composition", (name, answer.body))
        self.assert_refused(archive({"index.html": good}), 400, "invalid_parameter", "resolution",
                            resolution="4k", format="webm")
        self.assert_refused(archive({"index.html": good}), 400, "invalid_parameter", "aspect_ratio",
                            aspect_ratio="9:16")

    def test_archives_that_lie(self):
        good = archive({"index.html": page("<p>x</p>"), "a.bin": b"a" * 5000})
        central = good.rindex(b"PK\x01\x02")  # that of a.bin

        def patched(*changes):
            made = bytearray(good)
            for place, value in changes:
                made[place:place + len(value)] = value
            return bytes(made)

        local = good.index(b"PK\x03\x04", 4)
        twice = io.BytesIO()
        with zipfile.ZipFile(twice, "w") as made, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.writestr("index.html", page("<p>x</p>"))
            made.writestr("index.html", page("<p>y</p>"))
        both = archive({"index.html": page("<p>x</p>"), "a": "x", "a/b": "y"})
        for name, content in {
            "encrypted": patched((local + 6, b"\x01\x00"), (central + 8, b"\x01\x00")),
            "larger than it says": patched((local + 22, b"\x10\x00\x00\x00"), (central + 24, b"\x10\x00\x00\x00")),
            "a size beyond all files": patched((central + 24, b"\xff\xff\xff\x7f"), (local + 22, b"\xff\xff\xff\x7f")),
            "an unknown compression": patched((central + 10, b"\x63\x00"), (local + 8, b"\x63\x00")),
            "cut off": good[:-30],
            "more entries than there are": patched((len(good) - 12, b"\xff\x07"), (len(good) - 14, b"\xff\x07")),
            "twice the same name": twice.getvalue(),
            "a device's name": archive({"index.html": page("<p>x</p>"), "C:/x": "y"}),
            "a line in a name": archive({"index.html": page("<p>x</p>"), "a\nb": "y"}),
        }.items():
            with self.subTest(name):
                answer = self.create(content)
                if answer.status == 202:  # what only unpacking shows ends the render
                    render = self.wait_for(answer.data["render_id"])
                    self.assertEqual((render["status"], render.get("failure_code")),
                                     ("failed", "hyperframes_project_invalid"), render)
                else:
                    self.assertEqual((answer.status, answer.error["param"]), (400, "project"), answer.body)
                    self.assertIn(answer.error["code"], ("hyperframes_project_invalid", "invalid_parameter"))
        answer = self.create(both)
        render = self.wait_for(answer.data["render_id"])
        self.assertEqual((render["status"], render["charge"]["captured_usd"]), ("failed", 0))
        self.assertIn("as a file and as a folder", render["failure_message"])

    def test_archives_that_look_odd_and_are_good(self):
        large = io.BytesIO()
        with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("index.html", page("<p>x</p>", 'data-duration="0.1"'))
            with made.open("zip64.bin", "w", force_zip64=True) as out:
                out.write(b"x" * 100)
        bomb = archive({"zeros": b"\0" * (40 << 20)})
        for name, content in {
            "zip64": large.getvalue(),
            "an archive within is a file like any": archive({"index.html": page("<p>x</p>", 'data-duration="0.1"'), "inner.zip": bomb}),
            "folders": archive({"assets/": "", "index.html": page("<p>x</p>", 'data-duration="0.1"')}),
        }.items():
            with self.subTest(name):
                render = self.render(content, quality="draft")
                self.assertEqual(render["status"], "completed", render)

    def test_strict_makes_errors_of_what_lint_finds(self):
        content = archive({"index.html": page("<script>\nconst r = Math.random();</script>", 'data-duration="0.1"')})
        body = {"project": inline(content), "quality": "draft"}
        answer = self.server.call("POST", "/v3/hyperframes/renders", body, headers={"X-Understudy-Strict": "true"})
        self.assertEqual((answer.status, answer.error["code"], answer.error["param"]),
                         (400, "hyperframes_project_invalid", "project"))
        self.assertIn("index.html:2: A script uses Math.random", answer.error["message"])
        self.assertIn("[non_deterministic_code]", answer.error["message"])
        answer = self.server.call("POST", "/v3/hyperframes/renders", body, headers={"X-Understudy-Strict": "perhaps"})
        self.assertEqual((answer.status, answer.error["param"]), (400, "X-Understudy-Strict"))
        render = self.render(content, quality="draft")
        self.assertEqual(render["status"], "completed")
        self.assertTrue(any("[non_deterministic_code]" in text for text in render["warnings"]), render["warnings"])

    def test_what_an_author_is_told(self):
        thrown = "<p>x</p>\n<script>\nwindow.nothing.there();\n</script>"
        render = self.render(archive({"index.html": page(thrown, 'data-duration="0.1"')}), quality="draft")
        self.assertEqual(render["status"], "completed")
        self.assertTrue(any("index.html, line" in text for text in render["warnings"]), render["warnings"])
        for body, words in {
            '<audio id="a" src="gone.mp3" data-start="0"></audio>': "gone.mp3",
            '<div data-composition-id="s" data-composition-src="no.html"></div>': "no.html",
            '<video id="v" src="clip.mp4" data-start="0" muted></video>': "clip.mp4",
        }.items():
            render = self.render(archive({"index.html": page(body), "clip.mp4": b"no video"}))
            self.assertEqual((render["status"], render["charge"]["captured_usd"]), ("failed", 0), render)
            self.assertIn(words, render["failure_message"])
        remote = '<img src="https://images.example.org/a.png"><script src="https://x.example.org/lib.js"></script>'
        render = self.render(archive({"index.html": page(remote, 'data-duration="0.1"')}), quality="draft")
        self.assertEqual(render["status"], "completed")
        for host in ("images.example.org", "x.example.org"):
            self.assertTrue(any(host in text and "no network" in text for text in render["warnings"]), render["warnings"])

    def test_a_page_that_cannot_be_rendered_fails_and_costs_nothing(self):
        before = self.server.balance()
        render = self.render(archive({"index.html": page("<script>throw new Error('no chart data')</script>", "")}))
        self.assertEqual(render["status"], "failed")
        self.assertIn("duration is 0", render["failure_message"])
        self.assertIn("no chart data", render["failure_message"])
        self.assertEqual(self.server.balance(), before)
        self.assertEqual(render["charge"]["captured_usd"], 0)

    def test_transparent_video_keeps_its_alpha(self):
        body = ('<style>body{background:transparent!important}</style>'
                '<div style="position:absolute;left:0;top:0;width:960px;height:1080px;background:#10a040"></div>'
                '<div style="position:absolute;left:1000px;top:0;width:80px;height:80px;background:#2040d080"></div>'
                '<div style="position:absolute;left:1100px;top:0;width:80px;height:80px;'
                'background:repeating-linear-gradient(90deg,#f00 0 1px,#00f 1px 2px)"></div>')
        content = archive({"index.html": page(body, 'data-duration="0.2"')})
        for form, codec in (("webm", "vp9"), ("mov", "prores")):
            render = self.render(content, format=form, quality="draft")
            self.assertEqual(render["status"], "completed", render)
            video = self.server.download(render["video_url"], "alpha." + form)
            stream = next(s for s in probe(video)["streams"] if s["codec_type"] == "video")
            self.assertEqual((stream["codec_name"], stream["nb_read_frames"]), (codec, "6"))
            decoder = ["-c:v", "libvpx-vp9"] if form == "webm" else []
            raw = subprocess.run(
                ["ffmpeg", "-v", "error", *decoder, "-i", str(video), "-frames:v", "1", "-vf",
                 "format=yuva444p,alphaextract,scale=4:1:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
                capture_output=True, check=True).stdout
            self.assertGreater(raw[0], 250, form)
            self.assertLess(raw[3], 5, form)
            if form == "mov":
                self.assert_full_chroma(video)

    def assert_full_chroma(self, video):
        """Columns of one pixel keep their colours, and alpha its value."""
        def planes(area, layout):
            return subprocess.run(["ffmpeg", "-v", "error", "-i", str(video), "-frames:v", "1", "-vf", f"format={layout},crop={area}",
                                   "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
        stripes = planes("8:2:1120:20", "yuv444p")
        reds = stripes[2 * 16:2 * 16 + 8]
        self.assertGreater(min(abs(a - b) for a, b in zip(reds, reds[1:])), 80, list(reds))
        half = planes("8:2:1040:20", "yuva444p")[3 * 16:]
        self.assertTrue(all(abs(value - 128) <= 1 for value in half), list(half))

    def test_an_upright_page_at_sixty_frames_with_sound_by_url(self):
        folder = self.server.folder / "files"
        folder.mkdir(exist_ok=True)
        tone = make_media(folder / "tone.wav", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-ar", "48000")
        body = ('<div data-start="0.5" data-duration="0.2" style="position:absolute;left:0;top:0;width:1080px;'
                'height:1920px;background:#2040d0"></div>'
                '<audio id="tone" src="tone.wav" data-start="0.25" data-duration="0.5" data-volume="0.5"></audio>')
        (folder / "project.zip").write_bytes(archive({
            "index.html": page(body, 'data-duration="1"', size=(1080, 1920)), "tone.wav": tone.read_bytes()}))
        with file_server(folder) as url:
            render = self.render({"type": "url", "url": url + "/project.zip"}, fps=60, quality="draft")
        self.assertEqual(render["status"], "completed", render)
        self.assertEqual((render["aspect_ratio"], render["fps"]), ("9:16", 60))
        self.assertEqual(render["charge"]["price_item"], "hyperframes.1080p60")
        video = self.server.download(render["video_url"], "upright.mp4")
        streams = probe(video)["streams"]
        picture = next(s for s in streams if s["codec_type"] == "video")
        self.assertEqual((picture["width"], picture["height"], picture["nb_read_frames"]), (1080, 1920, "60"))
        self.assertEqual(pixel(video, 500, 900, 0.48), (255, 255, 255))
        self.assertTrue(all(abs(a - b) <= 2 for a, b in zip(pixel(video, 500, 900, 0.52), (0x20, 0x40, 0xD0))))
        sound = subprocess.run(["ffmpeg", "-v", "error", "-i", str(video), "-f", "s16le", "-ac", "2", "-ar", "48000", "-"],
                               capture_output=True, check=True).stdout
        values = array.array("h", sound)
        level = lambda start, end: max(abs(v) for v in values[int(start * 96000):int(end * 96000)])
        self.assertLess(level(0, 0.2), 60)
        self.assertLess(level(0.8, 0.95), 60)
        # ffmpeg's sine has an amplitude of 1/8; half of it is heard, as loud on both sides
        self.assertAlmostEqual(level(0.35, 0.65), 0.5 * 32767 / 8, delta=120)

    def test_variables_are_checked_against_their_declarations(self):
        declared = page('<p data-var-text="name"></p>').replace(
            "<html>", """<html data-composition-variables='[{"id":"name","type":"string","default":"x"}]'>""")
        content = archive({"index.html": declared})
        self.assert_refused(content, 400, "hyperframes_project_invalid", "variables", variables={"other": 1})
        self.assert_refused(content, 400, "hyperframes_project_invalid", "variables", variables={"name": 1})
        self.assertEqual(self.create(content, variables={"name": "y"}).status, 202)

    def test_the_next_render_is_unharmed_by_one_that_takes_all_memory(self):
        greedy = page("<script>const kept = []; window.__hf = {duration: 2, seek: () => {"
                      "for (let i = 0; i < 40; ++i) kept.push(new Uint8Array(64 << 20).fill(1)); }};</script>", "")
        bad = self.create(archive({"index.html": greedy})).data["render_id"]
        good = self.create(archive({"index.html": page(BARS, 'data-duration="0.2"')})).data["render_id"]
        self.assertEqual(self.wait_for(good)["status"], "completed")
        render = self.wait_for(bad)
        self.assertEqual(render["status"], "failed")
        self.assertIn("memory", render["failure_message"])


if __name__ == "__main__":
    unittest.main()
