"""What stands in the database after the load, against what the clients were told.

Works in Odoo's shell, with the add-on or without it, by queries of its own: nothing of
what the add-on's own check says is taken for granted.
"""

import json
from collections import Counter
from pathlib import Path

# Pairs of work that wait to begin at the same time on a center of one machine.
OVERLAPPING = """
    SELECT count(*)
      FROM mrp_workorder one
      JOIN mrp_workorder two
        ON two.workcenter_id = one.workcenter_id AND two.id > one.id
       AND two.date_start < one.date_finished AND one.date_start < two.date_finished
     WHERE one.state IN ('blocked', 'ready') AND two.state IN ('blocked', 'ready')
       AND one.leave_id IS NOT NULL AND two.leave_id IS NOT NULL"""

# Work that waits to begin in time that is held for a quotation.
IN_HELD_TIME = """
    SELECT count(*)
      FROM mto_promise_slot slot
      JOIN mto_promise promise ON promise.id = slot.promise_id
      JOIN mrp_workorder work
        ON work.workcenter_id = slot.workcenter_id
       AND work.date_start < slot.date_finished AND slot.date_start < work.date_finished
     WHERE promise.hold_until > now() AT TIME ZONE 'UTC'
       AND work.state IN ('blocked', 'ready') AND work.leave_id IS NOT NULL"""

# Products of which more is reserved in a place than is there. Core makes a second row,
# even of less than nothing, for whoever finds the first one locked: the sum counts.
OVER_RESERVED = """
    SELECT count(*)
      FROM (SELECT FROM stock_quant quant
              JOIN stock_location place ON place.id = quant.location_id
             WHERE place.usage = 'internal'
             GROUP BY quant.product_id, quant.location_id
            HAVING sum(quant.reserved_quantity) > sum(quant.quantity)) product"""

# Reserved pieces that no move has: core loses them where it found a row locked, and
# finds them again each night.
RESERVED_FOR_NOBODY = """
    SELECT sum(reserved_quantity)
           - (SELECT COALESCE(sum(line.quantity_product_uom), 0)
                FROM stock_move_line line
                JOIN stock_location place ON place.id = line.location_id
               WHERE place.usage = 'internal'
                 AND line.state IN ('assigned', 'partially_available'))
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id
     WHERE place.usage = 'internal'"""

# Components that are to be taken from the stock at hand, more than there is: promised
# to two.
PROMISED_TWICE = """
    SELECT COALESCE(sum(greatest(wanted.quantity - COALESCE(here.quantity, 0), 0)), 0)
      FROM (SELECT used.product_id, sum(used.product_qty) AS quantity
              FROM stock_move used
             WHERE used.raw_material_production_id IS NOT NULL
               AND used.state NOT IN ('done', 'cancel', 'draft')
               AND used.procure_method = 'make_to_stock'
               AND NOT EXISTS (SELECT 1 FROM stock_move_move_rel rel
                                WHERE rel.move_dest_id = used.id)
             GROUP BY used.product_id) wanted
      LEFT JOIN (SELECT product_id, sum(quantity) AS quantity
                   FROM stock_quant quant
                   JOIN stock_location place ON place.id = quant.location_id
                  WHERE place.usage = 'internal'
                  GROUP BY product_id) here ON here.product_id = wanted.product_id"""

# Each order's state, and of each level what is made of it.
ORDERS = """
    SELECT sale.id, sale.state,
           (SELECT array_agg(level.quantity ORDER BY level.product_id)
              FROM (SELECT made.product_id, sum(made.product_qty) AS quantity
                      FROM mrp_production made
                      JOIN stock_reference_production_rel rel
                        ON rel.production_id = made.id
                      JOIN stock_reference_sale_rel of_sale
                        ON of_sale.reference_id = rel.reference_id
                     WHERE of_sale.sale_id = sale.id AND made.state != 'cancel'
                     GROUP BY made.product_id) level)
      FROM sale_order sale"""

