"""All rows that belong to an order, to see whether something was done half."""

import json

# Of each table: what says whose rows they are, and what is looked at. The first is the
# row's id; dates are left out where two ways of doing the same need not end alike.
LINES = "(SELECT id FROM sale_order_line WHERE order_id = %(order)s)"
WORKS = f"""(SELECT work.leave_id FROM mrp_workorder work
               JOIN mrp_production made ON made.id = work.production_id
              WHERE made.mto_line_id IN {LINES})"""
SLOTS = f"(SELECT id FROM mto_promise_slot WHERE line_id IN {LINES})"
TABLES = {
    "sale_order": (
        "id = %(order)s",
        "state, commitment_date IS NULL",
        "commitment_date",
    ),
    "sale_order_line": (
        "order_id = %(order)s",
        "product_id, product_uom_qty, state, mto_promise_id IS NULL",
        "mto_promise_id",
    ),
    "mrp_bom": (f"mto_line_id IN {LINES}", "product_tmpl_id, active", "product_qty"),
    "mrp_bom_line": (
        f"bom_id IN (SELECT id FROM mrp_bom WHERE mto_line_id IN {LINES})",
        "product_id, mto_child_bom_id IS NULL",
        "product_qty, mto_supply",
    ),
    "mrp_production": (
        f"mto_line_id IN {LINES}",
        "product_id, product_qty, state, is_planned",
        "date_start, date_finished",
    ),
    "mrp_workorder": (
        f"""production_id IN
            (SELECT id FROM mrp_production WHERE mto_line_id IN {LINES})""",
        "state, leave_id IS NULL",
        "date_start, date_finished",
    ),
    "resource_calendar_leaves": (
        f"id IN {WORKS} OR mto_slot_id IN {SLOTS}",
        "mto_slot_id IS NULL",
        "date_from, date_to",
    ),
    "stock_move": (
        f"mto_line_id IN {LINES} OR sale_line_id IN {LINES}",
        "product_id, product_qty, state",
        "date",
    ),
    "purchase_order_line": (
        f"mto_line_id IN {LINES}",
        "product_id, product_qty",
        "date_planned",
    ),
    "mto_promise": (f"line_id IN {LINES}", "state", "promise_date, hold_until"),
    "mto_promise_slot": (f"line_id IN {LINES}", "workcenter_id", "date_start"),
    "mail_message": (
        "model = 'sale.order' AND res_id = %(order)s",
        "message_type",
        "id",
    ),
}

# How many rows these get depends on whether a date moves on the way.
TOLD = {"mto_promise", "mail_message"}


def take(database, order):
    """``{table: (rows, their shape)}`` of an order, all of one moment."""
    parts = [
        f"""SELECT {name!r}, (SELECT json_agg(row_to_json(t)) FROM (
                SELECT id, {shape}, {more} FROM {name} WHERE {whose} ORDER BY id) t),
            (SELECT json_agg(row_to_json(t)) FROM (
                SELECT {shape} FROM {name} WHERE {whose}) t)"""
        for name, (whose, shape, more) in TABLES.items()
    ]
    query = " UNION ALL ".join(parts).replace("%(order)s", str(int(order)))
    return {
        name: (rows or [], _sort(map(json.dumps, shape or []), name in TOLD))
        for name, rows, shape in database.ask(query.replace("%", "%%"))
    }


def _sort(rows, is_told):
    return sorted(set(rows) if is_told else rows)


def shape_of(picture):
    """The same without ids and dates: alike wherever the same was done."""
    return {name: shape for name, (_rows, shape) in picture.items()}


def work_of(database):
    """``{id: (state, start, end)}`` of all manufacturing and work orders."""
    return {
        (name, row_id): rest
        for name in ("mrp_production", "mrp_workorder")
        for row_id, *rest in database.ask(
            f"SELECT id, state, date_start, date_finished FROM {name}"
        )
    }
