#!/usr/bin/env python3
"""`orderly` over the admin API: against an engine and the sandbox, and `why`, `top`, `tree` against recorded answers."""

import json
import os
import socket
import subprocess
import threading

from orderly_e2e import ORDERLY, UPS, Case, call, main, tracking_number_for, wait_for, write_secret
from recorded_engine import ID, TOKEN, TREE, WHY, RecordedEngine, Ran, environment

VERBS = ("orders", "order", "transition", "why", "top", "tree", "audit", "backup", "restore")


class LosesAnswers:
    """A proxy before an engine that passes requests on and cuts the connection in place of the first `lost` answers."""

    def __init__(self, base, lost):
        self.to = base.removeprefix("http://").split(":")
        self.lost, self.requests = lost, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client):
        with client, socket.create_connection((self.to[0], int(self.to[1]))) as engine:
            while sent := client.recv(65536):
                self.requests.append(sent)
                engine.sendall(sent.replace(self.url[7:].encode(), ":".join(self.to).encode()))
                answer = engine.recv(65536)
                if self.lost > 0:
                    self.lost -= 1
                    return
                client.sendall(answer)

    def keys(self):
        return [line.split(b": ")[1] for sent in self.requests for line in sent.split(b"\r\n")
                if line.lower().startswith(b"idempotency-key")]


class WithEngine(Case):
    def setUp(self):
        super().setUp()
        self.sandbox = self.start_sandbox("--step-ms", "200")
        self.engine = self.start_engine(self.sandbox)

    def orderly(self, *arguments, **more):
        return Ran(*arguments, url=self.engine.admin, token=self.engine.token, **more)

    def post_orders(self, count):
        """Orders of no shop, that move only by hand."""
        ids = [str(880000000000000000 + number) for number in range(count)]
        for order_id in ids:
            status, answer = self.engine.api("POST", "/orders", {"tiktok_order_id": order_id, "order_data": {"n": order_id}})
            self.assertEqual(status, 201, answer)
        return ids

    def state(self, order_id):
        return self.engine.api("GET", "/orders/" + order_id)[1]["state"]

    def event_types(self, order_id):
        with self.engine.open_database() as database:
            return [event["type"] for event in database.events(order_id)]

    def sandbox_order_in(self, state):
        order_id = self.sandbox.create_orders(1)[0]
        wait_for(f"order {order_id} {state}", lambda: self.engine.api("GET", "/orders/" + order_id)[1].get("state") == state)
        return order_id


