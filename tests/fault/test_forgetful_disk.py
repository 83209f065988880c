#!/usr/bin/env python3
"""The whole engine on a disk that keeps unflushed writes in the process: what a kill -9 leaves is what was flushed."""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from orderly_e2e import Case, Database, main, post_webhook, status_webhook  # noqa: E402

WEBHOOKS = 40


class ForgetfulDisk(Case):
    def inputs_after_kill(self):
        """How many of the answered webhooks are on the disk after a kill -9."""
        engine = self.start_engine(self.start_sandbox())
        for number in range(WEBHOOKS):
            notification = str(7_640_000_000_000_000_000 + number)
            body = status_webhook(str(575_100_000_000_000_000 + number), "UNPAID", 1_789_478_990, notification)
            self.assertEqual(post_webhook(engine.public, body), 200)
        engine.kill()
        try:
            with Database(engine.database) as database:
                return database.value("select count(*) from inputs where source = 'webhook'")
        except sqlite3.DatabaseError:  # nothing that could be opened is left
            return 0

    def test_a_kill_loses_nothing_that_was_answered(self):
        self.assertEqual(self.inputs_after_kill(), WEBHOOKS)

    def test_a_disk_that_does_not_flush_loses_it_and_this_test_sees_it(self):
        os.environ["FORGETFUL_DISK_LIES"] = "1"
        self.addCleanup(os.environ.pop, "FORGETFUL_DISK_LIES")
        self.assertLess(self.inputs_after_kill(), WEBHOOKS)
        self.stores.clear()  # what is left of them is nothing to audit


if __name__ == "__main__":
    main()
