"""What tools/demo shows while orders keep coming: a line an order at its end, or where it waits for the visitor."""

import sys
import time

from demo_shop import LATE
from orderly_local import UPS, states_passed

MARKS = {"received": "○", "processing": "◐", "shipped": "▲", "delivered": "●", "failed": "✕"}

# The whole of it and the first orders' lines fit the first screen; no line is longer than 80 characters.
HEAD = """\
Open    {address}
Log in  {user}   {password}

Orderly, an order engine for TikTok Shop sellers, serves a simulated shop. Try:
 1  open the address: orders move by themselves; click one
 2  in another shell, here:  . {environment}; orderly top
 3  in the console, ship a late order (! late):
    any tracking number, provider {provider}

{legend}   Ctrl-C ends all"""

FOUND = """
select o.tiktok_order_id as id, o.state, o.failure, a.order_id is not null as refused
from orders o left join order_attention a on a.order_id = o.id and a.kind = 'report_failed' and a.until is null
where o.tiktok_order_id in ({places})"""


def head(address, user, password, environment):
    legend = "  ".join(f"{mark} {state}" for state, mark in MARKS.items())
    return HEAD.format(address=address, user=user, password=password, environment=environment, provider=UPS, legend=legend)


class Screen:
    """Lines, and on a terminal one more below them that is written anew."""

    def __init__(self, out=sys.stdout):
        self.out, self.live = out, out.isatty()
        self.below = ""

    def line(self, text):
        self._write(("\r\033[K" if self.below else "") + text + "\n" + self.below)

    def status(self, text):
        if self.live and text != self.below:
            self.below = text
            self._write("\r\033[K" + text)

    def end(self):
        if self.below:
            self._write("\n")
            self.below = ""

    def _write(self, text):
        self.out.write(text)
        self.out.flush()


class Progress:
    """Follows the shop's orders in the database."""

    def __init__(self, shop, database, screen):
        self.shop, self.database, self.screen = shop, database, screen
        self.began = time.time()
        self.states = {}  # order id -> state
        self.ended = set()
        self.told = set()  # (order id, what was said of it while it waits)

    def look(self):
        kinds = self.shop.kinds.copy()
        open_orders = [order_id for order_id in kinds if order_id not in self.ended]
        if open_orders:
            for row in self.database.rows(FOUND.format(places=", ".join("?" for _ in open_orders)), *open_orders):
                self._take(row, kinds[row["id"]])
        counts = [(mark, sum(state == known for known in self.states.values())) for state, mark in MARKS.items()]
        self.screen.status("   now  " + "  ".join(f"{mark} {count}" for mark, count in counts))

    def over(self):
        return self.shop.everything_bought() and len(self.ended) == len(self.shop.kinds)

    def _take(self, row, kind):
        order_id, state = row["id"], row["state"]
        self.states[order_id] = state
        if state == "delivered":
            self._end(order_id, f"delivered in {self._seconds(order_id):.1f} s")
        elif state == "failed":
            self._end(order_id, "cancelled by the buyer" if row["failure"] == "cancelled" else "failed")
        elif row["refused"]:
            self._tell(order_id, "! TikTok refuses its number: ship again")
        elif kind == LATE and state == "processing":
            self._tell(order_id, "! late by an hour, waits for you")

    def _end(self, order_id, words):
        self.ended.add(order_id)
        self._say(order_id, words)

    def _tell(self, order_id, words):
        if (order_id, words) not in self.told:
            self.told.add((order_id, words))
            self._say(order_id, words)

    def _say(self, order_id, words):
        passed = " ".join(MARKS[state] for state in states_passed(self.database.events(order_id)))
        minutes, seconds = divmod(int(time.time() - self.began), 60)
        self.screen.line(f"{minutes:3}:{seconds:02}  {order_id}  {passed:<8} {words}")

    def _seconds(self, order_id):
        """Since the sandbox announced it first."""
        return time.time() - self.shop.sandbox.own("GET", "orders/" + order_id)["ledger"]["first_sent_ms"] / 1000
