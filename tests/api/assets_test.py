"""Assets over HTTP: direct uploads as the official clients make them, and what they cost in memory."""
import hashlib
import http.client
import io
import pathlib
import time
import unittest
import urllib.parse
import zipfile

import harness

MIB = 1 << 20


def zip_of(size):
    """A ZIP of exactly `size` bytes."""
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("index.html", b"")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("index.html", bytes(size - len(empty.getvalue())))
    assert len(made.getvalue()) == size
    return made.getvalue()


class Assets(harness.ServerCase):
    workers = 0

    def announce(self, content, content_type="application/zip", name="project.zip", **fields):
        answer = self.server.call("POST", "/v3/assets/direct-uploads", {
            "filename": name, "content_type": content_type, "size_bytes": len(content), **fields})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.data

    def put(self, slot, content):
        """Knows the URL and the headers only, as the clients do."""
        url = urllib.parse.urlsplit(slot["upload_url"])
        connection = http.client.HTTPConnection(url.netloc, timeout=60)
        connection.request("PUT", f"{url.path}?{url.query}", body=io.BytesIO(content),
                           headers={**slot["upload_headers"], "Content-Length": str(len(content))})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return harness.Answer(answer.status, answer.headers, body)

    def complete(self, slot, **body):
        return self.server.call("POST", f"/v3/assets/{slot['asset_id']}/complete", body)

    def memory(self, field):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split(field + ":")[1].split()[0]) * 1024

    def growth(self, work):
        """How much larger the server was during `work` than before."""
        pathlib.Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")  # VmHWM from here on
        before = self.memory("VmRSS")
        work()
        return self.memory("VmHWM") - before

    def test_the_flow_of_the_official_client(self):
        content = zip_of(3 * MIB + 17)
        checksum = hashlib.sha256(content).hexdigest()
        slot = self.announce(content, checksum_sha256=checksum)
        self.assertEqual(slot["status"], "pending_upload")
        self.assertEqual(slot["max_bytes"], 200 * MIB)
        self.assertEqual(self.complete(slot).status, 409)
        self.assertEqual(self.put(slot, content).status, 200)
        done = self.complete(slot, checksum_sha256=checksum)
        self.assertEqual(done.status, 200, done.body)
        self.assertEqual(done.data["status"], "processing")
        self.assertEqual(done.data["size_bytes"], len(content))
        self.assertEqual(self.server.call("GET", done.data["url"], key=None).body, content)
        again = self.complete(slot, checksum_sha256=checksum)
        self.assertEqual({**again.data, "url": ""}, {**done.data, "url": ""})

    def test_an_asset_can_be_used_once_it_is_complete(self):
        sound = harness.make_media(self.server.folder / "tone.wav", "-f", "lavfi", "-i", "sine=d=1").read_bytes()
        slot = self.announce(sound, "audio/x-wav", "tone.wav")

        def ask():
            return self.server.call("POST", "/v3/videos", {
                "type": "avatar", "avatar_id": self.server.first_look(), "audio_asset_id": slot["asset_id"]})

        self.assertEqual((ask().status, ask().error["code"]), (400, "asset_not_available"))
        self.assertEqual(self.put(slot, sound).status, 200)
        self.assertEqual(ask().error["code"], "asset_not_available")
        shown = self.server.call("GET", f"/v3/assets/{slot['asset_id']}")
        self.assertEqual((shown.status, shown.data["url"], shown.data["type"]), (200, None, "audio"))
        self.assertEqual(self.complete(slot).status, 200)
        self.assertEqual(ask().status, 200)
        self.assertEqual(self.server.call("DELETE", f"/v3/assets/{slot['asset_id']}").status, 200)
        self.assertEqual((ask().status, ask().error["code"]), (404, "asset_not_found"))

    def test_an_upload_can_be_given_up(self):
        slot = self.announce(b"x" * 10)
        self.assertEqual(self.server.call("DELETE", f"/v3/assets/{slot['asset_id']}").status, 200)
        self.assertEqual(self.put(slot, b"x" * 10).status, 404)
        self.assertEqual(self.complete(slot).status, 404)

    def test_a_batch_survives_a_restart_between_its_steps(self):
        files = [zip_of(1000 + i) for i in range(20)]
        made = self.server.call("POST", "/v3/assets/direct-uploads/batches", {"files": [
            {"filename": f"{i}.zip", "content_type": "application/zip", "size_bytes": len(file)}
            for i, file in enumerate(files)]})
        self.assertEqual(made.status, 200, made.body)
        for slot, file in zip(made.data["items"], files):
            self.assertEqual(self.put(slot, file).status, 200)
        batch = made.data["batch_id"]
        accepted = self.server.call("POST", "/v3/assets/complete/batches", {"batch_id": batch})
        self.assertEqual((accepted.status, accepted.data), (202, {"batch_id": batch}))
        self.server.kill()
        self.server.start()
        deadline = time.time() + 60
        while (shown := self.server.call("GET", f"/v3/assets/batches/{batch}").data)["status"] == "processing":
            self.assertLess(time.time(), deadline, shown)
            time.sleep(0.05)
        self.assertEqual(shown["counts_by_status"], {"queued": 0, "processing": 0, "completed": 20, "failed": 0})
        self.assertEqual([item["video_id"] for item in shown["items"]],
                         [slot["asset_id"] for slot in made.data["items"]])
        statuses = self.server.call("GET", f"/v3/assets/statuses?batch_ids={batch}&asset_ids=none").data
        self.assertEqual([entry["status"] for entry in statuses], ["not_found"] + ["completed"] * 20)

    def test_a_large_upload_keeps_memory_flat(self):
        self.server.upload("warm.png", b"not a picture")
        content = zip_of(200 * MIB)
        slot = self.announce(content)
        put = self.growth(lambda: self.assertEqual(self.put(slot, content).status, 200))
        complete = self.growth(lambda: self.assertEqual(self.complete(slot).status, 200))
        multipart = self.growth(lambda: self.assertEqual(
            self.server.upload("a.zip", content[:31 * MIB], "application/zip").status, 400))
        print(f"\nmemory: a 200 MiB PUT took {put / MIB:.1f} MiB more, completing it {complete / MIB:.1f} MiB, "
              f"a 31 MiB multipart upload {multipart / MIB:.1f} MiB")
        self.assertLess(put, 20 * MIB)
        self.assertLess(complete, 20 * MIB)
        self.assertLess(multipart, 8 * MIB)
        refused = self.server.call("POST", "/v3/assets/direct-uploads", {
            "filename": "a.zip", "content_type": "application/zip", "size_bytes": 200 * MIB + 1})
        self.assertEqual((refused.status, refused.error["param"]), (400, "size_bytes"))


if __name__ == "__main__":
    unittest.main()
