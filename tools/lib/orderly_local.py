"""Starts a sandbox and an engine on loopback, talks to both, reads the engine's database. For the demo and the end-to-end tests.

Python's standard library only. Everything binds port 0; the ready files say what was bound.
"""

import http.client
import json
import os
import sqlite3
import subprocess
import threading
import time
import urllib.parse

from child_program import NotReady, Program

APP_KEY = "6kx9test1app2"
APP_SECRET = "0123456789abcdef0123456789abcdef01234567"
ACCESS_TOKEN = "TTP_sandboxaccesstoken"
SHOP_ID = "7494049642642441621"
SHOP_CIPHER = "ROW_TESTCIPHERAAAABBBBCCCCDDDD"
UPS = "7117858858072016686"


def call(method, base, path, body=None, token=None, headers=None, timeout=30):
    """One HTTP call. Returns (status, parsed JSON, or the text when it is not JSON)."""
    at = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=timeout)
    sent = dict(headers or {})
    if token:
        sent["Authorization"] = "Bearer " + token
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
        sent.setdefault("Content-Type", "application/json")
    try:
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text
    finally:
        connection.close()


def write_secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text + "\n")
    os.chmod(path, 0o600)


def wait_for(what, condition, seconds=30, every=0.02):
    """Returns the first true value of condition(); after `seconds` an AssertionError names what was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(every)


class Sandbox(Program):
    def __init__(self, binary, folder, *arguments):
        ready_file = os.path.join(folder, "sandbox.ready")
        super().__init__([binary, "--listen", "127.0.0.1:0", "--ready-file", ready_file, *arguments], ready_file,
                         os.path.join(folder, "sandbox.log"))
        self.base = "http://" + self.ready["listen"]

    def own(self, method, path, body=None):
        status, answer = call(method, self.base, "/_sandbox/" + path, body)
        if status >= 300:
            raise AssertionError(f"sandbox: {method} {path} answered {status}: {answer}")
        return answer

    def send_to(self, engine):
        self.own("POST", "webhook", {"url": engine.public + "/webhooks/tiktok"})

    def create_orders(self, count, **more):
        return self.own("POST", "orders", {"count": count, **more})["orders"]

    def step(self, order_id):
        """The order's next status, now; it would have had it a step later."""
        return self.own("POST", f"orders/{order_id}/step")["status"]

    def ledger(self):
        return self.own("GET", "ledger")

    def gate(self, endpoint, mode):
        self.own("POST", "gate", {"endpoint": endpoint, "mode": mode})

    def waiting(self, endpoint):
        return self.own("GET", "gate")[endpoint]["waiting"]

    def fault(self, endpoint, kind, count):
        self.own("POST", "fault", {"endpoint": endpoint, "kind": kind, "count": count})


