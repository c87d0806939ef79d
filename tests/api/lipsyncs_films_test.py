"""Lipsync of films of other rates and shapes, over HTTP: what comes out lasts as long, has as many pictures and is as
good, outside of the mouth, as what went in. All are made of one film that is made here."""
import re
import subprocess
import unittest

from harness import ServerCase, make_media, probe

ENCODER = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p")


class LipsyncsOfFilms(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        look = cls.server.call("GET", "/v3/avatars/looks?limit=1").data[0]
        picture = cls.server.download(look["preview_image_url"], "presenter.jpg")
        image = cls.upload(picture, "image/jpeg")
        made = cls.server.call("POST", "/v3/videos", {
            "type": "image", "image": {"type": "asset_id", "asset_id": image}, "resolution": "720p",
            "voice_id": look["default_voice_id"], "script": "Papa may bring home five more apples."})
        assert made.status == 200, made.body
        video = cls.server.wait_for_video(made.data["video_id"])
        cls.film = make_media(cls.server.folder / "film.mp4", "-t", "1.6", "-i", cls.server.download(video["video_url"], "whole.mp4"),
                              "-vf", "scale=640:360", "-an", *ENCODER)
        speech = cls.server.call("POST", "/v3/voices/speech", {"text": "We will meet again.", "voice_id": look["default_voice_id"]})
        cls.sound = cls.upload(cls.server.download(speech.data["audio_url"], "sound.wav"), "audio/wav")

    @classmethod
    def upload(cls, file, mime_type):
        return cls.server.upload(file.name, file.read_bytes(), mime_type).data["asset_id"]

    def variant(self, name, *arguments, of=None):
        return make_media(self.server.folder / name, "-i", of or self.film, *arguments)

    def run_on(self, film, **fields):
        mime_type = "video/webm" if film.suffix == ".webm" else "video/mp4"
        created = self.server.call("POST", "/v3/lipsyncs", {
            "video": {"type": "asset_id", "asset_id": self.upload(film, mime_type)}, "audio": {"type": "asset_id", "asset_id": self.sound},
            "enable_dynamic_duration": False, **fields})
        self.assertEqual(created.status, 200, created.body)
        return self.server.wait_for(f"/v3/lipsyncs/{created.data['lipsync_id']}", 240)

    def make(self, film, **fields):
        lipsync = self.run_on(film, **fields)
        self.assertEqual(lipsync["status"], "completed", lipsync)
        return lipsync, self.server.download(lipsync["video_url"], f"{film.stem}-made.mp4")

    def streams(self, file):
        return {stream["codec_type"]: stream for stream in probe(file)["streams"]}

    def check_times(self, lipsync, made, rate, frames):
        """As many pictures as the film has, at its own rate; the sound ends with them."""
        numerator, denominator = map(int, rate.split("/"))
        streams = self.streams(made)
        self.assertEqual(streams["video"]["r_frame_rate"], rate)
        self.assertEqual(int(streams["video"]["nb_read_frames"]), frames)
        length_s = frames * denominator / numerator
        self.assertAlmostEqual(float(streams["video"]["duration"]), length_s, delta=1e-3)
        self.assertAlmostEqual(float(streams["audio"]["duration"]), length_s, delta=denominator / numerator)
        self.assertAlmostEqual(lipsync["duration"], int(1000 * length_s + 1e-6) / 1000, delta=1e-9)

    def psnr_outside(self, file, film, area, before=""):
        """Of two films, picture by picture, with the rectangle `area` blackened in both."""
        box = f"drawbox=x={area['x']}:y={area['y']}:w={area['width']}:h={area['height']}:color=black:t=fill"
        graph = f"[0:v]{box}[a];[1:v]{before}{box}[b];[a][b]psnr"
        text = subprocess.run(["ffmpeg", "-i", file, "-i", film, "-lavfi", graph, "-f", "null", "-"], capture_output=True, text=True,
                              check=True).stderr
        value = re.search(r"average:(\S+)", text).group(1)
        return 99.0 if value == "inf" else float(value)

    def test_rates_that_are_no_whole_numbers(self):
        for rate, extension, more in (("30000/1001", ".mp4", ()), ("25/2", ".mp4", ()),
                                      ("30000/1001", ".webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"))):
            with self.subTest(rate=rate, extension=extension):
                name = f"rate-{rate.replace('/', '-')}{extension}"
                film = self.variant(name, "-vf", f"fps={rate}", *(more or ENCODER))
                frames = int(self.streams(film)["video"]["nb_read_frames"])
                lipsync, made = self.make(film)
                self.check_times(lipsync, made, rate, frames)
                self.assertLess(lipsync["report"]["kept_share"], 0.2)

    def test_sixty_pictures_a_second_in_the_dark(self):
        film = self.variant("dark.mp4", "-t", "1", "-vf", "fps=60,eq=brightness=-0.25:contrast=0.5", *ENCODER)
        frames = int(self.streams(film)["video"]["nb_read_frames"])
        lipsync, made = self.make(film)
        self.check_times(lipsync, made, "60/1", frames)
        self.assertLess(lipsync["report"]["kept_share"], 0.2)

    def test_a_film_of_changing_rate_keeps_its_times(self):
        film = self.variant("changing.mp4", "-vf", "select='lt(t,0.8)+gte(t,0.8)*not(mod(n,2))'", "-vsync", "vfr", *ENCODER)

        def times(file):
            text = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0",
                                   file], capture_output=True, text=True, check=True).stdout
            return [float(line.strip(",")) for line in text.split()]

        wanted = times(film)
        _, made = self.make(film, fps_mode="passthrough")
        got = times(made)
        # One more at the end may say how long the last one stays.
        self.assertIn(len(got) - len(wanted), (0, 1))
        for a, b in zip(wanted, got):
            self.assertAlmostEqual(a - wanted[0], b - got[0], delta=0.021)
        lipsync, made = self.make(film, fps_mode="cfr")
        self.check_times(lipsync, made, "25/1", int(self.streams(made)["video"]["nb_read_frames"]))

    def test_a_film_that_is_turned_by_its_metadata_comes_out_upright(self):
        lying = self.variant("lying.mp4", "-vf", "crop=320:360,transpose=2", *ENCODER)
        turned = make_media(self.server.folder / "turned.mp4", "-i", lying, "-c", "copy", "-metadata:s:v", "rotate=270")
        lipsync, made = self.make(turned)
        picture = self.streams(made)["video"]
        self.assertEqual((picture["width"], picture["height"]), (320, 360))
        self.assertNotIn("side_data_list", picture)
        self.assertLess(lipsync["report"]["kept_share"], 0.2)
        self.assertGreater(self.psnr_outside(made, turned, lipsync["report"]["mouth_area"]), 38)

    def test_cuts_and_a_tilted_head(self):
        """A tilted head, half a second of another scene, the head again and nearer: the scene stays as it is."""
        graph = ("[0:v]rotate=15*PI/180:c=gray,trim=0:0.8,setpts=PTS-STARTPTS[a];[1:v]trim=0:0.4,setpts=PTS-STARTPTS,format=yuv420p[b];"
                 "[0:v]trim=0.8:1.6,setpts=PTS-STARTPTS,crop=480:270:80:10,scale=640:360[c];[a][b][c]concat=n=3:v=1")
        film = make_media(self.server.folder / "cuts.mp4", "-i", self.film, "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25",
                          "-filter_complex", graph, *ENCODER)
        lipsync, made = self.make(film, mode="precision")
        share = lipsync["report"]["kept_share"]
        self.assertGreater(share, 0.15)  # the other scene: 0.2
        self.assertLess(share, 0.6)
        difference = subprocess.run(
            ["ffmpeg", "-i", made, "-i", film, "-lavfi", "[0:v]trim=0.84:1.16[a];[1:v]trim=0.84:1.16[b];[a][b]psnr", "-f", "null", "-"],
            capture_output=True, text=True, check=True).stderr
        self.assertGreater(float(re.search(r"average:(\S+)", difference).group(1)), 35)

    def test_outside_the_mouths_the_file_is_as_good_as_a_plain_encode(self):
        for mode in ("speed", "precision"):
            with self.subTest(mode=mode):
                lipsync, made = self.make(self.film, mode=mode)
                area = lipsync["report"]["mouth_area"]
                picture = self.streams(self.film)["video"]
                self.assertLess(area["width"] * area["height"], 0.25 * picture["width"] * picture["height"])
                plain = self.variant("plain.mp4", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18")
                self.assertGreater(self.psnr_outside(made, self.film, area), self.psnr_outside(plain, self.film, area) - 0.5)

    def test_a_film_keeps_its_own_colour_coding(self):
        old = self.variant("old.mp4", "-vf", "scale=out_color_matrix=smpte170m", "-colorspace", "smpte170m", "-color_primaries",
                           "smpte170m", "-color_trc", "smpte170m", "-c:v", "libx264", "-preset", "veryfast", "-crf", "12")
        lipsync, made = self.make(old)
        self.assertEqual(self.streams(made)["video"]["color_space"], "smpte170m")
        plain = self.variant("old-plain.mp4", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", of=old)
        area = lipsync["report"]["mouth_area"]
        self.assertGreater(self.psnr_outside(made, old, area), self.psnr_outside(plain, old, area) - 0.5)

    def test_two_faces_of_one_size_are_refused_and_cost_nothing(self):
        film = self.variant("two.mp4", "-vf", "crop=320:360,split[a][b];[a][b]hstack", *ENCODER)
        before = self.server.balance()
        lipsync = self.run_on(film)
        self.assertEqual(lipsync["status"], "failed")
        self.assertIn("faces", lipsync["failure_message"])
        self.assertEqual(self.server.balance(), before)


if __name__ == "__main__":
    unittest.main()
