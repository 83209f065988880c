#!/usr/bin/env python3
"""What signals do to orderlyd, and what becomes of answers when one comes in the middle."""

import http.client
import os
import signal
import socket
import sqlite3
import threading
import time

from orderly_e2e import APP_KEY, APP_SECRET, call, main, post_webhook, sign_webhook, status_webhook, wait_for
from orderlyd_case import DONE, EngineCase


class Signals(EngineCase):
    def test_sigterm_and_sigint_end_with_0_and_take_the_ready_file_along(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            engine = self.engine()
            engine.ready()
            self.assertEqual(engine.end(number), DONE)
            self.assertFalse(os.path.exists(os.path.join(engine.data, "orderlyd.ready")))
            self.assertEqual([line["event"] for line in engine.events()][-2:], ["stopping", "stopped"])

    def test_a_second_signal_ends_it_at_once(self):
        engine = self.engine("--config", self.config("[shutdown]\ngrace = '10m'\n"))
        engine.ready()
        host, port = engine.public.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as slow:
            # Under way, so that the engine drains up to the grace.
            slow.sendall(b"POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
            wait_for("the connection", lambda: "orderly_http_connections 1" in self.metrics(engine))
            engine.process.send_signal(signal.SIGTERM)
            wait_for("stopping", lambda: engine.logged("stopping"))
            time.sleep(0.1)
            self.assertIsNone(engine.process.poll(), "it still drains")
            self.assertEqual(engine.end(signal.SIGTERM), 128 + signal.SIGTERM)

    def metrics(self, engine):
        # The scrape's own connection counts too, so it is one more than the sessions that wait.
        text = call("GET", engine.admin, "/metrics", token=engine.file("initial-admin-token").strip())[1]
        count = next(float(line.split()[1]) for line in text.splitlines() if line.startswith("orderly_http_connections "))
        return f"orderly_http_connections {count - 1:g}"

    def test_sighup_rereads_the_log_level_and_keeps_it_when_the_file_is_bad(self):
        path = self.config("log_level = 'info'\n")
        engine = self.engine("--config", path)
        engine.ready()
        self.config("log_level = 'loud'\n")
        engine.process.send_signal(signal.SIGHUP)
        wait_for("config.kept", lambda: engine.logged("config.kept"))
        self.config("log_level = 'debug'\n")
        engine.process.send_signal(signal.SIGHUP)
        wait_for("config.reloaded", lambda: engine.logged("config.reloaded"))
        self.assertEqual(call("GET", engine.public, "/readyz")[0], 200)
        self.assertEqual(engine.end(), DONE)

    def test_sighup_rereads_secrets_and_the_admission_limit_and_names_what_needs_a_restart(self):
        def toml(secrets, more=""):
            return f"{more}[tiktok]\napp_key = '{APP_KEY}'\n{secrets}\n"

        def webhook(secret, number):
            body = status_webhook(f"57646141303878575{number}", "UNPAID", 1_789_482_600, str(number))
            return post_webhook(engine.public, body, sign_webhook(body, secret=secret))
        engine = self.engine("--config", self.config(toml("app_secret = 'old'")))
        engine.ready()
        self.assertEqual([webhook("old", 0), webhook("new", 1)], [200, 401])
        self.config(toml("app_secret = 'new'\nprevious_app_secrets = ['old']\nqueue_limit = 7",
                         "[engine]\nmax_in_flight = 2\n[http]\nthreads = 2\n[shutdown]\ngrace = '3s'\n"))
        engine.process.send_signal(signal.SIGHUP)
        [reloaded] = wait_for("config.reloaded", lambda: engine.logged("config.reloaded"))
        self.assertEqual(reloaded["changed"], ["engine.max_in_flight", "tiktok.app_secret", "tiktok.previous_app_secrets",
                                               "shutdown.grace"])
        wait_for("both warnings", lambda: [line["key"] for line in engine.logged("config.needs_restart")]
                 == ["http.threads", "tiktok.queue_limit"])
        self.assertEqual([webhook("old", 2), webhook("new", 1)], [200, 200])
        self.config(toml("app_secret = 'new'"))
        engine.process.send_signal(signal.SIGHUP)
        wait_for("the second reload", lambda: len(engine.logged("config.reloaded")) == 2)
        self.assertEqual([webhook("old", 3), webhook("new", 4)], [401, 200])
        self.assertEqual(len(engine.logged("config.needs_restart")), 2)
        self.config(toml("app_secret = 'newest'").replace(APP_KEY, "another_app"))  # its secrets fit its key only
        engine.process.send_signal(signal.SIGHUP)
        wait_for("both warnings", lambda: [line["key"] for line in engine.logged("config.needs_restart")][2:]
                 == ["tiktok.app_key", "tiktok.app_secret"])
        self.assertEqual(webhook("new", 5), 200)
        engine.process.send_signal(signal.SIGHUP)
        wait_for("a reload without news", lambda: len(engine.logged("config.reloaded")) == 4)
        self.assertEqual(engine.logged("config.reloaded")[-1]["changed"], [])
        self.assertEqual(engine.end(), DONE)

    def test_a_signal_during_the_start_ends_it_at_once(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with socket.create_server(("127.0.0.1", 0)) as silent:  # a server that takes the connection and never answers
                silent.settimeout(20)
                address = "%s:%d" % silent.getsockname()
                engine = self.engine("--storage", f"postgresql://someone@{address}/orders?sslmode=disable")
                connection, _ = silent.accept()
                with connection:
                    began = time.monotonic()
                    self.assertEqual(engine.end(number), 128 + number)
                    self.assertLess(time.monotonic() - began, 5, "at once, not when connecting has taken too long")

    def test_after_a_kill_it_starts_again_on_the_same_data(self):
        engine = self.engine()
        engine.ready()
        engine.kill()
        self.assertTrue(os.path.exists(os.path.join(engine.data, "orderlyd.ready")))
        again = self.engine()
        self.assertEqual(again.ready()["pid"], again.process.pid)
        self.assertEqual(again.end(), DONE)


class EndsUnderLoad(EngineCase):
    def test_whatever_was_answered_200_is_stored_when_sigterm_comes_in_the_middle(self):
        for round_number, grace in enumerate(("0s", "5s", "0s", "5s")):
            config = self.config(f"[shutdown]\ngrace = '{grace}'\n")
            engine = self.engine("--config", config, ORDERLY_TIKTOK_APP_KEY=APP_KEY, ORDERLY_TIKTOK_APP_SECRET=APP_SECRET)
            engine.ready()
            answered, statuses, senders = set(), set(), []
            for sender in range(4):
                arguments = (engine, f"{round_number}-{sender}", answered, statuses)
                senders.append(threading.Thread(target=self.send, args=arguments))
                senders[-1].start()
            wait_for("200 answers", lambda: len(answered) >= 200)
            self.assertEqual(engine.end(), DONE)
            for thread in senders:
                thread.join(20)
                self.assertFalse(thread.is_alive())
            self.assertLessEqual(statuses, {200, 503})
            with sqlite3.connect(os.path.join(engine.data, "orderly.db")) as database:
                stored = {row[0] for row in database.execute("select notification_id from inputs")}
            database.close()
            self.assertEqual(answered - stored, set())
            self.assertEqual([line["event"] for line in engine.events()][-1], "stopped")

    def send(self, engine, name, answered, statuses):
        """Webhooks of ever new orders until the engine takes no more."""
        for number in range(100_000):
            notification = f"{name}-{number}"
            order_id = "5764" + str(abs(hash(notification)) % 10**14).zfill(14)
            try:
                status = post_webhook(engine.public, status_webhook(order_id, "UNPAID", 1_789_482_600, notification))
            except (OSError, http.client.HTTPException):
                return
            statuses.add(status)
            if status == 200:
                answered.add(notification)

if __name__ == "__main__":
    main()
