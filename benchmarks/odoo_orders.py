"""Confirming, planning and following orders, against stock Odoo.

In Odoo's shell (``benchmarks/run orders``) it measures one database and prints one
JSON line. Started as a program, ``odoo_orders.py FIGURES RESULT``, it compares the
lines of all, and exits with 1 when an answer is wrong.

Orders are of distinct products of three levels: a line becomes 3 manufacturing orders,
8 work orders and 4 purchase lines. 10,000 work orders are booked before. Confirmation
with the add-on includes the orders' bills of materials, pegs and the finite plan;
stock's does not plan. Each run begins with no record in the cache and is rolled back.
"""

import gc
import itertools
import json
import statistics
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

CENTERS, BACKLOG, TREES = 10, 10000, 50
# For each size of order: how often it is measured, with stock Odoo and with ours.
SIZES = {1: (5, 7), 2: (0, 5), 5: (0, 5), 10: (2, 5), 25: (0, 3), 50: (1, 3)}
SHOP_ORDERS = 20


# Measuring


def measure(env, prepare, work, describe=lambda _result: None, rounds=3, warm=1):
    """Median seconds and queries of ``work``, and what came of it."""
    seconds, queries, answer = [], [], None
    for turn in range(rounds + warm):
        subject = prepare()
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        count, start = env.cr.sql_log_count, time.perf_counter()
        work(subject)
        env.flush_all()
        if turn >= warm:
            seconds.append(time.perf_counter() - start)
            queries.append(env.cr.sql_log_count - count)
        answer = describe(subject)
        env.cr.rollback()
    figures = {
        "seconds": statistics.median(seconds),
        "queries": statistics.median(queries),
    }
    return figures, answer


def describe_order(order):
    """How much of what is made and bought, in how many work orders and moves."""
    made, bought = Counter(), Counter()
    productions = dataset.productions_of(order)
    for production in productions:
        made[production.product_id.default_code] += production.product_qty
    purchases = order.stock_reference_ids.purchase_ids
    for line in purchases.order_line:
        bought[line.product_id.default_code] += line.product_qty
    return {
        "made": made,
        "bought": bought,
        "purchases": len(purchases),
        "workorders": len(productions.workorder_ids),
        "moves": len(productions.move_raw_ids | productions.move_finished_ids),
        "notes": len(productions.message_ids.filtered("body")),
        "states": Counter(productions.mapped("state")),
    }


def describe_plan(order):
    """What the plan of an order must be: complete, and without conflict."""
    workorders = dataset.productions_of(order).workorder_ids
    assert all(workorders.mapped("leave_id")), "not all is planned"
    assert not workorders._get_conflicted_workorder_ids(), "a center is booked twice"
    for workorder in workorders:
        for blocker in workorder.blocked_by_workorder_ids:
            assert blocker.date_finished <= workorder.date_start
    return {"workorders": len(workorders)}


def measure_confirmation(env, is_ours):
    """Orders of several sizes."""
    figures, answers = {}, {}
    for lines, (of_stock, of_ours) in SIZES.items():
        rounds = of_ours if is_ours else of_stock
        if rounds:
            name = f"confirm {lines}"
            figures[name], answers[name] = measure(
                env,
                lambda lines=lines: dataset.make_order(env, lines),
                lambda order: order.action_confirm(),
                describe_order,
                rounds,
                warm=rounds > 1,
            )
    return figures, answers


def make_confirmed(env, lines):
    """A confirmed order that nobody has planned."""
    order = dataset.make_order(env, lines)
    order.action_confirm()
    productions = dataset.productions_of(order)
    planned = productions.filtered("is_planned")
    if planned:
        planned.button_unplan()
    productions.write({"date_start": datetime.now()})
    return order


def measure_button(env, is_ours):
    """Core's button over all manufacturing orders of an order."""
    figures, answers = {}, {}
    for lines, rounds in {1: 5, 10: 2, 50: 1}.items():
        name = f"plan {lines}"
        figures[name], answers[name] = measure(
            env,
            lambda lines=lines: make_confirmed(env, lines),
            lambda order: dataset.productions_of(order).button_plan(),
            describe_plan,
            3 if is_ours else rounds,
            warm=is_ours or lines == 1,
        )
    return figures, answers


