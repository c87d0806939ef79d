"""A client that was made from the served document alone (PyPI: aiopenapi3) finds the server, its operations and its answers
as the document says. For scripts/check; the package is fetched when it is first needed."""
import json
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "api"))

from harness import ROOT, ServerCase

PYTHON = ROOT / "build/clients/python/bin/python3"


def install():
    if (PYTHON.parent.parent / "complete").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", PYTHON.parent.parent], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "aiopenapi3==0.11.0"], check=True)
    (PYTHON.parent.parent / "complete").touch()


class SchemaClient(ServerCase):
    workers = 1

    @classmethod
    def setUpClass(cls):
        install()
        super().setUpClass()

    def test_the_document_is_all_it_takes(self):
        document = self.server.call("GET", "/openapi.json", key=None).json
        self.assertEqual(document["servers"], [{"url": f"http://{self.server.address}"}])
        done = subprocess.run([PYTHON, HERE / "schema_client.py", f"http://{self.server.address}", self.server.key],
                              capture_output=True, text=True, timeout=180)
        self.assertEqual(done.returncode, 0, done.stderr[-4000:] + self.server.log_text())
        got = json.loads(done.stdout)
        self.assertEqual(got["video"]["status"], "completed")
        self.assertEqual(got["lists"]["getWebhooksEventTypes"], 34)
        self.assertEqual(len(got["speech"]["word_timestamps"]), 5)


if __name__ == "__main__":
    unittest.main()
