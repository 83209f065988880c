#!/usr/bin/env python3
"""What whole engines carry: webhooks answered a second by one engine on SQLite, by one and by two on the same PostgreSQL. Runs
within `tools/pg run --`; docs/scaling.md holds what it printed.

    measure_engines.py [SECONDS ROUNDS]     of each measurement; default: 6 2

A webhook moves its order on by one status. TikTok's side does not answer meanwhile, so this is the way of webhooks alone. The
generator, the engines and the server share this machine's cores: compare the lines of one run with each other.
"""

import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from orderly_e2e import ORDERLYD, SANDBOX, SEED, Engine, Sandbox, sign_webhook, status_webhook, write_config
from webhook_load import STATUSES

CONNECTIONS, BLOCK = 64, 1000  # orders of a block pass their statuses together
WARM_UP = 2.0  # s
COUNTED = ("commits", "units", "conflicts")


class Flood:
    """Webhooks over connections that each wait for their answer, on one thread, as cheaply as Python can."""

    def __init__(self, listeners):
        self.poll, self.sockets = select.epoll(), {}
        chance = random.Random(SEED)
        self.bodies, self.answered = bodies(chance), 0
        for number in range(CONNECTIONS):
            host, port = listeners[number % len(listeners)].rsplit(":", 1)
            one = socket.create_connection((host, int(port)))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets[one.fileno()] = one
            self.poll.register(one, select.EPOLLIN)
            one.send(next(self.bodies))

    def run(self, seconds, at_times=lambda: None):
        """How many were answered a second."""
        began = time.monotonic()
        before, now, look = self.answered, began, began
        while (now := time.monotonic()) < began + seconds:
            for number, _ in self.poll.poll(0.1):
                self.exchange(self.sockets[number])
            if now > look:
                look = now + 0.1
                at_times()
        return (self.answered - before) / (now - began)

    def exchange(self, one):
        answer = one.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200") or not answer.endswith(b"\r\n\r\n"):
            raise AssertionError(f"instead of one whole 200: {answer!r}")
        self.answered += 1
        one.send(next(self.bodies))

    def close(self):
        for one in self.sockets.values():
            one.close()


def bodies(chance):
    """Requests without end."""
    notification, first = 7_630_000_000_000_000_000, 575_000_000_000_000_000
    while True:
        for step, status in enumerate(STATUSES):
            orders = list(range(first, first + BLOCK))
            chance.shuffle(orders)
            for order in orders:
                notification += 1
                body = status_webhook(str(order), status, 1_789_478_990 + step * 60, str(notification))
                yield (f"POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: "
                       f"{sign_webhook(body)}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        first += BLOCK


def processor_seconds(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            total += sum(int(field) for field in stat.read().rsplit(")", 1)[1].split()[11:13])
    return total / os.sysconf("SC_CLK_TCK")


def server_processes():
    """PostgreSQL's, by the parent's number."""
    with open(os.path.join(os.environ["ORDERLY_PG_CLUSTER"], "data", "postmaster.pid"), encoding="ascii") as file:
        parent = file.readline().strip()
    return [parent, *subprocess.run(["ps", "-o", "pid=", "--ppid", parent], capture_output=True, text=True,
                                    check=True).stdout.split()]


class Measurement:
    def __init__(self, name, engines, lanes):
        self.name, self.count, self.lanes = name, engines, lanes
        self.folder = tempfile.mkdtemp(prefix="orderly-measure-")
        self.programs = []

    def storage(self, number):
        """An empty one for each measurement."""
        if not self.lanes:
            return None
        url = os.environ["ORDERLY_STORAGE"]
        subprocess.run(["psql", "-Xq", "-d", url, "-c", f"create database measured_{number}"], check=True)
        return urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path=f"/measured_{number}"))

    def start(self, number):
        sandbox = Sandbox(SANDBOX, self.folder)
        self.programs.append(sandbox)
        sandbox.gate("detail", "hold_before")
        storage, token = self.storage(number), None
        for engine in range(self.count):
            folder = os.path.join(self.folder, str(engine))
            lanes = f"\n[storage]\nlanes = {self.lanes}" if self.lanes else ""
            tables = "[engine]\ncalls_in_flight = 1\nlease = \"11m\"" + lanes
            config = write_config(folder, sandbox.base, 'timeout = "5m"', tables)
            self.programs.append(Engine(ORDERLYD, folder, config, storage=storage, token=token))
            token = self.programs[-1].token
        return self.programs[1:]

    def counters(self, engines):
        return {name: sum(engine.metric(f"orderly_storage_{name}_total") for engine in engines) for name in COUNTED}

    def run(self, number, seconds):
        engines, busy = self.start(number), []
        flood = Flood([engine.ready["listen"] for engine in engines])
        flood.run(WARM_UP)
        pids = [engine.process.pid for engine in engines]
        server = server_processes() if self.lanes else []
        used, before = [processor_seconds(pids), processor_seconds(server), time.process_time()], self.counters(engines)
        answered = flood.answered
        rate = flood.run(seconds, lambda: busy.append(sum(lanes_busy(engine) for engine in engines)))
        after = self.counters(engines)
        used = [now - then for now, then in zip([processor_seconds(pids), processor_seconds(server), time.process_time()], used)]
        answered = flood.answered - answered
        flood.close()
        grown = {name: after[name] - before[name] for name in COUNTED}
        cost = ", ".join(f"{who} {1e6 * spent / answered:.0f}" for who, spent in zip(("engines", "server", "generator"), used))
        print(f"  {self.name:<37} {rate:>6.0f} webhooks/s, {grown['commits'] / answered:.3f} commits a webhook, "
              f"{grown['units'] / grown['commits']:.1f} units a commit, {sum(busy) / len(busy):.1f} of "
              f"{max(1, self.lanes) * self.count} lanes busy, {grown['conflicts'] / answered:.4f} conflicts a webhook; "
              f"us of a processor for each: {cost}", flush=True)

    def end(self):
        for program in reversed(self.programs):
            program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def lanes_busy(engine):
    return engine.metric("orderly_storage_lanes_busy")


def main():
    seconds, rounds = (int(word) for word in (sys.argv[1:] + ["6", "2"][len(sys.argv) - 1:]))
    print(f"ORDERLY_SEED={SEED}, {os.cpu_count()} processors, {CONNECTIONS} connections, {seconds} s each", flush=True)
    measured = [("SQLite, one engine", 1, 0), ("PostgreSQL, one engine, 2 lanes", 1, 2),
                ("PostgreSQL, one engine, 4 lanes", 1, 4), ("PostgreSQL, two engines, 2 lanes each", 2, 2)]
    for number in range(rounds * len(measured)):
        one = Measurement(*measured[number % len(measured)])
        try:
            one.run(number, seconds)
        finally:
            one.end()


if __name__ == "__main__":
    main()