def measure_shop(env):
    """The whole shop and its list; the orders are made once and stay."""
    orders = env["sale.order"].search([("state", "=", "sale")])
    while len(orders) < SHOP_ORDERS:
        order = dataset.make_order(env, TREES)
        order.action_confirm()
        env.cr.commit()
        orders |= order
    figures, answers = {}, {}
    for count in (SHOP_ORDERS // 4, SHOP_ORDERS // 2, SHOP_ORDERS):
        name = f"replan {count * TREES * 3}"
        figures[name], answers[name] = measure(
            env,
            lambda count=count: free_the_shop(env, orders[:count]),
            replan,
            describe_shop,
            rounds=2,
        )
    lines = orders.order_line
    for name, view in {
        "list": "mto_planning.sale_order_line_view_list_mto",
        "core's list": "sale.view_order_line_tree",
    }.items():
        figures[name], _none = measure(
            env,
            lambda view=view: make_reader(env, lines, view),
            lambda read: read(1000),
            rounds=5,
        )
        figures[f"{name}, 100 lines"], _none = measure(
            env,
            lambda view=view: make_reader(env, lines, view),
            lambda read: read(100),
            rounds=5,
        )
    return figures, answers


def free_the_shop(env, orders):
    """The backlog is gone: everything can be made half a year earlier."""
    productions = orders.order_line.mto_production_ids
    env.cr.execute(
        """WITH backlog AS (
               UPDATE mrp_workorder SET state = 'cancel'
                WHERE production_id NOT IN %s RETURNING leave_id)
           UPDATE resource_calendar_leaves SET resource_id = NULL
             FROM backlog WHERE id = backlog.leave_id""",
        [tuple(productions.ids)],
    )
    return productions


def replan(productions):
    """All at once, as early as possible, written."""
    answer = productions.env["mto.planner"].replan(
        {"method": "earliest", "production_ids": productions.ids}
    )
    assert answer["moved_workorders"] > len(productions), answer["moved_workorders"]
    assert not answer["unplanned"]


def describe_shop(productions):
    """No center twice, no order before what it needs."""
    workorders = productions.workorder_ids
    for center_workorders in workorders.grouped("workcenter_id").values():
        ranked = center_workorders.sorted("date_start")
        for one, other in itertools.pairwise(ranked):
            assert one.date_finished <= other.date_start, "a center is booked twice"
    for production in productions:
        for move in production.move_raw_ids:
            for child in move.move_orig_ids.production_id:
                assert child.date_finished <= production.date_start
            for line in move.created_purchase_line_ids:
                assert line.date_planned <= production.date_start
    for workorder in workorders:
        for blocker in workorder.blocked_by_workorder_ids:
            assert blocker.date_finished <= workorder.date_start
    return {"productions": len(productions), "workorders": len(workorders)}


def make_reader(env, lines, view):
    """What the web client reads to show a list."""
    view = env.ref(view)
    models = lines.get_views([(view.id, "list")])["models"]
    fields = models["sale.order.line"]["fields"]
    names = [
        node.get("name")
        for node in view._get_combined_arch().iter("field")
        if node.get("name") in fields
    ]
    specification = {
        name: {"fields": {"display_name": {}}}
        if env["sale.order.line"]._fields[name].type == "many2one"
        else {}
        for name in names
    }

    def read(limit):
        answer = env["sale.order.line"].web_search_read(
            [("id", "in", lines.ids)], specification, limit=limit
        )
        assert len(answer["records"]) == limit

    return read


# Comparing


def make_targets():
    """What is compared, and what it has to be."""
    return [
        *(
            Target(
                f"4: confirm {lines}, planned; stock's is not",
                ("ours", f"confirm {lines}"),
                ("stock", f"confirm {lines}"),
                most,
                3000 if lines == 50 else None,
            )
            for lines, most in ((1, 0.5), (10, 0.2), (50, 0.12))
        ),
        *(
            Target(
                f"5: plan {lines} by core's button",
                ("ours", f"plan {lines}"),
                ("stock", f"plan {lines}"),
                0.1,
            )
            for lines in (1, 10, 50)
        ),
        Target(
            "7: replan 3,000 orders; stock plans 150",
            ("ours", "replan 3000"),
            ("stock", "plan 50"),
            # Stock's sample is a twentieth of the shop.
            20 / 50,
        ),
        Target(
            "8: 1,000 lines; core's list", ("ours", "list"), ("ours", "core's list"), 2
        ),
        Target("8: 100 lines", ("ours", "list, 100 lines"), ("ours", "list"), 1),
        *(
            Target(
                f"9: confirm {2 * lines} to {lines}",
                ("ours", f"confirm {2 * lines}"),
                ("ours", f"confirm {lines}"),
                2.2,
            )
            for lines in (1, 5, 25)
        ),
        *(
            Target(
                f"9: replan {2 * count} to {count}",
                ("ours", f"replan {2 * count}"),
                ("ours", f"replan {count}"),
                2.2,
            )
            for count in (750, 1500)
        ),
    ]


def check_answers(runs):
    """Both make and buy the same quantities in as many documents."""
    for name, answer in runs["stock"][0]["answers"].items():
        for run in runs["ours"]:
            if run["answers"][name] != answer:
                print(
                    f"{name}: the answers differ",
                    answer,
                    run["answers"][name],
                    sep="\n  ",
                )
                return 1
    print("Both make and buy the same, with the same documents.")
    return 0


def main():
    """Print the table, write the result; 1 when an answer is wrong."""
    runs = read_runs(sys.argv[1])
    report(runs, make_targets(), sys.argv[2])
    return check_answers(runs)


if __name__ == "__main__" and "env" not in globals():
    from compare import Target, read_runs, report

    sys.exit(main())

sys.path.insert(0, str(Path.cwd() / "benchmarks"))
import dataset  # noqa: E402

env = env(user=env.ref("base.user_admin").id)  # noqa: F821, the shell's
if not dataset.get_centers(env):
    dataset.build(env, trees=TREES, centers=CENTERS, backlog=BACKLOG)
ours = "mto.planner" in env
measured, said = measure_confirmation(env, ours)
for more in (measure_button(env, ours), measure_shop(env) if ours else ({}, {})):
    measured |= more[0]
    said |= more[1]
print("BENCH " + json.dumps({"figures": measured, "answers": said}))
