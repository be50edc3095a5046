"""A company at work before the add-on: 5,000 orders, manufacturing orders, BoMs.

For Odoo's shell, in a database without the add-on. What is looked at closely is made by
Odoo: orders of three levels that are made to order, confirmed and half way; the mass of
the manufacturing orders are copies of one, row by row, as in the benchmarks.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(os.environ["MTO_REPO"]) / "benchmarks"))
import dataset

COUNT = int(os.environ.get("LIFE_COUNT", "5000"))
TREES, CENTERS, BATCH = 20, 10, 500
# Of the orders: quotations, and those that are made to order.
QUOTATIONS, MADE_TO_ORDER = COUNT // 5, 10


def build(env):
    """Everything; commits."""
    dataset.build(env, trees=TREES, centers=CENTERS, backlog=COUNT)
    make_boms(env)
    make_orders(env)
    use_orders(env)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def make_boms(env):
    """Products with a bill of materials and an operation each, made to stock."""
    centers = dataset.get_centers(env)
    part = dataset.make_products(env, "Shelf part", 1, env["stock.route"])
    for first in range(0, COUNT, BATCH):
        made = dataset.make_products(
            env, f"Shelf {first}", BATCH, env["stock.route"], sale_ok=True
        )
        env["mrp.bom"].create(
            [
                dataset.prepare_bom(
                    product,
                    [(part, 1)],
                    ("Shelf", (10,)),
                    iter([centers[number % CENTERS].id]),
                )
                for number, product in enumerate(made)
            ]
        )
        env.cr.commit()
        env.invalidate_all()


def make_orders(env):
    """Orders of one line; the last ones stay quotations."""
    customer = env["res.partner"].search([("name", "=", "Bench customer")])
    products = env["product.product"].search(
        [("default_code", "=like", "SHELF%"), ("sale_ok", "=", True)], limit=COUNT
    )
    stocked = products[: BATCH // 5]
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in stocked:
        env["stock.quant"]._update_available_quantity(product, location, 40)
    for first in range(0, COUNT, BATCH):
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "client_order_ref": f"Old {first + number}",
                    "order_line": [
                        (0, 0, {"product_id": product.id, "product_uom_qty": 1})
                    ],
                }
                for number, product in enumerate(products[first : first + BATCH])
            ]
        )
        if first < COUNT - QUOTATIONS:
            orders.action_confirm()
        env.cr.commit()
        env.invalidate_all()


def use_orders(env):
    """What is made to order: quoted, confirmed, planned, begun, cancelled."""
    orders = env["sale.order"]
    for number in range(MADE_TO_ORDER):
        order = dataset.make_order(env, 2, first=number)
        order.client_order_ref = f"Tree {number}"
        orders |= order
    confirmed = orders[2:]
    confirmed.action_confirm()
    for order in confirmed[:5]:
        dataset.plan_chain(order)
    begun = dataset.productions_of(confirmed[0]).workorder_ids[:1]
    begun.button_start()
    env["purchase.order"].search([("state", "=", "draft")], limit=1).button_confirm()
    confirmed[-1]._action_cancel()


if "env" in globals():
    build(env(user=env.ref("base.user_admin").id))  # noqa: F821, the shell's
