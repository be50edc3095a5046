"""What must work after a step of the add-on's life; for Odoo's shell.

``LIFE_CHECK`` names the function. Each ends with a line that says what it has looked
at; anything that is not as it must be raises. ``core`` runs where the add-on is not
even on disk, so nothing here may import it.
"""

import logging
import os
import sys
from pathlib import Path

from odoo.tests import Form

sys.path.insert(0, str(Path(os.environ["MTO_REPO"]) / "benchmarks"))
sys.path.insert(0, str(Path(os.environ["MTO_REPO"]) / "tests/life"))
import dataset
import history

DOCUMENTS = (
    "sale.order",
    "mrp.production",
    "mrp.bom",
    "mrp.workorder",
    "stock.picking",
    "purchase.order",
    "product.template",
    "mrp.workcenter",
)
EACH = 5


# Without the add-on


def core(env):
    """Core works as if the add-on had never been there."""
    open_screens(env)
    boms = env["mrp.bom"].with_context(active_test=False)
    copies = boms.search([("sequence", "=", 9999)])
    assert copies, "no order BoM is left"
    assert not any(copies.mapped("active")), "an order BoM is active"
    assert all(copies.mapped("code")), "an order BoM does not say which order it is of"
    assert all(copies.mapped("bom_line_ids.product_qty")), "an order BoM is empty"
    for bom in copies[:EACH]:
        with Form(bom) as form:
            assert form.code
    asked = env["sale.order"].search([("client_order_ref", "=", "waiting")])
    todo = env.ref("mail.mail_activity_data_todo")
    assert asked.activity_ids.activity_type_id == todo, asked.activity_ids
    begun = env["sale.order"].search([("client_order_ref", "=", "begun")])
    productions = dataset.productions_of(begun)
    assert all(production.bom_id in copies for production in productions)
    finish(begun)
    order = history.make(env, "after", 0)
    order.action_confirm()
    productions = dataset.productions_of(order)
    assert len(productions) == 3, productions
    assert not productions.bom_id & copies, "core makes stock with an order BoM"
    dataset.plan_chain(order)
    finish(order)
    product = order.order_line.product_id
    production = env["mrp.production"].create({"product_id": product.id})
    production.action_confirm()
    assert production.workorder_ids and production.bom_id not in copies
    env["ir.cron"].search(
        [("model_id.model", "=like", "stock%")]
    ).method_direct_trigger()
    leaves = env["resource.calendar.leaves"].search([("time_type", "=", "other")])
    idle = leaves - env["mrp.workorder"].search([]).leave_id
    assert not idle, f"capacity is booked for nothing: {idle}"
    say(f"core works, {len(copies)} order BoMs are kept in the archive")


def leftovers(env):
    """Nothing of the add-on is left in the database."""
    for table, column in COLUMNS_OF_NAMES:
        env.cr.execute(
            f"SELECT substring({column}::text from %s) FROM {table} "
            f"WHERE {column}::text ~ %s LIMIT 5",
            [TRACES, TRACES],
        )
        found = env.cr.fetchall()
        assert not found, f"{table}.{column}: {found}"
    say(f"nothing is left in {len(COLUMNS_OF_NAMES)} places")


# Core has words of its own that begin alike: fields of warehouses, pages of its manual,
# and the filter of its bills of materials.
TRACES = r"mto_planning|\ymto\.(?!html)[a-z]|(\y|_)mto_(?!pull|general)"
COLUMNS_OF_NAMES = (
    ("information_schema.tables", "table_name"),
    ("information_schema.columns", "column_name"),
    ("pg_indexes", "indexname"),
    ("ir_model_data", "module"),
    ("ir_model", "model"),
    ("ir_model_fields", "name"),
    ("ir_model_fields", "relation"),
    ("ir_model_constraint", "name"),
    ("ir_model_relation", "name"),
    ("ir_ui_view", "arch_db"),
    ("ir_ui_menu", "action"),
    ("ir_act_window", "res_model"),
    ("ir_act_window", "domain"),
    ("ir_act_server", "code"),
    ("ir_config_parameter", "key"),
    ("ir_rule", "domain_force"),
    ("ir_filters", "domain"),
    ("ir_default", "json_value"),
    ("ir_asset", "path"),
    ("ir_attachment", "res_model"),
    ("mail_message", "model"),
    ("mail_activity", "res_model"),
    ("mail_activity_type", "res_model"),
    ("mail_followers", "res_model"),
    ("mail_template", "body_html"),
)


# With it


def installed(env):
    """What was there before is shown, worked with, and counts as it did in core."""
    open_screens(env)
    orders = env["sale.order"].search([("client_order_ref", "=like", "Tree %")])
    quotations = orders.filtered(lambda order: order.state == "draft")
    confirmed = orders.filtered(lambda order: order.state == "sale")
    assert quotations and confirmed
    assert all(quotations.order_line.mapped("mto_is_made_to_order"))
    assert not confirmed.order_line.mto_promise_id, "promised behind everybody's back"
    assert not any(confirmed.order_line.mapped("mto_risk")), "measured unasked"
    for order in confirmed:
        # Core's order: nothing is made for it alone, so nothing is followed.
        assert not order.mto_progress_data(), order.mto_progress_data()
    booked = env["mrp.workorder"].search([("leave_id", "!=", False)])
    assert booked
    promised = quotations[0].mto_compute_promise()
    assert all(answer["promise_date"] for answer in promised), promised
    assert_kept_clear(env, booked, [step for one in promised for step in one["steps"]])
    quotations[0].action_confirm()
    consistent(env)
    assert not booked & dataset.productions_of(quotations[0]).workorder_ids
    # Orders from before stay core's: more, finished, cancelled.
    line = confirmed[0].order_line[0]
    line.product_uom_qty += 1
    finish(confirmed[1])
    confirmed[2]._action_cancel()
    consistent(env)
    say(f"{len(orders)} orders from before work on, {len(booked)} bookings count")