# Of each confirmed line: its promise, and what stands in Odoo.
PROMISES = """
    SELECT line.order_id, promise.steps,
           promise.promise_date = sale.mto_promise_date
           AND promise.promise_date = sale.commitment_date AS is_told,
           (SELECT json_agg(json_build_array(work.workcenter_id,
                            to_char(work.date_start, 'YYYY-MM-DD HH24:MI:SS'),
                            to_char(work.date_finished, 'YYYY-MM-DD HH24:MI:SS')))
              FROM mrp_workorder work
              JOIN mrp_production made ON made.id = work.production_id
             WHERE made.mto_line_id = line.id AND work.state != 'cancel') AS works,
           EXISTS (SELECT 1 FROM mrp_workorder work
                     JOIN mrp_production made ON made.id = work.production_id
                    WHERE made.mto_line_id = line.id
                      AND work.state IN ('progress', 'done')) AS has_begun,
           EXISTS (SELECT 1 FROM mail_message message
                    WHERE message.model = 'sale.order' AND message.res_id = sale.id
                      AND message.body LIKE '%%Planned anew%%') AS has_moved
      FROM sale_order_line line
      JOIN sale_order sale ON sale.id = line.order_id
      JOIN mto_promise promise ON promise.id = line.mto_promise_id
     WHERE sale.state = 'sale'"""


def verify(env, outcome_file):
    """Print what was found; nothing is changed."""
    outcomes = json.loads(Path(outcome_file).read_text())["orders"]
    env.cr.execute(ORDERS)
    rows = {order: (state, made) for order, state, made in env.cr.fetchall()}
    fates, wrong = Counter(), []
    for order in outcomes:
        fate = judge(order, *rows.get(order["id"], ("lost", None)))
        fates[fate] += 1
        if fate.startswith("wrong"):
            wrong.append((order, rows.get(order["id"])))
    found = {
        "orders": dict(fates),
        "wrong": wrong[:20],
        "overlapping": count(env, OVERLAPPING),
        "over_reserved": count(env, OVER_RESERVED),
        "pieces_promised_twice": count(env, PROMISED_TWICE),
        "reserved_for_nobody": count(env, RESERVED_FOR_NOBODY),
        "advisory_locks": count(
            env, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        ),
    }
    if "mto.planner" in env:
        changed = {order["id"] for order in outcomes if order.get("changed")}
        found["in_held_time"] = count(env, IN_HELD_TIME)
        found["promises"] = compare_promises(env, changed)
        found["check_consistency"] = env["mto.planner"].check_consistency()
    print("LOAD", json.dumps(found))


def count(env, query):
    """The number that a query gives."""
    env.cr.execute(query)
    return float(env.cr.fetchone()[0])


def judge(order, state, made):
    """What became of an order, in a word; ``wrong`` if that cannot be."""
    quantity = order["quantity"]
    is_whole = bool(made) and len(made) == 2 and min(made) >= (quantity or 1)
    is_exact = quantity is None or set(made or ()) == {quantity}
    match order["wanted"].rstrip("?"), state:
        case "sale", "sale":
            if not is_whole:
                return "wrong: confirmed without production"
            if not (is_exact or order.get("changed")):
                return "wrong: another quantity is made"
            return "confirmed"
        case "quotation", "draft" | "sent":
            return "wrong: production of a quotation" if made else "quotation"
        case "cancel", "cancel":
            return "cancelled"
        case wanted, _ if order["wanted"].endswith("?"):
            return f"{wanted} was refused: {state}"
    return f"wrong: {order['wanted']} is {state}"


def compare_promises(env, changed):
    """How many lines stand where they were promised, and why others do not."""
    env.cr.execute(PROMISES)
    found = Counter()
    for order_id, steps, is_told, works, has_begun, has_moved in env.cr.fetchall():
        promised = [
            [step["workcenter_id"], step["start"], step["finish"]]
            for step in steps or []
            if step["kind"] == "operation"
        ]
        if not is_told:
            found["wrong: the order tells another date than the ledger"] += 1
        if steps and sorted(promised) == sorted(works or []):
            found["as promised, to the second"] += 1
        elif order_id in changed:
            found["changed by its salesperson"] += 1
        elif has_begun:
            found["work has begun"] += 1
        elif has_moved:
            found["planned anew by the planner, as the order says"] += 1
        elif promised and max(end for *_, end in works) == max(
            end for *_, end in promised
        ):
            found["sub-assembly planned anew, end as promised"] += 1
        else:
            found["wrong: moved in silence"] += 1
    return dict(found)
