#!/usr/bin/env python3
"""`orderly top` in a terminal: tmux on a socket of the test's own, without anybody's configuration."""

import os
import shlex
import signal
import socket
import subprocess
import threading

from orderly_e2e import ORDERLY, Case, main, post_webhook, status_webhook, wait_for
from recorded_engine import ID, TOKEN, Ran, RecordedEngine, actors, environment

PROMPT = "ready$ "


class Terminal:
    """A shell in a terminal of that size."""

    def __init__(self, folder, env, width=80, height=24):
        self.socket = os.path.join(folder, "tmux")
        self.env = env
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), "env", "PS1=" + PROMPT, "sh")
        wait_for("the shell's prompt", lambda: PROMPT.strip() in self.text())

    def tmux(self, *arguments):
        done = subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "-u", *arguments], env=self.env, check=True,
                              timeout=20, capture_output=True)
        return done.stdout.decode()

    def lines(self):
        return self.tmux("capture-pane", "-p").split("\n")[:-1]

    def text(self):
        return "\n".join(self.lines())

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def resize(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def is_shown(self, text, seconds=30):
        wait_for(f"{text!r} on the screen", lambda: text in self.text(), seconds)

    def cursor_is_shown(self):
        return self.tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def child(self):
        """The process id of what runs in the shell."""
        shell = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        found = subprocess.run(["ps", "--ppid", shell, "-o", "pid=,comm="], capture_output=True, text=True, check=False).stdout
        return next((int(line.split()[0]) for line in found.splitlines() if line.split()[1] == "orderly"), None)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, check=False)


