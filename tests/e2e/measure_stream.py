#!/usr/bin/env python3
"""What it costs webhooks that somebody watches: webhooks answered a second by one engine on SQLite with nobody at GET /stream,
with one reader, with eight, and with the console's live list open in chromium (which the browser's tests must have installed).

    measure_stream.py [SECONDS ROUNDS]     of each measurement; default: 6 3

The generator, the engine and whoever watches share this machine's processors: chromium paints with one of them. So compare the
engine's processor time a webhook as well.
"""

import json
import os
import subprocess
import sys

from measure_engines import CONNECTIONS, WARM_UP, Flood, Measurement, processor_seconds
from orderly_e2e import SEED

BROWSER = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "build", "browser"))


class Readers:
    def __init__(self, engine, count):
        self.running = [subprocess.Popen(["curl", "--silent", "--no-buffer", "--output", os.devnull, "--header",
                                          f"Authorization: Bearer {engine.token}", f"{engine.admin}/api/v1/stream"])
                        for _ in range(count)]

    def end(self):
        for one in self.running:
            if one.poll() is not None:
                raise AssertionError("a reader of the stream ended before its time")
            one.kill()
            one.wait()


class Console:
    def __init__(self, engine, folder):
        with open(os.path.join(folder, "0", "data", "initial-admin-password"), encoding="utf-8") as file:
            password = file.read().strip()
        stage = os.path.join(folder, "stage.json")
        with open(stage, "w", encoding="utf-8") as out:
            json.dump({"console": engine.admin, "password": password, "token": engine.token}, out)
        self.watch = subprocess.Popen(["node", os.path.join(BROWSER, "watch.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True, env={**os.environ, "ORDERLY_BROWSER_STAGE": stage})
        assert self.watch.stdout.readline() == "watching\n"

    def end(self):
        self.watch.stdin.close()
        print("    the console at the end:", self.watch.stdout.read().strip(), flush=True)
        self.watch.wait()


class Watched(Measurement):
    def __init__(self, name, watch):
        super().__init__(name, 1, 0)
        self.watch = watch

    def run(self, number, seconds):
        engine = self.start(number)[0]
        flood = Flood([engine.ready["listen"]])
        watching = self.watch(engine, self.folder)
        flood.run(WARM_UP)
        pids = [engine.process.pid]
        used, answered = processor_seconds(pids), flood.answered
        rate = flood.run(seconds)
        used, answered = processor_seconds(pids) - used, flood.answered - answered
        flood.close()
        watching.end()
        print(f"  {self.name:<16} {rate:>6.0f} webhooks/s, {1e6 * used / answered:.0f} us of a processor for each in the engine",
              flush=True)
        return rate, used / answered


def main():
    seconds, rounds = (int(word) for word in (sys.argv[1:] + ["6", "3"][len(sys.argv) - 1:]))
    print(f"ORDERLY_SEED={SEED}, {os.cpu_count()} processors, {CONNECTIONS} connections, {seconds} s each", flush=True)
    kinds = {"nobody": lambda engine, _: Readers(engine, 0), "one reader": lambda engine, _: Readers(engine, 1),
             "eight readers": lambda engine, _: Readers(engine, 8), "the console": Console}
    seen = {name: [] for name in kinds}
    for number in range(rounds):
        for name, watch in kinds.items():
            one = Watched(name, watch)
            try:
                seen[name].append(one.run(number, seconds))
            finally:
                one.end()
    for name, values in seen.items():
        ratios = [[value[i] / alone[i] for value, alone in zip(values, seen["nobody"])] for i in (0, 1)]
        print(f"{name}: of the rate of nobody " + ", ".join(f"{ratio:.3f}" for ratio in ratios[0]) + "; of its processor time " +
              ", ".join(f"{ratio:.3f}" for ratio in ratios[1]), flush=True)


if __name__ == "__main__":
    main()
