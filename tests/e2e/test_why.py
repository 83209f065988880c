#!/usr/bin/env python3
"""Why an order does not move: each cause brought about from outside, and seen as the first one. And what is seen of the
actors."""

import json
import os
import signal
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orderly_e2e
from orderly_e2e import (BIN, Case, Database, Engine, call, main, post_webhook, status_webhook, tracking_number_for, wait_for,
                         write_config)

NEVER = "3600000"  # ms: orders move when the test steps them


class WhyCase(Case):
    def start(self, **options):
        self.sandbox = self.start_sandbox("--step-ms", NEVER, "--address-change-percent", "0")
        self.engine = self.start_engine(self.sandbox, **options)

    def why(self, order_id):
        status, answer = self.engine.api("GET", f"/orders/{order_id}/why")
        self.assertEqual(status, 200, answer)
        self.assertNotIn("1Z999", json.dumps(answer), "a tracking number is nobody's business here")
        for cause in answer["causes"]:
            self.assertTrue(cause["evidence"] and cause["remedy"]["text"], cause)
        return answer

    @staticmethod
    def codes_in(answer):
        return [cause["code"] for cause in answer["causes"]]

    def codes(self, order_id):
        return self.codes_in(self.why(order_id))

    def wait_why(self, order_id, *codes, seconds=30):
        """All causes are these. The answer that says so: the next one may say something else."""
        def seen():
            answer = self.why(order_id)
            return answer if self.codes_in(answer) == list(codes) else None
        return wait_for(f"{codes} of {order_id}, not {self.codes(order_id)}", seen, seconds)

    def order_in_processing(self):
        order_id = self.sandbox.create_orders(1)[0]
        for _ in range(2):
            self.sandbox.step(order_id)
        wait_for("processing", lambda: order_id in [o["tiktok_order_id"] for o in self.engine.orders("processing")])
        wait_for("its promises", lambda: self.codes(order_id) == ["waits_for_person"])
        return order_id


class ALife(WhyCase):
    def test_of_an_order_says_at_each_step_what_it_waits_for(self):
        self.start()
        order_id = self.sandbox.create_orders(1)[0]
        wait_for("the order", self.engine.orders)
        self.assertIn("UNPAID", self.wait_why(order_id, "tiktok_hold")["sentence"])
        self.sandbox.step(order_id)
        wait_for("ON_HOLD", lambda: "ON_HOLD" in self.why(order_id)["sentence"])
        self.assertEqual(self.codes(order_id), ["tiktok_hold"])
        wait_for("the detail of ON_HOLD", lambda: self.open_promises() == 0)

        self.sandbox.fault("detail", "429", 1000)
        self.sandbox.step(order_id)
        wait_for("a failed try", lambda: "36009002" in self.why(order_id)["sentence"])
        self.assertEqual(self.codes(order_id), ["detail_waiting"])
        self.sandbox.gate("detail", "hold_before")
        self.sandbox.fault("detail", "429", 0)
        wait_for("the next try", lambda: "a call is under way" in self.why(order_id)["sentence"], seconds=60)
        self.assertEqual(self.codes(order_id), ["detail_waiting"])
        self.sandbox.gate("detail", "open")
        answer = self.wait_why(order_id, "waits_for_person", seconds=60)
        self.assertEqual(answer["order"]["state"], "processing")
        self.assertEqual(answer["deadline"]["what"], "ship")

        status, refused = self.engine.api("POST", f"/orders/{order_id}/transitions",
                                          {"to": "shipped", "shipping_provider_id": orderly_e2e.UPS, "tracking_number": " "})
        self.assertEqual((status, refused["code"]), (409, "guard_refused"), refused)
        self.wait_why(order_id, "guard_refused")
        self.engine.api("POST", f"/orders/{order_id}/notes", {"text": "looked at it"})
        self.wait_why(order_id, "waits_for_person")
        self.engine.api("POST", f"/orders/{order_id}/hold", {})
        self.assertIn("held by admin", self.wait_why(order_id, "held")["sentence"])
        self.engine.api("POST", f"/orders/{order_id}/release", {})
        self.wait_why(order_id, "waits_for_person")

        self.sandbox.fault("mark_shipped", "429", 1000)
        self.engine.ship(order_id, tracking_number_for(order_id))
        answer = self.wait_why(order_id, "report_failing")
        self.assertIn("36009002", answer["sentence"])
        self.sandbox.fault("mark_shipped", "429", 0)
        wait_for("shipped", lambda: self.why(order_id)["order"]["state"] == "shipped", seconds=60)
        self.assertEqual(self.wait_why(order_id, "waits_for_person")["causes"][0]["class"], "tiktok")
        for _ in range(2):
            self.sandbox.step(order_id)
        self.wait_why(order_id, "at_end")

    def open_promises(self):
        with Database(self.engine.database) as database:
            return database.value("select count(*) from outbox where state in ('open', 'waiting')")