class Top(Case):
    def setUp(self):
        super().setUp()
        self.recorded = RecordedEngine()
        self.addCleanup(lambda: self.recorded.close())  # whichever it is by then

    def terminal(self, **more):
        terminal = Terminal(self.folder, environment(self.recorded.url, TOKEN, **more))
        self.addCleanup(terminal.close)
        return terminal

    def start_top(self, terminal, *arguments):
        self.settings = self.stty(terminal, "before")
        terminal.type("clear; " + shlex.join([ORDERLY, "top", *arguments]) + "; echo ended with $?")
        terminal.is_shown("orderly top   engine eu-1")

    def stty(self, terminal, name):
        path = os.path.join(self.folder, name)
        terminal.type(f"clear; stty -a > {shlex.quote(path + '.new')} && mv {shlex.quote(path + '.new')} {shlex.quote(path)}")
        wait_for("stty", lambda: os.path.exists(path))
        with open(path, encoding="ascii") as source:
            return source.read()

    def assert_ended(self, terminal, code):
        terminal.is_shown(f"ended with {code}\n{PROMPT.strip()}")
        self.assertTrue(terminal.cursor_is_shown())
        self.assertEqual(self.stty(terminal, f"after-{code}"), self.settings)

    def assert_is_a_screen(self, terminal, width, height):
        lines = terminal.lines()
        self.assertLessEqual(len(lines), height)
        self.assertLessEqual(max(map(len, lines)), width)
        self.assertTrue(lines[0].startswith("orderly top   engine eu-1"[:width]), lines)

    def test_fills_the_screen_in_place_and_no_more(self):
        terminal = self.terminal()
        self.start_top(terminal)
        asked = len(self.recorded.asked)
        wait_for("three more looks", lambda: len(self.recorded.asked) >= asked + 3)
        lines = terminal.lines()
        self.assert_is_a_screen(terminal, 80, 24)
        self.assertEqual(lines[23], "1-11 of 8,211 orders   sort mailbox   Ctrl-C ends")
        self.assertEqual(lines[12].split()[-1], "..." + ID[-6:])
        self.assertFalse(terminal.cursor_is_shown())
        self.assertEqual(terminal.tmux("display-message", "-p", "#{history_size}").strip(), "0", "nothing has scrolled")
        for width, height in ((60, 20), (160, 50), (30, 5), (80, 24)):
            terminal.resize(width, height)
            wait_for(f"a screen of {width}x{height}", lambda h=height: terminal.lines()[h - 1:] and
                     "Ctrl-C ends"[:10] in terminal.lines()[h - 1] or terminal.lines()[0].startswith("orderly top") and h == 5)
            self.assert_is_a_screen(terminal, width, height)
        terminal.press("C-c")
        self.assert_ended(terminal, 0)

    def test_shows_what_has_changed_within_two_looks(self):
        burst = {"id": 0}
        self.recorded.answers["/api/v1/actors"] = lambda _: (200, actors(3, handled=4211 + burst["id"]))
        terminal = self.terminal()
        self.start_top(terminal, "--every", "2")  # long beside the time that reading the screen takes
        burst["id"] = 100_000
        asked = len(self.recorded.asked)
        terminal.is_shown("104,211")
        self.assertLessEqual(len(self.recorded.asked) - asked, 3)
        terminal.press("C-c")
        self.assert_ended(terminal, 0)

    def test_gives_the_cursor_back_whatever_ends_it(self):
        terminal = self.terminal()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV, signal.SIGABRT):
            self.start_top(terminal)
            os.kill(wait_for("its process", terminal.child), number)
            self.assert_ended(terminal, 128 + number)

    def test_stops_for_a_while_and_goes_on(self):
        terminal = self.terminal()
        self.start_top(terminal)
        terminal.press("C-z")
        terminal.is_shown("Stopped")
        self.assertTrue(terminal.cursor_is_shown())
        terminal.type("clear; fg")
        wait_for("no cursor", lambda: not terminal.cursor_is_shown())  # the screen of before still shows until `clear` has run
        terminal.is_shown("Ctrl-C ends")
        terminal.press("C-c")
        wait_for("the cursor", terminal.cursor_is_shown)

    def test_keeps_the_last_screen_while_the_engine_is_away(self):
        terminal = self.terminal()
        self.start_top(terminal)
        port = self.recorded.port
        self.recorded.close()
        terminal.is_shown("! no answer for ")
        terminal.is_shown("efused")
        self.assertIn("..." + ID[-6:], terminal.text())
        self.assert_is_a_screen(terminal, 80, 24)
        self.recorded = RecordedEngine(port=port)
        wait_for("an answer again", lambda: "no answer" not in terminal.text())
        self.recorded.silent.set()
        terminal.is_shown("still waiting")
        self.recorded.silent.clear()
        wait_for("an answer again", lambda: "no answer" not in terminal.text())
        self.recorded.answers["/api/v1/actors"] = lambda _: (401, {"title": "A log-in is needed", "code": "unauthorized"})
        self.assert_ended(terminal, 77)

    def test_a_first_look_that_fails_ends_it(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        terminal = self.terminal()
        terminal.type(f"clear; ORDERLY_URL={url} {shlex.quote(ORDERLY)} top; echo ended with $?")
        terminal.is_shown("ended with 69")
        self.assertIn("no engine answers", terminal.text())
        self.assertTrue(terminal.cursor_is_shown())

    def test_draws_nothing_where_nobody_wants_it(self):
        terminal = self.terminal()
        for setting in ("TERM=dumb", "NO_COLOR=1"):
            log = os.path.join(self.folder, setting)
            # script(1) is no part of every Debian; tmux writes down what the program writes.
            terminal.tmux("pipe-pane", "-O", f"cat > {shlex.quote(log)}")
            terminal.type(f"clear >/dev/null; env {setting} {shlex.quote(ORDERLY)} top --limit 2; echo ended with $?")
            terminal.is_shown("ended with 0")
            terminal.tmux("pipe-pane")
            with open(log, "rb") as source:
                written = source.read()
            self.assertIn(b"OLDEST_MS", written)
            self.assertNotIn(b"\x1b[H", written, setting)
            self.assertNotIn(b"\x1b[?25", written, setting)
            terminal.type("clear")
            wait_for("a clear screen", lambda: "ended" not in terminal.text())



class OnAnEngine(Case):
    def test_the_hottest_order_is_first_within_two_looks_of_a_burst(self):
        engine = self.start_engine(self.start_sandbox())
        orders = [str(590000000000000000 + number) for number in range(30)]
        for order_id in orders:
            self.assertEqual(post_webhook(engine.public, status_webhook(order_id, "UNPAID", 1_789_482_600, order_id)), 200)
        hot = orders[17]
        sent = threading.Event()

        def burst():
            for number in range(1, 10_000):
                if sent.is_set():
                    return
                post_webhook(engine.public, status_webhook(hot, "UNPAID", 1_789_482_600 + number, f"burst-{number}"))
        sender = threading.Thread(target=burst, daemon=True)
        sender.start()
        self.addCleanup(sent.set)
        looked = Ran("top", "--sort", "handled", "--batch", "3", "--every", "1", url=engine.admin, token=engine.token)
        self.assertEqual(looked.code, 0, str(looked))
        heads = [number for number, line in enumerate(looked.lines) if line.startswith("MBOX")]
        self.assertEqual([looked.lines[head + 1].split()[-1] for head in heads[1:]], [hot, hot], str(looked))
        sent.set()
        sender.join(20)


if __name__ == "__main__":
    main()
