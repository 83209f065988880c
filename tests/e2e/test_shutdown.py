#!/usr/bin/env python3
"""How orderlyd ends: in order and within its grace, at once when asked twice, by itself when it cannot go on. Whatever was
answered 200 is stored, in each case."""

import http.client
import json
import os
import signal
import socket
import threading
import time

import orderly_e2e
from orderly_e2e import BIN, Case, Database, call, main, post_webhook, status_webhook, tracking_number_for, wait_for
from webhook_load import LoadCase

DONE, INTERNAL, AT_ONCE = 0, 70, 128 + signal.SIGTERM
FAULTY = os.path.join(BIN, "orderlyd-faulty")
GRACE = 4
MARGIN = 5  # beyond the grace, for an engine that does not come to its end (docs/operations.md)
SLACK = 3  # of this machine


class Ends(Case):
    def engine_with(self, sandbox, grace=GRACE):
        return self.start_engine(sandbox, tables=f"[shutdown]\ngrace = \"{grace}s\"")

    def logged(self, engine, event):
        with open(engine.log_file, encoding="utf-8") as source:
            entries = [json.loads(line) for line in source if line.startswith("{")]  # stdout is in there too
        return [entry for entry in entries if entry["event"] == event]

    def terminate(self, engine):
        self.asked = time.monotonic()
        engine.process.send_signal(signal.SIGTERM)

    def assert_ends(self, engine, code, within, after=0.0):
        self.assertEqual(engine.process.wait(60), code, engine.tail())
        took = time.monotonic() - self.asked
        self.assertLess(took, within, engine.tail())
        self.assertGreaterEqual(took, after)
        return took

    def slow_client(self, engine):
        """A request that never ends: the engine drains up to its grace."""
        host, port = engine.ready["listen"].split(":")
        connection = socket.create_connection((host, int(port)))
        self.addCleanup(connection.close)
        connection.sendall(b"POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        wait_for("the slow request", lambda: engine.metric("orderly_http_connections") >= 2)  # and the scrape's own
        return connection

    def assert_takes_nothing_new(self, engine):
        host, port = engine.ready["listen"].split(":")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)


class UnderLoad(Ends, LoadCase):
    def test_sigterm_ends_in_order_within_the_grace(self):
        _, bodies = self.bodies(3000, 8, twice=0.1)
        engine = self.engine_with(self.start_sandbox())
        generator = self.generate([engine.ready["listen"]], bodies)
        wait_for("a load", lambda: generator.progress() >= 1000, seconds=60)
        self.terminate(engine)
        took = self.assert_ends(engine, DONE, within=GRACE)
        self.assert_takes_nothing_new(engine)
        generator.end()
        self.assertLess(generator.progress(), generator.total, "the load was over before the end came")
        self.assertLessEqual(set(generator.others), {503})
        with engine.open_database() as database:
            self.check_inputs(database, generator.answered)
        print(f"\n  {generator.progress()} answered, others {generator.others}, {generator.lost} refused; ended in {took:.2f} s")


class WhateverItDidBefore(Ends):
    """Threads of the listeners outlive the engine: nothing that they did may hold it."""

    def ends_after(self, what):
        engine = self.engine_with(self.start_sandbox())
        what(engine)
        self.terminate(engine)
        self.assert_ends(engine, DONE, within=GRACE)

    def test_a_webhook_that_is_ignored(self):
        self.ends_after(lambda engine: self.assertEqual(post_webhook(engine.public, b'{"type":14}'), 200))

    def test_a_webhook_that_becomes_a_dead_letter(self):
        self.ends_after(lambda engine: self.assertEqual(post_webhook(engine.public, b"not json"), 200))

    def test_a_redrive(self):
        self.ends_after(lambda engine: self.assertEqual(
            engine.api("POST", "/dead-letters/redrive", {"cause": "unparsable", "limit": 10})[0], 200))

    def test_a_restart_of_an_actor(self):
        def restart(engine):
            self.assertEqual(post_webhook(engine.public, status_webhook("576461413038785752", "UNPAID", 1_789_482_600, "1")), 200)
            self.assertEqual(engine.api("POST", "/actors/576461413038785752/restart")[0], 200)
        self.ends_after(restart)


