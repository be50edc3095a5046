"""A small company that has worked with the add-on, of any version of it.

For Odoo's shell; what a version does not know yet is left out. The dumps that the
upgrade is tested with are made by this (tests/life/keep).
"""

import base64
import os
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(os.environ["MTO_REPO"]) / "benchmarks"))
import dataset

DONE = ("done", "cancel")
TREES, CENTERS, BACKLOG = 6, 4, 20


def build(env):
    """Orders in each state; commits."""
    dataset.build(env, trees=TREES, centers=CENTERS, backlog=BACKLOG)
    orders = {
        name: make(env, name, number)
        for number, name in enumerate(
            ["quoted", "sent", "held", "waiting", "begun", "delivered", "cancelled"]
        )
    }
    orders["quoted"].mto_compute_promise()
    orders["sent"].commitment_date = env.cr.now() + timedelta(days=60)
    orders["sent"].mto_compute_promise()
    if hasattr(orders["held"], "mto_hold"):
        orders["held"].validity_date = env.cr.now() + timedelta(days=360)
        orders["held"].mto_hold(env.cr.now() + timedelta(days=350))
    for name in ["waiting", "begun", "delivered", "cancelled"]:
        orders[name].mto_compute_promise()
        orders[name].action_confirm()
    begin(orders["begun"])
    deliver(orders["delivered"])
    orders["cancelled"]._action_cancel()
    if "mto.document" in env:
        use_the_rest(env, orders)
    env.cr.commit()


def use_the_rest(env, orders):
    """What the first version did not have: a drawing, an installation, an activity."""
    line = orders["quoted"].order_line
    key = line.mto_get_structure()["rows"][-1]["key"]
    drawing = {"name": "drawing.pdf", "data": base64.b64encode(b"%PDF-1.4").decode()}
    line.mto_customise([{"type": "attach", "key": key, **drawing}])
    orders["waiting"].mto_project_id = env["mto.project"].create(
        {"name": "Installation", "partner_id": orders["waiting"].partner_id.id}
    )
    orders["waiting"].activity_schedule(
        "mto_planning.mail_activity_type_new_date", user_id=env.user.id
    )


def make(env, name, first):
    """A quotation that bears its name as the customer's reference."""
    order = dataset.make_order(env, 1, first=first % TREES)
    order.client_order_ref = name
    return order


def begin(order):
    """Parts are received, and the first work order runs."""
    receive(order)
    lowest = dataset.productions_of(order)[0]
    lowest.action_assign()
    lowest.workorder_ids[:1].button_start()


def deliver(order):
    """Everything is made and shipped."""
    receive(order)
    for production in dataset.productions_of(order):
        production.action_assign()
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        for move in production.move_raw_ids:
            move.picked = True
        production.button_mark_done()
    ship(order.picking_ids)


def receive(order):
    """What is bought for an order is confirmed with the vendors and here."""
    env = order.env
    lines = env["purchase.order.line"].search(
        [("move_dest_ids.mto_line_id", "in", order.order_line.ids)]
    )
    lines.order_id.button_confirm()
    ship(lines.order_id.picking_ids)


def ship(pickings):
    """Transfers are done as they stand."""
    moves = pickings.move_ids.filtered(lambda move: move.state not in DONE)
    moves._action_assign()
    for move in moves:
        move.quantity = move.product_uom_qty
        move.picked = True
    if moves:
        moves.picking_id.button_validate()


if "env" in globals():
    build(env(user=env.ref("base.user_admin").id))  # noqa: F821, the shell's
