#!/usr/bin/env python3
"""The engine in surroundings that are not ours: a log that nobody reads, closed descriptors, files that may not grow."""

import fcntl
import os
import resource
import signal
import subprocess

from orderly_e2e import Case, Nowhere, call, main, post_webhook, status_webhook, wait_for

F_SETPIPE_SZ = 1031


class Surroundings(Case):
    def engine(self, prepare=None, **streams):
        """An engine whose child process is prepared by `prepare`, its standard streams those given."""
        original = subprocess.Popen

        def popen(command, **options):
            before = options["preexec_fn"]

            def both():
                before()
                if prepare:
                    prepare()
            return original(command, **{**options, **streams, "preexec_fn": both})
        subprocess.Popen = popen
        try:
            return self.start_engine(Nowhere, webhooks=False)
        finally:
            subprocess.Popen = original

    def send(self, engine, number, timeout=10):
        body = status_webhook(f"57646141303878{number:04}", "AWAITING_SHIPMENT", 1_700_000_000 + number, f"surroundings-{number}")
        return post_webhook(engine.public, body, timeout=timeout)

    def test_a_log_that_nobody_reads_stops_neither_commits_nor_signals(self):
        reader, writer = os.pipe()
        fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
        engine = self.engine(stderr=writer, stdout=subprocess.DEVNULL)
        os.close(writer)
        self.addCleanup(os.close, reader)
        for _ in range(60):  # a line of the log each: more than the pipe holds
            status, answer = engine.api("POST", "/dead-letters/redrive", {"cause": "unparsable", "limit": 1})
            self.assertEqual(status, 200, answer)
        for number in range(40):
            self.assertEqual(self.send(engine, number), 200)
        self.assertEqual(engine.stop(), 0)

    def test_closed_descriptors_are_not_taken_for_the_log(self):
        def close_all():
            for number in (0, 1, 2):
                os.close(number)
        engine = self.engine(close_all)
        for number in (0, 1, 2):
            self.assertEqual(os.readlink(f"/proc/{engine.process.pid}/fd/{number}"), "/dev/null")
        for number in range(20):
            self.assertEqual(self.send(engine, number), 200)
        self.assertEqual(engine.stop(), 0)

    def test_a_limit_of_file_sizes_is_a_503_and_no_end(self):
        engine = self.engine(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY)))
        statuses = []
        for number in range(4000):
            statuses.append(self.send(engine, number))
            if statuses[-1] != 200:
                break
        self.assertEqual((statuses[0], statuses[-1]), (200, 503), f"{len(statuses)} webhooks")
        self.assertTrue(engine.running(), engine.tail())
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_for("commits again", lambda: self.send(engine, 9999) == 200)

    def test_sighup_with_a_secret_that_is_a_silent_pipe_does_not_make_it_deaf(self):
        engine = self.engine()
        secret = os.path.join(self.folder, "app-secret")
        os.unlink(secret)
        os.mkfifo(secret, 0o600)
        holder = os.open(secret, os.O_RDWR)  # somebody who has it open and never writes
        self.addCleanup(os.close, holder)
        engine.process.send_signal(signal.SIGHUP)
        wait_for("the problem in the log", lambda: "nothing came through it" in engine.tail(5))
        self.assertEqual(self.send(engine, 1), 200)
        self.assertEqual(engine.stop(), 0)

    def test_readiness_says_storage_not_starting_once_it_has_served(self):
        engine = self.engine()
        self.assertEqual(self.send(engine, 1), 200)
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        wait_for("a 503", lambda: self.send(engine, 2) == 503)
        status, answer = wait_for("not ready", lambda: (lambda got: got if got[0] == 503 else None)(
            call("GET", engine.public, "/readyz")))
        self.assertEqual((status, answer["reason"]), (503, "storage"))
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
