"""The data of the benchmarks in Odoo: products of three levels, and a factory at work.

Works in Odoo's shell on any database with Odoo's sales, purchase, stock and
manufacturing apps, with the add-on or without it. The seed is fixed: two databases get
the same content.

- A *tree*: a finished product of two sub-assemblies of two bought parts each; three,
  two and three operations, each on another work center. All is replenished on order.
- A *backlog*: confirmed and planned manufacturing orders of one work order of 60
  minutes each, which fill all work centers without a gap from this morning on. One is
  made by Odoo; the others are its copies, row by row as Odoo writes them.
"""

import random
from datetime import datetime, timedelta

SEED = 20260301
OPENINGS = ((8, 12), (13, 17))
# Name, minutes of its operations, and how many of it go into the one above.
TOP, LEFT, RIGHT = ("Top", (60, 45, 15)), ("Left", (40, 60)), ("Right", (30, 50, 20))
# Vendors' days, one for each bought part; the first two go into the left half.
DELAYS = (3, 5, 7, 4)
MINUTES = 60


def build(env, trees=50, centers=10, backlog=0):
    """Everything; commits. Nothing of it may be there before."""
    env["res.partner"].create({"name": "Bench customer"})
    calendar = make_calendar(env)
    workcenters = make_centers(env, calendar, centers)
    make_trees(env, workcenters, trees)
    env.cr.commit()
    if backlog:
        make_backlog(env, workcenters, backlog // centers)
    return workcenters


# What the benchmarks look for


def finished_products(env):
    """The finished products, in the order they were made."""
    return env["product.product"].search([("default_code", "=like", "TOP-%")])


def get_centers(env):
    """The work centers of the data."""
    return env["mrp.workcenter"].search([("code", "=like", "BENCH-%")], order="id")


def make_order(env, lines, first=0):
    """A quotation of so many different products, one piece each."""
    customer = env["res.partner"].search([("name", "=", "Bench customer")])
    products = finished_products(env)[first : first + lines]
    return env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": 1})
                for product in products
            ],
        }
    )


def productions_of(order):
    """The manufacturing orders of a confirmed order, sub-assemblies first."""
    return order.stock_reference_ids.production_ids.sorted("id", reverse=True)


def plan_chain(order):
    """Plan as stock Odoo does: from now on, sub-assemblies first."""
    productions = productions_of(order)
    productions.write({"date_start": datetime.now()})
    productions.button_plan()


# Products


def make_calendar(env):
    """40 hours in the time zone of the clock: no daylight saving in the figures."""
    return env["resource.calendar"].create(
        {
            "name": "Bench 40 hours",
            "tz": "UTC",
            "company_id": env.company.id,
            "attendance_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Shift",
                        "dayofweek": str(day),
                        "hour_from": opens,
                        "hour_to": closes,
                        "day_period": "morning" if opens < 12 else "afternoon",
                    },
                )
                for day in range(5)
                for opens, closes in OPENINGS
            ],
        }
    )


def make_centers(env, calendar, count):
    """Work centers of one calendar."""
    return env["mrp.workcenter"].create(
        [
            {
                "name": f"Bench {number}",
                "code": f"BENCH-{number:03}",
                "resource_calendar_id": calendar.id,
                "time_start": 5,
                "time_stop": 5,
                "costs_hour": 50,
            }
            for number in range(count)
        ]
    )


def make_trees(env, centers, count):
    """Products of three levels with what makes and sells them, batch by batch."""
    rng = random.Random(SEED)
    route = env.ref("stock.route_warehouse0_mto")
    route.active = True
    vendors = env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(4)])
    products = {
        name: make_products(env, name, count, route, **values)
        for name, values in {
            "Top": {"sale_ok": True, "sale_delay": 21},
            "Left": {},
            "Right": {},
            **{f"Part {n}": {} for n in range(len(DELAYS))},
        }.items()
    }
    env["product.supplierinfo"].create(
        [
            {
                "partner_id": vendors[n].id,
                "product_tmpl_id": part.product_tmpl_id.id,
                "delay": delay,
                "price": 5,
            }
            for n, delay in enumerate(DELAYS)
            for part in products[f"Part {n}"]
        ]
    )
    boms = []
    for tree in range(count):
        piece = {name: made[tree] for name, made in products.items()}
        parts = [piece[f"Part {n}"] for n in range(len(DELAYS))]
        route_of_tree = iter(rng.sample(centers.ids * 8, 8))
        boms += [
            prepare_bom(
                piece["Left"], [(parts[0], 2), (parts[1], 1)], LEFT, route_of_tree
            ),
            prepare_bom(
                piece["Right"], [(parts[2], 1), (parts[3], 3)], RIGHT, route_of_tree
            ),
            prepare_bom(
                piece["Top"],
                [(piece["Left"], 1), (piece["Right"], 2)],
                TOP,
                route_of_tree,
            ),
        ]
    env["mrp.bom"].create(boms)


