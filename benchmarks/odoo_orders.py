"""Promise, confirm and plan orders in Odoo, with and without the add-on.

Run by ``benchmarks/run orders`` in Odoo's shell, on two databases with the same
content. Prints one JSON line: medians of seconds and query counts, and what was made,
so that both can be compared. Each run is rolled back.

Data: trees of three levels (a finished product of two sub-assemblies of two bought
parts each; three, two and three operations) over ten work centers of 40 hours, which
are booked without a gap: 1,000 hours each.
"""

import json
import statistics
import time
from datetime import datetime, timedelta

CENTERS, BOOKED, TREES = 10, 1000, 5
DELAYS = (3, 5, 7, 4)
ROUNDS = 5


def make_data(env):
    """Products, bills of materials, work centers and their bookings."""
    route = env.ref("stock.route_warehouse0_mto")
    route.active = True
    centers = make_centers(env)
    env["res.partner"].create({"name": "Bench customer"})
    vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(4)])

    def product(name, **values):
        return env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "route_ids": [(6, 0, route.ids)],
                **values,
            }
        )

    def bom(made, parts, minutes, first):
        env["mrp.bom"].create(
            {
                "product_tmpl_id": made.product_tmpl_id.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts
                ],
                "operation_ids": [
                    (
                        0,
                        0,
                        {
                            "name": f"Operation {n}",
                            "workcenter_id": centers[(first + n) % CENTERS].id,
                            "time_cycle_manual": each,
                            "sequence": n,
                        },
                    )
                    for n, each in enumerate(minutes)
                ],
            }
        )

    for tree in range(TREES):
        top, left, right = (product(f"{name} {tree}") for name in ("Top", "L", "R"))
        parts = [
            product(
                f"Part {tree}.{n}",
                seller_ids=[(0, 0, {"partner_id": vendor.id, "delay": DELAYS[n]})],
            )
            for n, vendor in enumerate(vendors)
        ]
        bom(left, [(parts[0], 2), (parts[1], 1)], (40, 60), 8 * tree)
        bom(right, [(parts[2], 1), (parts[3], 3)], (30, 50, 20), 8 * tree + 2)
        bom(top, [(left, 1), (right, 2)], (60, 45, 15), 8 * tree + 5)
    env.cr.commit()


def make_centers(env):
    """Ten work centers, each booked hour by hour from tomorrow on."""
    calendar = env.ref("resource.resource_calendar_std", raise_if_not_found=False)
    calendar = calendar or env.company.resource_calendar_id
    centers = env["mrp.workcenter"].create(
        [
            {
                "name": f"Bench {n}",
                "resource_calendar_id": calendar.id,
                "time_start": 5,
                "time_stop": 5,
            }
            for n in range(CENTERS)
        ]
    )
    start = datetime.combine(datetime.now().date(), datetime.min.time())
    for center in centers:
        slots, at = [], start + timedelta(days=1)
        while len(slots) < BOOKED:
            if at.weekday() < 5 and at.hour in (8, 9, 10, 11, 13, 14, 15, 16):
                slots.append(at)
            at += timedelta(hours=1)
        env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Booked",
                    "resource_id": center.resource_id.id,
                    "calendar_id": calendar.id,
                    "time_type": "other",
                    "date_from": slot,
                    "date_to": slot + timedelta(hours=1),
                }
                for slot in slots
            ]
        )
    return centers


def make_order(env, lines):
    """A quotation of so many different products."""
    products = env["product.product"].search([("name", "=like", "Top %")], order="id")
    customer = env["res.partner"].search([("name", "=", "Bench customer")])
    return env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": 1})
                for product in products[:lines]
            ],
        }
    )


def measure(env, prepare, work, outcome=lambda _result: None):
    """Median seconds and queries of ``work``, warm, and the outcome of the last."""
    seconds, queries, made = [], [], None
    for turn in range(ROUNDS + 1):
        subject = prepare()
        env.flush_all()
        env.invalidate_all()
        count, start = env.cr.sql_log_count, time.perf_counter()
        work(subject)
        env.flush_all()
        if turn:
            seconds.append(time.perf_counter() - start)
            queries.append(env.cr.sql_log_count - count)
        made = outcome(subject)
        env.cr.rollback()
    return {
        "seconds": round(statistics.median(seconds), 4),
        "queries": statistics.median(queries),
        "made": made,
    }


def productions_of(order):
    """The manufacturing orders of an order, children first."""
    productions = order.stock_reference_ids.production_ids
    return productions.sorted("id", reverse=True)


def describe(order):
    """How much of what is made and bought, and in how many work orders."""
    made, bought = {}, {}
    for production in productions_of(order):
        name = production.product_id.name
        made[name] = made.get(name, 0) + production.product_qty
    for line in order.stock_reference_ids.purchase_ids.order_line:
        bought[line.product_id.name] = (
            bought.get(line.product_id.name, 0) + line.product_qty
        )
    return {
        "made": made,
        "bought": bought,
        "workorders": len(productions_of(order).workorder_ids),
    }


def plan_chain(order):
    """Plan as stock Odoo does: from now on, sub-assemblies first."""
    productions = productions_of(order)
    productions.write({"date_start": datetime.now()})
    productions.button_plan()


def confirmed(env, lines):
    order = make_order(env, lines)
    order.action_confirm()
    return order


def main(env):
    """Measure what this database can do."""
    if not env["product.product"].search_count([("name", "=like", "Top %")]):
        make_data(env)
    figures = {}
    for lines in (1, TREES):
        figures[f"confirm {lines}"] = measure(
            env,
            lambda lines=lines: make_order(env, lines),
            lambda order: order.action_confirm(),
            describe,
        )
    if "mto.planner" in env:
        for lines in (1, TREES):
            figures[f"promise {lines}"] = measure(
                env,
                lambda lines=lines: make_order(env, lines),
                lambda order: order.mto_compute_promise(),
            )
    else:
        figures["plan 1"] = measure(env, lambda: confirmed(env, 1), plan_chain)
    print("BENCH " + json.dumps(figures))


main(env)  # noqa: F821, the shell's environment
