"""Requests of every shape but the right one, byte by byte over a socket: each is answered or its connection closed, nothing
is a 5xx but the 501 of what is not offered, and the server is well afterwards. conformance_test.py has the wrong bodies that
are JSON."""
import random
import re
import socket
import unittest

from harness import ServerCase

BODIES = (b"", b"{", b"null", b"[]", b"{}", b'"x"', b"1e400", b'{"a":1e999}', b'{"type":"avatar","type":"image"}', b"\xff\xfe\x00",
          b'{"script":"\x00"}', b'{"script":"\\u0000","type":"avatar","avatar_id":"x"}', b"[" * 5000, b'{"a":' * 5000,
          b"9" * 100_000, b'{"limit":99999999999999999999999999999999}', b'{"' + b"k" * 70_000 + b'":1}', b'{"\xc3\x28":1}',
          b"\xef\xbb\xbf{}", b" " * 100_000, b'{"type":"studio","scenes":' + b"[" * 200 + b"]" * 200 + b"}")
TYPES = (b"application/json", b"text/plain", b"application/xml", b"multipart/form-data", b"multipart/form-data; boundary=",
         b"multipart/form-data; boundary=" + b"x" * 500, b"application/x-www-form-urlencoded",
         b"application/json; charset=utf-16", b"", b"\x01")
NAMES = (b"nothing", b"%00", b"%2e%2e", b"a" * 2000, b"\xff")


class HostileHttp(ServerCase):
    config = '[limits]\nconcurrency = 0\n[wallet]\nwelcome_credit_usd = "1000"\n'
    workers = 0

    def setUp(self):
        host, port = self.server.address.rsplit(":", 1)
        self.address = (host, int(port))
        self.key = b"x-api-key: " + self.server.key.encode() + b"\r\n"

    def send(self, *parts, wait_s=3):
        with socket.create_connection(self.address) as client:
            client.settimeout(wait_s)
            answer = b""
            try:
                for part in parts:
                    client.sendall(part)
                client.shutdown(socket.SHUT_WR)
                while chunk := client.recv(65536):
                    answer += chunk
            except OSError:
                pass
            return answer

    def request(self, method, path, body=b"", headers=b"", content_type=b"application/json"):
        about_body = b""
        if body or method in (b"POST", b"PUT", b"PATCH"):
            about_body = b"Content-Type: " + content_type + b"\r\nContent-Length: %d\r\n" % len(body)
        return b"%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" % (method, path) + self.key + about_body + headers + b"\r\n" + body

    def assert_answered(self, answer, what):
        self.assertRegex(answer[:12], rb"^HTTP/1.1 [1-5]", (what, answer[:200]))
        is_unbuilt = answer.startswith(b"HTTP/1.1 501") and b'"not_implemented"' in answer
        self.assertTrue(is_unbuilt or not answer.startswith(b"HTTP/1.1 5"), (what, answer[:400]))

    def assert_status(self, answer, status, what):
        self.assertEqual(answer[9:12], str(status).encode(), (what, answer[:300]))

    def test_every_operation_with_what_is_no_request_for_it(self):
        chance = random.Random(4)
        document = self.server.call("GET", "/openapi.json", key=None).json
        for path, methods in document["paths"].items():
            for method in methods:
                for name in NAMES:
                    place = re.sub(rb"\{[^}]*\}", lambda _: name, path.encode())
                    for body in chance.sample(BODIES, 4) if name == b"nothing" else BODIES[:1]:
                        sent = self.request(method.upper().encode(), place, body, content_type=chance.choice(TYPES))
                        self.assert_answered(self.send(sent), (method, place[:60], body[:40]))

    def test_methods_and_paths_that_nobody_has(self):
        for method in (b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"FOO", b"get", b"PROPFIND", b"PATCH", b"DELETE", b"PUT"):
            for path in (b"/v3/videos", b"/", b"*", b"/v3/videos/", b"//v3//videos", b"/v3/videos/%2e%2e/users/me", b"/docs", b"/healthz",
                         b"http://evil/v3/users/me", b"/v3/videos?limit=1&limit=2", b"/v3/videos?%zz=1", b"/v3/videos?limit=%00"):
                self.assert_answered(self.send(self.request(method, path)), (method, path))

    def test_heads_that_are_no_http(self):
        get, post = b"GET /v3/users/me HTTP/1.1\r\nHost: a\r\n", b"POST /v3/videos HTTP/1.1\r\nHost: a\r\n" + self.key
        flood = b"".join(b"X-%d: y\r\n" % i for i in range(1500))
        for sent, status in (
                (b"GET /\r\n\r\n", 400), (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400), (bytes(range(256)) * 10, 400),
                (b"GET /v3/vid\x00eos HTTP/1.1\r\n\r\n", 400), (b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n\r\n", 431),
                (get + b"X: " + b"y" * 100_000 + b"\r\n\r\n", 431), (get + self.key + flood + b"\r\n", 400),
                (get + b"x-api-key: no\r\n" + self.key + b"Connection: close\r\n\r\n", 401),
                (get.replace(b"Host:", b"Host :") + b"\r\n", 400), (get.replace(b"Host: a\r\n", b"") + self.key + b"\r\n", 400),
                (get + self.key + b"Host: b\r\n\r\n", 400),
                (post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}", 400), (post + b"Content-Length: -2\r\n\r\n{}", 400),
                (post + b"Content-Length: 99999999999\r\n\r\n{}", 413),
                (post + b"Content-Length: 99999999999999999999999\r\n\r\n{}", 400),
                (post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
                (post + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * 70_000 + b"\r\n{}\r\n0\r\n\r\n", 400),
                (post + b"Transfer-Encoding: gzip\r\n\r\n{}", 400),
                (post + b"Idempotency-Key: a\x00b\r\nContent-Length: 2\r\n\r\n{}", 400)):
            self.assert_status(self.send(sent), status, sent[:120])

    def test_what_http_allows_is_answered(self):
        chunked = b"POST /v3/videos HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + self.key + \
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        self.assertIn(b"'type' is required", self.send(chunked))
        patient = self.request(b"POST", b"/v3/voices/speech", b'{"text":"x"}', b"Expect: 100-continue\r\n")
        answer = self.send(patient)
        self.assertTrue(answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400"), answer[:200])
        one = self.request(b"GET", b"/v3/users/me").replace(b"Connection: close\r\n", b"")
        answer = self.send(one + one + self.request(b"GET", b"/v3/nothing"))
        self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", answer), [b"200", b"200", b"404"])
        self.assert_status(self.send(b"GET /v3/users/me HTTP/1.0\r\n" + self.key + b"\r\n"), 200, "HTTP/1.0")
        slowly = [bytes([byte]) for byte in self.request(b"GET", b"/v3/users/me")]
        self.assert_status(self.send(*slowly), 200, "byte by byte")
        head = self.send(self.request(b"HEAD", b"/v3/videos"))
        self.assert_status(head, 200, "HEAD")
        self.assertTrue(head.endswith(b"\r\n\r\n"))

    def tearDown(self):
        self.assertEqual(self.server.call("GET", "/healthz", key=None).status, 200)
        self.assertEqual(self.server.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