class Persons(WhyCase):
    def test_are_told_of_a_refused_report_of_one_under_way_and_of_a_shop_that_is_not_connected(self):
        self.start()
        order_id = self.order_in_processing()
        self.engine.ship(order_id, tracking_number_for(order_id), provider="1")
        answer = self.wait_why(order_id, "report_failed")
        self.assertIn("TikTok", answer["causes"][0]["evidence"][1]["text"])

        other = self.order_in_processing()
        self.sandbox.gate("mark_shipped", "hold_before")
        self.engine.ship(other, tracking_number_for(other))
        wait_for("its call", lambda: "a call is under way" in self.why(other)["sentence"])
        self.assertEqual(self.codes(other), ["report_waiting"])
        self.sandbox.gate("mark_shipped", "open")
        wait_for("shipped", lambda: self.why(other)["order"]["state"] == "shipped")
        self.wait_why(other, "waits_for_person")

        other = self.order_in_processing()
        path = os.path.join(self.folder, "orderly.toml")
        with open(path, encoding="utf-8") as source:
            with_shop = source.read()
        with open(path, "w", encoding="utf-8") as out:
            out.write(with_shop.partition("[[tiktok.shops]]")[0])
        self.engine.process.send_signal(signal.SIGHUP)
        self.wait_why(other, "shop_stopped")
        self.wait_why(order_id, "shop_stopped", "report_failed")
        with open(path, "w", encoding="utf-8") as out:
            out.write(with_shop)
        self.engine.process.send_signal(signal.SIGHUP)
        self.wait_why(other, "waits_for_person")
        self.engine.api("POST", f"/orders/{other}/transitions", {"to": "failed", "reason": "out of stock"})
        self.assertEqual(self.wait_why(other, "at_end")["causes"][0]["remedy"]["api"], f"POST /api/v1/orders/{other}/retry")
        self.assertEqual(self.engine.api("GET", "/orders/999/why")[0], 404)


class ADamagedRow(WhyCase):
    def test_is_unreadable_then_quarantined_until_its_actor_is_restarted(self):
        self.start()
        order_id = self.order_in_processing()
        self.assertEqual(self.engine.stop(), 0)
        facts = self.write_facts(order_id, "[]")
        self.engine = self.start_engine(self.sandbox)
        self.assertEqual(self.codes(order_id), ["unreadable"])
        self.assertEqual(self.why(order_id)["not_known"][0]["what"], "facts")
        self.engine.api("POST", f"/orders/{order_id}/notes", {"text": "its actor must read it"})
        self.wait_why(order_id, "unreadable", "quarantined")
        tree = self.engine.api("GET", "/actors/tree")[1]
        marked = [child["id"] for part in tree["root"]["children"] for child in part["children"] if child["marks"]]
        self.assertEqual(marked, [order_id])
        self.assertEqual(self.engine.api("GET", "/actors?limit=0")[1]["totals"]["quarantined"], 1)
        self.write_facts(order_id, facts)
        self.wait_why(order_id, "quarantined")
        self.assertEqual(self.engine.api("POST", f"/actors/{order_id}/restart", {})[0], 200)
        self.wait_why(order_id, "waits_for_person")

    def write_facts(self, order_id, text):
        """What was there."""
        over = sqlite3.connect(self.engine.database, timeout=30)
        try:
            with over:
                before = over.execute("select facts from orders where tiktok_order_id = ?", (order_id,)).fetchone()[0]
                over.execute("update orders set facts = ? where tiktok_order_id = ?", (text, order_id))
            return before
        finally:
            over.close()


