#!/usr/bin/env python3
"""The engine's files in other hands than its own: names, links, a database that is taken away under it."""

import glob
import json
import os
import shutil
import subprocess
import threading
import time

from orderly_e2e import ORDERLYD, Case, Database, Nowhere, call, main, post_webhook, status_webhook, wait_for
from orderlyd_case import UNAVAILABLE, environment_with


class FilesCase(Case):
    def engine(self, name=""):
        return self.start_engine(Nowhere, name, webhooks=False)

    def send(self, engine, number):
        """The status; None when nobody answers."""
        body = status_webhook(str(576_461_413_038_780_000 + number), "AWAITING_SHIPMENT", 1_700_000_000, f"files-{number}")
        try:
            return post_webhook(engine.public, body, timeout=10)
        except OSError:
            return None

    def orders(self, path):
        with Database(path) as database:
            return database.value("select count(*) from orders")


class SecondEngine(FilesCase):
    def refused(self, *arguments):
        done = subprocess.run([ORDERLYD, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", *arguments],
                              capture_output=True, text=True, timeout=30, env=environment_with(), check=False)
        self.assertEqual(done.returncode, UNAVAILABLE, done.stderr)
        return done.stderr

    def test_is_refused_by_a_hard_link_and_without_lock_files_and_told_who_is_first(self):
        engine = self.engine()
        self.assertEqual(self.send(engine, 1), 200)
        linked = os.path.join(self.folder, "linked")
        subprocess.run(["cp", "-al", engine.data, linked], check=True)
        for lock in glob.glob(os.path.join(self.folder, "*", "*.lock")):
            os.unlink(lock)
        for folder in (linked, engine.data):
            said = self.refused("--data-dir", folder)
            self.assertIn(f"process {engine.process.pid}", said)
            self.assertIn(os.path.join(folder, "orderly.db"), said)
        for number in range(2, 50):
            self.assertEqual(self.send(engine, number), 200)
        engine.kill()
        self.assertEqual(self.orders(engine.database), 49)

    def test_a_link_in_place_of_the_lock_file_is_not_written_through(self):
        victim, data = os.path.join(self.folder, "victim"), os.path.join(self.folder, "data")
        with open(victim, "w") as out:
            out.write("precious")
        os.mkdir(data, 0o700)
        os.symlink(victim, os.path.join(data, "orderlyd.lock"))
        self.assertIn("it is a link", self.refused("--data-dir", data))
        with open(victim) as source:
            self.assertEqual(source.read(), "precious")


class LostDatabase(FilesCase):
    """Webhooks go on while the database is taken away."""

    def lose(self, how):
        engine = self.engine()
        self.stores.clear()  # what is left is looked at here
        for number in range(20):
            self.assertEqual(self.send(engine, number), 200)
        time.sleep(0.7)  # it has looked at the file
        answers, ended = [], threading.Event()

        def sender():
            number = 1000
            while not ended.is_set():
                asked = time.monotonic()
                answers.append((asked, self.send(engine, number)))
                number += 1
        thread = threading.Thread(target=sender, daemon=True)
        thread.start()
        how(engine)
        lost_at = time.monotonic()
        code = engine.process.wait(20)
        ended.set()
        thread.join(20)
        self.assertEqual(code, UNAVAILABLE, engine.tail())
        late = [asked - lost_at for asked, status in answers if status == 200 and asked > lost_at + 1]
        self.assertEqual(late, [], "answered 200 more than a second afterwards")
        with open(engine.log_file, encoding="utf-8") as source:
            said, = [json.loads(line) for line in source if '"storage.lost"' in line]
        self.assertIn(engine.database, said["msg"])
        return engine, said

    def test_that_is_removed(self):
        _, said = self.lose(lambda engine: os.unlink(engine.database))
        self.assertIn("which has no name any more", said["msg"])
        self.assertIn("nothing stands at", said["msg"])

    def test_that_is_moved_away_and_is_whole_when_it_is_put_back(self):
        elsewhere = os.path.join(self.folder, "elsewhere.db")
        engine, said = self.lose(lambda engine: os.rename(engine.database, elsewhere))
        self.assertIn("which is now " + elsewhere, said["msg"])
        refused = subprocess.run(engine.command, capture_output=True, text=True, timeout=30, env=environment_with(), check=False)
        self.assertEqual(refused.returncode, UNAVAILABLE, refused.stderr)
        self.assertIn("-wal is there, and its database", refused.stderr)
        os.rename(elsewhere, engine.database)
        again = self.engine()
        self.assertGreaterEqual(len(again.orders()), 20)
        self.assertEqual(self.send(again, 5000), 200)

    def test_that_is_replaced_by_another_one_which_is_not_damaged_by_its_log(self):
        other = self.engine("other")
        self.assertEqual(self.send(other, 1), 200)
        self.assertEqual(other.stop(), 0)

        def replace(engine):
            shutil.copyfile(other.database, engine.database + ".new")
            os.rename(engine.database + ".new", engine.database)
        engine, said = self.lose(replace)
        self.assertIn("stands now inode", said["msg"])
        self.assertTrue(os.path.exists(said["log_set_aside"]))
        again = self.start_engine(Nowhere, "", webhooks=False, token=other.token)
        self.assertEqual(len(again.orders()), 1)
        self.assertEqual(again.storage, engine.storage)

    def test_that_is_cut_short(self):
        _, said = self.lose(lambda engine: os.truncate(engine.database, 8192))
        self.assertIn("cut it short", said["msg"])

    def test_whose_log_is_removed_keeps_what_was_answered(self):
        engine, said = self.lose(lambda engine: os.unlink(engine.database + "-wal"))
        self.assertIn(engine.database + "-wal", said["msg"])
        self.assertGreaterEqual(self.orders(engine.database), 20)

    def test_an_idle_engine_is_not_ready_and_ends_within_seconds_too(self):
        engine = self.engine()
        self.stores.clear()
        self.assertEqual(call("GET", engine.public, "/readyz")[0], 200)
        os.unlink(engine.database)

        def not_ready():
            try:
                return call("GET", engine.public, "/readyz", timeout=5)[0] == 503
            except OSError:
                return True
        wait_for("no readiness", not_ready, seconds=10)
        self.assertEqual(engine.process.wait(20), UNAVAILABLE, engine.tail())


if __name__ == "__main__":
    main()
