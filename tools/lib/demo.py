"""tools/demo behind its shell script: starts sandbox and engine, plays buyers and warehouse, shows what becomes of the orders."""

import argparse
import contextlib
import fcntl
import hashlib
import http.client
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import time

from child_program import NotReady
from demo_shop import Shop
from demo_show import Progress, Screen, head
from orderly_local import Engine, Sandbox, Warehouse, is_postgres, states_passed, write_config, write_secret

ORDERS = 10  # of --once
USER = "admin"  # whom the first start creates, in the demo's own database
LIMIT = 30.0  # seconds from the first webhook to `delivered`
EXIT_UNAVAILABLE = 69


def arguments():
    parser = argparse.ArgumentParser(prog="tools/demo", add_help=False)
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--orders", type=int)
    parser.add_argument("--storage")
    parser.add_argument("--port", type=int, default=0)
    parser.error = lambda problem: (print(f"demo: {problem}; tools/demo --help", file=sys.stderr), sys.exit(64))
    given = parser.parse_args()
    if not 0 <= given.port < 65536:
        parser.error("--port: 0 to 65535")
    if given.orders is not None and (given.once or given.orders < 1):
        parser.error(f"--orders: 1 or more; with --once there are always {ORDERS}")
    if given.storage is not None and not (given.storage.startswith("sqlite:") or is_postgres(given.storage)):
        parser.error("--storage: sqlite:PATH or postgresql://...")
    return given


class AlreadyRunning(NotReady):
    """Another demo has the folder."""


