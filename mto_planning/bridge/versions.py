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

ROW = "{0}.ctid::text || {0}.xmin::text"

# Bills of materials that may make a product (key: its template), and those that were
# made for an order line (key: less its id).
BOMS = """
    bom AS MATERIALIZED (
        SELECT id, product_tmpl_id AS key, ctid::text || xmin::text AS version
          FROM mrp_bom
         WHERE product_tmpl_id IN %(templates)s AND mto_is_order_bom IS NOT TRUE
         UNION ALL
        SELECT id, -mto_line_id, ctid::text || xmin::text
          FROM mrp_bom
         WHERE mto_line_id IN %(lines)s
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

# Key, table (as ``row``), and what relates it to what is asked for.
PRODUCT_ROWS = (
    ("id", "product_template row", "id IN %(templates)s"),
    ("product_tmpl_id", "product_product row", "product_tmpl_id IN %(templates)s"),
    ("product_id", "stock_route_product row", "product_id IN %(templates)s"),
    ("product_tmpl_id", "product_supplierinfo row", "product_tmpl_id IN %(templates)s"),
    (
        "offer.product_tmpl_id",
        "product_supplierinfo offer JOIN res_partner row ON row.id = offer.partner_id",
        "offer.product_tmpl_id IN %(templates)s",
    ),
    (
        "product_tmpl_id",
        "product_template_attribute_line row",
        "product_tmpl_id IN %(templates)s",
    ),
    (
        "product_tmpl_id",
        "product_template_attribute_value row",
        "product_tmpl_id IN %(templates)s",
    ),
    (
        "value.product_tmpl_id",
        """product_template_attribute_value value JOIN product_attribute_value row
           ON row.id = value.product_attribute_value_id""",
        "value.product_tmpl_id IN %(templates)s",
    ),
    (
        "value.product_tmpl_id",
        """product_template_attribute_value value JOIN product_variant_combination row
           ON row.product_template_attribute_value_id = value.id""",
        "value.product_tmpl_id IN %(templates)s",
    ),
    (
        "key",
        """bom_line JOIN mrp_bom_line_product_template_attribute_value_rel row
           ON row.mrp_bom_line_id = bom_line.id""",
        "TRUE",
    ),
    (
        "key",
        """operation
           JOIN mrp_routing_workcenter_product_template_attribute_value_rel row
           ON row.mrp_routing_workcenter_id = operation.id""",
        "TRUE",
    ),
    (
        "key",
        """operation JOIN mrp_routing_workcenter_dependencies_rel row
           ON row.operation_id = operation.id""",
        "TRUE",
    ),
    # Some operations learn their time from the work orders that were done.
    (
        "key",
        "operation JOIN mrp_workorder row ON row.operation_id = operation.id",
        "operation.time_mode <> 'manual' AND row.state = 'done'",
    ),
)

GENERAL_ROWS = (
    "mrp_workcenter row",
    "mrp_workcenter_alternative_rel row",
    "mrp_workcenter_capacity row",
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
    row = ROW.format("row")
    selects = [
        f"SELECT {key} AS key, '{number} ' || {row} AS version FROM {table} WHERE {how}"
        for number, (key, table, how) in enumerate(PRODUCT_ROWS)
    ]
    selects += [
        f"SELECT key, '{name} ' || version FROM {name}"
        for name in ("bom", "bom_line", "operation")
    ]
    selects += [
        f"SELECT {GENERAL}, '-{number} ' || {row} FROM {table}"
        for number, table in enumerate(GENERAL_ROWS)
    ]
    # Of a company one number counts, and its row changes with each plan.
    selects.append(f"SELECT {GENERAL}, id || '=' || security_lead FROM res_company")
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
            templates=tuple(template_ids) or (0,),
            lines=tuple(line_ids) or (0,),
        )
    )
    return dict(rows)
