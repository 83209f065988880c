#!/usr/bin/env python3
"""tools/demo behind its shell script: what a visitor reads, types and is left with."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import datetime, timezone

from orderly_e2e import BIN, SOURCE, Case, call, main, wait_for

DEMO = os.path.join(SOURCE, "tools", "lib", "demo.py")
LINE = re.compile(r" *\d+:\d\d  (\d{18,19})  ([○◐▲●✕](?: [○◐▲●✕])*) +([^○◐▲●✕ ].*)")


def descendants(pid):
    """[(process id, program)] of all that it started and that are still there."""
    found = []
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as source:
        for child in map(int, source.read().split()):
            found += [(child, os.path.basename(os.readlink(f"/proc/{child}/exe"))), *descendants(child)]
    return found


class Demo(Case):
    def demo(self, *arguments):
        """Started in the test's own folder, where its data goes. Its lines so far are in `self.lines`."""
        child = subprocess.Popen([sys.executable, "-B", DEMO, "--bin", BIN, *arguments], cwd=self.folder, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                 env={**os.environ, "PYTHONUTF8": "1"})
        self.lines = lines = []

        def read():
            for line in child.stdout:
                lines.append(line)
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        for tidy_up in (child.stdout.close, reader.join, child.wait, child.kill):  # the last first
            self.addCleanup(tidy_up)
        self.child = child
        return child

    def text(self):
        return "".join(self.lines)

    def said_of_orders(self):
        return [found.groups() for found in map(LINE.fullmatch, self.text().splitlines()) if found]

    def assert_ends_on_ctrl_c(self, programs):
        os.kill(self.child.pid, signal.SIGINT)
        self.assertEqual(self.child.wait(15), 0, self.text())
        for pid, name in programs:
            self.assertFalse(os.path.exists(f"/proc/{pid}"), f"{name} is still there")

    def test_it_says_where_to_go_lets_in_shows_orders_of_every_kind_and_leaves_nothing_running(self):
        self.demo("--orders", "4")
        wait_for("the first lines", lambda: len(self.lines) >= 9)
        address = re.fullmatch(r"Open +(http://127\.0\.0\.1:\d+)/\n", self.lines[0])[1]
        name, password = re.fullmatch(r"Log in +(\S+) +(\S+)\n", self.lines[1]).groups()
        programs = descendants(self.child.pid)
        self.assertEqual(sorted(program for _, program in programs), ["orderlyd", "tiktok-sandbox"])

        status, page = call("GET", address, "/", headers={"Accept": "text/html"})
        self.assertEqual((status, "<title>Orderly" in page), (200, True), page)
        status, session = call("POST", address, "/api/v1/session", {"username": name, "password": password})
        self.assertEqual((status, session["user"]["role"]), (200, "admin"), session)
        self.assertFalse(session["first_password"], "the console would ask the visitor for another password")

        wait_for("a line of each of the four", lambda: len(self.said_of_orders()) >= 4)
        said = {words.split(" in ")[0]: marks for _, marks, words in self.said_of_orders()}
        self.assertEqual(said, {"delivered": "○ ◐ ▲ ●", "! late by an hour, waits for you": "○ ◐",
                                "cancelled by the buyer": "○ ◐ ✕", "! TikTok refuses its number: ship again": "○ ◐"})
        self.assertEqual([line for line in self.lines if len(line.rstrip("\n")) > 80], [])

        environment = re.search(r"  \. (\S+); orderly top", self.text())[1]
        asked = (f'. {environment}; command -v orderly >&2 && curl -sf "$SANDBOX/_sandbox/orders" >&2 && '
                 'curl -sf -H "Authorization: Bearer $ORDERLY_TOKEN" "$ORDERLY_URL/api/v1/orders?state=processing"')
        done = subprocess.run(["sh", "-c", asked], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        due = {order["tiktok_order_id"]: order["due_at"] for order in json.loads(done.stdout)["orders"]}
        late = next(order_id for order_id, _, words in self.said_of_orders() if "late" in words)
        self.assertLess(datetime.fromisoformat(due[late]), datetime.now(timezone.utc))
        self.assertEqual(os.stat(os.path.join(self.folder, environment)).st_mode & 0o077, 0)
        self.assert_ends_on_ctrl_c(programs)

    def test_a_second_one_on_the_same_database_shows_the_same_log_in(self):
        where = ["--orders", "1", "--storage", "sqlite:" + os.path.join(self.folder, "kept.db")]
        log_ins = []
        for _ in range(2):
            self.demo(*where)
            wait_for("the first lines", lambda: len(self.lines) >= 9)
            log_ins.append(self.lines[1])
            self.assert_ends_on_ctrl_c(descendants(self.child.pid))
        self.assertEqual(log_ins[0], log_ins[1])

    def test_bad_usage_is_64_and_says_what_is_allowed(self):
        for arguments, allowed in ((["--orders", "0"], "1 or more"), (["--once", "--orders", "3"], "always 10"),
                                   (["--port", "65536"], "0 to 65535"), (["--storage", "mysql://x"], "sqlite:PATH")):
            self.assertEqual(self.demo(*arguments).wait(10), 64)
            wait_for("the reason", lambda allowed=allowed: allowed in self.text(), 5)


if __name__ == "__main__":
    main()