def write_config(folder, sandbox_base, tiktok="", tables=""):
    """orderly.toml, the app's secret and the access token; returns the config's path. `tiktok`: more lines of that table;
    `tables`: other tables."""
    os.makedirs(folder, exist_ok=True)
    secret, token = os.path.join(folder, "app-secret"), os.path.join(folder, "access-token")
    write_secret(secret, APP_SECRET)
    write_secret(token, ACCESS_TOKEN)
    path = os.path.join(folder, "orderly.toml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"""{tables}
[tiktok]
app_key = "{APP_KEY}"
app_secret_file = {json.dumps(secret)}
api_base = "{sandbox_base}"
{tiktok}
[[tiktok.shops]]
id = "{SHOP_ID}"
region = "US"
cipher = "{SHOP_CIPHER}"
access_token_file = {json.dumps(token)}
""")
    return path


class Engine(Program):
    """orderlyd. Its data folder is FOLDER/data. `token`: for a database whose first user another engine has created."""

    def __init__(self, binary, folder, config, storage=None, listen="127.0.0.1:0", admin_listen="127.0.0.1:0", token=None):
        self.data = os.path.join(folder, "data")
        command = [binary, "--config", config, "--listen", listen, "--admin-listen", admin_listen, "--data-dir", self.data]
        if storage:
            command += ["--storage", storage]
        super().__init__(command, os.path.join(self.data, "orderlyd.ready"), os.path.join(folder, "orderlyd.log"))
        self.public, self.admin = "http://" + self.ready["listen"], "http://" + self.ready["admin_listen"]
        self.token = token or self._first_token()
        self.storage = storage or "sqlite:" + os.path.join(self.data, "orderly.db")
        self.database = self.storage.removeprefix("sqlite:")

    def _first_token(self):
        try:
            with open(os.path.join(self.data, "initial-admin-token"), encoding="utf-8") as source:
                return source.read().strip()
        except FileNotFoundError:
            self.kill()
            raise NotReady(f"the database has users already and no token of theirs is in {self.data}: name an empty "
                           "database") from None

    def open_database(self):
        return open_database(self.storage)

    def metric(self, name):
        """The sum over all labels of it. AssertionError when the engine has none of that name."""
        text = call("GET", self.admin, "/metrics", token=self.token)[1]
        found = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        if not found:
            raise AssertionError(f"the engine has no metric {name}")
        return sum(float(value) for value in found)

    def api(self, method, path, body=None, headers=None):
        return call(method, self.admin, "/api/v1" + path, body, self.token, headers)

    def orders(self, state=None):
        """All orders of a state, page by page."""
        found, cursor = [], ""
        while True:
            query = {"limit": "200"}
            if state:
                query["state"] = state
            if cursor:
                query["cursor"] = cursor
            status, page = self.api("GET", "/orders?" + urllib.parse.urlencode(query))
            if status != 200:
                raise AssertionError(f"GET /orders answered {status}: {page}")
            found += page["orders"]
            cursor = page.get("next_cursor")
            if not cursor:
                return found

    def ship(self, order_id, tracking_number, provider=UPS):
        return self.api("POST", f"/orders/{order_id}/transitions",
                        {"to": "shipped", "tracking_number": tracking_number, "shipping_provider_id": provider},
                        {"Idempotency-Key": f"ship-{order_id}-{tracking_number}"})


def tracking_number_for(order_id):
    """UPS numbers begin with 1Z; one of its own for each order."""
    return "1Z999AA1" + order_id[-10:]


class Warehouse(threading.Thread):
    """The people who pack: ships each order that is in `processing`, once, with a tracking number of its own."""

    def __init__(self, engine, every=0.1):
        super().__init__(daemon=True)
        self.engine, self.every = engine, every
        self.shipped, self.problems = {}, []  # order id -> tracking number; sentences
        self._ended = threading.Event()

    def run(self):
        while not self._ended.is_set():
            try:
                self.round()
            except (OSError, http.client.HTTPException, AssertionError) as problem:
                if not self._ended.is_set():
                    self.problems.append(f"warehouse: {problem}")
            self._ended.wait(self.every)

    def round(self):
        for order in self.engine.orders("processing"):
            order_id = order["tiktok_order_id"]
            if order_id not in self.shipped:
                self.ship(order_id, tracking_number_for(order_id))

    def ship(self, order_id, number):
        status, answer = self.engine.ship(order_id, number)
        if status in (200, 202):
            self.shipped[order_id] = number
        else:
            self.problems.append(f"order {order_id}: shipping was answered {status} {answer}")

    def stop(self):
        self._ended.set()
        if self.is_alive():  # a signal may end its owner before it has begun
            self.join(10)


ALL_EVENTS = ("select e.*, o.tiktok_order_id from order_events e join orders o on o.id = e.order_id "
              "order by o.tiktok_order_id, e.seq")


class Database:
    """The engine's SQLite file, read-only. UUIDs are 16 bytes, times microseconds. All that is read inside one `with` block is
    of one moment: the engine commits meanwhile."""

    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{urllib.parse.quote(path)}?mode=ro", uri=True, timeout=10)
        self.connection.row_factory = sqlite3.Row

    def rows(self, query, *arguments):
        """Each found row by its columns' names."""
        return self.connection.execute(query, arguments).fetchall()

    def value(self, query, *arguments):
        return self.connection.execute(query, arguments).fetchone()[0]

    def order(self, tiktok_order_id):
        found = self.rows("select * from orders where tiktok_order_id = ?", tiktok_order_id)
        return found[0] if found else None

    def events(self, tiktok_order_id):
        return self.rows("select e.* from order_events e join orders o on o.id = e.order_id "
                         "where o.tiktok_order_id = ? order by e.seq", tiktok_order_id)

    def histories(self):
        """Every order with its events: {TikTok's id: (row, [event])}."""
        found = {row["tiktok_order_id"]: (row, []) for row in self.rows("select * from orders")}
        for event in self.rows(ALL_EVENTS):
            found[event["tiktok_order_id"]][1].append(event)
        return found

    def raw(self, stored):
        """A column of bytes, as bytes."""
        return stored

    def close(self):
        self.connection.close()

    def __enter__(self):
        self.connection.execute("begin")
        return self

    def __exit__(self, *_):
        self.close()


class PostgresDatabase(Database):
    """The same over psql, a process a query, so each query is of a moment of its own. UUIDs and times are text, JSON columns are
    parsed."""

    def __init__(self, url):
        at = urllib.parse.urlsplit(url)
        login, _, server = at.netloc.rpartition("@")
        user, _, password = login.partition(":")
        # The password goes by the environment: everybody can read a process's arguments.
        self.url = urllib.parse.urlunsplit(at._replace(netloc=f"{user}@{server}" if user else server))
        self.environment = dict(os.environ, PGOPTIONS="-c default_transaction_read_only=on", PGCONNECT_TIMEOUT="10")
        if password:
            self.environment["PGPASSWORD"] = urllib.parse.unquote(password)

    def rows(self, query, *arguments):
        pieces = query.split("?")
        if len(pieces) != len(arguments) + 1:
            raise ValueError(f"{len(arguments)} arguments for {query}")
        text = pieces[0] + "".join(f":'a{number}'" + piece for number, piece in enumerate(pieces[1:]))
        return json.loads(self._psql(f"select coalesce(json_agg(found), '[]') from ({text}) found;", arguments))

    def value(self, query, *arguments):
        return next(iter(self.rows(query, *arguments)[0].values()))

    def raw(self, stored):
        return bytes.fromhex(stored.removeprefix("\\x"))

    def _psql(self, text, arguments):
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        for number, argument in enumerate(arguments):
            command += ["-v", f"a{number}={argument}"]
        try:
            done = subprocess.run(command, input=text, capture_output=True, env=self.environment, timeout=120, check=False,
                                  encoding="utf-8")
        except FileNotFoundError:
            raise NotReady("psql is not installed; tools/setup installs it") from None
        except subprocess.TimeoutExpired:
            raise NotReady("the database did not answer psql within 120 s") from None
        if done.returncode != 0:
            raise NotReady("the database cannot be read: " + done.stderr.strip())
        return done.stdout

    def __enter__(self):
        return self

    def close(self):
        pass  # each query has its own connection


def open_database(storage):
    """What reads a storage URL."""
    if is_postgres(storage):
        return PostgresDatabase(storage)
    return Database(storage.removeprefix("sqlite:"))


def is_postgres(storage):
    return storage.startswith(("postgresql://", "postgres://"))


def states_passed(events):
    """received, processing, ...: an order is created in `received`, then each transition names where it leads."""
    return ["received" if event["type"] == "created" else event["to_state"] for event in events
            if event["type"] in ("created", "transitioned")]
