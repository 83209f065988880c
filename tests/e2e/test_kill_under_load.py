#!/usr/bin/env python3
"""kill -9 in the middle of a stream of webhooks, again and again: what was answered 200 is stored and in its order's history, and
no parcel is shipped twice.

    test_kill_under_load.py [WEBHOOKS KILLS [WHAT]]     default: 2000 3 sqlite

WHAT is killed: `sqlite` and `postgres`: the engine, its orders in that storage; `server`: PostgreSQL under a living engine, by
`pg_ctl -m immediate`; `failover`: the same, once, and its synchronous standby takes its place. All but the first run within
`tools/pg run --`.
"""

import os
import subprocess
import sys
import time

from orderly_e2e import SOURCE, main
from webhook_load import RETRIES, STATUSES, LoadCase

TRAVELLERS = 12  # orders of the sandbox that are shipped meanwhile
WEBHOOKS, KILLS, WHAT = 2000, 3, "sqlite"
if len(sys.argv) > 2 and sys.argv[1].isdigit():
    WEBHOOKS, KILLS = int(sys.argv.pop(1)), int(sys.argv.pop(1))
    if len(sys.argv) > 1 and sys.argv[1] in ("sqlite", "postgres", "server", "failover"):
        WHAT = sys.argv.pop(1)


def pg(word, *more):
    command = [os.path.join(SOURCE, "tools", "pg"), word, *more]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class KilledUnderLoad(LoadCase):
    def setUp(self):
        super().setUp()
        self.where = {}
        if WHAT != "sqlite":
            self.where = {"storage": os.environ["ORDERLY_STORAGE"]}
        if WHAT == "failover":
            self.where["storage"] = pg("standby").strip()
        # What a call brought while nothing could be written is asked for again when its lease ends.
        if WHAT in ("server", "failover"):
            self.where["tables"] = "[engine]\nlease = \"5s\""
            self.where["tiktok"] = 'timeout = "2s"'  # two calls within the lease

    def kill_and_start(self, sandbox, engine):
        """The engine of the time after it."""
        if WHAT in ("server", "failover"):
            pg(*(["failover"] if WHAT == "failover" else ["restart", "immediate"]))
            self.assertTrue(engine.running(), f"the engine outlives its database: {engine.tail()}")
            return engine
        engine.kill()
        return self.start_engine(sandbox, listen=engine.ready["listen"], admin_listen=engine.ready["admin_listen"], **self.where)

    def test_nothing_that_was_answered_is_lost(self):
        orders, bodies = self.bodies(WEBHOOKS // len(STATUSES), 40, twice=0.1)
        sandbox = self.start_sandbox("--step-ms", "700", "--retry-ms", RETRIES)
        engine = self.start_engine(sandbox, **self.where)
        travellers = sandbox.create_orders(TRAVELLERS)
        warehouse = self.start_warehouse(engine)
        began = time.monotonic()
        generator = self.generate([engine.ready["listen"]], bodies)
        for _ in self.at_marks(generator, KILLS):
            engine = self.kill_and_start(sandbox, engine)
        self.finish(generator, engine, travellers)
        print(f"\n  {generator.total} webhooks in {generator.last - began:.1f} s over {KILLS} kills ({WHAT}): "
              f"{generator.lost} lost on the way and sent again, other answers {generator.others}")
        warehouse.stop()
        self.assertEqual(engine.stop(), 0)
        with engine.open_database() as database:
            self.check_everything(database, orders, generator.answered, travellers, sandbox.ledger())
            if WHAT == "sqlite":
                self.assertEqual(database.value("pragma integrity_check"), "ok")
        self.assert_audit_finds_nothing(engine.storage, len(orders) + len(travellers), generator.answered)


if __name__ == "__main__":
    main()
