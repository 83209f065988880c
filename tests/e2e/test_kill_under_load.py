#!/usr/bin/env python3
"""kill -9 in the middle of a stream of webhooks, again and again: what was answered 200 is stored and in its order's history, and
no parcel is shipped twice. The generator signs by itself and knows nothing of the engine but its address.

    test_kill_under_load.py [WEBHOOKS KILLS]     default: 2000 3
"""

import http.client
import queue
import sys
import threading
import time

from orderly_e2e import Case, Database, main, sign_webhook, status_webhook, tracking_number_for, wait_for

STATUSES = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"]
CONNECTIONS = 24
TRAVELLERS = 12  # orders of the sandbox that are shipped while the engine dies
WEBHOOKS, KILLS = (int(sys.argv.pop(1)), int(sys.argv.pop(1))) if len(sys.argv) > 2 and sys.argv[1].isdigit() else (2000, 3)


class Generator:
    """Many connections that stay open; what gets no 200 is sent again."""

    def __init__(self, host, port, bodies):
        self.host, self.port = host, port
        self.todo = queue.Queue()
        for entry in bodies:
            self.todo.put(entry)
        self.total = len(bodies)
        self.answered, self.others, self.lost = [], {}, 0
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def work(self):
        connection = None
        while not self.ended.is_set():
            connection = self.send_next(connection)
        if connection:
            connection.close()

    def send_next(self, connection):
        """Returns the connection to go on with; None after a failure."""
        try:
            entry = self.todo.get(timeout=0.1)
        except queue.Empty:
            return connection
        connection = connection or http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request("POST", "/webhooks/tiktok", entry[2],
                               {"Content-Type": "application/json", "Authorization": sign_webhook(entry[2])})
            answer = connection.getresponse()
            answer.read()
            self.note(entry, answer.status)
            return connection
        except (OSError, http.client.HTTPException):
            connection.close()
            with self.lock:
                self.lost += 1
            self.todo.put(entry)
            time.sleep(0.02)
            return None

    def note(self, entry, status):
        with self.lock:
            if status == 200:
                self.answered.append(entry)
                return
            self.others[status] = self.others.get(status, 0) + 1
        self.todo.put(entry)
        time.sleep(0.02)

    def progress(self):
        with self.lock:
            return len(self.answered)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(15)


class KilledUnderLoad(Case):
    def bodies(self):
        """(order, notification id, bytes), five statuses an order, a tenth of them twice, every order's in time's order or nearly
        so."""
        orders = [str(575_000_000_000_000_000 + number * 7919) for number in range(WEBHOOKS // 5)]
        made, number = [], 7_630_000_000_000_000_000
        for start in range(0, len(orders), 40):
            for step, status in enumerate(STATUSES):
                for order_id in orders[start:start + 40]:
                    number += 1
                    made.append((order_id, str(number), status_webhook(order_id, status, 1_789_478_990 + step * 60, str(number))))
        for entry in self.random.sample(made, len(made) // 10):
            made.insert(self.random.randrange(len(made)), entry)
        return orders, made

    def test_nothing_that_was_answered_is_lost(self):
        orders, bodies = self.bodies()
        sandbox = self.start_sandbox("--step-ms", "700", "--retry-ms", "200,500,1000,2000,4000,8000,8000,8000")
        engine = self.start_engine(sandbox)
        listen, admin_listen = engine.ready["listen"], engine.ready["admin_listen"]
        travellers = sandbox.create_orders(TRAVELLERS)
        warehouse = self.start_warehouse(engine)
        host, port = listen.rsplit(":", 1)
        generator = Generator(host, int(port), bodies)
        self.addCleanup(generator.end)
        began = time.monotonic()
        for mark in sorted(self.random.uniform(0.05, 0.95) for _ in range(KILLS)):
            wait_for("progress", lambda: generator.progress() >= mark * generator.total, seconds=120)
            engine.kill()
            engine = self.start_engine(sandbox, listen=listen, admin_listen=admin_listen)
        wait_for("an answer to each", lambda: generator.progress() == generator.total, seconds=300)
        generator.end()
        print(f"\n  {generator.total} webhooks in {time.monotonic() - began:.1f} s over {KILLS} kills: "
              f"{generator.lost} lost on the way and sent again, other answers {generator.others}")
        wait_for("the travellers", lambda: self.delivered(engine, travellers), seconds=120)
        wait_for("pending inputs", lambda: self.pending(engine) == 0, seconds=60)
        warehouse.stop()
        self.assertEqual(engine.stop(), 0)
        with Database(engine.database) as database:
            applied = self.check_inputs(database, generator.answered)
            for order_id in orders:
                self.check_order(database, order_id, applied.get(order_id, set()))
            for order_id in travellers:
                self.assert_history_gapless(database, order_id)
            self.assertEqual(database.value("pragma integrity_check"), "ok")
        for order_id in travellers:
            self.assertEqual([parcel["tracking_number"] for parcel in sandbox.ledger()["orders"][order_id]["shipments"]],
                             [tracking_number_for(order_id)])

    def delivered(self, engine, ids):
        return {order["tiktok_order_id"] for order in engine.orders("delivered")} >= set(ids)

    def pending(self, engine):
        with Database(engine.database) as database:
            return database.value("select count(*) from inputs where outcome = 'pending'")

    def check_inputs(self, database, answered):
        """Returns the applied inputs' ids by order."""
        stored, applied = {}, {}
        for row in database.rows("select id, order_ref, notification_id, raw, outcome from inputs where source = 'webhook'"):
            stored[row["order_ref"], row["notification_id"]] = row
            if row["outcome"] == "applied":
                applied.setdefault(row["order_ref"], set()).add(row["id"])
        for order_id, notification_id, body in answered:
            row = stored.get((order_id, notification_id))
            self.assertIsNotNone(row, f"webhook {notification_id} of order {order_id} was answered 200 and is not stored")
            self.assertEqual(row["raw"], body)
            self.assertIn(row["outcome"], ("applied", "duplicate", "stale"))
        return applied

    def check_order(self, database, order_id, applied):
        row = self.assert_history_gapless(database, order_id)
        self.assertEqual(row["tiktok_status"], "IN_TRANSIT", "the newest status that was answered")
        causes = {event["input_id"] for event in database.events(order_id)}
        self.assertLessEqual(applied, causes, "each applied input caused an event")


if __name__ == "__main__":
    main()
