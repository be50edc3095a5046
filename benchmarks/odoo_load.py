"""Many people at once, in real processes: is anything booked twice, or lost?

Two halves: ``setup(env)`` makes a factory of five bottlenecks in a database (run in
Odoo's shell), and ``main`` drives a server with several workers over XML-RPC:
salespeople quote, hold, confirm and cancel, while a planner plans all anew and does
work. In the end the database is checked, and every confirmed order against its promise.

    odoo_load.py URL DATABASE SETUP.json RESULT.json [--people 16] [--orders 200]
"""

import argparse
import json
import random
import statistics
import threading
import time
import xmlrpc.client
from collections import Counter, defaultdict
from pathlib import Path

CENTERS = 5
PASSWORD = "mto_load_password"
# Done, but core's button answers what XML-RPC cannot say; and somebody was quicker.
RIGHT_ANSWERS = ("allow_none", "already done or cancelled")


def setup(env):
    """Products that all need two of five work centers, and a part of which few are."""
    from odoo.fields import Command

    company = env.company
    company.mto_safety_days = 0
    route = env.ref("stock.route_warehouse0_mto")
    route.active = True
    vendor = env["res.partner"].create({"name": "Vendor"})
    centers = env["mrp.workcenter"].create(
        [
            {
                "name": f"Center {number}",
                "resource_calendar_id": company.resource_calendar_id.id,
                "time_start": 0,
                "time_stop": 0,
            }
            for number in range(CENTERS)
        ]
    )
    scarce = env["product.product"].create(
        {
            "name": "Scarce part",
            "is_storable": True,
            "seller_ids": [
                Command.create({"partner_id": vendor.id, "delay": 30, "price": 3})
            ],
        }
    )
    env["stock.quant"]._update_available_quantity(
        scarce, env.ref("stock.warehouse0").lot_stock_id, 300
    )
    products = env["product.product"]
    for number in range(CENTERS):
        part, product = env["product.product"].create(
            [
                {
                    "name": f"{name} {number}",
                    "is_storable": True,
                    "route_ids": [Command.set(route.ids)],
                }
                for name in ("Part", "Product")
            ]
        )
        for made, components, center, minutes in (
            (part, scarce, centers[number], 20),
            (product, part, centers[(number + 1) % CENTERS], 30),
        ):
            env["mrp.bom"].create(
                {
                    "product_tmpl_id": made.product_tmpl_id.id,
                    "bom_line_ids": [
                        Command.create({"product_id": components.id, "product_qty": 1})
                    ],
                    "operation_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "workcenter_id": center.id,
                                "time_cycle_manual": minutes,
                            }
                        )
                    ],
                }
            )
        products |= product
    customer = env["res.partner"].create({"name": "Customer"})
    groups = {
        "sales": ["sales_team.group_sale_salesman"],
        "planner": ["mrp.group_mrp_manager", "stock.group_stock_user"],
        "checker": ["base.group_system"],
    }
    for login, names in groups.items():
        env["res.users"].create(
            {
                "name": login,
                "login": f"load_{login}",
                "password": PASSWORD,
                "group_ids": [Command.link(env.ref(name).id) for name in names],
            }
        )
    env.cr.commit()
    answer = {"products": products.ids, "customer": customer.id}
    print("LOAD", json.dumps(answer))


