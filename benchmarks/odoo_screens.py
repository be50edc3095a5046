"""The large data set that screens are timed with: 3,000 manufacturing orders at work.

In Odoo's shell (``benchmarks/run screens``): the factory of the other benchmarks, 20
confirmed orders of 50 lines, an order of 300 bars, quotations, one of them of 16 levels
and one held, an installation, purchases that are late. What the browser opens bears a
name of its own as the customer's reference.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from odoo.fields import Command

sys.path.insert(0, str(Path.cwd() / "benchmarks"))
import dataset

ORDERS, LINES, TREES, LEVELS = 20, 50, 50, 16
# A line is 3 manufacturing orders, 8 work orders and 4 purchases.
TIMELINE_LINES = 20
LATE_PURCHASES = 60


def setup(env):
    """The data; commits. What is there already is found again."""
    if not dataset.get_centers(env):
        dataset.build(env, trees=TREES, centers=10, backlog=10000)
        dataset.make_chains(env, [LEVELS])
    names = {"Timeline": make_timeline, "Deep": make_deep, "Quotation": make_quotation}
    orders = {name: find(env, name) or make(env) for name, make in names.items()}
    for name, order in orders.items():
        order.client_order_ref = name
    confirmed = env["sale.order"].search_count([("client_order_ref", "=", "Shop")])
    for _number in range(ORDERS - confirmed):
        order = dataset.make_order(env, LINES)
        order.client_order_ref = "Shop"
        order.action_confirm()
        env.cr.commit()
    make_trouble(env)
    make_installation(env, orders["Timeline"])
    make_what_if(env)
    env.cr.commit()


def find(env, name):
    """The order that was made before."""
    return env["sale.order"].search([("client_order_ref", "=", name)], limit=1)


def make_timeline(env):
    """One order with 300 bars."""
    order = dataset.make_order(env, TIMELINE_LINES)
    order.action_confirm()
    return order


def make_deep(env):
    """A quotation of one line of many levels."""
    order = dataset.make_order(env, 1)
    order.order_line.product_id = longest_chain(env)
    order.mto_compute_promise()
    return order


def longest_chain(env):
    """The product of the longest chain."""
    return env["product.product"].search([("default_code", "=", f"CHAIN-{LEVELS:02}")])


def make_quotation(env):
    """A quotation of as many lines as the orders have, held for a week."""
    order = dataset.make_order(env, LINES)
    order.mto_hold(env.cr.now() + timedelta(days=7))
    return order


def make_trouble(env):
    """Purchases that come too late."""
    lines = env["purchase.order.line"].search(
        [("mto_line_id", "!=", False), ("state", "=", "draft")], limit=LATE_PURCHASES
    )
    for line in lines:
        line.date_planned += timedelta(days=90)


def make_installation(env, order):
    """Orders that belong together."""
    if order.mto_project_id:
        return
    project = env["mto.project"].create(
        {"name": "Bench installation", "partner_id": order.partner_id.id}
    )
    order.mto_project_id = project


def make_what_if(env):
    """The fullest work center is closed for a week: whom that moves, and its time.

    The time is printed, and that it found those whose work stands in that week.
    """
    busiest = env["mto.planner"].load(8)["bottleneck"]
    first = env["mrp.workorder"].search(
        [
            ("workcenter_id", "=", busiest["workcenter_id"]),
            ("production_id.mto_line_id", "!=", False),
        ],
        order="date_start",
        limit=1,
    )
    closed = {
        "kind": "closed",
        "workcenter_id": first.workcenter_id.id,
        "date_from": first.date_start,
        "date_to": first.date_start + timedelta(days=7),
    }
    scenario = env["mto.scenario"].create(
        {"name": "Bench what-if", "change_ids": [Command.create(closed)]}
    )
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    scenario.action_compute()
    env.flush_all()
    seconds = time.perf_counter() - start
    moved = scenario.impact_ids.line_id
    assert first.production_id.mto_line_id in moved, "it missed who cannot stay"
    lines = len(scenario._get_open_lines())
    print(f"WHAT-IF {seconds:.1f} s: {lines} open lines, {len(moved)} of them move")


if "env" in globals():
    admin = env(user=env.ref("base.user_admin").id)  # noqa: F821, the shell's
    setup(admin)
