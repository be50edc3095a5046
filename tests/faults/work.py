"""What is being done when something fails, and how to see whether it was done whole."""

import random
import time

from . import picture
from .site import PATIENCE, Call

NOW = "now() AT TIME ZONE 'UTC'"


class Torn(AssertionError):
    """Something was done half."""


class Operation:
    """One thing that a client asks for, on an order of its own."""

    name = ""

    def __init__(self, factory, odoo, database):
        """Keep whom to ask."""
        self.factory, self.odoo, self.database = factory, odoo, database
        self.typical = 1.0
        self._shape = None

    def call(self, model, method, **params):
        """A request of whoever may do all."""
        return Call(self.odoo, self.factory["key"], model, method, **params)

    def make_order(self, *, is_held=False, is_confirmed=False):
        """An order of two pieces; its id."""
        line = {"product_id": self.factory["products"][0], "product_uom_qty": 2}
        values = {
            "partner_id": self.factory["customer_id"],
            "order_line": [[0, 0, line]],
        }
        (order,) = self.call("sale.order", "create", vals_list=[values]).get()
        if is_held:
            self.call("sale.order", "mto_hold", ids=[order]).get()
        if is_confirmed:
            self.call("sale.order", "action_confirm", ids=[order]).get()
        return order

    def learn(self):
        """Do it undisturbed once: how long it takes, and what it leaves."""
        self.prepare()
        before = self.look()
        call = self.begin()
        call.get()
        self._shape = self.see(self.look())
        if self._shape == self.see(before):
            raise Torn(f"{self.name} does nothing")

    def prepare(self):
        """Make what it is done to."""
        raise NotImplementedError

    def begin(self):
        """Ask for it."""
        raise NotImplementedError

    def look(self):
        """All that it may change."""
        return picture.take(self.database, self.order)

    def see(self, looked):
        """What must be the same whenever it was done."""
        return picture.shape_of(looked)

    def judge(self, before, after):
        """``before`` or ``after``.

        :raises Torn: neither, and what differs.
        """
        if after == before:
            return "before"
        seen = self.see(after)
        if seen == self._shape:
            return "after"
        different = {
            name: (rows, seen.get(name))
            for name, rows in self._shape.items()
            if rows != seen.get(name)
        }
        raise Torn(f"{self.name} was done half: {different}")

    def finish(self):
        """What has to come right in the end, whatever failed."""


class Confirm(Operation):
    """A quotation becomes an order, with all its production."""

    name = "confirm"

    def prepare(self):
        self.order = self.make_order()

    def begin(self):
        return self.call("sale.order", "action_confirm", ids=[self.order])


class ConfirmHeld(Confirm):
    """The same, and what was held is let go of."""

    name = "confirm what is held"

    def prepare(self):
        self.order = self.make_order(is_held=True)


class Hold(Operation):
    """Capacity is held for a quotation."""

    name = "hold"

    def prepare(self):
        self.order = self.make_order()

    def begin(self):
        return self.call("sale.order", "mto_hold", ids=[self.order])


class Change(Operation):
    """Another quantity of an order."""

    quantity = 0

    def prepare(self):
        self.order = self.make_order(is_confirmed=True)
        query = "SELECT id FROM sale_order_line WHERE order_id = %s"
        ((self._line,),) = self.database.ask(query, self.order)

    def begin(self):
        return self.call(
            "sale.order.line",
            "mto_apply_change",
            ids=[self._line],
            values={"product_uom_qty": self.quantity},
        )


class More(Change):
    """More of it."""

    name, quantity = "change to more", 3


class Less(Change):
    """Less of it."""

    name, quantity = "change to less", 1


class Cancel(Operation):
    """An order is not wanted any more."""

    name = "cancel"

    def prepare(self):
        self.order = self.make_order(is_confirmed=True)

    def begin(self):
        return self.call("sale.order", "action_cancel", ids=[self.order])


class Replan(Operation):
    """All work is planned anew after a day was taken from the calendar.

    A plan depends on nothing but the data, so what it will be is asked for before.
    """

    name = "replan"

    def prepare(self):
        days = self.database.ask(
            """SELECT DISTINCT date_start::date FROM mrp_workorder
                WHERE state IN ('blocked', 'ready') AND leave_id IS NOT NULL
                ORDER BY 1"""
        )
        ((day,),) = random.sample(days, 1)
        self.call(
            "resource.calendar.leaves",
            "create",
            vals_list=[
                {
                    "name": "Closed",
                    "calendar_id": self.factory["calendar_id"],
                    "date_from": f"{day} 00:00:00",
                    "date_to": f"{day} 23:59:59",
                }
            ],
        ).get()
        rows = self.call("mto.planner", "replan", options={"dry_run": True}).get()
        self._told = {
            ("mrp_production", row["production_id"]): row["after"]
            for row in rows["orders"]
        }

    def begin(self):
        return self.call("mto.planner", "replan", options={})

    def look(self):
        return picture.work_of(self.database)

    def see(self, looked):
        return {key: str(looked[key][-1]) for key in self._told}

    def learn(self):
        self.prepare()
        before = self.look()
        self.begin().get()
        if self.judge(before, self.look()) != "after":
            raise Torn("planning anew does nothing")

    def judge(self, before, after):
        if after == before:
            return "before"
        self._shape = {key: str(end) for key, end in self._told.items()}
        return super().judge(before, after)

    def finish(self):
        # Done or not: the day is closed, and what was planned on it has to go.
        self.begin().get()


class Expire(Operation):
    """A job ends holds whose time is over; there is no client."""

    name = "hold expiry (job)"
    count = 5

    def prepare(self):
        self._orders = [self.make_order(is_held=True) for _n in range(self.count)]

    def begin(self):
        for table in ("mto_promise", "mto_promise_slot", "mto_promise_part"):
            self.database.ask(
                f"""UPDATE {table} SET hold_until = {NOW} - interval '1 s'
                     WHERE line_id IN (SELECT id FROM sale_order_line
                                        WHERE order_id = ANY(%s))""",
                self._orders,
            )
        self._before = self.look()
        self.database.wake_job(self.factory["job_id"])

    def look(self):
        # Core repeats a job that failed at once, so one may be ended and the next not.
        return [picture.take(self.database, order) for order in self._orders]

    def learn(self):
        self.prepare()
        self.begin()
        self.finish()
        self._shape = self.see(self.look()[0])

    def judge(self, before, after):
        pairs = zip(self._before, after, strict=True)
        states = {super(Expire, self).judge(*pair) for pair in pairs}
        return "before" if "before" in states else "after"

    def finish(self):
        # Killed or not, holds are ended in the end.
        self.database.wake_job(self.factory["job_id"])
        end = time.monotonic() + PATIENCE
        while self._count_over():
            if time.monotonic() > end:
                raise Torn("holds whose time is over are still there")
            time.sleep(0.05)

    def _count_over(self):
        """How many are held although their time is over."""
        query = """SELECT count(*) FROM mto_promise
                    WHERE state = 'held' AND hold_until <= now() AT TIME ZONE 'UTC'"""
        return self.database.ask(query)[0][0]
