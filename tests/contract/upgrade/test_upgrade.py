#!/usr/bin/env python3
"""The databases that commit 0c3cc35 wrote (tests/data/0c3cc35), opened by this version.

    test_upgrade.py [postgres]     `postgres`: within `tools/pg use --`

Each test runs for every store. A later migration adds its tests to Upgrade: what it makes of the old rows is read from
`self.opened()`, a copy that has been migrated and that no engine has served.
"""

import glob
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "e2e"))
from orderly_e2e import (BIN, ORDERLYD, SOURCE, Audit, Case, Engine, main, open_database, wait_for,  # noqa: E402
                         write_config)

POSTGRES = "postgres" in sys.argv[1:]
if POSTGRES:
    sys.argv.remove("postgres")
DATA = os.path.join(SOURCE, "tests", "data", "0c3cc35")
STORE = "postgresql" if POSTGRES else "sqlite"


def readme():
    """The README's JSON: what is in each store, as it was when it was made."""
    with open(os.path.join(DATA, "README.md"), encoding="utf-8") as text:
        return json.loads(text.read().split("```json\n")[1].split("```")[0])[STORE]


def unpacked(name):
    with lzma.open(os.path.join(DATA, name)) as packed:
        return packed.read()


class Upgrade(Case):
    def setUp(self):
        super().setUp()
        self.made = readme()

    def restored(self):
        """The URL of a copy as the old engine left it."""
        if not POSTGRES:
            path = os.path.join(self.folder, "orderly.db")
            with open(path, "wb") as file:
                file.write(unpacked("orderly.db.xz"))
            return "sqlite:" + path
        url = os.environ["ORDERLY_STORAGE"]
        name = url.rsplit("/", 1)[1] + "_upgraded"  # one test at a time
        self.psql(url, f"create database {name}".encode())
        self.addCleanup(self.psql, url, f"drop database {name} with (force)".encode())
        url = urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path="/" + name))
        self.psql(url, unpacked("orderly.sql.xz"))
        return url

    def psql(self, url, text):
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", url], input=text, check=True, stdout=subprocess.DEVNULL)

    def opened(self):
        """The URL of a copy that this version has migrated."""
        url = self.restored()
        self.migrate(url)
        return url

    def migrate(self, url):
        """What was said of it."""
        command = [os.path.join(BIN, "migrate_store"), url, self.folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def rows(self, url, query):
        with open_database(url) as database:
            return [tuple(dict(row).values()) for row in database.rows(query)]

    def sums(self, url, query):
        return {" ".join(str(value) for value in row[:-1]): row[-1] for row in self.rows(url, query)}

    def assert_as_made(self, url):
        """Every row that the old engine wrote, by table and by kind."""
        for table, count in self.made["rows"].items():
            if table != "schema_migrations":
                self.assertEqual(self.rows(url, f"select count(*) from {table}"), [(count,)], table)
        for what, query in GROUPS.items():
            self.assertEqual(self.sums(url, query), self.made[what], what)

    def test_every_row_is_there_after_the_migration(self):
        self.assert_as_made(self.opened())

    def test_opening_it_again_changes_nothing(self):
        url = self.opened()
        before = self.rows(url, "select version from schema_migrations order by version")
        self.assertGreaterEqual(len(before), self.made["rows"]["schema_migrations"])
        subprocess.run([os.path.join(BIN, "migrate_store"), url, self.folder], timeout=120, check=True)
        self.assertEqual(self.rows(url, "select version from schema_migrations order by version"), before)

    def audit_afterwards(self, storage):
        """Of a store that an older version has filled."""
        audit = Audit(storage, "--replay")
        self.assertEqual(audit.code, 0, audit)
        self.assertLessEqual({each["rule"] for each in audit.findings}, {"rules_changed"}, audit)
        return audit

    def test_the_replay_finds_nothing_but_what_older_rules_decided(self):
        url = self.opened()
        self.assertEqual(self.audit_afterwards(url).sums["orders_read"], self.made["rows"]["orders"])
        self.assertEqual(Audit(url).findings, [], "without a replay nothing at all")

    def test_the_way_back_leads_to_what_the_old_version_had(self):
        """As docs/operations.md says it: from the new schema to that of this commit, with every row."""
        url = self.restored()
        old = [(number,) for number in range(1, self.made["rows"]["schema_migrations"] + 1)]
        versions = "select version from schema_migrations order by version"
        if POSTGRES:
            dump = os.path.join(self.folder, "orderly.dump")
            subprocess.run(["pg_dump", "--format=custom", "--file=" + dump, url], timeout=120, check=True)
            self.migrate(url)
            self.psql(url, b"drop schema public cascade; create schema public")
            subprocess.run(["pg_restore", "--no-owner", "--dbname=" + url, dump], timeout=120, check=True)
        else:
            path = url.removeprefix("sqlite:")
            said = self.migrate(url)
            kept, = glob.glob(glob.escape(path) + ".schema-*")
            self.assertIn(kept, said)
            os.unlink(path)
            os.rename(kept, path)
            self.assertEqual(self.content(path), self.content_of_bytes(unpacked("orderly.db.xz")))
        self.assertEqual(self.rows(url, versions), old)
        self.assert_as_made(url)
        self.migrate(url)  # and forward once more
        self.assertGreater(len(self.rows(url, versions)), len(old))

    def content(self, path):
        """Schema and rows."""
        connection = sqlite3.connect(path)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    def content_of_bytes(self, data):
        path = os.path.join(self.folder, "original.db")
        with open(path, "wb") as file:
            file.write(data)
        return self.content(path)

    def test_an_engine_applies_what_was_pending_and_leaves_the_quarantine_alone(self):
        url = self.restored()
        quarantined = ("select o.tiktok_order_id from order_attention a join orders o on o.id = a.order_id "
                       "where a.kind = 'quarantined' and a.until is null")
        waiting = f"select count(*) from inputs where outcome = 'pending' and order_ref not in ({quarantined})"
        kept = f"select count(*) from inputs where outcome = 'pending' and order_ref in ({quarantined})"
        self.assertEqual(self.rows(url, waiting), [(self.made["pending"]["elsewhere"],)])
        self.assertEqual(self.rows(url, kept), [(self.made["pending"]["quarantined"],)])
        config = write_config(self.folder, "http://127.0.0.1:9")  # TikTok does not answer: what is owed to it stays
        engine = self.started(Engine(ORDERLYD, self.folder, config, storage=url, token=self.made["admin_token"]))
        wait_for("the pending inputs", lambda: self.rows(url, waiting) == [(0,)])
        self.assertEqual(self.rows(url, kept), [(self.made["pending"]["quarantined"],)])
        status, listed = engine.api("GET", "/orders?limit=1")
        self.assertEqual((status, len(listed["orders"])), (200, 1), "its token is still good")
        held, = self.rows(url, f"{quarantined} order by 1 limit 1")
        self.assertEqual(engine.api("POST", f"/actors/{held[0]}/restart")[0], 200)
        of_it = f"select count(*) from inputs where outcome = 'pending' and order_ref = '{held[0]}'"
        wait_for("the inputs of the restarted order", lambda: self.rows(url, of_it) == [(0,)])


GROUPS = {
    "orders": "select state, count(*) as n from orders group by state",
    "inputs": "select source, outcome, count(*) as n from inputs group by source, outcome",
    "outbox": "select kind, state, count(*) as n from outbox group by kind, state",
    "attention": "select kind, count(*) as n from order_attention where until is null group by kind",
    "dead_letters": "select cause, count(*) as n from dead_letters group by cause",
    "events": "select type, count(*) as n from order_events group by type",
}

if __name__ == "__main__":
    main()
