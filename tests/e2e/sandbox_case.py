"""A sandbox for each test, and a receiver of its webhooks."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from orderly_e2e import UPS, Case, Seller, wait_for


class Receiver:
    """Takes webhooks. `answers` are given first, one a call; then 200. Each with `body`."""

    def __init__(self, *answers, body=b""):
        self.received, self.answers, self.lock = [], list(answers), threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    answer = receiver.answers.pop(0) if receiver.answers else 200
                    receiver.received.append((sent, self.headers["Authorization"], answer, self.client_address))
                self.send_response(answer)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # the sandbox is killed while connections are open
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/tiktok"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def bodies(self, order_id):
        with self.lock:
            found = [json.loads(body) for body, _, answer, _ in self.received if answer == 200]
        return [body for body in found if body["data"].get("order_id") == order_id]

    def statuses(self, order_id):
        return [body["data"]["order_status"] for body in self.bodies(order_id) if body["type"] == 1]


NEVER = 3_600_000  # ms: orders move when the test steps them


class SandboxCase(Case):
    def shop(self, *arguments, answers=(), step_ms=40, body=b""):
        self.receiver = Receiver(*answers, body=body)
        self.addCleanup(self.receiver.close)
        self.sandbox = self.start_sandbox("--webhook-url", self.receiver.url, "--step-ms", str(step_ms), *arguments)
        return Seller(self.sandbox.base)

    def order_in(self, status):
        order_id = self.sandbox.create_orders(1)[0]
        self.wait_status(order_id, status)
        return order_id

    def wait_status(self, order_id, status):
        wait_for(f"order {order_id} {status}", lambda: self.sandbox.own("GET", "orders")["orders"][order_id] == status)

    def ship(self, seller, order_id, number=None, **more):
        number = number or "1Z999AA1" + order_id[-10:]
        return seller.mark_shipped(order_id, {"tracking_number": number, "shipping_provider_id": UPS, **more})
