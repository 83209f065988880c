#!/usr/bin/env python3
"""The main job: ten orders travel from a signed webhook to `delivered`, and everything that happened is on disk."""

import json
import os
import signal
import threading

from orderly_e2e import (ACCESS_TOKEN, Case, Database, call, main, post_webhook, states_passed, status_webhook,
                         tracking_number_for, wait_for, write_secret)

STATUSES = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"]


class TenOrders(Case):
    def test_travel_from_webhook_to_delivered(self):
        sandbox = self.start_sandbox("--step-ms", "300")
        engine = self.start_engine(sandbox)
        warehouse = self.start_warehouse(engine)
        ids = sandbox.create_orders(10)
        wait_for("ten delivered orders", lambda: len(engine.orders("delivered")) == 10, seconds=60)
        wait_for("settled webhooks", lambda: all(hook["outcome"] == "delivered" for order_id in ids
                                                 for hook in sandbox.ledger()["orders"][order_id]["webhooks"]))
        wait_for("kept promises", lambda: self.open_promises(engine) == 0)  # a stop would cut the last one off
        warehouse.stop()
        self.assertEqual(warehouse.problems, [])
        ledger = sandbox.ledger()
        self.assertEqual(ledger["bodies_after_200"], 0, "TikTok wants an empty body")
        self.assertEqual(engine.stop(), 0)
        with Database(engine.database) as database:
            for order_id in ids:
                with self.subTest(order=order_id):
                    self.check_history(database, order_id)
                    self.check_inputs(database, order_id, ledger["orders"][order_id])
                    self.check_document(database, order_id)
                    self.check_shipment(ledger["orders"][order_id], order_id)
            self.assertEqual(database.value("select count(*) from dead_letters"), 0)
        self.assertEqual(self.open_promises(engine), 0)
        self.assert_audit_finds_nothing(engine.storage, orders=10)

    def open_promises(self, engine):
        with Database(engine.database) as database:
            return database.value("select count(*) from outbox where state in ('open', 'waiting')")

    def check_history(self, database, order_id):
        row = self.assert_history_gapless(database, order_id)
        events = database.events(order_id)
        self.assertEqual(states_passed(events), ["received", "processing", "shipped", "delivered"])
        self.assertEqual(row["state"], "delivered")
        self.assertEqual(row["tiktok_status"], "DELIVERED")
        self.assertFalse([event["seq"] for event in events if json.loads(event["detail"]).get("inferred")], "no inferred step")
        self.assertEqual(len([event for event in events if event["type"] == "report_succeeded"]), 1)
        self.assertEqual(database.value("select count(*) from order_attention where order_id = ?", row["id"]), 0)
        known = {found["id"] for found in database.rows("select id from inputs where order_ref = ?", order_id)}
        self.assertLessEqual({event["input_id"] for event in events}, known, "each event names its input")

    def check_inputs(self, database, order_id, truth):
        rows = database.rows("select * from inputs where order_ref = ? and source = 'webhook'", order_id)
        signed = {row["notification_id"]: json.loads(row["raw"]) for row in rows if row["type"] == "ORDER_STATUS_CHANGE"}
        self.assertGreaterEqual(len(signed), 6)
        self.assertEqual(sorted(STATUSES), sorted(body["data"]["order_status"] for body in signed.values()))
        sent = {hook["notification_id"] for hook in truth["webhooks"] if hook["type"] == 1}
        self.assertEqual(set(signed), sent, "what was sent is what is stored")
        for row in rows:
            self.assertIn(row["outcome"], ("applied", "duplicate", "stale"))

    def check_document(self, database, order_id):
        document = json.loads(database.order(order_id)["order_data"])
        self.assertEqual(document["id"], order_id)
        self.assertEqual(document["line_items"][0]["tracking_number"], tracking_number_for(order_id))
        self.assertNotIn("***", document["recipient_address"]["name"])

    def check_shipment(self, truth, order_id):
        self.assertEqual([parcel["tracking_number"] for parcel in truth["shipments"]], [tracking_number_for(order_id)])


class Shops(Case):
    def test_come_and_get_another_token_while_the_engine_runs(self):
        def reread(times):
            engine.process.send_signal(signal.SIGHUP)
            wait_for("reload", lambda: self.log_of(engine).count("config.reloaded") == times)

        sandbox = self.start_sandbox("--step-ms", "100")
        engine = self.start_engine(sandbox)
        path, token = os.path.join(self.folder, "orderly.toml"), os.path.join(self.folder, "access-token")
        with open(path, encoding="utf-8") as source:
            with_shop = source.read()
        with open(path, "w", encoding="utf-8") as out:
            out.write(with_shop.partition("[[tiktok.shops]]")[0])
        reread(1)
        sandbox.create_orders(1)
        wait_for("an order of no shop", lambda: "shop_not_connected" in json.dumps(engine.orders()))
        write_secret(token, "TTP_stale")
        with open(path, "w", encoding="utf-8") as out:
            out.write(with_shop)
        reread(2)
        wait_for("a call with the stale token", lambda: 'class="token_expired",endpoint="order_detail"' in
                 call("GET", engine.admin, "/metrics", token=engine.token)[1], seconds=60)
        self.assertEqual(engine.orders("processing"), [])
        write_secret(token, ACCESS_TOKEN)
        reread(3)
        wait_for("the order's detail", lambda: engine.orders("processing"), seconds=60)
        self.assertNotIn("config.needs_restart", self.log_of(engine))
        self.assertEqual(engine.stop(), 0)

    @staticmethod
    def log_of(engine):
        with open(engine.log_file, encoding="utf-8") as source:
            return source.read()


