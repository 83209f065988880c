"""What the tests of `orderly audit` share: one run of a real engine, and copies of its database to damage.

With the argument `postgres`, which is taken off the command line, on PostgreSQL, within `tools/pg run --`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from orderly_e2e import (ORDERLYD, SANDBOX, SEED, Audit, Case, Engine, Sandbox, Warehouse, open_database, post_webhook,
                         status_webhook, wait_for, write_config)

POSTGRES = "postgres" in sys.argv[1:]
if POSTGRES:
    sys.argv.remove("postgres")
UNKNOWN_SHOP, BY_HAND, ADOPTED, POSTED = "7494049649999999999", "575000000000000001", "575000000000000002", "575000000000000003"
BY_HAND_DATA = '{"by": "hand", "buyer_email": "her@example.net"}'
WAITING, AT = "575000000000000004", 1_789_478_990


class SqliteStore:
    """A database file and copies of it."""

    def __init__(self, folder):
        self.folder, self.url = folder, "sqlite:" + os.path.join(folder, "data", "orderly.db")

    def copy(self, number):
        path = os.path.join(self.folder, f"copy-{number}.db")
        with sqlite3.connect(self.url.removeprefix("sqlite:")) as source:
            source.execute("vacuum into ?", (path,))
        source.close()
        return "sqlite:" + path

    def run(self, url, *statements):
        """Returns how many rows the last one changed."""
        changer = sqlite3.connect(url.removeprefix("sqlite:"), timeout=10)
        with changer:
            for statement in statements:
                changed = changer.execute(statement).rowcount
        changer.close()
        return changed

    def drop(self, url):
        os.unlink(url.removeprefix("sqlite:"))

    # How this store writes what the tests change.
    def set_json(self, column, path, value):
        return f"json_set({column}, '$.{'.'.join(path)}', json('{json.dumps(value)}'))"

    def replace_bytes(self, column, old, new):
        return f"cast(replace(cast({column} as text), '{old}', '{new}') as blob)"

    def bytes(self, value):
        return f"X'{value.hex()}'"

    def later(self, column):
        return f"coalesce({column}, 0) + 1"

    new_id = "randomblob(16)"
    no = "0"


class PostgresStore:
    """A database of the server and copies of it. Nobody may be connected to it while it is copied."""

    def __init__(self, url):
        self.url = url

    def copy(self, number):
        name = f"copy_{number}"
        self.run(self._database("template1"), f"create database {name} template {self.url.rsplit('/', 1)[1]}")
        return self._database(name)

    def run(self, url, *statements):
        at = urllib.parse.urlsplit(url)
        done = subprocess.run(["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-h", at.hostname, "-p", str(at.port), "-U", at.username,
                               "-d", at.path.strip("/")], input=";\n".join(statements) + ";", capture_output=True, text=True,
                              env={**os.environ, "PGPASSWORD": at.password}, timeout=60, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{statements}: {done.stderr}")
        last = done.stdout.split()[-1]
        return int(last) if last.isdigit() else 0

    def drop(self, url):
        pass  # it goes with its server: each drop is a checkpoint

    def _database(self, name):
        return self.url.rsplit("/", 1)[0] + "/" + name

    def set_json(self, column, path, value):
        return f"jsonb_set({column}, '{{{','.join(path)}}}', '{json.dumps(value)}')"

    def replace_bytes(self, column, old, new):
        return f"convert_to(replace(convert_from({column}, 'UTF8'), '{old}', '{new}'), 'UTF8')"

    def bytes(self, value):
        return f"'\\x{value.hex()}'::bytea"

    def later(self, column):
        return f"coalesce({column}, now()) + interval '1 second'"

    new_id = "gen_random_uuid()"
    no = "false"


class RealRun(Case):
    """One run of an engine for all tests: orders that travel, with a hold, notes and a refusal; one that is cancelled and one
    that is given up, one posted by hand and moved by hand, one inserted by hand and two adopted, one of them with a detail, one
    whose shop is unknown, and a dead letter."""

    ended, count, copies, answered = False, 11, 0, []

    @classmethod
    def setUpClass(cls):
        if not RealRun.ended:
            RealRun.begin()
        RealRun.ended = True

    @classmethod
    def begin(cls):
        folder = tempfile.mkdtemp(prefix="orderly-e2e-")
        unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.store = PostgresStore(os.environ["ORDERLY_STORAGE"]) if POSTGRES else SqliteStore(folder)
        cls.sandbox = Sandbox(SANDBOX, folder, "--seed", str(SEED), "--step-ms", "100", "--address-change-percent", "0")
        unittest.addModuleCleanup(cls.sandbox.kill)
        cls.engine = Engine(ORDERLYD, folder, write_config(folder, cls.sandbox.base), storage=cls.store.url if POSTGRES else None)
        unittest.addModuleCleanup(cls.engine.kill)
        cls.insert_by_hand(BY_HAND, ADOPTED)
        cls.adopt_with_detail()
        cls.sandbox.send_to(cls.engine)
        cls.run_orders()
        cls.beside_the_engine = Audit(cls.store.url, "--replay")
        if cls.engine.stop() != 0:
            raise AssertionError(cls.engine.tail())

    @classmethod
    def insert_by_hand(cls, *names):
        for name in names:
            cls.store.run(cls.store.url, f"insert into orders(tiktok_order_id, order_data) values ('{name}', '{BY_HAND_DATA}')")

    @classmethod
    def adopt_with_detail(cls):
        """While the sandbox's webhooks have no receiver; those that fall into that time are lost."""
        cls.detailed, = cls.sandbox.create_orders(1)
        cls.insert_by_hand(cls.detailed)
        cls.webhook(cls.detailed, "UNPAID", AT)
        wait_for("its detail", lambda: "line_items" in str(cls.read(
            "select order_data from orders where tiktok_order_id = ?", cls.detailed)))

    @classmethod
    def run_orders(cls):
        cls.cancelled, = cls.sandbox.create_orders(1)
        wait_for("an order to cancel", lambda: len(cls.engine.orders()) == 4)
        cls.sandbox.own("POST", f"orders/{cls.cancelled}/cancel")
        cls.victim, cls.held, given_up, *others = cls.sandbox.create_orders(5)
        travellers = {cls.victim, *others}
        wait_for("an order to hold", lambda: len(cls.engine.orders()) == 9)
        cls.ask(f"{cls.held}/hold", {"reason": "the buyer called"})
        wait_for("an order to give up", lambda: given_up in cls.in_state("processing"))
        cls.ask(f"{given_up}/transitions", {"to": "failed", "reason": "broken"})
        warehouse = Warehouse(cls.engine)
        warehouse.start()
        wait_for("delivered orders", lambda: cls.in_state("delivered") >= travellers, seconds=60)
        cls.during_the_hold = Audit(cls.store.url, "--replay")
        cls.ask(f"{cls.held}/release", {})
        wait_for("the last one", lambda: cls.held in cls.in_state("delivered"), seconds=60)
        wait_for("the cancelled one", lambda: cls.cancelled in cls.in_state("failed"))
        warehouse.stop()
        cls.ask(f"{cls.victim}/notes", {"text": "left with the neighbour"})
        cls.ask(f"{cls.victim}/transitions", {"to": "processing"}, 409)
        cls.webhook(cls.victim, "UNPAID", AT)  # stale
        cls.webhook(cls.victim, "UNPAID", AT + 1, UNKNOWN_SHOP)  # a dead letter: another shop's order
        cls.webhook(WAITING, "AWAITING_SHIPMENT", AT, UNKNOWN_SHOP)
        wait_for("its attention", lambda: cls.read("select kind from order_attention where kind = 'shop_not_connected'"))
        cls.ask("", {"tiktok_order_id": POSTED, "order_data": {"weight": 1e2, "parts": [1.0, 2.5, "x"]}}, 201)
        for to in ("processing", "failed"):
            cls.ask(f"{POSTED}/transitions", {"to": to, "reason": "by phone"})
        cls.ask(f"{POSTED}/retry", {})
        cls.ask("575000000000000099/notes", {"text": "there is no such order"}, 404)
        cls.ask(f"{ADOPTED}/notes", {"text": "ours now"})
        cls.webhook(ADOPTED, "UNPAID", AT, UNKNOWN_SHOP)

    @classmethod
    def in_state(cls, state):
        return {order["tiktok_order_id"] for order in cls.engine.orders(state)}

    @classmethod
    def ask(cls, path, body, expected=200):
        status, answer = cls.engine.api("POST", f"/orders/{path}".rstrip("/"), body)
        if status != expected:
            raise AssertionError(f"{path} was answered {status} {answer}")

    @classmethod
    def webhook(cls, order_id, status, at, shop_id=None):
        notification = str(7_640_000_000_000_000_000 + len(cls.answered))
        body = status_webhook(order_id, status, at, notification, *([shop_id] if shop_id else []))
        if post_webhook(cls.engine.public, body) != 200:
            raise AssertionError(f"a webhook of order {order_id} was not answered 200")
        cls.answered.append((order_id, notification, body))

    @classmethod
    def read(cls, query, *arguments, url=None):
        with open_database(url or cls.store.url) as database:
            return [dict(row) for row in database.rows(query, *arguments)]

    def copy(self, *statements):
        """A copy of the database in which each statement has changed something."""
        RealRun.copies += 1
        url = self.store.copy(self.copies)
        self.addCleanup(self.store.drop, url)
        if statements:
            self.assertGreater(self.store.run(url, *statements), 0, f"nothing was changed by {statements}")
        return url

    def id_of(self, order_id):
        return f"(select id from orders where tiktok_order_id = '{order_id}')"

    def assert_found(self, rule, *statements, order=None, options=(), what=""):
        """The copy that they damage: `rule` is broken by `order`, and nothing by any other."""
        order = order or self.victim
        audit = Audit(self.copy(*statements), *options)
        self.assertEqual(audit.code, 1, f"{statements}: {audit}")
        self.assertEqual({found["order"] for found in audit.findings}, {order}, audit)
        self.assertIn(rule, {found["rule"] for found in audit.findings if what in found["what"]}, f"{statements}: {audit}")
        self.assertEqual((audit.sums["orders_read"], audit.sums["damaged"]), (self.count, 1), audit)
        return audit
