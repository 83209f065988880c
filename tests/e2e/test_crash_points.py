#!/usr/bin/env python3
"""kill -9 exactly between a promise and its fulfilment: the next process keeps the promise, without being told again."""

import json

from orderly_e2e import Case, Database, main, tracking_number_for, wait_for
from webhook_load import RETRIES


class Killed(Case):
    def webhook_attempts(self, sandbox, order_id):
        return [attempt for hook in sandbox.ledger()["orders"][order_id]["webhooks"] for attempt in hook["attempts"]]

    def all_delivered(self, sandbox, order_id):
        return all(hook["outcome"] == "delivered" for hook in sandbox.ledger()["orders"][order_id]["webhooks"])

    def webhook_rows(self, engine, order_id):
        with Database(engine.database) as database:
            return database.value("select count(*) from inputs where source = 'webhook' and order_ref = ?", order_id)

    def test_between_the_commit_of_an_order_and_its_detail_fetch(self):
        sandbox = self.start_sandbox("--step-ms", "3600000")  # one webhook, then silence
        engine = self.start_engine(sandbox)
        sandbox.gate("detail", "hold_before")
        order_id = sandbox.create_orders(1)[0]
        wait_for("a held fetch", lambda: sandbox.waiting("detail") > 0)
        wait_for("the webhook's 200", lambda: self.all_delivered(sandbox, order_id))
        attempts = self.webhook_attempts(sandbox, order_id)
        engine.kill()
        sandbox.gate("detail", "open")
        wait_for("the dead call to be dropped", lambda: sandbox.waiting("detail") == 0)
        self.assertEqual(sandbox.ledger()["calls"], {}, "nothing was fetched before the restart")
        with Database(engine.database) as database:
            self.assertEqual(json.loads(database.order(order_id)["order_data"]), {})
            promises = database.rows("select kind, state from outbox")
            self.assertEqual([(row["kind"], row["state"]) for row in promises], [("fetch_detail", "open")])

        again = self.start_engine(sandbox)
        wait_for("the detail", lambda: self.document(again, order_id).get("line_items"))
        self.assertEqual(self.webhook_attempts(sandbox, order_id), attempts, "no new webhook")
        self.assertEqual(self.webhook_rows(again, order_id), 1)
        with Database(again.database) as database:
            self.assert_history_gapless(database, order_id)

    def document(self, engine, order_id):
        with Database(engine.database) as database:
            return json.loads(database.order(order_id)["order_data"])

    def processing_order(self):
        self.sandbox = self.start_sandbox("--step-ms", "100", "--address-change-percent", "0", "--retry-ms", RETRIES)
        self.engine = self.start_engine(self.sandbox)
        self.order_id = self.sandbox.create_orders(1)[0]
        wait_for("processing", lambda: self.engine.orders("processing"))
        wait_for("settled webhooks", lambda: self.all_delivered(self.sandbox, self.order_id))

    def ship_and_kill(self, gate):
        # What the shop announces from now on finds nobody until the report's end: only the report can tell the engine.
        self.sandbox.own("POST", "webhook", {"url": "http://127.0.0.1:9/nobody"})
        self.sandbox.gate("mark_shipped", gate)
        status, answer = self.engine.ship(self.order_id, tracking_number_for(self.order_id))
        self.assertEqual((status, answer["pending"]), (202, "report"))
        wait_for("a held call", lambda: self.sandbox.waiting("mark_shipped") == 1)
        self.engine.kill()
        self.told = self.webhook_rows(self.engine, self.order_id)
        with Database(self.engine.database) as database:
            row = self.assert_history_gapless(database, self.order_id)
            self.assertEqual(row["state"], "processing")
            self.assertEqual([e["type"] for e in database.events(self.order_id)].count("report_queued"), 1)
            self.assertEqual([e["type"] for e in database.events(self.order_id)].count("report_succeeded"), 0)
        self.sandbox.gate("mark_shipped", "open")
        wait_for("the dead call to end", lambda: self.sandbox.waiting("mark_shipped") == 0)

    def shipments(self):
        return [parcel["tracking_number"] for parcel in self.sandbox.ledger()["orders"][self.order_id]["shipments"]]

    def check_end(self, engine):
        wait_for("the report's end", lambda: self.count(engine, "report_succeeded") == 1, seconds=60)
        self.assertEqual(self.webhook_rows(engine, self.order_id), self.told, "no new webhook")
        self.sandbox.send_to(engine)
        wait_for("delivered", lambda: engine.orders("delivered"), seconds=60)
        self.assertEqual(self.count(engine, "report_succeeded"), 1)
        self.assertEqual(self.shipments(), [tracking_number_for(self.order_id)], "one shipment, ours")
        with Database(engine.database) as database:
            self.assert_history_gapless(database, self.order_id)
            self.assertEqual(database.value("select count(*) from outbox where kind = 'mark_shipped' "
                                            "and state in ('open', 'waiting')"), 0)

    def count(self, engine, kind):
        with Database(engine.database) as database:
            return [event["type"] for event in database.events(self.order_id)].count(kind)

    def test_between_report_queued_and_the_call(self):
        self.processing_order()
        self.ship_and_kill("hold_before")
        self.assertEqual(self.shipments(), [], "the call had no effect yet")
        again = self.start_engine(self.sandbox, webhooks=False)
        wait_for("the shipment", self.shipments, seconds=60)
        self.check_end(again)

    def test_between_the_effect_of_the_call_and_its_answer(self):
        self.processing_order()
        self.ship_and_kill("hold_after")
        self.assertEqual(len(self.shipments()), 1, "TikTok has the parcel, the engine does not know")
        self.check_end(self.start_engine(self.sandbox, webhooks=False))


if __name__ == "__main__":
    main()
