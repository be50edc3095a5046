"""Installing touches no existing order; uninstalling leaves core working."""

from odoo.tools.sql import column_exists, create_column

# Stored computes, made before the ORM would fill them row by row: what was there before
# the add-on is not its business.
COLUMNS = {
    "mrp_bom": {
        "mto_digest": "varchar",
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
    """Create the stored columns empty."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            if not column_exists(env.cr, table, name):
                create_column(env.cr, table, name, kind)


def post_init_hook(env):
    """Offer core's Replenish on Order route, and look at the open quotations."""
    route = env.ref("stock.route_warehouse0_mto", raise_if_not_found=False)
    if route:
        route.active = True
    lines = env["sale.order.line"].search([("state", "in", ["draft", "sent"])])
    env.add_to_compute(lines._fields["mto_is_made_to_order"], lines)


def uninstall_hook(env):
    """Archive the orders' bills of materials: core would make stock with them."""
    boms = env["mrp.bom"].search([("mto_is_order_bom", "=", True)])
    boms.write({"active": False})