class WithCallsUnderWay(Ends):
    def travelling(self):
        """An order whose shipment TikTok does not answer."""
        self.sandbox = self.start_sandbox("--step-ms", "100", "--address-change-percent", "0")
        engine = self.engine_with(self.sandbox)
        self.order_id = self.sandbox.create_orders(1)[0]
        wait_for("processing", lambda: engine.orders("processing"))
        self.sandbox.gate("mark_shipped", "hold_before")
        self.assertEqual(engine.ship(self.order_id, tracking_number_for(self.order_id))[0], 202)
        wait_for("the held call", lambda: self.sandbox.waiting("mark_shipped") == 1)
        return engine

    def check_next_life(self):
        self.sandbox.gate("mark_shipped", "open")
        again = self.engine_with(self.sandbox)
        wait_for("delivered", lambda: again.orders("delivered"), seconds=60)
        shipments = self.sandbox.ledger()["orders"][self.order_id]["shipments"]
        self.assertEqual([parcel["tracking_number"] for parcel in shipments], [tracking_number_for(self.order_id)])
        with Database(again.database) as database:
            self.assert_history_gapless(database, self.order_id)

    def test_a_call_without_an_answer_holds_nothing_up_and_is_made_in_the_next_life(self):
        engine = self.travelling()
        self.terminate(engine)
        self.assert_ends(engine, DONE, within=GRACE)
        self.check_next_life()

    def test_while_it_drains_it_is_not_ready_and_takes_nothing_new_and_a_second_signal_ends_it_at_once(self):
        engine = self.travelling()
        self.slow_client(engine)
        self.terminate(engine)
        status, answer = wait_for("not ready", lambda: self.not_ready(engine))
        self.assertEqual((status, answer["reason"]), (503, "draining"))
        wait_for("no new connections", lambda: self.refused(engine))
        self.assertTrue(engine.running(), "it drains")
        self.terminate(engine)
        self.assert_ends(engine, AT_ONCE, within=1)
        self.check_next_life()

    def not_ready(self, engine):
        answer = call("GET", engine.admin, "/readyz")
        return answer if answer[0] != 200 else None

    def refused(self, engine):
        host, port = engine.ready["listen"].split(":")
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return False
        except ConnectionRefusedError:
            return True

    def test_what_outlasts_the_grace_is_cut_off(self):
        engine = self.travelling()
        slow = self.slow_client(engine)
        self.terminate(engine)
        self.assert_ends(engine, DONE, within=GRACE + SLACK, after=GRACE)
        self.assertEqual(slow.recv(100), b"")
        self.check_next_life()


