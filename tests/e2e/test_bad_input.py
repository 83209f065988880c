#!/usr/bin/env python3
"""Garbage at the front door: each piece gets its answer and its trace, and the next request is served as if nothing had
happened."""

import hashlib
import json

from orderly_e2e import ORDERLYD, Case, Database, Engine, call, main, post_webhook, sign_webhook, status_webhook, write_config


class Garbage(Case):
    def setUp(self):
        super().setUp()
        self.engine = self.started(Engine(ORDERLYD, self.folder, write_config(self.folder, "http://127.0.0.1:9")))

    def rows(self, query, *arguments):
        with Database(self.engine.database) as database:
            return [tuple(row) for row in database.rows(query, *arguments)]

    def assert_still_serving(self):
        number = str(575_000_000_000_000_000 + self.random.randrange(10**9))
        self.assertEqual(post_webhook(self.engine.public, status_webhook(number, "UNPAID", 1789478990, number)), 200)
        self.assertEqual(len(self.rows("select 1 from orders where tiktok_order_id = ?", number)), 1)

    def test_bad_signatures_get_401_and_leave_no_trace(self):
        body = status_webhook("576000000000000001", "UNPAID", 1789478990, "1")
        good = sign_webhook(body)
        for signature in ("", good.upper(), "Bearer " + good, good[:-1], good + "0", "0" * 64, sign_webhook(body + b" ")):
            self.assertEqual(post_webhook(self.engine.public, body, signature), 401, signature)
        self.assertEqual(self.rows("select count(*) from inputs"), [(0,)])
        self.assert_still_serving()

    def test_signed_garbage_is_kept_as_a_dead_letter(self):
        order = b'"data":{"order_id":%s,"order_status":"UNPAID","update_time":1789478990}}'
        garbage = {b"not json": "unparsable", b"": "unparsable", b'{"type":1': "unparsable",
                   b'{"type":1,"data":"\xff\xfe"}': "unparsable",
                   b"[" * 1000 + b"]" * 1000: "unparsable", b'{"type":1,"shop_id":"1","data":{}}': "no_order_id",
                   b'{"type":1,"data":{"order_id":"","order_status":"UNPAID","update_time":1}}': "no_order_id"}
        for body in garbage:
            self.assertEqual(post_webhook(self.engine.public, body), 200, body[:40])
        stored = dict(self.rows("select i.raw, d.cause from inputs i join dead_letters d on d.input_id = i.id"))
        self.assertEqual(stored, garbage)
        self.assertEqual({outcome for outcome, in self.rows("select outcome from inputs")}, {"dead"})
        big = (b'{"type":1,"tts_notification_id":"5","shop_id":"7494049642642441621","timestamp":1789478990,'
               + order % b"576486316948490001")
        self.assertEqual(post_webhook(self.engine.public, big), 200)
        self.assertEqual(self.rows("select tiktok_order_id from orders"), [("576486316948490001",)], "an id beyond 2^53, exactly")
        self.assert_still_serving()

    def test_unknown_topics_and_bare_objects_are_acknowledged_and_ignored(self):
        for body in (b'{"type":4711,"tts_notification_id":"9","shop_id":"1","timestamp":1,"data":{}}', b'{"event_id":"x"}'):
            self.assertEqual(post_webhook(self.engine.public, body), 200)
        self.assertEqual(self.rows("select outcome from inputs"), [("ignored",), ("ignored",)])
        self.assertEqual(self.rows("select count(*) from dead_letters"), [(0,)])
        self.assert_still_serving()

    def test_an_unknown_status_keeps_the_order_alive(self):
        order_id = "576000000000000042"
        for number, (status, at) in enumerate([("UNPAID", 1789478990), ("TELEPORTED", 1789479000), ("ON_HOLD", 1789479010)]):
            self.assertEqual(post_webhook(self.engine.public, status_webhook(order_id, status, at, f"42{number}")), 200)
        with Database(self.engine.database) as database:
            self.assertEqual(self.assert_history_gapless(database, order_id)["tiktok_status"], "ON_HOLD")

    def test_nul_characters_are_replaced_in_json_and_kept_in_the_raw_bytes(self):
        body = (b'{"type":1,"tts_notification_id":"77","shop_id":"7494049642642441621","timestamp":1789478990,'
                b'"data":{"order_id":"576000000000000077","order_status":"UN\\u0000PAID","update_time":1789478990}}')
        self.assertEqual(post_webhook(self.engine.public, body), 200)
        stored = self.rows("select raw, outcome from inputs where order_ref = '576000000000000077' and source = 'webhook'")
        self.assertEqual(stored, [(body, "applied")])
        details = [json.loads(detail) for detail, in self.rows("select detail from order_events order by seq")]
        self.assertEqual([detail["unknown_status"] for detail in details if "unknown_status" in detail], ["UN\ufffdPAID"])
        [(facts,)] = self.rows("select facts from orders")
        self.assertEqual(json.loads(facts)["unknown_status"]["word"], "UN\ufffdPAID")

        posted = {"tiktok_order_id": "576000000000000078", "order_data": {"no\u0000te": "a\u0000b", "list": ["\u0000"]}}
        self.assertEqual(self.engine.api("POST", "/orders", posted)[0], 201)
        [(document,)] = self.rows("select order_data from orders where tiktok_order_id = '576000000000000078'")
        self.assertEqual(json.loads(document), {"no\ufffdte": "a\ufffdb", "list": ["\ufffd"]})
        self.assert_still_serving()

    def test_too_large_a_body_gets_413(self):
        body = b'{"type":1,"filler":"' + b"x" * (1 << 20) + b'"}'
        try:
            self.assertEqual(post_webhook(self.engine.public, body), 413)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused from its length alone, while it was being sent
        self.assertEqual(self.rows("select count(*) from inputs"), [(0,)])
        self.assert_still_serving()

    def test_the_same_notification_with_another_body_is_another_input(self):
        one = status_webhook("576000000000000001", "UNPAID", 1789478990, "1")
        other = status_webhook("576000000000000001", "ON_HOLD", 1789479990, "1")
        for body in (one, other, one):
            self.assertEqual(post_webhook(self.engine.public, body), 200)
        stored = dict(self.rows("select raw, deliveries from inputs where source = 'webhook'"))
        self.assertEqual(stored, {one: 2, other: 1})
        keys = {key for key, in self.rows("select dedupe_key from inputs where source = 'webhook'")}
        self.assertEqual(keys, {"w:1:" + hashlib.sha256(body).hexdigest()[:16] for body in (one, other)})

    def test_webhooks_and_refusals_are_counted(self):
        body = status_webhook("576000000000000001", "UNPAID", 1789478990, "1")
        post_webhook(self.engine.public, body)
        post_webhook(self.engine.public, body, "0" * 64)
        status, text = call("GET", self.engine.admin, "/metrics", token=self.engine.token)
        self.assertEqual(status, 200)
        self.assertIn("signature_wrong", text)
        self.assertIn("ORDER_STATUS_CHANGE", text)

    def test_the_admin_api_wants_a_token(self):
        self.assertEqual(call("GET", self.engine.admin, "/api/v1/orders")[0], 401)
        self.assertEqual(call("GET", self.engine.admin, "/api/v1/orders", token="wrong")[0], 401)
        self.assertEqual(self.engine.api("GET", "/orders")[0], 200)


if __name__ == "__main__":
    main()