def hold(folder):
    """Keeps other demos away from the folder for as long as the file that is returned stays open."""
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    held = open(folder + ".lock", "ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise AlreadyRunning(f"already running: another tools/demo has {folder}") from None
    return held


class Demo:
    def __init__(self, given):
        self.given = given
        self.programs = []
        self.warehouse = None
        self.screen = Screen()
        self.held = None
        self.folder = self.choose_folder()

    def choose_folder(self):
        build = os.path.abspath("build")
        if self.given.storage:
            # The first start on a database leaves the admin's token in the folder: the next one needs it.
            name = hashlib.sha256(self.given.storage.encode()).hexdigest()[:12]
            folder = os.path.join(build, "demo-storage", name)
        elif self.given.once:
            return tempfile.mkdtemp(prefix="orderly-demo-")
        else:
            folder = os.path.join(build, "demo-data")
        self.held = hold(folder)
        if not self.given.storage:  # begins anew
            shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o700)  # the engine prints its first password, so the log has it
        return folder

    def start(self):
        seed = random.SystemRandom().randrange(1, 2**31)
        binary = lambda name: os.path.abspath(os.path.join(self.given.bin, name))  # noqa: E731
        self.sandbox = Sandbox(binary("tiktok-sandbox"), self.folder, "--seed", str(seed))
        self.programs.append(self.sandbox)
        config = write_config(self.folder, self.sandbox.base)
        self.engine = Engine(binary("orderlyd"), self.folder, config, storage=self.given.storage,
                             admin_listen=f"127.0.0.1:{self.given.port}")
        self.programs.append(self.engine)
        status, answer = self.engine.api("GET", "/orders?limit=1")
        if status != 200:
            raise NotReady(f"the database is not this demo's: the token in {self.engine.data} was answered {status} {answer}; "
                           "name an empty database")
        self.sandbox.send_to(self.engine)

    def password(self):
        """The first user's. Out of the data folder, so that the engine does not ask for another one; kept beside it, for the next
        demo on the same database."""
        kept = os.path.join(self.folder, "password")
        with contextlib.suppress(FileNotFoundError):
            os.rename(os.path.join(self.engine.data, "initial-admin-password"), kept)
        try:
            with open(kept, encoding="utf-8") as source:
                return source.read().strip()
        except FileNotFoundError:
            raise NotReady(f"the password of {USER} is not in {kept} any more; name an empty database") from None

    def write_environment(self):
        """What another terminal needs. Its path, from where the demo runs."""
        path = os.path.join(self.folder, "env")
        token = os.path.join(self.engine.data, "initial-admin-token")
        write_secret(path, "\n".join([
            f"export PATH={shlex.quote(os.path.abspath(self.given.bin))}:$PATH",
            f"export ORDERLY_URL={self.engine.admin}",
            f"export ORDERLY_TOKEN=$(cat {shlex.quote(token)})",
            f"export SANDBOX={self.sandbox.base}"]))
        return os.path.relpath(path)

    def ten(self):
        """--once: as many orders, a line each. The exit code."""
        print(f"demo: engine    {self.engine.admin}/api/v1  (admin; webhooks arrive at {self.engine.public}/webhooks/tiktok)")
        print(f"demo: sandbox   {self.sandbox.base}/_sandbox/ledger", flush=True)
        self.warehouse = Warehouse(self.engine)
        self.warehouse.start()
        took = self.travel()
        slowest = max(took.values(), default=0.0)
        good = len(took) == ORDERS and slowest < LIMIT
        if not good:
            self.explain()
        self.end()
        print(f"{len(took)} of {ORDERS} orders delivered, slowest {slowest:.1f} s", flush=True)
        if good:
            self.forget()
        return 0 if good else 1

    def travel(self):
        """Shows each order as it arrives. Returns how long each delivered one took."""
        ids = self.sandbox.create_orders(ORDERS)
        waiting, took = list(ids), {}
        end = time.monotonic() + LIMIT
        with contextlib.closing(self.engine.open_database()) as database:
            while waiting and time.monotonic() < end and all(program.running() for program in self.programs):
                for order_id in self.arrived(database, waiting):
                    waiting.remove(order_id)
                    seconds = time.time() - self.sandbox.own("GET", "orders/" + order_id)["ledger"]["first_sent_ms"] / 1000
                    if database.order(order_id)["state"] == "delivered":
                        took[order_id] = seconds
                    self.show(order_id, database, f"{seconds:5.1f} s")
                time.sleep(0.05)
            for order_id in waiting:
                self.show(order_id, database, f"not delivered within {LIMIT:.0f} s")
        return took

    def arrived(self, database, waiting):
        marks = ", ".join("?" for _ in waiting)
        ended = {row["tiktok_order_id"] for row in database.rows(
            f"select tiktok_order_id from orders where state in ('delivered', 'failed') and tiktok_order_id in ({marks})",
            *waiting)}
        return [order_id for order_id in waiting if order_id in ended]

    def show(self, order_id, database, ending):
        passed = " -> ".join(states_passed(database.events(order_id))) or "unknown to the engine"
        print(f"order {order_id}  {passed}  {ending}", flush=True)

    def keep_selling(self):
        """Until Ctrl-C, which is an exception."""
        self.screen.line(head(self.engine.admin + "/", USER, self.password(), self.write_environment()))
        self.warehouse = Shop(self.engine, self.sandbox, self.given.orders)
        self.warehouse.start()
        over = False
        with contextlib.closing(self.engine.open_database()) as database:
            progress = Progress(self.warehouse, database, self.screen)
            while all(program.running() for program in self.programs):
                with contextlib.suppress(OSError, http.client.HTTPException):  # then one of the two has ended
                    progress.look()
                if progress.over() and not over:
                    over = True
                    self.screen.line(f"That was the last of {self.given.orders} orders. Everything stays up until Ctrl-C.")
                time.sleep(1.0 if is_postgres(self.engine.storage) else 0.2)
        raise NotReady("a program ended: " + "; ".join(p.tail(3) for p in self.programs if not p.running()))

    def run(self):
        self.start()
        return self.ten() if self.given.once else self.keep_selling()

    def forget(self):
        """Removes a folder that was only for this run."""
        if self.given.once and not self.given.storage:
            shutil.rmtree(self.folder, ignore_errors=True)

    def explain(self):
        for problem in self.warehouse.problems[-5:]:
            print(f"demo: {problem}", file=sys.stderr)
        for program in self.programs:
            state = "runs" if program.running() else f"ended with {program.process.returncode}"
            print(f"demo: {os.path.basename(program.command[0])} {state}; its log {program.log_file} ends:\n{program.tail(8)}",
                  file=sys.stderr)

    def end(self):
        self.screen.end()
        if self.warehouse:
            self.warehouse.stop()
        for program in reversed(self.programs):
            program.stop()
        self.programs = []


def main():
    given = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: shells start background jobs with it ignored
        signal.signal(number, lambda *_: sys.exit(1 if given.once else 0))
    cut_off = False
    try:
        demo = Demo(given)
    except AlreadyRunning as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    try:
        return demo.run()
    except NotReady as problem:
        print(f"demo: {problem}\ndemo: logs and data are in {demo.folder}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except SystemExit:  # Ctrl-C
        cut_off = True
        raise
    finally:
        demo.end()
        if cut_off:
            demo.forget()


if __name__ == "__main__":
    sys.exit(main())
