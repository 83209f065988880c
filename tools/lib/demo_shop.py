"""The people of tools/demo's shop: buyers who order, one who cancels, and a warehouse that leaves some work to the visitor."""

import time

from orderly_local import Warehouse, call, tracking_number_for

PLAIN, LATE, CANCELLED, FAULTY = "plain", "late", "cancelled", "faulty"
SPECIAL = {1: LATE, 2: CANCELLED, 3: FAULTY}  # by its place in a round; the first order is at 0
ROUND = 20  # orders
AT_ONCE = 4  # orders of the first two seconds, so that there is something to see
LATE_AGE = 2 * 86400 + 3900  # seconds since it was placed; the sandbox's orders are to be shipped within two days
PACKING = 2.0  # seconds that an order takes
PATIENCE = 180.0  # seconds that the late and the faulty order wait for the visitor


def kind_of(number):
    """Of the shop's order with this number; the first is 0."""
    return SPECIAL.get(number % ROUND, PLAIN)


class Shop(Warehouse):
    """Buys `wanted` orders, or without end when that is None. What somebody else moves or holds, it leaves alone."""

    def __init__(self, engine, sandbox, wanted=None):
        super().__init__(engine, every=0.25)
        self.sandbox, self.wanted = sandbox, wanted
        self.kinds = {}  # order id -> kind, as they were bought
        self._buys_at = 0.0
        self._since = {}  # order id -> when it came to the table, or was last tried
        self._known = {}  # order id -> whether the sandbox has it: a database may hold orders of earlier demos

    def round(self):
        self._buy()
        for order in self.engine.orders("processing"):
            self._handle(order["tiktok_order_id"], order)

    def everything_bought(self):
        return len(self.kinds) == self.wanted

    def _buy(self):
        now = time.monotonic()
        if self.everything_bought() or now < self._buys_at:
            return
        kind = kind_of(len(self.kinds))
        order_id = self.sandbox.create_orders(1, **({"age_s": LATE_AGE} if kind == LATE else {}))[0]
        self.kinds[order_id] = kind
        self._buys_at = now + (0.5 if len(self.kinds) < AT_ONCE else 3.0)

    def _handle(self, order_id, order):
        now = time.monotonic()
        waited = now - self._since.setdefault(order_id, now)
        if order["held"] or order["pending"] or waited < PACKING or not self._has(order_id):
            return
        kind = self.kinds.get(order_id, PLAIN)
        refused = any(raised["kind"] == "report_failed" for raised in order["attention"])
        if (kind == LATE or refused) and waited < PATIENCE:
            return
        self._since[order_id] = now
        if kind == CANCELLED:
            self.sandbox.own("POST", f"orders/{order_id}/cancel")
        elif kind == FAULTY and not refused and order_id not in self.shipped:
            self._ship_as_another(order_id)
        else:
            self.ship(order_id, tracking_number_for(order_id))

    def _ship_as_another(self, order_id):
        """With a tracking number that is on another parcel already: TikTok Shop refuses it."""
        used = next(iter(self.shipped.values()), None)
        if used:
            self.ship(order_id, used)

    def _has(self, order_id):
        if order_id not in self.kinds and order_id not in self._known:
            self._known[order_id] = call("GET", self.sandbox.base, "/_sandbox/orders/" + order_id)[0] == 200
        return order_id in self.kinds or self._known[order_id]
