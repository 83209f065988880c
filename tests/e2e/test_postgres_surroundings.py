#!/usr/bin/env python3
"""The engine on a PostgreSQL whose roles, databases and limits are not ours. Runs within `tools/pg run --`."""

from orderly_e2e import Nowhere, call, main, post_webhook, status_webhook, wait_for
from orderlyd_case import UNAVAILABLE, EngineCase
from postgres_server import SERVER, psql, url_of


class LimitedRole(EngineCase):
    """A role that owns a database and may have few connections."""

    def setUp(self):
        super().setUp()
        psql(SERVER, "create role lim login password 'lim' connection limit 4;")
        psql(SERVER, "create database lim owner lim;")
        self.addCleanup(psql, SERVER, "drop database lim with (force);\ndrop role lim;")
        self.url = url_of("lim", "lim")

    def allow(self, connections):
        psql(SERVER, f"alter role lim connection limit {connections};")

    def start(self, lanes):
        return self.start_engine(Nowhere, webhooks=False, storage=self.url, tables=f"[storage]\nlanes = {lanes}\n")

    def send(self, engine, first, count=40):
        """So many webhooks, each of its own order, so that every lane gets some; how many were answered 200."""
        bodies = [status_webhook(f"57646141303878{number:04}", "AWAITING_SHIPMENT", 1_700_000_000 + number, f"limited-{number}")
                  for number in range(first, first + count)]
        return [post_webhook(engine.public, body) for body in bodies].count(200)

    def away(self, engine):
        with open(engine.log_file, encoding="utf-8") as log:
            return sum('"event":"storage.lane_away"' in line for line in log)

    def test_too_few_connections_for_the_lanes_end_the_start_with_69_and_the_arithmetic(self):
        engine = self.engine("--storage", self.url)
        self.assertEqual(engine.process.wait(30), UNAVAILABLE)
        [failed] = engine.logged("start.failed")
        for piece in ("needs 9 connections", "storage.lanes 2", "storage.readers 2", "role lim may have 4", "limit 9"):
            self.assertIn(piece, failed["msg"])

    def test_with_just_enough_every_order_has_its_lane_and_a_lane_that_loses_its_own_says_so_once(self):
        self.allow(11)
        engine = self.start(lanes=4)
        self.assertEqual(self.send(engine, 0), 40)
        self.assertEqual(call("GET", engine.public, "/readyz")[0], 200)
        self.allow(0)
        psql(SERVER, "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'lim';")
        self.assertLess(self.send(engine, 1000, 8), 8)
        wait_for("not ready", lambda: call("GET", engine.public, "/readyz")[0] == 503)
        for first in (1010, 1020):  # each is one more try to connect
            self.assertEqual(self.send(engine, first, 4), 0)
        self.assertIn(self.away(engine), range(1, 6), "four lanes and the one of short writes, each once")
        self.allow(11)
        wait_for("ready again", lambda: call("GET", engine.public, "/readyz")[0] == 200)
        wait_for("all lanes", lambda: self.send(engine, 2000) == 40)


if __name__ == "__main__":
    main()
