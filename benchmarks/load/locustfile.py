"""Salespeople and a planner, as Locust's users, over Odoo's JSON-2 interface.

    locust -f locustfile.py --headless --host URL --factory FILE --orders 1000 \
        --outcome FILE

Each salesperson works through orders until so many are confirmed: quotes, writes the
quotation, sometimes holds it, confirms it, now and then changes or cancels it. In the
end all of them confirm in the very same moment, several times. The planner plans anew
and does work all the while. On stock Odoo they do what there is of it.

What came of each order is written down, to be compared with the database.
"""

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import gevent
from gevent.event import Event
from locust import HttpUser, between, events, task
from locust.exception import StopUser

# What the server says to somebody who was too slow, and rightly.
TOO_LATE = ("already done or cancelled", "already planned", "no time", "is not yet")
RUSHES = 3


class Day:
    """What all of them share: the orders of the day, and what came of them."""

    def __init__(self, factory, orders):
        self.factory = factory
        self.wanted = orders
        self.begun = 0
        self.selling = self.people = len(factory["sellers"])
        self.outcomes = []
        self.is_over = Event()
        self._waiting, self._gate = 0, Event()
        self._sellers = iter(factory["sellers"])

    def next_seller(self):
        """Who comes next to work."""
        return next(self._sellers)

    def take(self):
        """Whether there is another order; those of the rushes are kept."""
        if self.begun >= self.wanted:
            return False
        self.begun += 1
        return True

    def meet(self):
        """Wait until all salespeople are here."""
        self._waiting += 1
        gate = self._gate
        if self._waiting == self.people:
            self._waiting, self._gate = 0, Event()
            gate.set()
        else:
            gate.wait()

    def leave(self):
        """A salesperson goes home; the last one ends the day."""
        self.selling -= 1
        if not self.selling:
            self.is_over.set()


day = None


@events.init_command_line_parser.add_listener
def add_options(parser):
    parser.add_argument("--factory", help="what factory.py has printed")
    parser.add_argument("--outcome", help="file for what came of each order")
    parser.add_argument("--orders", type=int, default=200, help="how many to begin")
    parser.add_argument("--replan-every", type=float, default=30.0, help="seconds")
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds between calls"
    )


@events.test_start.add_listener
def begin(environment, **_kwargs):
    global day
    options = environment.parsed_options
    day = Day(json.loads(Path(options.factory).read_text()), options.orders)

    def end():
        day.is_over.wait()
        gevent.sleep(1)
        environment.runner.quit()

    day.began = time.time()
    gevent.spawn(end)


@events.quitting.add_listener
def write_down(environment, **_kwargs):
    options, stats = environment.parsed_options, environment.stats
    latency = {
        entry.name: {
            "calls": entry.num_requests,
            "failures": entry.num_failures,
            **{
                f"p{percent}": entry.get_response_time_percentile(percent / 100)
                for percent in (50, 95, 99)
            },
            "worst": entry.max_response_time,
        }
        for entry in stats.entries.values()
    }
    failures = {
        f"{error.name}: {error.error}": error.occurrences
        for error in stats.errors.values()
    }
    outcome = {
        "people": day.people,
        "seconds": round(day.ended - day.began, 1),
        "latency": latency,
        "failures": failures,
        "orders": day.outcomes,
    }
    Path(options.outcome).write_text(json.dumps(outcome))


class Person(HttpUser):
    """Somebody with a key to Odoo."""

    abstract = True
    key = ""

    def call(self, what, model, method, **params):
        """Call a method; ``None`` if it failed, which counts as a failure."""
        with self.client.post(
            f"/json/2/{model}/{method}",
            json=params,
            headers={"Authorization": f"bearer {self.key}"},
            name=what,
            catch_response=True,
        ) as response:
            if response.ok:
                response.success()
                return response.json()
            try:
                error = response.json()
                text = f"{error['name']}: {error['message'].splitlines()[0]}"
            except (ValueError, TypeError, KeyError, IndexError):
                text = f"{response.status_code} {response.error or response.text}"
            if any(answer in text for answer in TOO_LATE):
                response.success()
            else:
                response.failure(text[:200])
            return None