class WebhooksInAnyOrder(Case):
    def test_duplicated_and_shuffled_webhooks_lead_to_the_same_end(self):
        sandbox = self.start_sandbox("--step-ms", "200", "--shuffle", "--duplicate-percent", "40")
        engine = self.start_engine(sandbox)
        self.start_warehouse(engine)
        ids = sandbox.create_orders(10)
        wait_for("ten delivered orders", lambda: len(engine.orders("delivered")) == 10, seconds=60)
        with Database(engine.database) as database:
            for order_id in ids:
                self.assertEqual(self.assert_history_gapless(database, order_id)["state"], "delivered")
                self.assertEqual(len(sandbox.ledger()["orders"][order_id]["shipments"]), 1)

    def test_a_webhook_sent_twice_at_once_has_one_effect(self):
        sandbox = self.start_sandbox()
        engine = self.start_engine(sandbox)
        body = status_webhook("576000000000000111", "UNPAID", 1789478990, "7640000000000000777")
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(post_webhook(engine.public, body))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * 8)
        with Database(engine.database) as database:
            rows = database.rows("select deliveries from inputs where order_ref = '576000000000000111' and source = 'webhook'")
            self.assertEqual([row["deliveries"] for row in rows], [8])
            self.assertEqual(len([e for e in database.events("576000000000000111") if e["type"] == "created"]), 1)


class ShippingEarly(Case):
    def test_a_shipment_asked_for_during_the_hold_waits_and_then_happens_once(self):
        sandbox = self.start_sandbox("--step-ms", "3600000", "--address-change-percent", "0")  # it moves when it is told to
        engine = self.start_engine(sandbox)
        sandbox.gate("detail", "hold_before")
        order_id = sandbox.create_orders(1)[0]
        sandbox.step(order_id)
        wait_for("ON_HOLD at the engine", lambda: [o for o in engine.orders() if o["tiktok_status"] == "ON_HOLD"])
        status, refused = engine.ship(order_id, "1ZTOOEARLY")
        self.assertEqual((status, refused["code"]), (409, "guard_refused"))
        self.assertIn("detail", refused["detail"])
        sandbox.gate("detail", "open")
        wait_for("the order's detail", lambda: engine.api("GET", f"/orders/{order_id}")[1]["order_data"], seconds=60)
        number = tracking_number_for(order_id)
        status, answer = engine.ship(order_id, number)
        self.assertEqual((status, answer.get("pending")), (202, "on_hold"), answer)
        self.assertEqual(sandbox.step(order_id), "AWAITING_SHIPMENT")
        wait_for("the parcel", lambda: sandbox.ledger()["orders"][order_id]["shipments"], seconds=60)
        self.assertEqual([sandbox.step(order_id) for _ in range(2)], ["IN_TRANSIT", "DELIVERED"])
        wait_for("delivered", lambda: engine.orders("delivered"), seconds=60)
        self.assertEqual([parcel["tracking_number"] for parcel in sandbox.ledger()["orders"][order_id]["shipments"]], [number])
        self.assertFalse([row for row in sandbox.ledger()["refused"] if "packages" in row["path"]], "it did not try too early")


class TikTokStumbles(Case):
    def test_errors_of_the_open_api_delay_and_lose_nothing(self):
        sandbox = self.start_sandbox("--step-ms", "100")
        engine = self.start_engine(sandbox)
        self.start_warehouse(engine)
        for endpoint, kind in (("detail", "429"), ("mark_shipped", "500")):
            sandbox.fault(endpoint, kind, 2)
        ids = sandbox.create_orders(3)
        wait_for("delivered orders", lambda: len(engine.orders("delivered")) == 3, seconds=90)
        self.assertEqual([len(sandbox.ledger()["orders"][order_id]["shipments"]) for order_id in ids], [1, 1, 1])

    def test_a_lost_answer_to_the_shipment_is_settled_by_reading(self):
        sandbox = self.start_sandbox("--step-ms", "100", "--address-change-percent", "0")
        engine = self.start_engine(sandbox, tiktok='timeout = "1s"')
        order_id = sandbox.create_orders(1)[0]
        wait_for("processing", lambda: engine.orders("processing"))
        sandbox.gate("mark_shipped", "hold_after")
        engine.ship(order_id, tracking_number_for(order_id))
        wait_for("an effect", lambda: sandbox.ledger()["orders"][order_id]["shipments"])
        wait_for("the engine to give up waiting", lambda: [o for o in engine.orders() if o["tiktok_status"] == "DELIVERED"])
        sandbox.gate("mark_shipped", "open")
        wait_for("report_succeeded", lambda: self.reported(engine, order_id), seconds=60)
        self.assertEqual(len(sandbox.ledger()["orders"][order_id]["shipments"]), 1)

    def reported(self, engine, order_id):
        with Database(engine.database) as database:
            return [event for event in database.events(order_id) if event["type"] == "report_succeeded"]


if __name__ == "__main__":
    main()
