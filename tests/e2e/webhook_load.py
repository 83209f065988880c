"""Webhooks by the thousand for engines that are killed meanwhile, and what must hold afterwards. The generator signs by itself
and knows nothing of the engines but their addresses."""

import http.client
import queue
import random
import threading
import time

from orderly_e2e import SEED, Case, sign_webhook, status_webhook, tracking_number_for, wait_for

STATUSES = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"]
CONNECTIONS = 24
RETRIES = "200,500,1000,2000,4000,8000,8000,8000"  # of the sandbox's webhooks, ms
LEGAL = {("received", "processing"), ("received", "failed"), ("processing", "shipped"), ("processing", "failed"),
         ("shipped", "delivered"), ("failed", "processing")}


class Generator:
    """Many connections that stay open, each webhook to a listener by chance; what gets no 200 is sent again, to any."""

    def __init__(self, listeners, bodies, connections=CONNECTIONS, pause=0.02):
        self.listeners = [listener.rsplit(":", 1) for listener in listeners]
        self.todo = queue.Queue()
        for entry in bodies:
            self.todo.put(entry)
        self.total, self.pause = len(bodies), pause
        self.answered, self.others, self.lost = [], {}, 0
        self.took = {}  # seconds, by status
        self.last = 0.0  # when the newest 200 came
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(connections)]
        for thread in self.threads:
            thread.start()

    def work(self, number):
        choice, connections = random.Random(SEED + number), {}
        while not self.ended.is_set():
            self.send_next(choice.choice(self.listeners), connections)
        for connection in connections.values():
            connection.close()

    def send_next(self, listener, connections):
        try:
            entry = self.todo.get(timeout=0.1)
        except queue.Empty:
            return
        host, port = listener
        connection = connections.setdefault(port, http.client.HTTPConnection(host, int(port), timeout=10))
        try:
            began = time.monotonic()
            connection.request("POST", "/webhooks/tiktok", entry[2],
                               {"Content-Type": "application/json", "Authorization": sign_webhook(entry[2])})
            answer = connection.getresponse()
            answer.read()
            self.note(entry, answer.status, time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            connections.pop(port).close()
            with self.lock:
                self.lost += 1
            self.todo.put(entry)
            time.sleep(self.pause)

    def note(self, entry, status, seconds):
        with self.lock:
            self.took.setdefault(status, []).append(seconds)
            if status == 200:
                self.answered.append(entry)
                self.last = time.monotonic()
                return
            self.others[status] = self.others.get(status, 0) + 1
        self.todo.put(entry)
        time.sleep(self.pause)

    def progress(self):
        with self.lock:
            return len(self.answered)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(15)


class LoadCase(Case):
    def bodies(self, count, block, twice):
        """The orders, and (order, notification id, bytes): five statuses an order, every order's in time's order or nearly so
        and within `block` orders, a part of them twice."""
        orders = [str(575_000_000_000_000_000 + number * 7919) for number in range(count)]
        made, number = [], 7_630_000_000_000_000_000
        for start in range(0, len(orders), block):
            for step, status in enumerate(STATUSES):
                for order_id in orders[start:start + block]:
                    number += 1
                    made.append((order_id, str(number), status_webhook(order_id, status, 1_789_478_990 + step * 60, str(number))))
        for entry in self.random.sample(made, int(len(made) * twice)):
            made.insert(self.random.randrange(len(made)), entry)
        return orders, made

    def generate(self, listeners, bodies, connections=CONNECTIONS, **options):
        generator = Generator(listeners, bodies, connections, **options)
        self.addCleanup(generator.end)
        return generator

    def at_marks(self, generator, count):
        """At `count` random places of the stream, each as soon as that many are answered."""
        for mark in sorted(self.random.uniform(0.05, 0.95) for _ in range(count)):
            wait_for("progress", lambda: generator.progress() >= mark * generator.total, seconds=120)
            yield mark

    def finish(self, generator, engine, travellers):
        """Until everything is answered, the travellers are delivered and every input has its outcome."""
        wait_for("an answer to each", lambda: generator.progress() == generator.total,
                 seconds=max(300, generator.total / 200))
        generator.end()
        self.assertLessEqual(set(generator.others), {503}, "an answer is 200, or says that it has to come again")
        wait_for("the travellers", lambda: self.delivered(engine, travellers), seconds=180, every=0.2)
        wait_for("pending inputs", lambda: self.pending(engine) == 0, seconds=60, every=0.2)

    def delivered(self, engine, ids):
        return {order["tiktok_order_id"] for order in engine.orders("delivered")} >= set(ids)

    def pending(self, engine):
        with engine.open_database() as database:
            return database.value("select count(*) as count from inputs where outcome = 'pending'")

    def check_everything(self, database, orders, answered, travellers, ledger):
        """Nothing answered is lost, every history is whole and legal, each parcel is reported once."""
        applied = self.check_inputs(database, answered)
        histories = database.histories()
        for order_id in orders:
            row, events = histories[order_id]
            self.check_history(row, events)
            self.assertEqual(row["tiktok_status"], "IN_TRANSIT", f"order {order_id}: the newest status that was answered")
            causes = {event["input_id"] for event in events}
            self.assertLessEqual(applied[order_id], causes, "each applied input caused an event")
        for order_id in travellers:
            self.check_history(*histories[order_id])
            self.assertEqual(histories[order_id][0]["state"], "delivered")
            self.assertEqual([parcel["tracking_number"] for parcel in ledger["orders"][order_id]["shipments"]],
                             [tracking_number_for(order_id)])

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
            self.assertEqual(database.raw(row["raw"]), body)
            self.assertIn(row["outcome"], ("applied", "duplicate", "stale"))
        return applied

    def check_history(self, row, events):
        """The fold of the events is the row; each move is legal and, as nobody retries here, made once."""
        name = f"order {row['tiktok_order_id']}"
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)), f"{name}: a hole in its history")
        self.assertEqual(row["version"], len(events), f"{name}: its version is not its last seq")
        self.assertEqual(events[0]["type"], "created", name)
        state, moves = "received", []
        for event in events[1:]:
            self.assertNotEqual(event["type"], "created", f"{name} was created twice")
            if event["type"] == "transitioned":
                self.assertEqual(event["from_state"], state, f"{name}: seq {event['seq']} leaves a state that it is not in")
                state = event["to_state"]
                moves.append((event["from_state"], state))
        self.assertLessEqual(set(moves), LEGAL, name)
        self.assertEqual(len(moves), len(set(moves)), f"{name}: a transition was made twice: {moves}")
        self.assertEqual(row["state"], state, f"{name}: its row is not the fold of its events")
