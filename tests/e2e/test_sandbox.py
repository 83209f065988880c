#!/usr/bin/env python3
"""The sandbox by itself: strict with its callers, truthful in its ledger, stubborn with its webhooks."""

import json
import os
import subprocess
import threading
import time
from decimal import Decimal

from orderly_e2e import SANDBOX, UPS, Seller, call, main, sign_webhook, wait_for
from sandbox_case import NEVER, SandboxCase


class AnOrderTravels(SandboxCase):
    def test_six_signed_webhooks_carry_it_from_unpaid_to_delivered(self):
        seller = self.shop("--address-change-percent", "0")
        order_id = self.order_in("AWAITING_SHIPMENT")
        status, answer = self.ship(seller, order_id)
        self.assertEqual((status, answer["code"]), (200, 0))
        wait_for("DELIVERED", lambda: "DELIVERED" in self.receiver.statuses(order_id))
        self.assertEqual(self.receiver.statuses(order_id), ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION",
                                                           "IN_TRANSIT", "DELIVERED"])
        for body, signature, _, _ in self.receiver.received:
            self.assertEqual(signature, sign_webhook(body))
        times = [body["data"]["update_time"] for body in self.receiver.bodies(order_id)]
        self.assertEqual(times, sorted(set(times)), "update times must rise with each status")
        ids = {body["tts_notification_id"] for body in self.receiver.bodies(order_id)}
        self.assertEqual(len(ids), 6)
        self.assertLess(len({address for *_, address in self.receiver.received}), 6, "connections are kept alive")

    def test_it_is_not_delivered_before_the_seller_ships_it(self):
        self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        time.sleep(0.5)
        self.assertEqual(self.sandbox.own("GET", "orders")["orders"][order_id], "AWAITING_SHIPMENT")

    def test_the_buyer_is_masked_until_the_hour_of_remorse_is_over(self):
        seller = self.shop(step_ms=NEVER)
        order_id = self.sandbox.create_orders(1)[0]
        self.assertEqual(seller.order(order_id)["recipient_address"], {})
        self.assertEqual(self.sandbox.step(order_id), "ON_HOLD")
        held = seller.order(order_id)
        self.assertEqual(held["status"], "ON_HOLD")
        self.assertIn("***", held["recipient_address"]["name"])
        self.assertIn("***", held["recipient_address"]["address_line1"])
        self.assertEqual(self.sandbox.step(order_id), "AWAITING_SHIPMENT")
        clear = seller.order(order_id)
        self.assertNotIn("***", json.dumps(clear["recipient_address"]))
        self.assertEqual(clear["update_time"] - clear["paid_time"], 3600)
        self.assertNotIn("package_id", clear["line_items"][0])

    def test_an_old_order_is_past_its_ship_by_time_and_waits_for_the_seller_like_any_other(self):
        seller = self.shop()
        old = self.sandbox.create_orders(1, age_s=50 * 3600)[0]
        self.wait_status(old, "AWAITING_SHIPMENT")
        order = seller.order(old)
        self.assertAlmostEqual(time.time() - order["create_time"], 50 * 3600, delta=60)
        self.assertLess(order["rts_sla_time"], time.time())
        for age in (3659, 90 * 86400 + 1):
            status, answer = call("POST", self.sandbox.base, "/_sandbox/orders", {"count": 1, "age_s": age})
            self.assertEqual((status, answer["error"]), (400, "age_s: 3660 to 7776000, seconds since the buyer placed it"))

    def test_money_adds_up_in_every_order(self):
        seller = self.shop()
        ids = self.sandbox.create_orders(200)
        for at in range(0, 200, 50):
            for order in seller.detail(*ids[at:at + 50])[1]["data"]["orders"]:
                self.check_money(order["payment"], order["line_items"])

    def check_money(self, payment, lines):
        money = {key: Decimal(value) for key, value in payment.items() if key != "currency"}
        self.assertEqual(money["sub_total"], money["original_total_product_price"] - money["seller_discount"]
                         - money["platform_discount"])
        self.assertEqual(money["shipping_fee"], money["original_shipping_fee"] - money["shipping_fee_seller_discount"]
                         - money["shipping_fee_platform_discount"])
        self.assertEqual(money["tax"], money["product_tax"] + money["shipping_fee_tax"])
        self.assertEqual(money["total_amount"], money["sub_total"] + money["shipping_fee"] + money["tax"])
        self.assertEqual(money["product_tax"], sum(Decimal(line["item_tax"][0]["tax_amount"]) for line in lines))
        self.assertEqual(money["sub_total"], sum(Decimal(line["sale_price"]) for line in lines))

    def test_an_address_change_is_announced_and_shows_in_the_detail(self):
        seller = self.shop("--address-change-percent", "100")
        order_id = self.order_in("AWAITING_SHIPMENT")
        wait_for("topic 3", lambda: any(body["type"] == 3 for body in self.receiver.bodies(order_id)))
        changed = next(body for body in self.receiver.bodies(order_id) if body["type"] == 3)
        self.assertNotIn("tts_notification_id", changed)
        order = seller.order(order_id)
        self.assertTrue(order["has_updated_recipient_address"])
        self.assertIn("Suite", order["recipient_address"]["address_line2"])

    def test_the_same_seed_gives_the_same_orders(self):
        self.shop()
        first = self.sandbox.create_orders(3)
        self.sandbox.kill()
        self.shop()
        self.assertEqual(first, self.sandbox.create_orders(3))