def make_products(env, name, count, route, **values):
    """One product of each tree."""
    return env["product.product"].create(
        [
            {
                "name": f"{name} {tree}",
                "default_code": f"{name.upper().replace(' ', '')}-{tree:03}",
                "type": "consu",
                "is_storable": True,
                "sale_ok": False,
                "route_ids": [(6, 0, route.ids)],
                **values,
            }
            for tree in range(count)
        ]
    )


def prepare_bom(product, parts, level, centers):
    """Values of a bill of materials."""
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "produce_delay": 1,
        "bom_line_ids": [
            (0, 0, {"product_id": part.id, "product_qty": quantity})
            for part, quantity in parts
        ],
        "operation_ids": [
            (
                0,
                0,
                {
                    "name": f"{level[0]} operation {position}",
                    "workcenter_id": next(centers),
                    "time_cycle_manual": minutes,
                    "sequence": position,
                },
            )
            for position, minutes in enumerate(level[1], start=1)
        ],
    }


def make_chains(env, depths):
    """Products of so many made levels, one operation each; commits."""
    route = env.ref("stock.route_warehouse0_mto")
    centers = get_centers(env)
    for depth in depths:
        below = make_products(env, f"Chain {depth} part", 1, route)
        below.seller_ids = [
            (0, 0, {"partner_id": env["res.partner"].search([], limit=1).id})
        ]
        for level in range(depth):
            made = make_products(env, f"Chain {depth} level {level}", 1, route)
            center = iter([centers[level % len(centers)].id])
            env["mrp.bom"].create(
                prepare_bom(made, [(below, 1)], ("Chain", (30,)), center)
            )
            below = made
        below.default_code = f"CHAIN-{depth:02}"
    env.cr.commit()


# Backlog


def make_backlog(env, centers, each):
    """Fill every work center with so many work orders; commits."""
    production = make_sample(env, centers)
    env.flush_all()
    fill_table_of_copies(env, production, each)
    for table, row_id, values in prepare_copies(production):
        copy_row(env, table, row_id, values)
    link_references(env)
    # The sample itself stands where its first copy stands; one of both must go.
    production.action_cancel()
    env.flush_all()
    env.cr.execute("DROP TABLE bench_copy")
    env.cr.commit()
    env.cr.execute(
        "ANALYZE mrp_workorder, mrp_production, stock_move, resource_calendar_leaves"
    )
    env.cr.commit()
    env.invalidate_all()


def make_sample(env, centers):
    """A manufacturing order as Odoo confirms and plans it, one work order."""
    part = make_products(env, "Backlog part", 1, env["stock.route"])
    products = make_products(env, "Backlog", len(centers), env["stock.route"])
    env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": 1})],
                "operation_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Backlog operation",
                            "workcenter_id": center.id,
                            "time_cycle_manual": MINUTES - 10,
                        },
                    )
                ],
            }
            for product, center in zip(products, centers, strict=True)
        ]
    )
    production = env["mrp.production"].create({"product_id": products[0].id})
    production.action_confirm()
    production.button_plan()
    return production


def fill_table_of_copies(env, production, each):
    """A row for each copy: its work center, its time, its new ids."""
    starts, ends = zip(*slots(each), strict=True)
    env.cr.execute(
        """CREATE TEMP TABLE bench_copy AS
           SELECT operation.id AS operation_id, operation.workcenter_id,
                  center.resource_id, bom.id AS bom_id, line.id AS bom_line_id,
                  product.id AS product_id,
                  center.id || '-' || slot.position AS suffix, slot.starts, slot.ends,
                  nextval('mrp_production_id_seq') AS production_id,
                  nextval('mrp_production_group_id_seq') AS group_id,
                  nextval('stock_reference_id_seq') AS reference_id,
                  nextval('stock_move_id_seq') AS raw_id,
                  nextval('stock_move_id_seq') AS finished_id,
                  nextval('mrp_workorder_id_seq') AS workorder_id,
                  nextval('resource_calendar_leaves_id_seq') AS leave_id
             FROM mrp_routing_workcenter operation
             JOIN mrp_workcenter center ON center.id = operation.workcenter_id
             JOIN mrp_bom bom ON bom.id = operation.bom_id
             JOIN mrp_bom_line line ON line.bom_id = bom.id
             JOIN product_product product
               ON product.product_tmpl_id = bom.product_tmpl_id,
                  unnest(%s::timestamp[], %s::timestamp[])
                  WITH ORDINALITY AS slot(starts, ends, position)
            WHERE operation.name = %s
            ORDER BY slot.position, center.id""",
        [list(starts), list(ends), production.workorder_ids.operation_id.name],
    )