class ARefusingShop(WhyCase):
    """A shop that gives no detail to anybody; the sandbox's always do."""

    def test_makes_detail_failed(self):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer = json.dumps({"code": 21008111, "message": "No permission.", "data": {}, "request_id": "1"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        shop = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        shop.daemon_threads = True
        self.addCleanup(shop.server_close)
        self.addCleanup(shop.shutdown)
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        config = write_config(self.folder, f"http://127.0.0.1:{shop.server_address[1]}")
        self.engine = self.started(Engine(orderly_e2e.ORDERLYD, self.folder, config))
        order_id = "576000000000000222"
        body = status_webhook(order_id, "AWAITING_SHIPMENT", 1_789_482_600, "n1")
        self.assertEqual(post_webhook(self.engine.public, body), 200)
        self.wait_why(order_id, "detail_failed")


class AHangingStore(WhyCase):
    def test_is_the_first_cause_of_everything_that_could_move(self):
        word = os.path.join(self.folder, "fault")
        os.environ["FAULTY_STORE"] = word
        self.addCleanup(os.environ.pop, "FAULTY_STORE")
        self.addCleanup(setattr, orderly_e2e, "ORDERLYD", orderly_e2e.ORDERLYD)
        orderly_e2e.ORDERLYD = os.path.join(BIN, "orderlyd-faulty")
        self.start()
        order_id = self.order_in_processing()
        with open(word + ".part", "w", encoding="utf-8") as out:
            out.write("hang")
        os.rename(word + ".part", word)
        post_webhook(self.engine.public, status_webhook("576000000000000333", "UNPAID", 1_789_482_600, "n1"))
        wait_for("not ready", lambda: call("GET", self.engine.admin, "/readyz")[0] == 503)
        self.assertEqual(self.codes(order_id), ["store_failing"])
        lanes = [part for part in self.engine.api("GET", "/actors/tree")[1]["root"]["children"] if part["id"] == "writer"]
        self.assertIn(["failing"], [lane["marks"] for lane in lanes[0]["children"]])
        os.remove(word)
        wait_for("ready", lambda: call("GET", self.engine.admin, "/readyz")[0] == 200)
        self.wait_why(order_id, "waits_for_person")


class Actors(WhyCase):
    def test_the_hottest_order_is_first_within_two_looks_of_a_burst(self):
        self.start()
        orders = self.sandbox.create_orders(20)
        wait_for("the orders", lambda: len(self.engine.orders()) == 20)
        hot = "576000000000000444"
        for n in range(60):
            post_webhook(self.engine.public, status_webhook(hot, "UNPAID", 1_789_482_600 + n, f"n{n}"))
        seen = []
        for _ in range(2):
            status, answer = self.engine.api("GET", "/actors?sort=-handled&kind=order&limit=5")
            self.assertEqual(status, 200, answer)
            seen.append(answer["actors"][0]["id"])
        self.assertIn(hot, seen)
        first = answer["actors"][0]
        self.assertGreaterEqual(first["handled"], 60)
        self.assertGreater(first["handled_per_s"], 1)
        self.assertEqual(first["order"]["state"], "received")
        self.assertEqual(answer["total"], 21)
        self.assertEqual(answer["totals"]["residents"], 21)
        self.assertEqual(answer["not_known"], [])
        self.assertEqual({kind["kind"] for kind in answer["kinds"]} - {"order"},
                         {"registry", "writer", "lane", "outbox", "fetcher", "sweeper", "watcher", "supervisor"})
        tree = self.engine.api("GET", "/actors/tree")[1]
        ids = [part["id"] for part in tree["root"]["children"]]
        self.assertEqual((ids[0], ids[-3:]), ("writer", ["outbox", "fetcher", "sweeper"]))
        shown = [child["id"] for part in tree["root"]["children"] for child in part["children"] if child["kind"] == "order"]
        self.assertEqual(set(shown), {hot, *orders})


if __name__ == "__main__":
    main()