def assert_kept_clear(env, booked, steps):
    """No operation of a new promise stands where work from before is booked."""
    for step in steps:
        if step["kind"] != "operation":
            continue
        there = booked.leave_id.filtered(
            lambda leave, step=step: (
                leave.resource_id
                == env["mrp.workcenter"].browse(step["workcenter_id"]).resource_id
            )
        )
        start, finish = (
            dataset.datetime.fromisoformat(step[key]) for key in ("start", "finish")
        )
        assert not there.filtered(
            lambda leave, start=start, finish=finish: (
                leave.date_from < finish and leave.date_to > start
            )
        ), f"booked twice: {step}"


def jobs(env):
    """All scheduled actions of ours, as they will run in the first night."""
    crons = env["ir.cron"].search([("cron_name", "=like", "Made to order%")])
    assert crons
    for cron in crons:
        cron.method_direct_trigger()
    env.cr.commit()
    say(f"{len(crons)} jobs have run")


# The first version left what was made for an order that is cancelled; it is somebody's
# to decide what becomes of it, not an upgrade's.
LEFT_OPEN = ("unwanted_production", "unwanted_purchase")


def upgraded(env):
    """What an earlier version has made is followed, changed and delivered."""
    open_screens(env)
    consistent(env, LEFT_OPEN)
    jobs(env)
    orders = {
        order.client_order_ref: order
        for order in env["sale.order"].search([("client_order_ref", "!=", False)])
    }
    stages = {"sent": "quoted", "waiting": "waiting_material", "begun": "in_production"}
    for name, stage in {**stages, "delivered": "delivered"}.items():
        assert orders[name].order_line.mto_stage == stage, (name, stage)
    for order in orders.values():
        assert order.mto_progress_data()
        for line in order.order_line:
            assert line.mto_get_structure()
    for name, order in orders.items():
        boms = order.order_line.mto_bom_ids
        is_done = {name == "delivered"} if boms else set()
        assert set(boms.mapped("mto_is_done")) == is_done, (name, boms)
        assert {not active for active in boms.mapped("active")} == is_done, name
    waiting = orders["waiting"].order_line
    assert not waiting.mto_build, "what nobody has customised is"
    for bom in waiting.mto_bom_ids:
        changes = bom._mto_get_master_changes()
        assert not changes, f"a master has changed without a change: {changes}"
    assert waiting.mto_preview_change({"product_uom_qty": 2})
    waiting.mto_apply_change({"product_uom_qty": 2})
    env["mto.planner"].replan({})
    assert orders["quoted"].mto_compute_promise()
    orders["quoted"].action_confirm()
    finish(orders["begun"])
    assert orders["begun"].order_line.mto_stage == "delivered"
    consistent(env, LEFT_OPEN)
    say(f"{len(orders)} orders of an earlier version work on")


def reinstalled(env):
    """What the first installation left is core's; new orders are planned."""
    open_screens(env)
    boms = env["mrp.bom"].with_context(active_test=False)
    before = boms.search([("sequence", "=", 9999)])
    assert before and not before.filtered("mto_is_order_bom")
    order = history.make(env, "again", 1)
    assert order.mto_compute_promise()[0]["promise_date"]
    order.action_confirm()
    line = order.order_line
    assert len(line.mto_bom_ids) == 3 and not line.mto_bom_ids & before
    assert not line.mto_bom_ids.mto_template_bom_id & before
    consistent(env)
    finish(order)
    assert line.mto_stage == "delivered", line.mto_stage
    waiting = env["sale.order"].search([("client_order_ref", "=", "waiting")])
    finish(waiting)
    jobs(env)
    say("new orders are planned, old ones are finished")


# Helpers


def open_screens(env):
    """The form of some documents of each kind, as the web client reads it."""
    for model in DOCUMENTS:
        records = env[model].search([], limit=EACH) | env[model].search(
            [], order="id desc", limit=EACH
        )
        assert records, f"no {model}"
        for record in records:
            Form(record)


def consistent(env, known=()):
    """What must always hold of a plan, but for what is known to be wrong."""
    found = env["mto.planner"].check_consistency()
    assert not [problem for problem in found if problem["check"] not in known], found


def finish(order):
    """Parts come, everything is made and shipped."""
    env = order.env
    for production in dataset.productions_of(order):
        purchases = env["purchase.order.line"].search(
            [("move_dest_ids", "in", production.move_raw_ids.ids)]
        )
        for purchase in purchases.order_id:
            if purchase.state in ("draft", "sent"):
                purchase.button_confirm()
            history.ship(purchase.picking_ids)
        if production.state in history.DONE:
            continue
        production.action_assign()
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()
    history.ship(order.picking_ids)
    assert all(order.order_line.mapped("qty_delivered")), (
        f"{order.name} is not delivered"
    )


def say(text):
    print(f"LIFE {os.environ['LIFE_CHECK']}: {text}")


if "env" in globals():
    logging.getLogger("odoo").setLevel(logging.ERROR)
    admin = env(user=env.ref("base.user_admin").id)  # noqa: F821, the shell's
    globals()[os.environ["LIFE_CHECK"]](admin)
    admin.cr.commit()