def slots(count):
    """Consecutive working hours from this morning on."""
    day = datetime.combine(datetime.now().date(), datetime.min.time())
    found = []
    while len(found) < count:
        if day.weekday() < 5:
            found += [
                (day + timedelta(hours=hour), day + timedelta(hours=hour + 1))
                for opens, closes in OPENINGS
                for hour in range(opens, closes)
            ]
        day += timedelta(days=1)
    return found[:count]


def prepare_copies(production):
    """``(table, id of the sample's row, {column: its value in a copy})``."""
    workorder = production.workorder_ids
    name = "sample.name || '-' || copy.suffix"
    move = {
        "reference": "sample.reference || '-' || copy.suffix",
        "origin": "sample.origin || '-' || copy.suffix",
        "production_group_id": "copy.group_id",
    }
    yield (
        "mrp_production_group",
        production.production_group_id.id,
        {"id": "copy.group_id", "name": name},
    )
    yield (
        "mrp_production",
        production.id,
        {
            "id": "copy.production_id",
            "name": name,
            "production_group_id": "copy.group_id",
            "product_id": "copy.product_id",
            "bom_id": "copy.bom_id",
            "date_start": "copy.starts",
            "date_finished": "copy.ends",
        },
    )
    yield (
        "resource_calendar_leaves",
        workorder.leave_id.id,
        {
            "id": "copy.leave_id",
            "name": name,
            "resource_id": "copy.resource_id",
            "date_from": "copy.starts",
            "date_to": "copy.ends",
        },
    )
    yield (
        "mrp_workorder",
        workorder.id,
        {
            "id": "copy.workorder_id",
            "production_id": "copy.production_id",
            "workcenter_id": "copy.workcenter_id",
            "operation_id": "copy.operation_id",
            "leave_id": "copy.leave_id",
            "date_start": "copy.starts",
            "date_finished": "copy.ends",
            "production_date": "copy.starts",
            "barcode": "sample.barcode || '-' || copy.suffix",
        },
    )
    yield (
        "stock_reference",
        production.reference_ids.id,
        {"id": "copy.reference_id", "name": name},
    )
    yield (
        "stock_move",
        production.move_raw_ids.id,
        {
            **move,
            "id": "copy.raw_id",
            "raw_material_production_id": "copy.production_id",
            "bom_line_id": "copy.bom_line_id",
            "workorder_id": "copy.workorder_id",
            "date": "copy.starts",
        },
    )
    yield (
        "stock_move",
        production.move_finished_ids.id,
        {
            **move,
            "id": "copy.finished_id",
            "production_id": "copy.production_id",
            "product_id": "copy.product_id",
            "date": "copy.ends",
        },
    )


def copy_row(env, table, row_id, values):
    """Insert a copy of a row for each row of the table of copies."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    columns = [column for (column,) in env.cr.fetchall()]
    unknown = values.keys() - set(columns)
    assert not unknown, f"{table} has no {unknown}"
    env.cr.execute(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} sample, "
        "bench_copy copy WHERE sample.id = %s".format(
            table=table,
            columns=", ".join(f'"{column}"' for column in columns),
            values=", ".join(
                values.get(column, f'sample."{column}"') for column in columns
            ),
        ),
        [row_id],
    )


def link_references(env):
    """The references of the copies, as Odoo links them."""
    env.cr.execute(
        """INSERT INTO stock_reference_production_rel (reference_id, production_id)
           SELECT reference_id, production_id FROM bench_copy"""
    )
    env.cr.execute(
        """INSERT INTO stock_reference_move_rel (reference_id, move_id)
           SELECT reference_id, unnest(ARRAY[raw_id, finished_id]) FROM bench_copy"""
    )
