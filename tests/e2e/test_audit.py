#!/usr/bin/env python3
"""`orderly audit` over what a real engine has left behind: silent about a good store, and about a damaged one it names the order
and the rule, and no other order.

    test_audit.py [postgres]     `postgres`: within `tools/pg run --`
"""

import hashlib
import os
import sqlite3
import subprocess
import uuid

from audit_run import AT, POSTED, POSTGRES, WAITING, RealRun
from orderly_e2e import (ORDERLY, ORDERLYD, Audit, Case, Engine, main, open_database, post_webhook, status_webhook,
                         write_config)


class GoodStore(RealRun):
    def test_has_no_findings_beside_its_engine_and_afterwards(self):
        for audit in (self.during_the_hold, self.beside_the_engine):
            self.assertEqual((audit.code, audit.findings), (0, []), audit)
        self.assert_audit_finds_nothing(self.store.url, self.count, self.answered)

    def test_is_summed_up_in_the_last_line(self):
        done = subprocess.run([ORDERLY, "audit", "--storage", self.store.url], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout.splitlines()),
                         (0, ["1 unadopted: inserted by hand, and no engine has touched them yet", "1 with dead letters",
                              f"{self.count} orders read, 0 damaged"]), done.stderr)

    def test_is_read_and_not_changed(self):
        def everything():
            tables = ("orders", "order_events", "inputs", "outbox", "order_attention", "policies", "schema_migrations")
            return [self.read(f"select * from {table} order by 1, 2") for table in tables]
        before = everything()
        self.assertEqual(Audit(self.store.url).code, 0)
        self.assertEqual(everything(), before)

    def test_warns_of_inputs_that_are_pending_for_long_but_not_in_quarantine(self):
        body = status_webhook(WAITING, "UNPAID", AT - 60, "76500")
        values = {"id": self.store.new_id, "dedupe_key": f"'w:76500:{hashlib.sha256(body).hexdigest()[:16]}'",
                  "notification_id": "'76500'", "raw": self.store.bytes(body), "outcome": "'pending'",
                  "raw_hash": self.store.bytes(hashlib.sha256(body).digest())}
        values.update({name: name for name in ("order_ref", "delivery_id", "received_at", "source", "type")})
        url = self.copy(f"insert into inputs({', '.join(values)}) select {', '.join(values.values())} from inputs "
                        f"where order_ref = '{WAITING}' and source = 'webhook'")
        late = Audit(url, "--pending-minutes", "0")
        self.assertEqual((late.code, late.findings), (0, []), late)
        self.assertEqual((late.sums["inputs_pending"], late.sums["inputs_pending_late"]), (1, 1), late)
        self.assertEqual(Audit(url, "--pending-minutes", "600").sums["inputs_pending_late"], 0)
        self.store.run(url, "insert into order_attention(order_id, kind, since) select order_id, 'quarantined', since "
                            f"from order_attention where order_id = {self.id_of(WAITING)} limit 1")
        quarantined = Audit(url, "--pending-minutes", "0")
        self.assertEqual((quarantined.code, quarantined.sums["quarantined"], quarantined.sums["inputs_pending_late"]), (0, 1, 0),
                         quarantined)


