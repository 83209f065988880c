#!/usr/bin/env python3
"""Two engines on one database, every webhook at either by chance, the warehouse at both, and one of them killed with -9 again and
again. Runs within `tools/pg run --`.

    test_two_engines.py [ORDERS KILLS CONFLICTS]     default: 300 3 20; with fewer conflicts than that nobody met anybody
"""

import os
import sys
import time

from orderly_e2e import main
from webhook_load import RETRIES, LoadCase

TRAVELLERS = 12
ORDERS, KILLS, CONFLICTS = (int(sys.argv.pop(1)) for _ in range(3)) if len(sys.argv) > 3 and sys.argv[1].isdigit() else (300, 3, 20)
COUNTED = ("commits", "units", "conflicts")


class TwoEngines(LoadCase):
    def setUp(self):
        super().setUp()
        self.engines = {}
        self.counted = {name: dict.fromkeys(COUNTED, 0) for name in "ab"}

    def start(self, sandbox, name, **options):
        token = next(iter(self.engines.values())).token if self.engines else None
        self.engines[name] = self.start_engine(sandbox, name=name, storage=os.environ["ORDERLY_STORAGE"], token=token,
                                               tables="[engine]\nlease = \"5s\"", **options)
        return self.engines[name]

    def count(self, name):
        """Adds what this life of the engine has counted so far; to be called at its end."""
        for what in COUNTED:
            self.counted[name][what] += self.engines[name].metric(f"orderly_storage_{what}_total")

    def kill_and_start(self, sandbox, name, seconds_dead):
        ready = self.engines[name].ready
        self.count(name)
        self.engines[name].kill()
        time.sleep(seconds_dead)
        self.start(sandbox, name, listen=ready["listen"], admin_listen=ready["admin_listen"])

    def test_share_the_orders_and_lose_nothing(self):
        orders, bodies = self.bodies(ORDERS, 8, twice=0.2)
        sandbox = self.start_sandbox("--step-ms", "700", "--retry-ms", RETRIES)
        for name in "ab":
            self.start(sandbox, name)
        travellers = sandbox.create_orders(TRAVELLERS)
        warehouses = [self.start_warehouse(engine) for engine in self.engines.values()]  # each ships each order
        began = time.monotonic()
        generator = self.generate([engine.ready["listen"] for engine in self.engines.values()], bodies)
        for _ in self.at_marks(generator, KILLS):
            self.kill_and_start(sandbox, self.random.choice("ab"), seconds_dead=self.random.uniform(0, 1))
        self.finish(generator, self.engines["a"], travellers)
        for warehouse in warehouses:
            warehouse.stop()
        for name, engine in self.engines.items():
            self.count(name)
            self.assertEqual(engine.stop(), 0)
        print(f"\n  {generator.total} webhooks in {generator.last - began:.1f} s over {KILLS} kills: {generator.lost} lost on the "
              f"way and sent again, other answers {generator.others}; counted {self.counted}")
        with self.engines["a"].open_database() as database:
            self.check_everything(database, orders, generator.answered, travellers, sandbox.ledger())
        for name in "ab":
            self.assertGreater(self.counted[name]["commits"], 0, f"engine {name} committed nothing")
        conflicts = sum(one["conflicts"] for one in self.counted.values())
        self.assertGreaterEqual(conflicts, CONFLICTS, "the engines did not meet")


if __name__ == "__main__":
    main()
