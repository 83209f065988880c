"""What the end-to-end tests share: the programs' paths, a test case with a folder of its own, TikTok's signatures and a webhook
client."""

import hashlib
import hmac
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "tools", "lib"))
sys.dont_write_bytecode = True

from child_program import clean_environment, end_with_parent  # noqa: E402
from orderly_local import (ACCESS_TOKEN, APP_KEY, APP_SECRET, SHOP_CIPHER, SHOP_ID, UPS, Database, Engine,  # noqa: E402
                           Sandbox, Warehouse, call, open_database, states_passed, tracking_number_for, wait_for,
                           write_config, write_secret)

BIN = os.environ.get("ORDERLY_BIN") or os.path.join(SOURCE, "build", "release", "bin")
SANDBOX = os.path.join(BIN, "tiktok-sandbox")
ORDERLYD = os.path.join(BIN, os.environ.get("ORDERLY_ENGINE") or "orderlyd")  # tests/fault has one on another disk
ORDERLY = os.path.join(BIN, "orderly")
SEED = int(os.environ.get("ORDERLY_SEED") or random.SystemRandom().randrange(1, 2**31))


def sign_request(path, query, body=b"", secret=APP_SECRET):
    """Sheet 2.1, written apart from the product's own code."""
    text = secret + path + "".join(key + query[key] for key in sorted(query) if key not in ("sign", "access_token"))
    return hmac.new(secret.encode(), text.encode() + body + secret.encode(), hashlib.sha256).hexdigest()


def sign_webhook(body, key=APP_KEY, secret=APP_SECRET):
    """Sheet 6.1."""
    return hmac.new(secret.encode(), key.encode() + body, hashlib.sha256).hexdigest()


def status_webhook(order_id, status, update_time, notification_id, shop_id=SHOP_ID):
    """The bytes of a topic 1 webhook."""
    return json.dumps({"type": 1, "tts_notification_id": notification_id, "shop_id": shop_id, "timestamp": update_time + 1,
                       "data": {"order_id": order_id, "order_status": status, "is_on_hold_order": True,
                                "update_time": update_time}}, separators=(",", ":")).encode()


def post_webhook(base, body, signature=None, timeout=10):
    """The HTTP status."""
    headers = {"Content-Type": "application/json"}
    if signature is None:
        signature = sign_webhook(body)
    if signature:
        headers["Authorization"] = signature
    return call("POST", base, "/webhooks/tiktok", body, headers=headers, timeout=timeout)[0]


class Audit:
    """What `orderly audit` says about a store: its exit code, its findings and its last line, as objects."""

    def __init__(self, storage, *options):
        done = subprocess.run([ORDERLY, "audit", "--storage", storage, "--json", *options], capture_output=True, text=True,
                              timeout=900, check=False)
        self.code, self.trouble = done.returncode, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.findings, self.sums = lines[:-1], lines[-1] if lines else {}

    def __str__(self):
        return f"exit code {self.code} {self.trouble}\n" + "\n".join(map(str, [*self.findings[:20], self.sums]))


class Seller:
    """A seller's program that calls the Open API. Each argument can be bent to see what the shop says."""

    def __init__(self, base, timeout=30):
        self.base, self.timeout = base, timeout

    def call(self, method, path, query=None, body=None, **bend):
        sent = {"app_key": APP_KEY, "timestamp": str(int(time.time()) + bend.get("skew", 0)), "shop_cipher": SHOP_CIPHER}
        sent.update(query or {})
        for name in bend.get("without", ()):
            sent.pop(name, None)
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sign = sign_request(path, sent, raw, bend.get("secret", APP_SECRET))
        sent["sign"] = bend.get("sign", lambda good: good)(sign)
        if sent["sign"] is None:
            del sent["sign"]
        headers = {"x-tts-access-token": bend.get("token", ACCESS_TOKEN)}
        if not headers["x-tts-access-token"]:
            headers = {}
        content_type = bend.get("content_type", "application/json")
        if content_type:
            headers["Content-Type"] = content_type
        wire = bend.get("wire_body", raw)
        target = path + "?" + urllib.parse.urlencode(sent) + bend.get("also", "")
        return call(method, self.base, target, wire if method != "GET" or wire else None,
                    headers=headers, timeout=self.timeout)

    def detail(self, *ids, **bend):
        return self.call("GET", "/order/202309/orders", {"ids": ",".join(ids)}, **bend)

    def order(self, order_id):
        return self.detail(order_id)[1]["data"]["orders"][0]

    def mark_shipped(self, order_id, body, **bend):
        return self.call("POST", f"/fulfillment/202309/orders/{order_id}/packages", None, body, **bend)


class Nowhere:
    """In place of a sandbox: a TikTok Shop that nobody runs."""

    base = "http://127.0.0.1:9"


class Case(unittest.TestCase):
    """A test with a folder of its own; what it starts is ended and the folder removed, whatever happens."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="orderly-e2e-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.random = random.Random(SEED)
        self.stores = set()  # those of the engines; audited once these have ended

    def started(self, program):
        if isinstance(program, Engine) and program.storage not in self.stores:
            self.stores.add(program.storage)
            self.addCleanup(self.audit_afterwards, program.storage)
        self.addCleanup(program.kill)
        if isinstance(program, Engine):
            self.addCleanup(self.assert_ends_in_order, program)
        return program

    def assert_ends_in_order(self, engine):
        """Whatever it did in the test, unless that has ended it."""
        if engine.running():
            self.assertEqual(engine.stop(), 0, engine.tail())

    def start_sandbox(self, *arguments):
        return self.started(Sandbox(SANDBOX, self.folder, "--seed", str(SEED), *arguments))

    def start_engine(self, sandbox, name="", tiktok="", tables="", webhooks=True, **options):
        """On the same data folder as an earlier one of that name in this test; the sandbox's webhooks go to it, unless it is said
        that they do not."""
        folder = os.path.join(self.folder, name)
        config = write_config(folder, sandbox.base, tiktok, tables)
        engine = self.started(Engine(ORDERLYD, folder, config, **options))
        if webhooks:
            sandbox.send_to(engine)
        return engine

    def start_warehouse(self, engine):
        warehouse = Warehouse(engine)
        self.addCleanup(warehouse.stop)
        warehouse.start()
        return warehouse

    def answered_file(self, answered):
        """For `orderly audit --answered`: (order, notification id, bytes) of webhooks that got their 200."""
        path = os.path.join(self.folder, "answered")
        with open(path, "w", encoding="ascii") as out:
            out.writelines(f"{order_id} {notification_id} {hashlib.sha256(body).hexdigest()}\n"
                           for order_id, notification_id, body in answered)
        return path

    def assert_audit_finds_nothing(self, storage, orders=None, answered=()):
        """Every order keeps every rule, and deciding all of it again gives the same: the engine was of this very version."""
        audit = Audit(storage, "--replay", "--answered", self.answered_file(answered))
        self.assertEqual((audit.code, audit.findings), (0, []), audit)
        self.assertIn(orders, (None, audit.sums["orders_read"]), audit)

    def audit_afterwards(self, storage):
        """Unless the test has taken the store off the list."""
        if storage in self.stores:
            self.assert_audit_finds_nothing(storage)

    def assert_history_gapless(self, database, order_id):
        seqs = [event["seq"] for event in database.events(order_id)]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)), f"order {order_id}: a hole in its history")
        row = database.order(order_id)
        self.assertEqual(row["version"], len(seqs), f"order {order_id}: its version is not its last seq")
        return row


def main():
    print(f"ORDERLY_SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
