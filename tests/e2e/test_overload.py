#!/usr/bin/env python3
"""Ten times as many requests at a time as the engine admits: what is admitted is served, the rest is told at once to come again,
and nothing that was answered is lost.

    test_overload.py [WEBHOOKS]     default: 4000

With 60,000 webhooks and more, latency and memory are judged too: the median of those served in the crowd is at most twice that of
those without it and 5 ms, the median of those turned away is below it, and memory is at the end at most a tenth above what it was
before the crowd, when the store's page cache had its size. With fewer the places are so few that a small crowd fills them on
whatever disk.
"""

import statistics
import sys
import threading
import time

from orderly_e2e import main
from webhook_load import STATUSES, LoadCase

WEBHOOKS = int(sys.argv.pop(1)) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 4000
JUDGED = WEBHOOKS >= 60_000
CALM = 2 * WEBHOOKS // 3  # before the crowd comes
PLACES, CROWD = (8, 80) if JUDGED else (2, 20)
PAUSE = 0.05 if JUDGED else 0.02  # seconds of who was turned away: Python's threads must not be what is measured
ALLOWANCE = 0.005  # seconds, of a median in the crowd


class Overload(LoadCase):
    def test_what_is_admitted_is_served_and_the_rest_is_told_to_come_again(self):
        sandbox = self.start_sandbox()
        # Fewer residents than the calm part has orders: memory that grows afterwards grows by the crowd.
        engine = self.start_engine(sandbox, tables=f"[engine]\nmax_in_flight = {PLACES}\nmax_resident_orders = 1000\n")
        calm = self.load(engine, self.numbered(0, CALM), PLACES)
        early = self.resident_memory(engine)
        seen, ended = [], threading.Event()
        watch = threading.Thread(target=self.watch, args=(engine, seen, ended), daemon=True)
        watch.start()
        crowded = self.load(engine, self.numbered(CALM, WEBHOOKS), CROWD)
        ended.set()
        watch.join(10)
        late = self.resident_memory(engine)
        alone, served, turned_away = calm.took[200], crowded.took[200], crowded.took.get(503, [])
        print(f"\n  {PLACES} places: median {self.median(alone)} ms with {PLACES} at a time; with {CROWD} at a time "
              f"{self.median(served)} ms for {len(served)} that were served, {self.median(turned_away)} ms "
              f"for {len(turned_away)} that were not; memory {early:.1f} MB, {late:.1f} MB at the end")
        self.assertGreater(len(turned_away), 0, "the crowd was not large enough to prove anything")
        self.assertLessEqual(max(seen, default=0), PLACES)
        if JUDGED:
            self.assertLessEqual(statistics.median(served), 2 * statistics.median(alone) + ALLOWANCE)
            self.assertLess(statistics.median(turned_away), statistics.median(served))
            self.assertLessEqual(late, 1.10 * early)
        self.assertEqual(engine.stop(), 0)
        answered = calm.answered + crowded.answered
        self.assert_audit_finds_nothing(engine.storage, len({entry[0] for entry in answered}), answered)

    def numbered(self, first, end):
        """Webhooks of orders that nobody else has."""
        return self.bodies(end // len(STATUSES), 40, twice=0)[1][first:end]

    def load(self, engine, bodies, connections):
        generator = self.generate([engine.ready["listen"]], bodies, connections, pause=PAUSE)
        self.finish(generator, engine, ())
        return generator

    def watch(self, engine, seen, ended):
        while not ended.is_set():
            seen.append(engine.metric("orderly_http_in_flight"))
            time.sleep(0.02)

    def median(self, seconds):
        return f"{1000 * statistics.median(seconds):.1f}" if seconds else "no"

    def resident_memory(self, engine):
        with open(f"/proc/{engine.ready['pid']}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