class DamagedHistory(RealRun):
    def seq(self, condition):
        return (f"(select min(seq) from order_events where order_id = {self.id_of(self.victim)} and {condition})")

    def event(self, condition):
        return f"order_id = {self.id_of(self.victim)} and seq = {self.seq(condition)}"

    def test_a_hole(self):
        found = self.assert_found("history", f"delete from order_events where {self.event('seq > 2')}")
        self.assertIn("the event after 2", [each["what"] for each in found.findings])

    def test_the_last_event_is_gone(self):
        last = self.seq("seq = (select version from orders where tiktok_order_id = '" + self.victim + "')")
        self.assert_found("version", f"delete from order_events where order_id = {self.id_of(self.victim)} and seq = {last}")

    def test_an_event_that_cannot_be_read(self):
        self.assert_found("readable", f"update order_events set type = 'vanished' where {self.event('seq > 2')}")

    def test_it_begins_otherwise_than_with_its_creation(self):
        self.assert_found("history", f"update order_events set type = 'note' where {self.event('seq = 1')}")

    def test_an_illegal_move(self):
        moved = self.event("to_state = 'shipped'")
        self.assert_found("move", f"update order_events set to_state = 'delivered' where {moved}")

    def test_a_move_from_nowhere_and_one_to_nowhere(self):
        moved = self.event("to_state = 'shipped'")
        found = self.assert_found("move", f"update order_events set from_state = null where {moved}")
        self.assertEqual(len(found.findings), 1, f"one fault, one line: {found}")
        self.assert_found("move", f"update order_events set to_state = null where {moved}")

    def test_a_move_from_a_state_that_the_order_was_not_in(self):
        moved = f"order_id = {self.id_of(self.cancelled)} and to_state = 'failed'"
        other = "case from_state when 'processing' then 'received' else 'processing' end"  # the cancellation came to one of them
        found = self.assert_found("from_state", f"update order_events set from_state = {other} where {moved}",
                                  order=self.cancelled)
        self.assertEqual({each["rule"] for each in found.findings}, {"from_state"}, "the move itself is legal")

    def test_an_order_of_whose_history_only_the_order_is_gone(self):
        unchecked = ["alter table orders drop constraint orders_pkey"] if POSTGRES else []
        row, = self.read("select id from orders where tiktok_order_id = ?", self.victim)
        audit = Audit(self.copy(*unchecked, f"delete from orders where tiktok_order_id = '{self.victim}'"))
        self.assertEqual(audit.code, 1)
        own_id = row["id"] if POSTGRES else str(uuid.UUID(bytes=row["id"]))
        self.assertEqual({found["order"] for found in audit.findings}, {self.victim, own_id}, audit)

    def test_one_that_is_not_what_the_inputs_lead_to(self):
        """A change of a member that no fold reads: only deciding again tells."""
        told = self.store.set_json("detail", ["kind"], "rumour")
        fact = self.event("type = 'fact_updated'")
        found = self.assert_found("replay", f"update order_events set detail = {told} where {fact}", options=["--replay"])
        self.assertEqual({each["rule"] for each in found.findings}, {"replay"}, found)

    def test_what_older_rules_decided_otherwise_is_told_and_is_no_damage(self):
        told = self.store.set_json("detail", ["kind"], "rumour")
        older = self.store.set_json("body", ["rules"], 1)
        fact = self.event("type = 'fact_updated'")
        audit = Audit(self.copy(f"update order_events set detail = {told} where {fact}", f"update policies set body = {older}"),
                      "--replay")
        self.assertEqual((audit.code, audit.sums["damaged"], audit.sums["rules_changed"]), (0, 0, 1), audit)
        self.assertEqual([(each["order"], each["rule"]) for each in audit.findings], [(self.victim, "rules_changed")], audit)


