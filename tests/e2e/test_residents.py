#!/usr/bin/env python3
"""Many more orders than there are places in memory: they leave, come back in any order, and each is right.

    test_residents.py [ORDERS PLACES]     default: 3000 200

Every order comes back once, in random order. With 100,000 orders and more, memory is judged too: at the end at most a tenth above
what it was after the first fifth, when the store's page cache has its size.
"""

import sys
import threading
import time

from orderly_e2e import main, status_webhook
from webhook_load import LoadCase

ORDERS, PLACES = 3000, 200
if len(sys.argv) > 2 and sys.argv[1].isdigit():
    ORDERS, PLACES = int(sys.argv.pop(1)), int(sys.argv.pop(1))
UNCONNECTED = "7494049649999999999"  # a shop without a token: its details wait, so that nothing but webhooks happens here


class Watch(threading.Thread):
    """The most residents that were ever seen."""

    def __init__(self, engine):
        super().__init__(daemon=True)
        self.engine, self.most, self.ended = engine, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.05):
            self.most = max(self.most, self.engine.metric("orderly_registry_residents"))

    def stop(self):
        self.ended.set()
        self.join(10)


class Residents(LoadCase):
    def webhooks(self, orders, status, at):
        return [(order_id, f"{at}{number}", status_webhook(order_id, status, at, f"{at}{number}", UNCONNECTED))
                for number, order_id in enumerate(orders)]

    def send(self, engine, bodies):
        generator = self.generate([engine.ready["listen"]], bodies)
        self.finish(generator, engine, ())
        return generator.answered

    def resident_memory(self, engine):
        with open(f"/proc/{engine.ready['pid']}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def test_orders_beyond_the_places_leave_and_come_back(self):
        sandbox = self.start_sandbox()
        engine = self.start_engine(sandbox, tables=f"[engine]\nmax_resident_orders = {PLACES}\n")
        watch = Watch(engine)
        self.addCleanup(watch.stop)
        watch.start()
        orders = [str(575_000_000_000_000_000 + number * 7919) for number in range(ORDERS)]
        began = time.monotonic()
        fifth = ORDERS // 5
        answered = self.send(engine, self.webhooks(orders[:fifth], "UNPAID", 1_789_478_990))
        early = self.resident_memory(engine)
        answered += self.send(engine, self.webhooks(orders[fifth:], "UNPAID", 1_789_478_990))
        back = self.random.sample(orders, ORDERS)
        answered += self.send(engine, self.webhooks(back, "ON_HOLD", 1_789_479_050))
        late, took = self.resident_memory(engine), time.monotonic() - began
        watch.stop()
        passivations = engine.metric("orderly_registry_passivations_total")
        print(f"\n  {ORDERS} orders and each once more in {took:.0f} s, {PLACES} places: at most {watch.most:.0f} residents, "
              f"{passivations:.0f} passivations, memory {early:.1f} MB after {fifth} orders, {late:.1f} MB at the end "
              f"({late / early:.2f}x)")
        self.assertLessEqual(watch.most, PLACES)
        self.assertGreaterEqual(passivations, 2 * ORDERS - 2 * PLACES)
        self.assertEqual(engine.metric("orderly_registry_refused_total"), 0)
        if ORDERS >= 100_000:
            self.assertLessEqual(late, 1.10 * early)
        self.assertEqual(engine.stop(), 0)
        self.assert_audit_finds_nothing(engine.storage, ORDERS, answered)


if __name__ == "__main__":
    main()
