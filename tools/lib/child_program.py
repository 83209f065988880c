"""A program that is started as a child, becomes ready and is ended with its parent. Python's standard library only."""

import ctypes
import json
import os
import signal
import subprocess
import time


class NotReady(Exception):
    """A program that was started did not become ready; the text says why."""


def clean_environment():
    """Without what would configure the engine: ORDERLY_* is its own."""
    return {key: value for key, value in os.environ.items() if not key.startswith("ORDERLY_")}


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def end_with_parent():
    """In the child: the kernel ends it when whoever started it is gone, even by kill -9."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """A child process with a log file and a ready file."""

    def __init__(self, command, ready_file, log_file, seconds=30):
        self.command, self.log_file = command, log_file
        try:
            os.unlink(ready_file)  # of an earlier process that was killed
        except FileNotFoundError:
            pass
        with open(log_file, "ab") as log:
            # A session of its own: Ctrl-C in a terminal reaches the caller alone, which then ends its children in order.
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            env=clean_environment(), preexec_fn=end_with_parent)
        try:
            self.ready = self._wait_ready(ready_file, seconds)
        except BaseException:
            self.kill()
            raise

    def _wait_ready(self, ready_file, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise NotReady(f"{self.command[0]} ended with {self.process.returncode}: {self.tail()}")
            try:
                with open(ready_file, encoding="utf-8") as source:
                    ready = json.load(source)
                if ready.get("pid") == self.process.pid:
                    return ready
            except (OSError, ValueError):
                pass
            time.sleep(0.02)
        raise NotReady(f"{self.command[0]} was not ready after {seconds} s: {self.tail()}")

    def tail(self, lines=15):
        with open(self.log_file, encoding="utf-8", errors="replace") as source:
            return "\n".join(source.read().splitlines()[-lines:])

    def running(self):
        return self.process.poll() is None

    def kill(self):
        """kill -9, and reap."""
        if self.running():
            self.process.kill()
        self.process.wait()

    def stop(self, seconds=20):
        """SIGTERM; the exit code. -9 when it had to be killed."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.returncode
