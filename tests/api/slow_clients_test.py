"""Slow clients cost a connection, never a thread: others are served meanwhile. Uploads go to disk, not to memory.
scripts/bench prints the figures."""
import unittest

from harness import PeakMemory, ServerCase, SlowClients


class Slow(ServerCase):
    workers = 0

    def test_five_hundred_slow_connections_keep_nobody_waiting(self):
        slow = SlowClients(self.server.address, 500)
        self.addCleanup(slow.close)
        for _ in range(50):
            self.assertEqual(self.server.call("GET", "/v3/users/me", timeout=5).status, 200)
            self.assertEqual(self.server.call("GET", "/v3/videos", timeout=5).status, 200)
        self.assertEqual(slow.still_open(), 500)  # they were there all the time

    def test_an_upload_is_not_kept_in_memory(self):
        content = b"\x89PNG\r\n\x1a\n" + bytes(31 << 20)
        self.server.upload("warm.png", content[:1 << 20], "image/png")
        with PeakMemory(self.server.process.pid) as memory:
            refused = self.server.upload("large.png", content, "image/png")
        self.assertEqual((refused.status, refused.error["param"]), (400, "file"), refused.body)  # zeros are no picture
        self.assertLess(memory.grown * 1024, len(content) / 4)


if __name__ == "__main__":
    unittest.main()