class DamagedRow(RealRun):
    def test_each_column_that_is_not_the_fold_of_the_events(self):
        later = self.store.later
        changes = {"state": "'processing'", "failure": "'operator'", "held": f"not {self.store.no}", "tiktok_status": "'UNPAID'",
                   "tiktok_update_time": "17", "shop_id": "'17'", "due_at": later("due_at"), "closed_at": later("closed_at"),
                   "created_at": later("created_at"), "updated_at": later("updated_at"),
                   "facts": self.store.set_json("facts", ["status", "update_time"], 17)}
        for column, value in changes.items():
            with self.subTest(column=column):
                found = self.assert_found("fold", f"update orders set {column} = {value} where tiktok_order_id = '{self.victim}'",
                                          what=column)
                self.assertEqual(len(found.findings), 1, f"one fault, one line: {found}")

    def test_the_version(self):
        found = self.assert_found("version", f"update orders set version = version + 1 where tiktok_order_id = '{self.victim}'")
        self.assertEqual(len(found.findings), 1, found)

    def test_the_document(self):
        # What an adopted order kept from before its history, as a name that its details mask, nobody can check.
        for order, path in ((self.victim, ["status"]), (self.victim, ["recipient_address", "name"]), (self.victim, ["extra"]),
                            (self.detailed, ["status"]), (self.detailed, ["extra"]), (POSTED, ["weight"]), (POSTED, ["extra"])):
            with self.subTest(path=path, order=order):
                changed = self.store.set_json("order_data", path, "Somebody Else")
                statement = f"update orders set order_data = {changed} where tiktok_order_id = '{order}'"
                found = self.assert_found("document", statement, order=order)
                self.assertNotIn("Somebody", str(found), "what a buyer is called is nobody's business here")

    def test_a_state_that_the_facts_do_not_want(self):
        """The order was left where it is while TikTok says that it is under way."""
        told = self.store.set_json("detail", ["status"], "IN_TRANSIT")
        held = self.store.set_json("facts", ["status", "status"], "IN_TRANSIT")
        first = f"(select min(seq) from order_events where type = 'fact_updated' and order_id = {self.id_of(WAITING)})"
        found = self.assert_found(
            "target", f"update order_events set detail = {told} where order_id = {self.id_of(WAITING)} and seq = {first}",
            f"update orders set facts = {held}, tiktok_status = 'IN_TRANSIT' where tiktok_order_id = '{WAITING}'", order=WAITING)
        self.assertEqual(len(found.findings), 1, found)

    def test_a_promise_without_its_row_and_a_row_without_its_promise(self):
        of_it = f"order_id = {self.id_of(WAITING)}"
        self.assert_found("promise", f"delete from outbox where {of_it} and state = 'open'", order=WAITING)
        writes = "true" if POSTGRES else "1"
        self.assert_found("promise", "insert into outbox(order_id, kind, ref, writes, state) "
                                     f"values ({self.id_of(self.victim)}, 'mark_shipped', 'x', {writes}, 'open')")

    def test_an_open_promise_that_is_never_due(self):
        of_it = f"order_id = {self.id_of(WAITING)}"
        found = self.assert_found("promise", f"update outbox set due_at = null where {of_it} and state = 'open'", order=WAITING)
        self.assertEqual(len(found.findings), 1, f"one fault, one line: {found}")

    def test_attention_that_is_not_shown(self):
        self.assert_found("attention", f"update order_attention set until = since where order_id = {self.id_of(WAITING)}",
                          order=WAITING)


class DamagedInputs(RealRun):
    def one(self, condition, order=None):
        """An input of the order. `min`: a moment has many."""
        order = order or self.victim
        key = f"select min(dedupe_key) from inputs where order_ref = '{order}' and {condition}"
        return f"order_ref = '{order}' and dedupe_key = ({key})"

    def stale(self):
        return self.one("outcome = 'stale'")

    def test_one_that_caused_an_event_is_gone(self):
        self.assert_found("cause", f"delete from inputs where {self.one('events > 0')}")

    def test_one_that_caused_no_event_is_gone_but_its_answer_is_known(self):
        order_id, notification, body = next(each for each in self.answered if each[0] == self.victim)
        gone = f"delete from inputs where notification_id = '{notification}'"
        self.assertEqual(Audit(self.copy(gone)).code, 0, "nothing in the store knows of it")
        options = ["--answered", self.answered_file(self.answered)]
        self.assert_found("answered", gone, order=order_id, options=options)
        for answered in ((order_id, notification, body + b" "), ("575000000000000077", "1", b"")):
            audit = Audit(self.store.url, "--answered", self.answered_file([answered]))
            self.assertEqual([(found["order"], found["rule"]) for found in audit.findings], [(answered[0], "answered")], audit)

    def test_other_bytes_than_came(self):
        for condition in ("source = 'webhook' and events > 0", "type = 'order_detail' and events > 0", "type = 'note'",
                          "outcome = 'stale'"):
            with self.subTest(condition):
                changed = self.store.replace_bytes("raw", "e", "E")
                found = self.assert_found("input", f"update inputs set raw = {changed} where {self.one(condition)}")
                self.assertEqual(len(found.findings), 1, f"one fault, one line: {found}")

    def test_other_bytes_and_their_hash(self):
        row, = self.read(f"select raw from inputs where {self.stale()}")
        with open_database(self.store.url) as database:
            body = database.raw(row["raw"]).replace(b"UNPAID", b"ON_HOLD")
        forged = f"raw = {self.store.bytes(body)}, raw_hash = {self.store.bytes(hashlib.sha256(body).digest())}"
        self.assert_found("input", f"update inputs set {forged} where {self.stale()}")

    def test_an_outcome_that_its_events_belie(self):
        self.assert_found("effect", f"update inputs set outcome = 'applied' where {self.stale()}")
        self.assert_found("effect", "update inputs set outcome = 'duplicate' where "
                                    + self.one("outcome = 'applied' and events > 0"))
        self.assert_found("effect", f"update inputs set events = events + 1 where {self.one('events > 0')}")
        self.assert_found("effect", "delete from dead_letters where input_id in (select id from inputs where outcome = 'dead')")

    def test_a_version_or_a_policy_that_it_cannot_have_been_decided_on(self):
        self.assert_found("decided", f"update inputs set decided_on = decided_on + 1 where {self.one('events > 0')}")
        self.assert_found("decided", f"update inputs set decided_on = 999 where {self.stale()}")
        self.assert_found("decided", f"update inputs set policy_version = 99 where {self.one('events > 0')}")

    def test_another_time_than_its_events(self):
        later = self.store.later("decided_at")
        self.assert_found("cause", f"update inputs set decided_at = {later} where {self.one('events > 0')}")

    def test_an_answer_that_says_otherwise_or_nothing(self):
        for path, value in ((["version"], 99), (["state"], "failed"), (["outcome"], "stale")):
            changed = self.store.set_json("answer", path, value)
            self.assert_found("answer", f"update inputs set answer = {changed} where {self.one('events > 0')}")
        self.assert_found("readable", f"update inputs set answer = '{{}}' where {self.one('events > 0')}")
        self.assert_found("answer", f"update inputs set answer = null where {self.one('events > 0')}")


