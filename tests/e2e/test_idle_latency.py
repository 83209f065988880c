#!/usr/bin/env python3
"""How long one webhook alone waits for its 200, on an engine that has nothing else to do, on SQLite and on PostgreSQL. Runs
within `tools/pg use --`."""

import http.client
import os
import statistics
import time

from orderly_e2e import Case, main, sign_webhook, status_webhook

BAR = 5.0  # ms, for the median
SAMPLES, FIRST = 60, 5  # the first ones open connections and prepare statements
PAUSE = 0.2  # s: by then the engine has fetched the detail and is idle again


class IdleLatency(Case):
    def test_one_webhook_alone_is_answered_in_under_5_ms_on_sqlite(self):
        self.check_answers(None)

    def test_one_webhook_alone_is_answered_in_under_5_ms_on_postgresql(self):
        self.check_answers(os.environ["ORDERLY_STORAGE"])

    def check_answers(self, storage):
        engine = self.start_engine(self.start_sandbox(), storage=storage)
        host, port = engine.ready["listen"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        self.addCleanup(connection.close)
        took = {"a new order's": [], "a known order's": []}
        for number in range(SAMPLES + FIRST):
            for step, (kind, status) in enumerate(zip(took, ("UNPAID", "ON_HOLD"))):
                notification = str(7_650_000_000_000_000_000 + 10 * number + step)
                body = status_webhook(str(575_300_000_000_000_000 + number), status, 1_789_478_990 + step, notification)
                took[kind].append(self.milliseconds(connection, body))
                time.sleep(PAUSE)
        print()
        for kind, samples in took.items():
            samples = sorted(samples[FIRST:])
            print(f"  {kind} webhook, ms: lowest {samples[0]:.2f}, a quarter below {samples[len(samples) // 4]:.2f}, "
                  f"half below {statistics.median(samples):.2f}, highest {samples[-1]:.2f}")
        for kind, samples in took.items():
            self.assertLess(statistics.median(samples[FIRST:]), BAR, kind)

    def milliseconds(self, connection, body):
        headers = {"Content-Type": "application/json", "Authorization": sign_webhook(body)}
        began = time.perf_counter()
        connection.request("POST", "/webhooks/tiktok", body, headers)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        self.assertEqual(answer.status, 200)
        return took * 1000


if __name__ == "__main__":
    main()
