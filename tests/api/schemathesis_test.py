"""Schemathesis, a property-based tester from PyPI, makes up requests from the served document and finds nothing.

Short form: a few requests for each operation. UNDERSTUDY_LONG_TESTS=1: its coverage phase and many more, some 10,000
requests within 8 minutes (3 to 5 on two busy cores). One check is
left out: positive_data_acceptance, because a schema cannot say that ids must exist and that fields exclude each other;
conformance_test.py has valid requests of every operation."""
import os
import subprocess
import sys
import unittest

from harness import ServerCase

IS_LONG = bool(os.environ.get("UNDERSTUDY_LONG_TESTS"))


class Schemathesis(ServerCase):
    config = "[network]\nallow_private = true\n[limits]\nconcurrency = 0\n[wallet]\nwelcome_credit_usd = \"1000000\"\n"
    workers = 2

    def test_finds_nothing(self):
        document = self.server.call("GET", "/openapi.json", key=None).json
        offered = [f"{method.upper()} {path}" for path, methods in document["paths"].items()
                   for method, operation in methods.items() if "501" not in operation["responses"]]
        self.assertGreater(len(offered), 30)
        out = self.run_tool(offered)
        self.assertEqual(out.returncode, 0, out.stdout[-15000:] + out.stderr[-2000:])
        self.assertEqual(self.server.verify().returncode, 0)

    def run_tool(self, offered):
        names = [argument for name in offered for argument in ("--include-name", name)]
        effort = ["-n", "20", "--phases", "examples,coverage,fuzzing"] if IS_LONG else ["-n", "4", "--phases", "fuzzing"]
        return subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", f"http://{self.server.address}/openapi.json",
             "-H", f"x-api-key: {self.server.key}", "--exclude-checks", "positive_data_acceptance", *effort, *names,
             "--workers", "2", "--seed", "1", "--continue-on-failure", "--no-color", "--warnings", "off",
             "--suppress-health-check", "all"],
            capture_output=True, text=True, cwd=self.server.folder, timeout=480)


if __name__ == "__main__":
    unittest.main()
