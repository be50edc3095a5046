"""Installing touches no existing order; uninstalling leaves core working."""

from odoo.tools import SQL, split_every
from odoo.tools.sql import column_exists, create_column

# Lines that are looked at together.
BATCH = 1000

# Stored computes, made before the ORM would fill them row by row: what was there before
# the add-on is not its business.
COLUMNS = {
    "mrp_bom": {
        "mto_digest": "varchar",
        "mto_parent_line_id": "int4",
    },
    "mrp_workcenter": {
        "mto_back_on": "timestamp",
    },
    "sale_order_line": {
        "mto_build": "varchar",
        "mto_is_made_to_order": "bool",
        "mto_stage": "varchar",
        "mto_risk": "varchar",
        "mto_progress": "float8",
        "mto_planned_hours": "float8",
        "mto_project_id": "int4",
        "mto_ready_date": "timestamp",
        "mto_own_risk": "varchar",
        "mto_hindered_by_id": "int4",
        "mto_projected_date": "timestamp",
        "mto_slack_hours": "float8",
        "mto_cause": "varchar",
        "mto_cause_model": "varchar",
        "mto_cause_id": "int4",
        "mto_cause_name": "varchar",
        "mto_cause_expected": "timestamp",
        "mto_cause_needed": "timestamp",
        "mto_partner_id": "int4",
    },
    "sale_order": {
        "mto_promise_date": "timestamp",
        "mto_projected_date": "timestamp",
        "mto_risk": "varchar",
        "mto_progress": "float8",
    },
    "purchase_order_line": {
        "mto_order_by": "timestamp",
        "mto_is_received": "bool",
    },
}


def pre_init_hook(env):
    """Nothing is computed for what was there before."""
    create_columns(env.cr)


def create_columns(cr):
    """Create the stored columns that are not there yet, empty."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            if not column_exists(cr, table, name):
                create_column(cr, table, name, kind)


def post_init_hook(env):
    """Offer core's Replenish on Order route, and look at the open quotations."""
    route = env.ref("stock.route_warehouse0_mto", raise_if_not_found=False)
    if route and not route.active:
        route.active = True
    lines = env["sale.order.line"].search([("state", "in", ["draft", "sent"])])
    for some in split_every(BATCH, lines.ids, lines.browse):
        mark_made_to_order(some)
        env.invalidate_all()


def mark_made_to_order(lines):
    """Say which of them are, in SQL: nobody has changed these lines today."""
    made = lines._mto_filter_made_to_order()
    for is_made, some in ((True, made), (False, lines - made)):
        if some:
            lines.env.cr.execute(
                SQL(
                    "UPDATE sale_order_line SET mto_is_made_to_order = %s "
                    "WHERE id IN %s",
                    is_made,
                    tuple(some.ids),
                )
            )
    lines.invalidate_recordset(["mto_is_made_to_order"], flush=False)


def uninstall_hook(env):
    """Leave core what it can work with: ordinary records, and no capacity held."""
    # The bookings of held quotations are core's records and would stay for ever.
    env["mto.promise.slot"].search([]).unlink()
    keep_order_boms(env)
    keep_activities(env)
    drop_what_odoo_forgets(env)


def keep_order_boms(env):
    """Archive the orders' bills of materials: core would make stock with them.

    Their reference tells afterwards which order they were for. In SQL: of a company
    that has worked for years there are many, and they are not changed.
    """
    env["mrp.bom"].flush_model()
    env.cr.execute(
        """UPDATE mrp_bom bom
              SET active = false, code = coalesce(nullif(bom.code, ''), sale.name)
             FROM mrp_bom made
             LEFT JOIN sale_order_line line ON line.id = made.mto_line_id
             LEFT JOIN sale_order sale ON sale.id = line.order_id
            WHERE made.id = bom.id AND bom.mto_is_order_bom"""
    )
    env["mrp.bom"].invalidate_model()


def keep_activities(env):
    """What somebody is asked to do stays a to-do; the kinds of activities go."""
    kinds = env["ir.model.data"].search(
        [("module", "=", "mto_planning"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", kinds.mapped("res_id"))]).write(
        {"activity_type_id": env.ref("mail.mail_activity_data_todo").id}
    )


def drop_what_odoo_forgets(env):
    """An index on a field of core's, and what is written down of foreign keys."""
    env.cr.execute("DROP INDEX IF EXISTS mrp_workorder__leave_id_index")
    module = env["ir.module.module"].search([("name", "=", "mto_planning")])
    env["ir.model.constraint"].search(
        [("module", "=", module.id), ("type", "=", "f")]
    ).unlink()