class ShippingIsChecked(SandboxCase):
    def code_of(self, answer):
        status, body = answer
        self.assertEqual(status, 200)
        return body["code"]

    def test_each_state_has_its_refusal(self):
        seller = self.shop(step_ms=NEVER)
        order_id = self.sandbox.create_orders(1)[0]
        self.assertEqual(self.code_of(self.ship(seller, order_id)), 21011003)
        self.assertEqual(self.sandbox.step(order_id), "ON_HOLD")
        self.assertEqual(self.code_of(self.ship(seller, order_id)), 21011044)
        self.assertEqual(self.sandbox.step(order_id), "AWAITING_SHIPMENT")
        self.assertEqual(self.code_of(self.ship(seller, order_id)), 0)
        self.assertEqual(self.code_of(self.ship(seller, order_id)), 21011040)
        self.assertEqual([self.sandbox.step(order_id) for _ in range(2)], ["IN_TRANSIT", "DELIVERED"])
        self.assertEqual(self.code_of(self.ship(seller, order_id)), 21011027)
        cancelled = self.sandbox.create_orders(1)[0]
        self.sandbox.own("POST", f"orders/{cancelled}/cancel")
        self.assertEqual(self.code_of(self.ship(seller, cancelled)), 21011041)
        self.assertEqual(self.code_of(self.ship(seller, "576000000000000001")), 21008111)
        entry = self.sandbox.ledger()
        self.assertEqual(len(entry["orders"][order_id]["shipments"]), 1)
        self.assertEqual(sorted(row["code"] for row in entry["refused"]),
                         [21008111, 21011003, 21011027, 21011040, 21011041, 21011044])

    def test_wrong_values_are_refused_and_change_nothing(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        other = self.order_in("AWAITING_SHIPMENT")
        good = {"tracking_number": "1Z999AA10123456784", "shipping_provider_id": UPS}
        for body, code in [({**good, "tracking_number": "1Z 99"}, 21011022), ({**good, "tracking_number": ""}, 21011022),
                           ({**good, "shipping_provider_id": "1"}, 21011025), ({"tracking_number": "1Z999AA1"}, 36009004),
                           ({**good, "tracking_number": 17}, 36009004), ({**good, "order_line_item_ids": ["1"]}, 21011029),
                           ({**good, "order_line_item_ids": [1]}, 36009004), ({**good, "order_line_item_ids": None}, 36009004),
                           ({**good, "order_line_item_ids": []}, 36009004), ({**good, "order_line_list": []}, 36009004),
                           (b"[]", 36009022), (b"{", 36009022)]:
            self.assertEqual(seller.mark_shipped(order_id, body)[1]["code"], code, body)
        self.assertEqual(self.sandbox.ledger()["orders"][order_id]["shipments"], [])
        self.assertEqual(seller.mark_shipped(order_id, good)[1]["code"], 0)
        self.assertEqual(seller.mark_shipped(other, good)[1]["code"], 21034012, "a tracking number belongs to one order")

    def test_a_parcel_at_a_time_splits_the_order(self):
        seller = self.shop()
        while True:
            order_id = self.order_in("AWAITING_SHIPMENT")
            lines = [line["id"] for line in seller.order(order_id)["line_items"]]
            if len(lines) > 1:
                break
        self.assertEqual(self.code_of(self.ship(seller, order_id, order_line_item_ids=lines[:1])), 0)
        partly = seller.order(order_id)
        self.assertEqual(partly["status"], "PARTIALLY_SHIPPING")
        self.assertEqual({line["display_status"] for line in partly["line_items"]}, {"AWAITING_COLLECTION", "AWAITING_SHIPMENT"})
        self.assertEqual(self.code_of(self.ship(seller, order_id, "1Z00000002")), 21011048)
        self.assertEqual(self.code_of(self.ship(seller, order_id, "1Z00000003", order_line_item_ids=lines)), 21011040)
        self.assertEqual(self.code_of(self.ship(seller, order_id, "1Z00000004", order_line_item_ids=lines[1:])), 0)
        self.assertEqual(len(seller.order(order_id)["packages"]), 2)
        self.wait_status(order_id, "DELIVERED")

    def test_after_shipping_the_detail_names_parcel_and_carrier(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        package = self.ship(seller, order_id, "1Z999AA10123456784")[1]["data"]["package_id"]
        order = seller.order(order_id)
        self.assertEqual(order["packages"], [{"id": package}])
        self.assertGreater(order["rts_time"], order["paid_time"])
        for line in order["line_items"]:
            self.assertEqual((line["package_id"], line["package_status"], line["tracking_number"], line["shipping_provider_id"]),
                             (package, "PROCESSING", "1Z999AA10123456784", UPS))
        self.wait_status(order_id, "DELIVERED")
        self.assertGreater(seller.order(order_id)["delivery_time"], order["rts_time"])


class CallsAreVerified(SandboxCase):
    def test_every_mistake_has_its_code(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        good = {"tracking_number": "1Z999AA10123456784", "shipping_provider_id": UPS}
        for what, code, bend in [
                ("signed with another secret", 106001, {"secret": "wrong"}),
                ("upper-case signature", 106001, {"sign": str.upper}),
                ("no signature", 36009004, {"sign": lambda good: None}),
                ("body changed after signing", 106001, {"wire_body": json.dumps(good, indent=1).encode()}),
                ("timestamp too old", 36009004, {"skew": -302}), ("timestamp ahead", 36009004, {"skew": 60}),
                ("no timestamp", 36009004, {"without": ["timestamp"]}), ("no app_key", 36009004, {"without": ["app_key"]}),
                ("no token", 36009004, {"token": ""}), ("expired token", 105002, {"token": "TTP_old"}),
                ("no cipher", 106013, {"without": ["shop_cipher"]}), ("a key twice", 36009004, {"also": "&shop_cipher=other"}),
                ("wrong content type", 36009023, {"content_type": "text/plain"})]:
            status, answer = seller.mark_shipped(order_id, good, **bend)
            self.assertEqual(answer["code"], code, what)
            self.assertGreaterEqual(status, 400, what)
            self.assertIn("request_id", answer)
        self.assertEqual(self.sandbox.ledger()["orders"][order_id]["shipments"], [])
        self.assertEqual(self.sandbox.ledger()["refused_total"], 13)
        status, answer = seller.mark_shipped(order_id, good, skew=-280)
        self.assertEqual(answer["code"], 0, "280 seconds old is still in the window")

    def test_a_clock_error_says_timestamp(self):
        answer = self.shop().detail("1", skew=-400)[1]
        self.assertIn("timestamp", answer["message"])

    def test_unknown_paths_methods_and_ciphers(self):
        seller = self.shop()
        self.assertEqual(seller.call("GET", "/order/202309/nothing")[1]["code"], 36009009)
        self.assertEqual(seller.call("POST", "/order/202309/orders")[1]["code"], 36009010)
        self.assertEqual(seller.call("GET", "/authorization/202309/shops")[1]["code"], 36009004)
        shops = seller.call("GET", "/authorization/202309/shops", without=["shop_cipher"])[1]
        self.assertEqual(shops["data"]["shops"][0]["cipher"], "ROW_TESTCIPHERAAAABBBBCCCCDDDD")

    def test_details_leave_out_unknown_ids_and_refuse_more_than_fifty(self):
        seller = self.shop()
        ids = self.sandbox.create_orders(50)
        self.assertEqual(len(seller.detail(*ids)[1]["data"]["orders"]), 50)
        self.assertEqual([order["id"] for order in seller.detail(ids[0], "1")[1]["data"]["orders"]], [ids[0]])
        self.assertEqual(seller.detail(*ids, "1")[1]["code"], 36009004)

    def test_the_search_pages_through_everything(self):
        seller = self.shop(step_ms=60_000)  # an order that changes between two pages moves to another one
        ids = set(self.sandbox.create_orders(25))
        found, token = [], None
        while True:
            query = {"page_size": "10", "sort_field": "update_time", "sort_order": "ASC",
                     **({"page_token": token} if token else {})}
            data = seller.call("POST", "/order/202309/orders/search", query, {"create_time_lt": int(time.time())})[1]["data"]
            found += [order["id"] for order in data["orders"]]
            token = data["next_page_token"]
            if not token:
                break
        self.assertEqual((len(found), set(found)), (25, ids))
        for query, body in [({"page_size": "0"}, {}), ({"page_size": "101"}, {}), ({}, {}),
                            ({"page_size": "10"}, {"update_time_ge": "1"}), ({"page_size": "10", "page_token": "x"}, {})]:
            self.assertEqual(seller.call("POST", "/order/202309/orders/search", query, body)[1]["code"], 36009004)

    def search(self, seller, body, **query):
        return seller.call("POST", "/order/202309/orders/search", {"page_size": "50", **query}, body)[1]

    def test_every_filter_of_the_search_counts(self):
        seller = self.shop(step_ms=NEVER)
        ids = self.sandbox.create_orders(3)
        self.sandbox.step(ids[0])
        held = seller.order(ids[0])
        for body, expected in [({}, ids), ({"order_status": "ON_HOLD"}, ids[:1]), ({"order_status": "UNPAID"}, ids[1:]),
                               ({"order_status": "COMPLETED"}, []), ({"shipping_type": "SELLER"}, ids),
                               ({"shipping_type": "TIKTOK"}, []), ({"buyer_user_id": held["user_id"]}, ids[:1]),
                               ({"buyer_user_id": "1"}, []), ({"is_buyer_request_cancel": False}, ids),
                               ({"is_buyer_request_cancel": True}, []), ({"warehouse_ids": ["1", held["warehouse_id"]]}, ids),
                               ({"warehouse_ids": ["1"]}, [])]:
            found = self.search(seller, body)["data"]["orders"]
            self.assertEqual({order["id"] for order in found}, set(expected), body)

    def test_a_filter_that_does_not_count_is_refused(self):
        seller = self.shop(step_ms=NEVER)
        order_id = self.sandbox.create_orders(1)[0]
        for body in [{"order_status": "PAID"}, {"order_status": "on_hold"}, {"order_status": 100}, {"shipping_type": "PIGEON"},
                     {"shipping_type": 1}, {"buyer_user_id": 7}, {"is_buyer_request_cancel": "false"},
                     {"warehouse_ids": "1"}, {"warehouse_ids": [1]}, {"warehouse_ids": ["1"] * 101},
                     {"update_time_from": 1}]:
            self.assertEqual(self.search(seller, body)["code"], 36009004, body)
        for query in [{"order_status": "UNPAID"}, {"update_time_ge": "1"}, {"create_time_lt": "9999999999"}]:
            self.assertEqual(self.search(seller, {}, **query)["code"], 36009004, query)
        self.assertEqual(seller.call("GET", "/order/202309/orders", {"ids": order_id, "page_size": "1"})[1]["code"], 36009004)
        self.assertEqual(seller.detail(order_id)[1]["code"], 0)


class WebhooksAreStubborn(SandboxCase):
    def test_anything_but_200_is_tried_again_with_the_same_bytes(self):
        self.shop("--address-change-percent", "0", "--retry-ms", "20,20,20", answers=[500, 503, 302])
        order_id = self.order_in("AWAITING_SHIPMENT")
        wait_for("three statuses", lambda: len(self.receiver.statuses(order_id)) == 3)
        self.assertEqual([answer for *_, answer, _ in self.receiver.received[:4]], [500, 503, 302, 200])
        self.assertEqual(len({body for body, *_ in self.receiver.received[:4]}), 1)
        self.assertEqual(self.receiver.statuses(order_id), ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"])

    def test_401_is_final_and_so_is_the_last_attempt(self):
        self.shop("--address-change-percent", "0", "--retry-ms", "20", answers=[401, 500, 500])
        order_id = self.order_in("AWAITING_SHIPMENT")
        wait_for("the third", lambda: self.receiver.statuses(order_id) == ["AWAITING_SHIPMENT"])
        hooks = wait_for("the ledger", lambda: (lambda found: found if found[-1]["outcome"] == "delivered" else None)(
            self.sandbox.ledger()["orders"][order_id]["webhooks"]))
        self.assertEqual([hook["outcome"] for hook in hooks], ["refused", "given_up", "delivered"])
        self.assertEqual([[attempt["answer"] for attempt in hook["attempts"]] for hook in hooks], [[401], [500, 500], [200]])

    def test_a_200_with_a_body_is_noted(self):
        self.shop("--address-change-percent", "0", "--retry-ms", "20", answers=[500], body=b"ok")
        order_id = self.order_in("AWAITING_SHIPMENT")
        wait_for("three statuses", lambda: self.sandbox.ledger()["bodies_after_200"] == 3)
        attempts = self.sandbox.ledger()["orders"][order_id]["webhooks"][0]["attempts"]
        self.assertEqual([(attempt["answer"], attempt.get("body_bytes")) for attempt in attempts], [(500, None), (200, 2)])

    def test_duplicates_on_demand_are_byte_for_byte(self):
        self.shop("--address-change-percent", "0", "--duplicate-percent", "100")
        order_id = self.order_in("AWAITING_SHIPMENT")
        wait_for("six webhooks", lambda: len(self.receiver.statuses(order_id)) == 6)
        self.assertEqual(self.receiver.statuses(order_id), [s for s in ("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT") for _ in "12"])
        self.assertEqual(len({body for body, *_ in self.receiver.received}), 3)

    def test_shuffled_webhooks_all_arrive(self):
        self.shop("--address-change-percent", "0", "--shuffle")
        ids = self.sandbox.create_orders(20)
        wait_for("all", lambda: all(len(self.receiver.statuses(order_id)) == 3 for order_id in ids))
        expected = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"]
        self.assertTrue(any(self.receiver.statuses(order_id) != expected for order_id in ids), "at least one overtakes another")


class AnswersCanBeHeld(SandboxCase):
    def test_hold_after_takes_effect_and_withholds_the_answer(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        self.sandbox.gate("mark_shipped", "hold_after")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.ship(seller, order_id)))
        thread.start()
        wait_for("a held call", lambda: self.sandbox.waiting("mark_shipped") == 1)
        self.assertEqual(len(self.sandbox.ledger()["orders"][order_id]["shipments"]), 1)
        self.assertEqual(answers, [])
        self.sandbox.gate("mark_shipped", "open")
        thread.join(10)
        self.assertEqual(answers[0][1]["code"], 0)

    def test_hold_before_forgets_callers_that_died(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        self.sandbox.gate("mark_shipped", "hold_before")

        with self.assertRaises(TimeoutError):
            self.ship(Seller(self.sandbox.base, timeout=0.3), order_id)
        wait_for("its call at the gate", lambda: self.sandbox.waiting("mark_shipped") == 1)
        self.sandbox.gate("mark_shipped", "open")
        wait_for("its call's end", lambda: self.sandbox.waiting("mark_shipped") == 0)
        self.assertEqual(self.sandbox.ledger()["orders"][order_id]["shipments"], [])
        self.assertEqual(self.ship(seller, order_id)[1]["code"], 0)

    def test_faults_strike_as_often_as_asked(self):
        seller = self.shop()
        order_id = self.order_in("AWAITING_SHIPMENT")
        self.sandbox.fault("detail", "429", 2)
        self.assertEqual([seller.detail(order_id)[0] for _ in range(3)], [429, 429, 200])
        self.sandbox.fault("detail", "500", 1)
        self.assertEqual(seller.detail(order_id)[1]["code"], 36009003)
        self.sandbox.fault("detail", "html", 1)
        self.assertIn("<html>", seller.detail(order_id)[1])
        self.sandbox.fault("detail", "close", 1)
        with self.assertRaises(OSError):
            seller.detail(order_id)

    def test_calls_that_are_not_verified_use_up_no_fault_and_no_rate(self):
        seller = self.shop("--rate-limit", "5")
        self.sandbox.fault("detail", "500", 1)
        codes = {seller.detail("1", secret="wrong")[1]["code"] for _ in range(20)}
        self.assertEqual(codes, {106001})
        self.assertEqual([seller.detail("1")[0] for _ in range(2)], [500, 200])

    def test_the_rate_limit_answers_429(self):
        seller = self.shop("--rate-limit", "5")
        self.assertEqual([seller.detail("1")[0] for _ in range(5)], [200] * 5)
        wait_for("429", lambda: seller.detail("1")[0] == 429, every=0)  # more than five in one second


class TheProgram(SandboxCase):
    def test_it_writes_its_ledger_and_ends_with_0(self):
        path = os.path.join(self.folder, "ledger.json")
        self.shop("--ledger-file", path, step_ms=NEVER)
        order_id = self.sandbox.create_orders(1)[0]
        wait_for("the file on change", lambda: order_id in self.read(path))
        self.sandbox.step(order_id)
        self.assertEqual(self.sandbox.stop(), 0)
        self.assertEqual(json.loads(self.read(path))["orders"][order_id]["status"], "ON_HOLD")

    def read(self, path):
        with open(path, encoding="utf-8") as source:
            return source.read()

    def test_exit_codes(self):
        self.shop()
        port = self.sandbox.base.rsplit(":", 1)[1]
        for arguments, code in [(["--version"], 0), (["--help"], 0), (["--nonsense"], 64), (["--step-ms", "x"], 64),
                                (["--webhook-url", "ftp://x"], 64), (["--listen", "127.0.0.1:" + port], 69),
                                (["--listen", "nowhere"], 69)]:
            done = subprocess.run([SANDBOX, *arguments], capture_output=True, timeout=10, check=False)
            self.assertEqual(done.returncode, code, arguments)


if __name__ == "__main__":
    main()