class Client:
    """A person at a computer of his own."""

    def __init__(self, url, database, login):
        self._database = database
        self._login = login
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.uid = common.authenticate(database, login, PASSWORD, {})
        self._object = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc/2/object", allow_none=True
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method; raises ``xmlrpc.client.Fault``."""
        return self._object.execute_kw(
            self._database, self.uid, PASSWORD, model, method, args, kwargs
        )


class Load:
    """What everybody does, how long it took, and what went wrong."""

    def __init__(self, url, database, factory, orders):
        self.url, self.database, self.factory = url, database, factory
        self._left = orders
        self._lock = threading.Lock()
        self.seconds = defaultdict(list)
        self.faults = Counter()
        self.confirmed = []
        self.is_over = threading.Event()

    def _timed(self, what, call, *args, **kwargs):
        began = time.perf_counter()
        try:
            return call(*args, **kwargs)
        except xmlrpc.client.Fault as fault:
            if any(answer in fault.faultString for answer in RIGHT_ANSWERS):
                return None
            text = fault.faultString.strip().splitlines()[-1]
            with self._lock:
                self.faults[f"{what}: {text[:160]}"] += 1
            return None
        finally:
            with self._lock:
                self.seconds[what].append(time.perf_counter() - began)

    def _take(self):
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def sell(self, number):
        """A salesperson: quote, order, perhaps hold, confirm, now and then cancel."""
        client, dice = (
            Client(self.url, self.database, "load_sales"),
            random.Random(number),
        )
        while self._take():
            product = dice.choice(self.factory["products"])
            quantity = dice.randint(1, 3)
            request = {"product_id": product, "quantity": quantity}
            self._timed("quote", client.call, "mto.planner", "quote", [request])
            order = client.call(
                "sale.order",
                "create",
                {
                    "partner_id": self.factory["customer"],
                    "order_line": [
                        [0, 0, {"product_id": product, "product_uom_qty": quantity}]
                    ],
                },
            )
            fate = dice.random()
            if fate < 0.3:
                self._timed("hold", client.call, "sale.order", "mto_hold", [order])
            if fate < 0.05:
                continue
            done = self._timed(
                "confirm", client.call, "sale.order", "action_confirm", [order]
            )
            if done is None:
                continue
            if fate > 0.95:
                self._timed(
                    "cancel", client.call, "sale.order", "action_cancel", [order]
                )
                continue
            with self._lock:
                self.confirmed.append(order)

    def plan(self):
        """The planner: all anew, again and again, and some work is done."""
        client = Client(self.url, self.database, "load_planner")
        while not self.is_over.wait(5):
            self._timed("replan", client.call, "mto.planner", "replan", {})
            ready = client.call(
                "mrp.workorder", "search", [["state", "=", "ready"]], limit=2
            )
            for workorder in ready:
                self._timed(
                    "start", client.call, "mrp.workorder", "button_start", [workorder]
                )

    def run(self, people):
        """All at once; returns the seconds that it took."""
        planner = threading.Thread(target=self.plan)
        sellers = [
            threading.Thread(target=self.sell, args=(number,))
            for number in range(people)
        ]
        began = time.perf_counter()
        for thread in (planner, *sellers):
            thread.start()
        for thread in sellers:
            thread.join()
        took = time.perf_counter() - began
        self.is_over.set()
        planner.join()
        return took

    def check(self):
        """What cannot be true, and confirmed orders that have no production."""
        client = Client(self.url, self.database, "load_checker")
        problems = client.call("mto.planner", "check_consistency")
        lines = Client(self.url, self.database, "load_sales").call(
            "sale.order.line",
            "search_read",
            [["order_id", "in", self.confirmed]],
            ["mto_stage", "mto_risk", "mto_promise_date", "mto_production_ids"],
        )
        lost = [line["id"] for line in lines if len(line["mto_production_ids"]) != 2]
        return problems, lost, len(lines)


def percentiles(seconds):
    """p50, p95, p99, and how many."""
    seconds = sorted(seconds)
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
    return {
        "calls": len(seconds),
        "p50": round(cuts[49], 3),
        "p95": round(cuts[94], 3),
        "p99": round(cuts[98], 3),
    }


def main():
    """Drive the server, check the database, and write the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("database")
    parser.add_argument("factory")
    parser.add_argument("result")
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--orders", type=int, default=200)
    options = parser.parse_args()
    factory = json.loads(Path(options.factory).read_text())
    load = Load(options.url, options.database, factory, options.orders)
    took = load.run(options.people)
    print(f"{len(load.confirmed)} confirmed in {took:.0f} s; faults:", load.faults)
    problems, lost, lines = load.check()
    result = {
        "people": options.people,
        "orders": options.orders,
        "confirmed": len(load.confirmed),
        "seconds": round(took, 1),
        "orders_a_minute": round(60 * len(load.confirmed) / took, 1),
        "faults": dict(load.faults),
        "problems": problems,
        "orders_without_production": lost,
        "latency": {name: percentiles(times) for name, times in load.seconds.items()},
    }
    Path(options.result).write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    assert lines == len(load.confirmed), "an order is lost"
    assert not problems, problems
    assert not lost, lost
    assert not load.faults, load.faults


if __name__ == "__main__":
    main()
