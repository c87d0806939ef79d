"""Seals of the ledger: made, listed, proved to a wallet's owner with nothing but hashes, compared with what was kept
elsewhere; and a ledger that does not hold is not served. Hashes are recomputed here, signatures checked by openssl."""
import hashlib
import json
import subprocess
import time
import unittest

from harness import ON_POSTGRES, Server

ED25519_PUBLIC_KEY_DER = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, before the key's 32 bytes


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(wallet, seq, entry_hash):
    return sha256(b"\0" + f"{len(wallet)}:{wallet}|{seq}|{entry_hash}".encode())


def seal_hash(seal):
    return sha256(f"understudy seal|{seal['number']}|{seal['wallets']}|{seal['root']}|{seal['previous'] or ''}|"
                  f"{seal['created_at_ms']}".encode()).hex()


def root_from(leaf, index, size, path):
    """RFC 6962: the root that the path leads to."""
    path, value = list(path), leaf
    while size > 1:
        if (index ^ 1) < size:
            other = bytes.fromhex(path.pop(0))
            value = sha256(b"\1" + (other + value if index % 2 else value + other))
        index, size = index // 2, (size + 1) // 2
    assert not path
    return value.hex()


class Seals(unittest.TestCase):
    def setUp(self):
        self.server = Server(workers=0, config="[ledger]\nseal_interval_s = 0\n").start()
        self.addCleanup(self.server.close)

    def run_json(self, *arguments):
        done = self.server.command("--json", *arguments, "--data", self.server.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["data"]

    def account(self, usd):
        account = self.run_json("account", "create", "--name", "Somebody")["id"]
        self.run_json("wallet", "top-up", "--account", account, "--usd", usd)
        return account

    def is_signed(self, seal, public_key):
        folder = self.server.folder
        (folder / "key.der").write_bytes(ED25519_PUBLIC_KEY_DER + bytes.fromhex(public_key))
        (folder / "hash").write_bytes(bytes.fromhex(seal["hash"]))
        (folder / "signature").write_bytes(bytes.fromhex(seal["signature"]))
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "key.der",
                               "-rawin", "-in", folder / "hash", "-sigfile", folder / "signature"],
                              capture_output=True).returncode == 0

    def test_a_seal_is_made_signed_listed_and_proved(self):
        first = self.run_json("seal", "make")
        self.assertEqual((first["number"], first["wallets"], first["previous"]), (1, 1, None))
        self.assertEqual(self.run_json("seal", "make"), first)  # nothing was booked since
        accounts = [self.account(usd) for usd in ("1", "2.5", "0.000000001")]
        second = self.run_json("seal", "make")
        self.assertEqual((second["number"], second["wallets"], second["previous"]), (2, 4, first["hash"]))
        listed = self.server.call("GET", "/understudy/v1/ledger/seals").json
        self.assertEqual(listed["data"], [second, first])
        page = self.server.call("GET", "/understudy/v1/ledger/seals?limit=1").json
        self.assertEqual((page["data"], page["has_more"]), ([second], True))
        rest = self.server.call("GET", f"/understudy/v1/ledger/seals?limit=1&token={page['next_token']}").json
        self.assertEqual((rest["data"], rest["has_more"]), ([first], False))
        for seal in listed["data"]:
            self.assertEqual(seal["hash"], seal_hash(seal))
            self.assertTrue(self.is_signed(seal, listed["public_key"]))
        self.assertFalse(self.is_signed({**first, "hash": second["hash"]}, listed["public_key"]))

        for account in accounts:
            key = self.server.command("key", "create", "--account", account, "--data", self.server.data).stdout.strip()
            proof = self.server.call("GET", "/understudy/v1/ledger/seals/2/proof", key=key).data
            entry = self.server.call("GET", "/understudy/v1/ledger", key=key).data[0]
            self.assertEqual(proof["entry"]["hash"], entry["hash"])
            leaf = leaf_hash(account, proof["entry"]["seq"], proof["entry"]["hash"])
            self.assertEqual((proof["wallet_id"], proof["leaf"]), (account, leaf.hex()))
            self.assertEqual(root_from(leaf, proof["index"], second["wallets"], proof["path"]), second["root"])
            missing = self.server.call("GET", "/understudy/v1/ledger/seals/1/proof", key=key)
            self.assertEqual((missing.status, missing.error["param"]), (404, "number"))
            self.assertEqual(self.server.call("POST", "/understudy/v1/ledger/seals", key=key).status, 403)
        for number, status in (("0", 400), ("x", 400), ("3", 404), ("99999999999999999999", 400)):
            answer = self.server.call("GET", f"/understudy/v1/ledger/seals/{number}/proof")
            self.assertEqual((answer.status, answer.error["param"]), (status, "number"), number)
        wrong = self.server.call("GET", "/understudy/v1/ledger/seals/2/proof?currency=shells")
        self.assertEqual((wrong.status, wrong.error["param"]), (400, "currency"))

    def test_what_was_kept_elsewhere_is_compared(self):
        self.run_json("seal", "make")
        self.account("3")
        kept = [line.split()[0] for line in self.command("seal", "make").stdout.splitlines()]
        self.assertEqual(self.command("seal", "list").stdout.splitlines()[0].split()[0], kept[0])
        self.assertEqual(self.command("verify", "--seal", kept[0]).returncode, 0)
        number, digest = kept[0].split("=")
        for other in (f"{number}={digest[:-1]}{'0' if digest[-1] != '0' else '1'}", f"1={digest}", f"7={digest}"):
            broken = self.command("verify", "--seal", kept[0], "--seal", other)
            self.assertEqual((broken.returncode, "is not the one with hash" in broken.stdout), (1, True), broken.stdout)
        for garbled in ("nonsense", "=", "1=", "x=" + digest, "1=abc"):
            self.assertEqual(self.command("verify", "--seal", garbled).returncode, 2, garbled)
        self.server.stop()
        self.assertEqual(self.command("verify", "--seal", kept[0], "--config", self.server.config).returncode, 0)

    def command(self, *arguments):
        return self.server.command(*arguments, "--data", self.server.data)

    def past_the_triggers(self, sql):
        """Somebody with the database's file, or its password."""
        self.server.sql("ALTER TABLE entry DISABLE TRIGGER USER" if ON_POSTGRES else "DROP TRIGGER entry_keep")
        self.server.sql(sql)

    def test_a_ledger_that_does_not_hold_is_not_served(self):
        self.run_json("seal", "make")
        self.server.stop()
        self.past_the_triggers("UPDATE entry SET amount = amount + 1 WHERE seq = 1 AND balance_after > 0")
        with self.assertRaisesRegex(RuntimeError, "The ledger does not hold, so it is not served"):
            self.server.start()
        self.assertIn("has a wrong balance", self.server.log_text())
        self.server.configure('[ledger]\nverify_at_start = "report"\nseal_interval_s = 0\n')
        self.server.start()
        self.assertEqual(self.server.verify().returncode, 1)

    def test_seals_are_made_by_the_clock(self):
        self.server.stop()
        self.server.configure("[ledger]\nseal_interval_s = 1\n")
        self.server.start()
        self.account("1")
        deadline = time.time() + 30
        while time.time() < deadline:
            seals = self.server.call("GET", "/understudy/v1/ledger/seals").data
            if seals and seals[0]["wallets"] == 2:
                break
            time.sleep(0.2)
        self.assertEqual(seals[0]["wallets"], 2)
        self.assertIn(f"{seals[0]['number']} of 2 wallets: {seals[0]['hash']}", self.server.log_text())
        count = len(seals)
        time.sleep(2.5)
        self.assertEqual(len(self.server.call("GET", "/understudy/v1/ledger/seals").data), count)  # nothing new


if __name__ == "__main__":
    unittest.main()