class DeadEngine(Case):
    def test_leaves_a_log_that_is_read_and_left_as_it_is(self):
        folder = os.path.join(self.folder, "engine")
        engine = self.started(Engine(ORDERLYD, folder, write_config(folder, "http://127.0.0.1:9")))
        self.assertEqual(post_webhook(engine.public, status_webhook("575000000000000001", "UNPAID", AT, "1")), 200)
        engine.kill()

        def files():
            found = {}
            for name in sorted(os.listdir(engine.data)):
                with open(os.path.join(engine.data, name), "rb") as content:
                    found[name] = hashlib.sha256(content.read()).hexdigest()
            found.pop("orderly.db-shm")  # the log's index, which readers share
            return found
        before = files()
        self.assertIn("orderly.db-wal", before)
        self.assert_audit_finds_nothing(engine.storage, orders=1)
        self.assertEqual(files(), before)


class WrongCalls(Case):
    def code_and_text(self, *arguments):
        done = subprocess.run([ORDERLY, *arguments], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stderr

    def test_say_what_is_wrong_and_end_as_the_contract_says(self):
        bad_list = os.path.join(self.folder, "list")
        with open(bad_list, "w", encoding="ascii") as out:
            out.write("# orders\n575 1\nnonsense\n")
        foreign = os.path.join(self.folder, "foreign.db")
        with sqlite3.connect(foreign) as other:
            other.execute("create table a(b)")
        other.close()
        nowhere = "sqlite:" + os.path.join(self.folder, "nothing.db")
        for code, words, arguments in (
                (64, "orderly VERB --help", []), (64, "--storage", ["audit"]),
                (64, "--frobnicate", ["audit", "--storage", nowhere, "--frobnicate"]),
                (64, "list:3", ["audit", "--storage", nowhere, "--answered", bad_list]),
                (64, "cannot be read", ["audit", "--storage", nowhere, "--answered", self.folder + "/none"]),
                (69, "nothing.db", ["audit", "--storage", nowhere]),
                (69, "refused", ["audit", "--storage", "postgresql://orderly@127.0.0.1:9/x"]),
                (78, "sqlite:PATH", ["audit", "--storage", "mysql://x"]), (78, "sqlite:PATH", ["audit", "--storage", "sqlite:"]),
                (78, "storage.url", ["audit", "--storage", "postgresql://h/x?nonsense=1"]),
                (78, "Orderly's", ["audit", "--storage", "sqlite:" + foreign])):
            with self.subTest(arguments=arguments):
                ended, text = self.code_and_text(*arguments)
                self.assertEqual(ended, code, text)
                self.assertIn(words, text)


if __name__ == "__main__":
    main()
