"""Order bills of materials say from now on what they were copied from.

What follows from new rules (causes, ready dates) is measured by the hourly job, which
runs at once: a shop with thousands of open orders is not kept waiting for it.
"""

import json
from collections import defaultdict

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 200
# Fields that are stored no more, or not there: Odoo leaves such columns behind.
DROPPED = {
    "mrp_production": ["mto_order_id"],
    "mto_promise": ["order_id"],
    "purchase_order_line": ["mto_order_id"],
    "sale_order_line": ["mto_trouble"],
}

# As it is done from now on when the last of a line is delivered.
ARCHIVE_DELIVERED = """
    UPDATE mrp_bom bom
       SET active = false, mto_is_done = true
      FROM sale_order_line line
     WHERE line.id = bom.mto_line_id
       AND line.mto_stage = 'delivered'
       AND bom.active
       AND NOT EXISTS (SELECT 1
                         FROM mrp_production production
                        WHERE production.mto_line_id = line.id
                          AND production.state NOT IN ('done', 'cancel'))"""


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    boms = env["mrp.bom"].with_context(active_test=False)
    copies = boms.search([("mto_is_order_bom", "=", True), ("mto_base", "=", False)])
    for some in split_every(BATCH, copies.ids, copies.browse):
        for bom in some:
            remember_base(bom)
        env.invalidate_all()
    cr.execute(ARCHIVE_DELIVERED)
    for table, columns in DROPPED.items():
        for column in columns:
            cr.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}")
    env.ref("mto_planning.ir_cron_mto_refresh_progress")._trigger()


def remember_base(bom):
    """What it says now is what it was copied as; its rows know the master's.

    In SQL: for core, a bill of materials that is written is another one, and its
    manufacturing orders are out of date.
    """
    master = bom.mto_template_bom_id
    if master:
        line = bom.mto_line_id
        content = master._mto_get_master_content(
            bom.product_id, line.product_no_variant_attribute_value_ids
        )
        name_origins(bom._mto_get_lines(), "product_id", content["lines"])
        name_origins(bom._mto_get_own_operations(), "name", content["operations"])
    bom.env.cr.execute(
        "UPDATE mrp_bom SET mto_base = %s WHERE id = %s",
        [json.dumps(bom._mto_get_content()), bom.id],
    )


def name_origins(rows, field, content):
    """Each row gets the key of the master's next row that says the same."""
    keys = defaultdict(list)
    for key, values in content.items():
        keys[values.get(field)].append(key)
    for row in rows.filtered(lambda row: not row.mto_origin):
        said = row._mto_get_content().get(field)
        if keys[said]:
            rows.env.cr.execute(
                f"UPDATE {row._table} SET mto_origin = %s WHERE id = %s",
                [keys[said].pop(0), row.id],
            )
    rows.invalidate_recordset(["mto_origin"], flush=False)
