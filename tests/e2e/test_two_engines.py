#!/usr/bin/env python3
"""Two engines on one database, every webhook at either by chance, the warehouse at both, and one of them killed with -9 again and
again. Runs within `tools/pg use --`, one test a database.

    test_two_engines.py [ORDERS KILLS CONFLICTS] TEST     default: 300 3 20; with fewer conflicts than that nobody met anybody
"""

import os
import signal
import sys
import time

from orderly_e2e import main, tracking_number_for, wait_for
from webhook_load import RETRIES, LoadCase

TRAVELLERS = 12
HELD = 4
LEASE = 60  # s
STILL = 8  # s: more than twice what it takes to miss a dead engine
ORDERS, KILLS, CONFLICTS = 300, 3, 20
if len(sys.argv) > 3 and sys.argv[1].isdigit():
    ORDERS, KILLS, CONFLICTS = (int(sys.argv.pop(1)) for _ in range(3))
COUNTED = ("commits", "units", "conflicts")


class TwoEngines(LoadCase):
    def setUp(self):
        super().setUp()
        self.engines = {}
        self.counted = {name: dict.fromkeys(COUNTED, 0) for name in "ab"}

    def start(self, sandbox, name, **options):
        token = next(iter(self.engines.values())).token if self.engines else None
        self.engines[name] = self.start_engine(sandbox, name=name, storage=os.environ["ORDERLY_STORAGE"], token=token, **options)
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
        print(f"\n  {generator.total} webhooks in {generator.last - began:.1f} s over {KILLS} kills: {generator.lost} lost on "
              f"the way and sent again, other answers {generator.others}; counted {self.counted}")
        with self.engines["a"].open_database() as database:
            self.check_everything(database, orders, generator.answered, travellers, sandbox.ledger())
        self.assert_audit_finds_nothing(self.engines["a"].storage, len(orders) + len(travellers), generator.answered)
        for name in "ab":
            self.assertGreater(self.counted[name]["commits"], 0, f"engine {name} committed nothing")
        conflicts = sum(one["conflicts"] for one in self.counted.values())
        self.assertGreaterEqual(conflicts, CONFLICTS, "the engines did not meet")

    def held_reports(self):
        """The sandbox, whose TikTok has been told of HELD parcels by engine a and does not answer; its orders; the warehouse."""
        sandbox = self.start_sandbox("--step-ms", "200", "--retry-ms", RETRIES)
        sandbox.gate("mark_shipped", "hold_before")
        # A call is held shorter than its time limit, and two of those are shorter than the lease.
        self.start(sandbox, "a", tiktok='timeout = "25s"', tables=f'[engine]\nlease = "{LEASE}s"')
        travellers = sandbox.create_orders(HELD)
        warehouse = self.start_warehouse(self.engines["a"])
        wait_for("held reports", lambda: sandbox.waiting("mark_shipped") == HELD, seconds=60)
        self.start(sandbox, "b")
        sandbox.send_to(self.engines["a"])
        return sandbox, travellers, warehouse

    def owners(self):
        with self.engines["b"].open_database() as database:
            return {row["lease_owner"] for row in database.rows(
                "select lease_owner from outbox where kind = 'mark_shipped' and state = 'open'")}

    def check_each_was_shipped_once(self, sandbox, travellers):
        self.assert_audit_finds_nothing(self.engines["b"].storage, len(travellers))
        ledger, histories = sandbox.ledger(), self.engines["b"].open_database().histories()
        for order_id in travellers:
            self.check_history(*histories[order_id])
            self.assertEqual([parcel["tracking_number"] for parcel in ledger["orders"][order_id]["shipments"]],
                             [tracking_number_for(order_id)])

    def test_a_dead_engine_s_reports_are_another_one_s_within_seconds(self):
        sandbox, travellers, warehouse = self.held_reports()
        owners = self.owners()
        self.assertEqual(len(owners), 1)
        self.engines["a"].kill()
        began = time.monotonic()
        sandbox.send_to(self.engines["b"])
        # The sandbox holds the dead engine's calls too; opened, its gate lets nothing of them happen.
        wait_for("the living engine's calls", lambda: sandbox.waiting("mark_shipped") == 2 * HELD, seconds=LEASE - 10)
        took = time.monotonic() - began
        self.assertEqual(len(self.owners() - owners), 1)
        print(f"\n  {HELD} reports are the other engine's {took:.1f} s after the first one was killed; its lease: {LEASE} s")
        sandbox.gate("mark_shipped", "open")
        wait_for("the orders", lambda: self.delivered(self.engines["b"], travellers), seconds=60)
        warehouse.stop()
        self.assertEqual(self.engines["b"].stop(), 0)
        self.check_each_was_shipped_once(sandbox, travellers)

    def test_an_engine_that_stands_still_for_a_while_keeps_its_reports(self):
        sandbox, travellers, warehouse = self.held_reports()
        owners = self.owners()
        with self.engines["b"].open_database() as database:
            self.assertEqual(database.value("select count(*) as count from engines"), 2)
        os.kill(self.engines["a"].process.pid, signal.SIGSTOP)
        self.addCleanup(self.let_go_on, self.engines["a"])
        time.sleep(STILL)
        self.assertEqual(sandbox.waiting("mark_shipped"), HELD, "one call a parcel")
        self.assertEqual(self.owners(), owners)
        self.let_go_on(self.engines["a"])
        sandbox.gate("mark_shipped", "open")
        wait_for("the orders", lambda: self.delivered(self.engines["b"], travellers), seconds=60)
        warehouse.stop()
        for engine in self.engines.values():
            self.assertEqual(engine.stop(), 0)
        self.check_each_was_shipped_once(sandbox, travellers)

    def let_go_on(self, engine):
        if engine.running():
            os.kill(engine.process.pid, signal.SIGCONT)


if __name__ == "__main__":
    main()
