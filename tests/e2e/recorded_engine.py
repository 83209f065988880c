"""An admin listener that gives recorded answers, and `orderly` run against it or against an engine."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from orderly_e2e import ORDERLY

TOKEN = "a-token-of-this-test"
ID = "576461413038785752"

WHY = {
    "as_of": "2026-11-27T20:14:07.031240Z", "engine": "eu-1",
    "order": {"id": "0199a3f2-c41e-7d0d-8f5b-1c6e2a90b711", "tiktok_order_id": ID, "shop_id": "7494049642642441621",
              "state": "processing", "version": 14, "updated_at": "2026-11-27T20:13:00.000000Z"},
    "sentence": "It is processing and a person holds it: nothing of it leaves until it is released.",
    "causes": [{"code": "held", "since": "2026-11-27T20:13:00.000000Z", "until": None, "class": "person",
                "evidence": [{"text": "held by ani", "source": "event", "ref": "14"}],
                "remedy": {"text": "Release it.", "command": f"orderly order {ID} release",
                           "api": f"POST /api/v1/orders/{ID}/release"}}],
    "deadline": {"what": "ship", "at": "2026-11-27T21:06:00.000000Z"},
    "not_it": ["quarantined", "shop_stopped"],
    "not_known": [{"what": "store_failing", "why": "the writer did not answer within 1 s"}]}

TREE = {
    "as_of": "2026-11-27T20:14:07.031240Z", "engine": "eu-1", "not_known": [],
    "root": {"id": "supervisor", "kind": "supervisor", "restarts": 1, "restart_limit": {"n": 5, "in_s": 60}, "mailbox": None,
             "oldest_ms": None, "handled_per_s": None, "note": "8 parts", "marks": [], "folded": None, "children": [
                 {"id": "writer", "kind": "writer", "restarts": 0, "restart_limit": None, "mailbox": 4, "oldest_ms": None,
                  "handled_per_s": 190.2, "note": None, "marks": [], "folded": None, "children": []},
                 {"id": "registry:0", "kind": "registry", "restarts": 0, "restart_limit": None, "mailbox": 3, "oldest_ms": None,
                  "handled_per_s": 209.0, "note": None, "marks": [], "folded": {"count": 4099, "mailbox": 2}, "children": [
                      {"id": ID, "kind": "order", "restarts": 3, "restart_limit": None, "mailbox": 1, "oldest_ms": 1203.4,
                       "handled_per_s": 0.0, "note": None, "marks": ["quarantined"], "folded": None, "children": []}]}]},
    "threads": [{"name": "scheduler", "count": 2, "queue": None, "queue_limit": None}]}


def actors(limit, handled=4211):
    kinds = [{"kind": kind, "live": 8204 if kind == "order" else 1, "mailbox": 27 if kind == "order" else 0, "oldest_ms": None,
              "handled": handled, "handled_per_s": 209.0, "wait_ms": {"mean": 0.31}, "restarts": 0}
             for kind in ("order", "registry", "writer", "lane", "outbox", "fetcher", "sweeper", "watcher", "supervisor")]
    orders = [{"id": str(int(ID) + number), "kind": "order",
               "order": {"tiktok_order_id": str(int(ID) + number), "state": "processing", "version": 14},
               "mailbox": 19, "oldest_ms": 1203.4, "in_hand": 1, "phase": "committing", "handled": handled, "handled_per_s": 4.1,
               "restarts": 0} for number in range(limit)]
    return {"as_of": "2026-11-27T20:14:07.031240Z", "engine": "eu-1", "not_known": [],
            "totals": {"residents": 8204, "residents_limit": 25000, "in_hand": 31, "in_hand_limit": 4000, "pending": 0,
                       "quarantined": 1, "mailbox": 27, "oldest_ms": 1203.4, "handled": 981220, "handled_per_s": 209.0,
                       "restarts": 3},
            "kinds": kinds, "actors": orders, "total": 8211}


class RecordedEngine:
    """`answers`: path -> body, or a function of the query. `asked`: each (method, target, headers) in order."""

    def __init__(self, answers=None, port=0, silent=False):
        self.asked, self.answers = [], answers or {}
        self.silent = threading.Event()  # while set, requests get no answer
        if silent:
            self.silent.set()
        engine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                engine.asked.append(("GET", self.path, dict(self.headers)))
                while engine.silent.is_set() and not engine.closed.wait(0.05):
                    pass
                if engine.closed.is_set():  # as a process that has ended, also on connections that are kept
                    self.close_connection = True
                else:
                    self.reply(*engine.answer(self))

            def reply(self, status, body):
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_):
                pass

        self.closed = threading.Event()
        ThreadingHTTPServer.allow_reuse_address = True
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, request):
        if request.headers.get("Authorization") != "Bearer " + TOKEN:
            return 401, {"title": "A log-in or a valid bearer token is needed", "status": 401, "code": "unauthorized"}
        path, _, query = request.path.partition("?")
        if path in self.answers:
            found = self.answers[path]
            return found(query) if callable(found) else (200, found)
        if path == f"/api/v1/orders/{ID}/why":
            return 200, WHY
        if path == "/api/v1/actors/tree":
            return 200, TREE
        if path == "/api/v1/actors":
            limit = next(int(part[6:]) for part in query.split("&") if part.startswith("limit="))
            return 200, actors(limit)
        return 404, {"title": "Nothing is there", "status": 404, "code": "not_found", "detail": "No such path."}

    def close(self):
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()


def environment(url=None, token=None, **more):
    """Nothing of the tester's own: what the program is told is what the test says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERLY_", "LC_")) and
            name not in ("LANG", "NO_COLOR", "COLUMNS", "LINES")}
    kept.update({"LC_ALL": "C.UTF-8", "TERM": "xterm", **more})
    if url:
        kept["ORDERLY_URL"] = url
    if token:
        kept["ORDERLY_TOKEN"] = token
    return kept


class Ran:
    """`orderly` run to its end."""

    def __init__(self, *arguments, url=None, token=None, timeout=90, **more):
        done = subprocess.run([ORDERLY, *arguments], capture_output=True, timeout=timeout, check=False,
                              env=environment(url, token, **more), stdin=subprocess.DEVNULL)
        self.code, self.raw = done.returncode, done.stdout
        self.out, self.trouble = done.stdout.decode(), done.stderr.decode()
        self.lines = self.out.splitlines()

    def __str__(self):
        return f"exit code {self.code}\n{self.out}---\n{self.trouble}"
