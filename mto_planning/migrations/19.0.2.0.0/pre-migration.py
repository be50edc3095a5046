"""New columns get their values here, where the ORM would compute them for every row."""

from odoo.tools.sql import column_exists, create_column

from odoo.addons.mto_planning.hooks import create_columns

# What the ledger knows since then. A promise was the plan itself: no safety was added,
# and it waited for nothing else.
PROMISE_COLUMNS = {
    "planned_date": "timestamp",
    "own_date": "timestamp",
    "own_planned_date": "timestamp",
    "own_shipping_date": "timestamp",
    "confirmed_date": "timestamp",
    "safety_days": "numeric",
    "slippage_days": "float8",
    "on_time": "numeric",
}


def migrate(cr, version):
    create_columns(cr)
    create_column_of_moves(cr)
    for name, kind in PROMISE_COLUMNS.items():
        if not column_exists(cr, "mto_promise", name):
            create_column(cr, "mto_promise", name, kind)
    cr.execute(
        """UPDATE mto_promise
              SET planned_date = promise_date, safety_days = 0,
                  slippage_days = coalesce(
                      extract(epoch FROM actual_date - promise_date) / 86400, 0)
            WHERE planned_date IS NULL"""
    )
    cr.execute(
        """UPDATE mto_promise
              SET own_date = promise_date, own_planned_date = planned_date,
                  own_shipping_date = shipping_date
            WHERE own_date IS NULL"""
    )
    cr.execute(
        """UPDATE mto_promise
              SET on_time = CASE WHEN actual_date <= first_promise_date
                                 THEN 100 ELSE 0 END
            WHERE on_time IS NULL"""
    )
    cr.execute(
        """UPDATE mto_promise SET confirmed_date = create_date
            WHERE confirmed_date IS NULL
              AND state IN ('confirmed', 'kept', 'missed')"""
    )


def create_column_of_moves(cr):
    """How a component is supplied stood on the line of the bill of materials alone."""
    if column_exists(cr, "stock_move", "mto_supply"):
        return
    create_column(cr, "stock_move", "mto_supply", "varchar")
    cr.execute(
        """UPDATE stock_move move SET mto_supply = part.mto_supply
             FROM mrp_bom_line part
            WHERE part.id = move.bom_line_id AND move.mto_line_id IS NOT NULL
              AND part.mto_supply IN ('stock', 'order')"""
    )