class WithAFaultyStore(Ends):
    """orderlyd on a store that is at fault when told (tests/fault/orderlyd_faulty.cpp)."""

    def setUp(self):
        super().setUp()
        self.word = os.path.join(self.folder, "fault")
        os.environ["FAULTY_STORE"] = self.word
        self.addCleanup(os.environ.pop, "FAULTY_STORE")
        self.addCleanup(setattr, orderly_e2e, "ORDERLYD", orderly_e2e.ORDERLYD)
        orderly_e2e.ORDERLYD = FAULTY
        self.sandbox = self.start_sandbox()
        self.answered, self.number = [], 0

    def tell(self, word):
        with open(self.word + ".part", "w", encoding="utf-8") as out:
            out.write(word)
        os.rename(self.word + ".part", self.word)

    def post(self, engine, timeout=30):
        """The status of a new order's webhook; 0 when its connection broke."""
        self.number += 1
        order_id, notification = str(575_000_000_000_000_000 + self.number), f"n{self.number}"
        try:
            status = post_webhook(engine.public, status_webhook(order_id, "UNPAID", 1_789_482_600, notification), timeout=timeout)
        except (OSError, http.client.HTTPException):
            return 0
        if status == 200:
            self.answered.append(notification)
        return status

    def check_answered(self):
        with Database(os.path.join(self.folder, "data", "orderly.db")) as database:
            stored = {row["notification_id"] for row in database.rows("select notification_id from inputs")}
        self.assertEqual(set(self.answered) - stored, set())

    def test_an_engine_that_cannot_mend_itself_ends_with_70_and_the_reason(self):
        engine = self.engine_with(self.sandbox)
        for _ in range(20):
            self.assertEqual(self.post(engine), 200)
        slow = self.slow_client(engine)
        self.tell("throw")
        self.asked = time.monotonic()
        self.assertEqual(self.post(engine), 503)
        self.assertEqual(call("GET", engine.admin, "/readyz")[0], 503)
        self.assertTrue(engine.running(), "the slow request may still finish")
        slow.close()
        self.assert_ends(engine, INTERNAL, within=GRACE)
        [failed] = self.logged(engine, "engine.failed")
        self.assertIn("its lanes keep dying: the test says so", failed["why"])
        [stopped] = self.logged(engine, "stopped")
        self.assertIn("its lanes keep dying: the test says so", stopped["msg"])
        self.assertFalse(os.path.exists(os.path.join(engine.data, "orderlyd.ready")))
        self.check_answered()
        self.tell("")
        again = self.engine_with(self.sandbox)
        self.assertEqual(self.post(again), 200)
        self.assertEqual(again.stop(), DONE)

    def test_a_lane_that_dies_now_and_then_costs_no_answer(self):
        engine = self.engine_with(self.sandbox)
        for death in range(1, 4):
            self.tell("once")
            self.assertEqual(self.post(engine), 200)
            self.assertEqual(engine.metric("orderly_storage_lane_restarts_total"), death)
        self.assertEqual(engine.stop(), DONE)
        self.check_answered()

    def test_a_store_that_hangs_is_not_ready_until_it_comes_back(self):
        engine = self.engine_with(self.sandbox)
        self.tell("hang")
        self.assertEqual(self.post(engine), 503)
        wait_for("not ready", lambda: call("GET", engine.admin, "/readyz")[0] == 503, seconds=10)
        self.assertEqual(call("GET", engine.admin, "/readyz")[1]["reason"], "storage")
        self.assertEqual(len(self.logged(engine, "storage.hangs")), 1)
        self.tell("")
        wait_for("ready", lambda: call("GET", engine.admin, "/readyz")[0] == 200, seconds=10)
        self.assertEqual(self.post(engine), 200)
        self.assertEqual(engine.stop(), DONE)
        self.check_answered()

    def terminate_in_a_commit(self, grace):
        """The engine, and the thread that waits for the answer."""
        engine = self.engine_with(self.sandbox, grace)
        for _ in range(20):
            self.assertEqual(self.post(engine), 200)
        self.tell("hang")
        statuses = []
        poster = threading.Thread(target=lambda: statuses.append(self.post(engine)))
        poster.start()
        wait_for("the request", lambda: engine.metric("orderly_http_in_flight") == 1)
        wait_for("the commit", lambda: engine.metric("orderly_storage_lanes_busy") == 1)
        self.terminate(engine)
        return engine, poster, statuses

    def test_a_commit_under_way_is_finished_and_answered(self):
        engine, poster, statuses = self.terminate_in_a_commit(GRACE)
        wait_for("draining", lambda: self.logged(engine, "stopping"))
        self.tell("")
        self.assert_ends(engine, DONE, within=GRACE)
        poster.join(30)
        self.assertEqual(statuses, [200])
        self.check_answered()

    def test_a_store_that_hangs_does_not_hold_up_the_end_for_ever(self):
        engine, poster, statuses = self.terminate_in_a_commit(1)
        self.assert_ends(engine, INTERNAL, within=1 + MARGIN + SLACK, after=1)
        poster.join(30)
        self.assertEqual(statuses, [503])
        self.assertEqual(len(self.logged(engine, "stop.overdue")), 1)
        self.check_answered()


if __name__ == "__main__":
    main()
