"""Whether what was read from the database is still what stands there.

PostgreSQL never changes a row in place: each change makes a new row version, told from
all others by its place (``ctid``) and the transaction that made it (``xmin``). The same
versions of all rows that were read, and not a row more, mean the same data as this
transaction sees it: with what it has changed itself (and flushed) and what others have
committed, by whatever way; without what they may still roll back.
"""

from odoo.tools import SQL

# Key of the rows that belong to no product: rules, routes, work centers, …
GENERAL = 0

# Bills of materials that may make a product (key: its template), and those that were
# made for an order line (key: less its id).
BOMS = """
    bom AS MATERIALIZED (
        SELECT id, product_tmpl_id AS key, ctid::text || xmin::text AS version
          FROM mrp_bom
         WHERE product_tmpl_id = ANY(%(templates)s::int[])
           AND mto_is_order_bom IS NOT TRUE
         UNION ALL
        SELECT id, -mto_line_id, ctid::text || xmin::text
          FROM mrp_bom
         WHERE mto_line_id = ANY(%(lines)s::int[])
    ),
    bom_line AS MATERIALIZED (
        SELECT line.id, bom.key, line.ctid::text || line.xmin::text AS version
          FROM bom JOIN mrp_bom_line line ON line.bom_id = bom.id
    ),
    operation AS MATERIALIZED (
        SELECT operation.id, bom.key, operation.time_mode,
               operation.ctid::text || operation.xmin::text AS version
          FROM bom JOIN mrp_routing_workcenter operation ON operation.bom_id = bom.id
    )"""

# Column of the product template, and table (as ``row``).
PRODUCT_ROWS = (
    ("id", "product_template row"),
    ("product_tmpl_id", "product_product row"),
    ("product_id", "stock_route_product row"),
    ("product_tmpl_id", "product_supplierinfo row"),
    (
        "offer.product_tmpl_id",
        "product_supplierinfo offer JOIN res_partner row ON row.id = offer.partner_id",
    ),
    ("product_tmpl_id", "product_template_attribute_line row"),
    ("product_tmpl_id", "product_template_attribute_value row"),
    (
        "value.product_tmpl_id",
        """product_template_attribute_value value JOIN product_attribute_value row
           ON row.id = value.product_attribute_value_id""",
    ),
    (
        "value.product_tmpl_id",
        """product_template_attribute_value value JOIN product_variant_combination row
           ON row.product_template_attribute_value_id = value.id""",
    ),
)

# Table (as ``row``) of what belongs to lines and operations.
BOM_ROWS = (
    """bom_line JOIN mrp_bom_line_product_template_attribute_value_rel row
       ON row.mrp_bom_line_id = bom_line.id""",
    """operation JOIN mrp_routing_workcenter_product_template_attribute_value_rel row
       ON row.mrp_routing_workcenter_id = operation.id""",
    """operation JOIN mrp_routing_workcenter_dependencies_rel row
       ON row.operation_id = operation.id""",
    # Some operations learn their time from the work orders that were done.
    """operation JOIN mrp_workorder row
       ON row.operation_id = operation.id
      AND operation.time_mode <> 'manual' AND row.state = 'done'""",
    """operation JOIN mrp_routing_workcenter copied
       ON copied.mto_template_operation_id = operation.id
      AND operation.time_mode <> 'manual'
     JOIN mrp_workorder row
       ON row.operation_id = copied.id AND row.state = 'done'""",
)

COMPANY_COLUMNS = (
    "security_lead",
    "days_to_purchase",
    "mto_plan_early",
    "mto_netting",
    "mto_frozen_days",
    "mto_safety_days",
    "mto_service_level",
)

GENERAL_ROWS = (
    "mrp_workcenter row",
    "mrp_workcenter_alternative_rel row",
    "mrp_workcenter_capacity row",
    "mto_safety row",
    "mrp_workcenter center JOIN resource_resource row ON row.id = center.resource_id",
    "product_attribute row",
    "product_category row",
    "stock_picking_type row",
    "stock_route row",
    "stock_route_categ row",
    "stock_route_warehouse row",
    "stock_rule row",
    "stock_warehouse row",
    "uom_uom row",
    # Shelves may be many; rules are found by what stands in a rule and above that.
    """(SELECT *, ctid, xmin FROM stock_location
         WHERE usage <> 'internal'
            OR id IN (SELECT location_src_id FROM stock_rule)
            OR id IN (SELECT default_location_src_id FROM stock_picking_type)) row""",
)


def _statement() -> str:
    row = "row.ctid::text || row.xmin::text"
    selects = [
        f"SELECT {key} AS key, 'p{number} ' || {row} AS version FROM {table} "
        f"WHERE {key} = ANY(%(templates)s::int[])"
        for number, (key, table) in enumerate(PRODUCT_ROWS)
    ]
    selects += [
        f"SELECT key, '{name} ' || version FROM {name}"
        for name in ("bom", "bom_line", "operation")
    ]
    selects += [
        f"SELECT key, 'b{number} ' || {row} FROM {table}"
        for number, table in enumerate(BOM_ROWS)
    ]
    selects += [
        f"SELECT {GENERAL}, 'g{number} ' || {row} FROM {table}"
        for number, table in enumerate(GENERAL_ROWS)
    ]
    # Of a company a few columns count, and its row changes with each plan.
    company = ", ".join(("id", *COMPANY_COLUMNS))
    selects.append(f"SELECT {GENERAL}, concat_ws('=', {company}) FROM res_company")
    union = "\nUNION ALL ".join(selects)
    return f"""
        WITH {BOMS}
        SELECT key, md5(string_agg(version, ',' ORDER BY version))
          FROM ({union}) AS row
         GROUP BY key"""


STATEMENT = _statement()


def read_versions(env, template_ids, line_ids=()) -> dict[int, str]:
    """``{key: version}`` of products and what belongs to them, by one query.

    Keys are ids of product templates, ids of order lines with a minus (their own bills
    of materials), and ``GENERAL``. What has no row at all has no version.
    """
    # Below: what this transaction has changed.
    env.flush_all()
    rows = env.execute_query(
        SQL(
            STATEMENT,
            # As one word each: they stand in it many times.
            templates=_array(template_ids),
            lines=_array(line_ids),
        )
    )
    return dict(rows)


def _array(ids) -> str:
    return f"{{{','.join(map(str, ids))}}}"
