#!/usr/bin/env python3
"""`orderly backup` beside an engine under load, and `orderly restore`."""

import json
import os
import sqlite3
import stat
import subprocess
import threading

from orderly_e2e import ORDERLY, Audit, Case, Database, Nowhere, clean_environment, main, post_webhook, status_webhook, wait_for

DONE, DAMAGE, USAGE, UNAVAILABLE = 0, 1, 64, 69


class Load(threading.Thread):
    """Webhooks, each of an order of its own; `answered` are those that got their 200."""

    def __init__(self, engine):
        super().__init__(daemon=True)
        self.engine, self.answered, self.ended = engine, [], threading.Event()
        self.start()

    def run(self):
        number = 0
        while not self.ended.is_set():
            number += 1
            order_id = str(576_461_413_038_780_000 + number)
            body = status_webhook(order_id, "AWAITING_SHIPMENT", 1_700_000_000, f"n-{number}")
            if post_webhook(self.engine.public, body) == 200:
                self.answered.append(order_id)

    def wait(self, count):
        wait_for(f"{count} webhooks", lambda: len(self.answered) >= count)

    def stop(self):
        self.ended.set()
        self.join(20)


class Backup(Case):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine(Nowhere, webhooks=False)
        self.file = os.path.join(self.folder, "backup.db")

    def orderly(self, *arguments):
        return subprocess.run([ORDERLY, *arguments], capture_output=True, text=True, timeout=120, env=clean_environment(),
                              check=False)

    def backup(self, to=None, storage=None, *more):
        return self.orderly("backup", "--storage", storage or self.engine.storage, "--to", to or self.file, *more)

    def restore(self, *more):
        return self.orderly("restore", "--from", self.file, "--storage", self.engine.storage, *more)

    def change_backup(self, statement):
        changer = sqlite3.connect(self.file)
        with changer:
            changer.execute(statement)
        changer.close()

    def under_load(self, count=200):
        load = Load(self.engine)
        self.addCleanup(load.stop)
        load.wait(count)
        return load

    def orders(self, path):
        with Database(path) as database:
            return {row["tiktok_order_id"] for row in database.rows("select tiktok_order_id from orders")}

    def epoch(self, path):
        with Database(path) as database:
            return database.value("select max(epoch) from feed_epochs")

    def test_under_load_has_all_that_was_answered_before_and_the_engine_goes_on(self):
        load = self.under_load()
        before = set(load.answered)
        done = self.backup(None, None, "--json")
        self.assertEqual(done.returncode, DONE, done.stderr)
        said = json.loads(done.stdout)
        held = self.orders(self.file)
        self.assertGreaterEqual(held, before)
        self.assertEqual((said["file"], said["orders"]), (self.file, len(held)))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("backup.db")], ["backup.db"])
        load.wait(len(load.answered) + 50)
        load.stop()
        audit = Audit("sqlite:" + self.file, "--replay")
        self.assertEqual((audit.code, audit.findings, audit.sums["orders_read"]), (DONE, [], len(held)), audit)

    def test_overwrites_nothing_and_says_what_takes_its_place_for_postgresql(self):
        with open(self.file, "w") as out:
            out.write("mine")
        done = self.backup()
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn("not overwritten", done.stderr)
        with open(self.file) as kept:
            self.assertEqual(kept.read(), "mine")
        for url in ("postgresql://me:secret@host/orderly", "postgres://me:secret@host/orderly"):
            done = self.backup(self.file + "2", url)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn("pg_dump --format=custom", done.stderr)
            self.assertNotIn("secret", done.stderr)
        lost = self.backup(self.file + "2", "sqlite:" + os.path.join(self.folder, "nowhere.db"))
        self.assertEqual(lost.returncode, UNAVAILABLE, lost.stderr)
        self.assertIn("nowhere.db", lost.stderr)
        self.assertFalse(os.path.exists(self.file + "2.part"))

    def test_a_restore_waits_for_the_engine_s_end_begins_an_epoch_and_keeps_what_stood_there(self):
        load = self.under_load()
        self.assertEqual(self.backup().returncode, DONE)
        held = self.orders(self.file)
        load.wait(len(load.answered) + 50)
        refused = self.restore()
        self.assertEqual(refused.returncode, UNAVAILABLE, refused.stderr)
        self.assertIn(f"process {self.engine.process.pid}", refused.stderr)
        load.stop()
        with Database(self.engine.database) as database:
            lost = database.rows("select pos, order_id, seq from order_events order by pos desc limit 1")[0]
        self.engine.kill()  # its log is still there, and belongs to what is replaced
        all_of_them = set(load.answered)
        done = self.restore()
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertIn(f"{len(held)} orders read, 0 damaged", done.stdout)
        kept = done.stdout.strip().rsplit(" ", 1)[1]
        self.assertGreaterEqual(self.orders(kept), all_of_them)
        self.assertEqual(self.orders(self.engine.database), held)
        self.assertGreater(self.epoch(self.engine.database), 0)
        engine = self.start_engine(Nowhere, webhooks=False)
        self.assertEqual(self.orders(engine.database), held)
        position = f"0.{lost['pos']}.{lost['order_id'].hex()}.{lost['seq']}"
        self.assertIn("reload", self.first_events(engine, position))
        body = status_webhook("576461413038799999", "AWAITING_SHIPMENT", 1_700_000_000, "after")
        self.assertEqual(post_webhook(engine.public, body), 200)

    def first_events(self, engine, position):
        """What a reader hears who comes back with a position of the lost history."""
        done = subprocess.run(["curl", "-sN", "--max-time", "3", "-H", "Authorization: Bearer " + engine.token,
                               f"{engine.admin}/api/v1/stream?last_event_id={position}"], capture_output=True, text=True,
                              timeout=30, check=False)
        return done.stdout

    def test_a_restore_of_what_is_damaged_changes_nothing_unless_it_is_asked_to(self):
        load = self.under_load(20)
        load.stop()
        self.assertEqual(self.backup().returncode, DONE)
        self.assertEqual(self.engine.stop(), 0)
        held = self.orders(self.engine.database)
        self.change_backup("delete from order_events where pos = (select max(pos) from order_events)")
        done = self.restore()
        self.assertEqual(done.returncode, DAMAGE, done.stderr)
        self.assertIn("1 damaged", done.stdout)
        self.assertIn("nothing has changed", done.stderr)
        self.assertEqual((self.orders(self.engine.database), self.epoch(self.engine.database)), (held, 0))
        self.assertFalse(os.path.exists(self.engine.database + ".restore"))
        done = self.restore("--accept-damage", "--json")
        self.assertEqual(done.returncode, DAMAGE, done.stderr)
        said = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((said["file"], said["orders"]), (self.engine.database, len(held)))
        self.assertEqual(self.epoch(self.engine.database), said["epoch"])
        self.stores.clear()  # it is damaged

    def test_a_file_with_a_trigger_of_somebody_s_is_no_backup(self):
        self.assertEqual(self.backup().returncode, DONE)
        self.assertEqual(self.engine.stop(), 0)
        self.change_backup("create trigger t after insert on orders begin delete from inputs; end")
        done = self.restore()
        self.assertEqual(done.returncode, DAMAGE, done.stdout)
        self.assertIn("trigger t", done.stderr)


if __name__ == "__main__":
    main()