class Orders(WithEngine):
    def test_are_listed_page_by_page_and_as_the_api_says_them(self):
        ids = self.post_orders(203)
        first = self.orderly("orders", "--limit", "2")
        self.assertEqual(first.code, 0, first)
        self.assertEqual(first.lines[0].split(), ["ORDER", "STATE", "CHANGED", "DUE"])
        self.assertEqual([line.split()[0] for line in first.lines[1:]], ids[:-3:-1])
        self.assertIn("--all", first.trouble)
        every = self.orderly("orders", "--all")
        self.assertEqual([line.split()[0] for line in every.lines[1:]], ids[::-1])
        self.assertEqual(every.trouble, "")
        raw = self.orderly("orders", "--json", "--limit", "5")
        status, answer = self.engine.api("GET", "/orders?limit=5")
        self.assertEqual((raw.code, status), (0, 200))
        self.assertEqual(json.loads(raw.out), answer)
        pages = [json.loads(line) for line in self.orderly("orders", "--all", "--json").lines]
        self.assertEqual([len(page["orders"]) for page in pages], [200, 3])

    def test_of_one_state_only(self):
        ids = self.post_orders(3)
        self.assertEqual(self.orderly("transition", ids[1], "failed").code, 0)
        listed = self.orderly("orders", "--state", "failed")
        self.assertEqual([line.split()[:2] for line in listed.lines[1:]], [[ids[1], "failed"]])
        none = self.orderly("orders", "--state", "shipped")
        self.assertEqual((none.code, none.out), (0, ""))
        self.assertIn("No order is shipped", none.trouble)

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        self.post_orders(203)
        with subprocess.Popen([ORDERLY, "orders", "--all"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment(self.engine.admin, self.engine.token)) as program:
            program.stdout.close()
            self.assertEqual(program.stderr.read(), b"")
            self.assertEqual(program.wait(30), 0)


class OneOrder(WithEngine):
    def test_is_shown_with_its_moves_and_its_timeline(self):
        order_id = self.sandbox_order_in("processing")
        shown = self.orderly("order", order_id)
        self.assertEqual(shown.code, 0, shown)
        self.assertTrue(shown.lines[0].startswith(f"order {order_id}   processing   version "), shown)
        self.assertIn(f"orderly transition {order_id} shipped --tracking N --provider ID", shown.out)
        self.assertIn("received -> processing", shown.out)
        self.assertLessEqual(max(map(len, shown.lines)), 80, shown)
        uuid = self.engine.api("GET", "/orders/" + order_id)[1]["id"]
        by_uuid = json.loads(self.orderly("order", uuid, "--json").out)
        self.assertEqual(by_uuid, self.engine.api("GET", "/orders/" + order_id)[1])
        events = self.orderly("order", order_id, "events", "--all")
        self.assertIn("created", events.lines[-1], events)

    def test_is_held_released_noted_failed_and_retried(self):
        order_id = self.post_orders(1)[0]
        self.assertEqual(self.orderly("order", order_id, "hold", "--reason", "the buyer called").code, 0)
        held = self.orderly("order", order_id)
        self.assertIn("held by a person", held.lines[0])
        self.assertIn("not now: a person holds the order", held.out)
        again = self.orderly("order", order_id, "hold")
        self.assertEqual((again.code, again.lines), (0, [f"order {order_id} is received, version 2 (it was so already)"]))
        self.assertEqual(self.orderly("order", order_id, "release").code, 0)
        self.assertEqual(self.orderly("order", order_id, "note", "--text", "she wants it blue").code, 0)
        self.assertEqual(self.orderly("transition", order_id, "failed", "--reason", "out of stock").code, 0)
        retried = self.orderly("order", order_id, "retry", "--reason", "found one", "--json")
        self.assertEqual(json.loads(retried.out)["state"], "processing", retried)
        self.assertEqual(self.event_types(order_id), ["created", "held", "released", "note", "transitioned", "transitioned"])
        with self.engine.open_database() as database:
            raw = [row["raw"] for row in database.rows("select raw from inputs where order_ref = ? and source = 'api'", order_id)]
        self.assertTrue(any(b"the buyer called" in bytes(one) for one in raw))

    def test_is_shipped_and_tiktok_shop_is_told(self):
        order_id = self.sandbox_order_in("processing")
        number = tracking_number_for(order_id)
        wait_for("the detail", lambda: "detail_updated" in self.event_types(order_id))
        shipped = self.orderly("transition", order_id, "shipped", "--tracking", number, "--provider", UPS)
        self.assertEqual(shipped.code, 0, shipped)
        self.assertIn("TikTok Shop is being told of the parcel", shipped.out)
        wait_for("delivered", lambda: self.state(order_id) == "delivered", seconds=60)
        self.assertIn(number, json.dumps(self.sandbox.ledger()["orders"][order_id]))

    def test_that_a_refusal_has_its_reason_and_its_own_exit_code(self):
        order_id = self.post_orders(1)[0]
        refused = self.orderly("transition", order_id, "delivered")
        self.assertEqual((refused.code, refused.out), (65, ""), refused)
        self.assertIn("orderly: The state machine has no such move", refused.trouble)
        self.assertIn("an order that is received cannot become delivered", refused.trouble)
        self.assertIn("code illegal_transition (409)   allowed processing, failed", refused.trouble)
        as_json = self.orderly("transition", order_id, "delivered", "--json")
        self.assertEqual((as_json.code, json.loads(as_json.out)["code"]), (65, "illegal_transition"))
        stale = self.orderly("transition", order_id, "failed", "--expected-version", "1")
        self.assertEqual(stale.code, 65, stale)
        self.assertIn("version_conflict", stale.trouble)
        unknown = self.orderly("order", "123")
        self.assertEqual(unknown.code, 65)
        self.assertIn("code order_not_found (404)", unknown.trouble)
        odd = self.orderly("order", "../orders?limit=1#\n")
        self.assertEqual(odd.code, 65, odd)

    def test_that_a_command_whose_answer_is_lost_is_done_once_and_told(self):
        order_id = self.post_orders(1)[0]
        way = LosesAnswers(self.engine.admin, lost=2)
        self.addCleanup(way.listener.close)
        noted = Ran("order", order_id, "note", "--text", "once", url=way.url, token=self.engine.token)
        self.assertEqual(noted.code, 0, noted)
        self.assertEqual(noted.lines, [f"order {order_id} is received, version 2"])
        self.assertIn("asking with the same key", noted.trouble)
        self.assertGreaterEqual(len(way.keys()), 3)
        self.assertEqual(len(set(way.keys())), 1)
        self.assertEqual(self.event_types(order_id), ["created", "note"])

    def test_that_a_key_of_ones_own_makes_the_same_again_one(self):
        order_id = self.post_orders(1)[0]
        for _ in range(2):
            self.assertEqual(self.orderly("order", order_id, "note", "--text", "once", "--key", "mine").code, 0)
        self.assertEqual(self.event_types(order_id), ["created", "note"])
        other = self.orderly("order", order_id, "note", "--text", "twice", "--key", "mine")
        self.assertEqual(other.code, 65)
        self.assertIn("idempotency_conflict", other.trouble)


class WhoAndWhere(WithEngine):
    def test_a_token_comes_by_environment_or_by_a_file_of_ones_own(self):
        path = os.path.join(self.folder, "token")
        write_secret(path, self.engine.token)
        self.assertEqual(Ran("orders", "--token-file", path, "--url", self.engine.admin).code, 0)
        os.chmod(path, 0o644)
        open_to_all = Ran("orders", "--token-file", path, url=self.engine.admin)
        self.assertEqual(open_to_all.code, 64, open_to_all)
        self.assertIn(path, open_to_all.trouble)

    def test_without_the_right_token_it_ends_with_77_and_says_what_to_set(self):
        for token in (None, "wrong"):
            refused = Ran("orders", url=self.engine.admin, token=token)
            self.assertEqual((refused.code, refused.out), (77, ""), refused)
            self.assertIn("code unauthorized (401)", refused.trouble)
            self.assertIn("ORDERLY_TOKEN", refused.trouble)

    def test_without_an_engine_it_ends_with_69_and_says_where_it_looked(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for arguments in (("orders",), ("order", ID, "hold"), ("top",), ("why", ID), ("tree",)):
            away = Ran(*arguments, url=url, token="x", timeout=20)
            self.assertEqual((away.code, away.out), (69, ""), away)
            self.assertIn(url, away.trouble)
        beyond = Ran("orders", url="http://orderly.example.com:8081", token="x")
        self.assertEqual(beyond.code, 64)
        self.assertIn("https://", beyond.trouble)


class Recorded(Case):
    def setUp(self):
        super().setUp()
        self.recorded = RecordedEngine()
        self.addCleanup(self.recorded.close)

    def orderly(self, *arguments, **more):
        return Ran(*arguments, url=self.recorded.url, token=TOKEN, **more)

    def test_why_says_the_cause_the_evidence_and_what_to_do(self):
        why = self.orderly("why", ID)
        self.assertEqual(why.code, 0, why)
        self.assertEqual(why.lines[0], "It is processing and a person holds it: nothing of it leaves until it is")
        self.assertIn(f"       orderly order {ID} release", why.lines)
        self.assertIn("not known   store failing: the writer did not answer within 1 s", why.lines)
        self.assertEqual(json.loads(self.orderly("why", ID, "--json").out), WHY)

    def test_tree_marks_what_needs_a_person(self):
        tree = self.orderly("tree")
        self.assertEqual(tree.code, 0, tree)
        self.assertIn(f"   |- ! order {ID}   quarantined", tree.out)
        self.assertIn("4,099 more", tree.out)
        self.assertEqual(json.loads(self.orderly("tree", "--json").out), TREE)

    def test_top_into_a_pipe_is_one_plain_sample(self):
        top = self.orderly("top", "--sort", "oldest", "--limit", "2")
        self.assertEqual(top.code, 0, top)
        self.assertNotIn(b"\x1b", top.raw)
        self.assertEqual([line.split()[-1] for line in top.lines[1:]], ["ID", ID, str(int(ID) + 1)])
        self.assertEqual(self.recorded.asked[-1][1], "/api/v1/actors?kind=order&sort=-oldest&limit=2")
        totals = self.orderly("top", "--limit", "0")
        self.assertEqual(len(totals.lines), 1, totals)

    def test_top_prints_as_many_samples_as_it_is_told(self):
        batch = self.orderly("top", "--batch", "3", "--every", "0.5", "--json", "--limit", "1")
        self.assertEqual([json.loads(line)["total"] for line in batch.lines], [8211] * 3, batch)

    def test_what_is_no_engine_is_not_taken_for_one(self):
        self.recorded.answers["/api/v1/actors/tree"] = lambda _: (200, b"<html>hello</html>")
        odd = self.orderly("tree")
        self.assertEqual((odd.code, odd.out), (69, ""), odd)
        self.assertIn("is this an admin listener?", odd.trouble)

    def test_nothing_that_comes_from_an_engine_reaches_the_terminal_as_an_order_to_it(self):
        self.recorded.answers[f"/api/v1/orders/{ID}/why"] = dict(WHY, sentence="\x1b]0;owned\x07 \x9b2J")
        shown = self.orderly("why", ID)
        self.assertEqual(shown.lines[0], "?]0;owned? ?2J")


class Usage(Case):
    def test_what_a_first_visitor_sees_fits_a_screen(self):
        for arguments in (("--help",), *((verb, "--help") for verb in VERBS), ("order", ID, "note", "--help")):
            shown = Ran(*arguments)
            self.assertEqual(shown.code, 0, shown)
            self.assertLessEqual(max(map(len, shown.lines)), 80, shown)
            self.assertLessEqual(len(shown.lines), 24, shown)
        bare = Ran()
        self.assertEqual((bare.code, bare.out), (64, ""))
        self.assertEqual(bare.trouble, Ran("--help").out)

    def test_a_slip_of_the_pen_is_told_with_the_nearest_word(self):
        for arguments, said in (
                (("ordres",), '"ordres" is no verb of orderly; did you mean orders?'),
                (("orders", "--stat", "x"), '"--stat" is no option of orderly orders; did you mean --state?'),
                (("orders", "--state", "procesing"), "did you mean processing?"),
                (("top", "--sort", "mailbx"), "did you mean mailbox?"),
                (("order", ID, "retri"), '"retri" is no act of orderly order; did you mean retry?'),
                (("order", ID, "hold", "--reson", "x"), "did you mean --reason?"),
                (("order",), "ID is required"),
                (("order", ID, "note"), "--text is required"),
                (("transition", ID, "shiped"), "did you mean shipped?"),
                (("--json", "orders"), "options stand behind the verb"),
                (("orders", "--limit", "0"), "--limit"),
                (("orders", "--limit", "many"), "--limit")):
            wrong = Ran(*arguments, url="http://127.0.0.1:1")
            self.assertEqual((wrong.code, wrong.out), (64, ""), wrong)
            self.assertIn(said, wrong.trouble)


if __name__ == "__main__":
    main()