class Salesperson(Person):
    """Quotes, holds, confirms, changes and cancels."""

    def wait_time(self):
        pause = self.environment.parsed_options.pause
        return random.uniform(pause / 2, pause * 1.5)

    def on_start(self):
        seller = day.next_seller()
        self.key, self.customer_id = seller["key"], seller["customer_id"]
        self.dice = random.Random(seller["customer_id"])

    @task
    def work(self):
        if day.take():
            self.sell()
            return
        for _rush in range(RUSHES):
            order = self.quote()
            day.meet()
            self.confirm(order, "confirm (all at once)")
        day.ended = time.time()
        day.leave()
        raise StopUser

    def sell(self):
        order = self.quote()
        fate = self.dice.random()
        if day.factory["is_ours"] and fate < 0.3:
            order["hold"] = self.call(
                "hold", "sale.order", "mto_hold", ids=[order["id"]]
            )
        if fate < 0.03:
            order["wanted"] = "quotation"
            return
        if not self.confirm(order, "confirm"):
            return
        if fate > 0.95:
            done = self.call("cancel", "sale.order", "action_cancel", ids=[order["id"]])
            order["wanted"] = "cancel" if done is not None else "cancel?"
        elif fate > 0.8:
            self.change(order)

    def quote(self):
        """A price and a date, and the quotation."""
        product = self.dice.choice(day.factory["products"])
        quantity = self.dice.randint(1, 3)
        line = {"product_id": product, "product_uom_qty": quantity}
        request = {"product_id": product, "quantity": quantity}
        if self.dice.random() < 0.5:
            # For some day of the next months: not all want all at once.
            wanted = datetime.now() + timedelta(days=self.dice.randint(45, 200))
            request["requested_date"] = f"{wanted:%Y-%m-%d %H:%M:%S}"
        if day.factory["is_ours"]:
            self.call("quote", "mto.planner", "quote", requests=[request])
            if "requested_date" in request:
                line["mto_requested_date"] = request["requested_date"]
        values = {"partner_id": self.customer_id, "order_line": [[0, 0, line]]}
        made = self.call("create", "sale.order", "create", vals_list=[values])
        order = {
            "id": made and made[0],
            "wanted": "quotation",
            "quantity": quantity,
            "requested": "requested_date" in request,
        }
        if made:
            day.outcomes.append(order)
        return order

    def confirm(self, order, what):
        """Whether it is confirmed."""
        if not order["id"]:
            return False
        done = self.call(what, "sale.order", "action_confirm", ids=[order["id"]])
        order["wanted"] = "sale" if done else "sale?"
        return bool(done)

    def change(self, order):
        """One piece more, or one less."""
        quantity = order["quantity"] + self.dice.choice([-1, 1]) or 2
        (line,) = self.call(
            "read",
            "sale.order.line",
            "search_read",
            domain=[["order_id", "=", order["id"]]],
            fields=["id"],
        ) or [None]
        if not line:
            return
        values = {"product_uom_qty": quantity}
        if day.factory["is_ours"]:
            call, params = "mto_apply_change", {"values": values}
        else:
            call, params = "write", {"vals": values}
        done = self.call("change", "sale.order.line", call, ids=[line["id"]], **params)
        order["changed"] = True
        order["quantity"] = quantity if done is not None else None


class Planner(Person):
    """Plans all anew now and then, and does the work that can be done."""

    fixed_count = 1
    wait_time = between(1, 3)

    def on_start(self):
        self.key = day.factory["planner"]
        self.next_replan = time.time()

    @task
    def work(self):
        if day.is_over.is_set():
            raise StopUser
        if time.time() >= self.next_replan:
            self.replan()
            every = self.environment.parsed_options.replan_every
            self.next_replan = time.time() + every
        self.make()

    def replan(self):
        """All open work; stock Odoo plans what has no plan yet, order by order."""
        if day.factory["is_ours"]:
            self.call("replan", "mto.planner", "replan", options={})
            return
        found = self.call(
            "read",
            "mrp.production",
            "search_read",
            domain=[["state", "=", "confirmed"], ["is_planned", "=", False]],
            fields=["id"],
            order="id",
            limit=40,
        )
        ids = [row["id"] for row in found or []]
        if ids:
            self.call("plan 40 orders", "mrp.production", "button_plan", ids=ids)

    def make(self):
        """A manufacturing order whose parts are here: begin, end, put away."""
        found = self.call(
            "read",
            "mrp.production",
            "search_read",
            domain=[
                ["state", "=", "confirmed"],
                ["reservation_state", "=", "assigned"],
            ],
            fields=["workorder_ids"],
            order="date_start",
            limit=1,
        )
        for row in found or []:
            works = row["workorder_ids"]
            self.call("start work", "mrp.workorder", "button_start", ids=works)
            self.call("finish work", "mrp.workorder", "button_finish", ids=works)
            self.call(
                "finish order", "mrp.production", "button_mark_done", ids=[row["id"]]
            )
