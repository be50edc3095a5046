"""Promises through Odoo against stock's planning of the same chain.

In Odoo's shell (``benchmarks/run promise``) it measures one database and prints one
JSON line: the add-on's promises where the add-on is installed, ``button_plan`` of stock
Odoo where it is not. Started as a program, ``odoo_promise.py FIGURES RESULT``, it
compares the lines of all, and exits with 1 when an answer is wrong.

A worker is warm: it has answered the same before. Each run is on a new quotation, with
no record in the cache, and is rolled back.
"""

import gc
import json
import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

ROUNDS = 7
LINES = (1, 2, 4, 8, 16, 32, 50)
LEVELS = (2, 4, 8, 16)


# Measuring


def measure(env, prepare, work, rounds=ROUNDS):
    """Median seconds and queries of ``work``, after two runs that do not count."""
    seconds, queries = [], []
    for turn in range(rounds + 2):
        subject = prepare()
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        count, start = env.cr.sql_log_count, time.perf_counter()
        result = work(subject)
        env.flush_all()
        if turn >= 2:
            seconds.append(time.perf_counter() - start)
            queries.append(env.cr.sql_log_count - count)
        env.cr.rollback()
    return {
        "seconds": statistics.median(seconds),
        "best": min(seconds),
        "queries": statistics.median(queries),
    }, result


def measure_stock(env):
    """Stock's plan of one chain, and what it plans."""

    def confirmed():
        order = dataset.make_order(env, 1)
        order.action_confirm()
        return order

    def plan(order):
        dataset.plan_chain(order)
        return describe_stock(order)

    figures, answer = measure(env, confirmed, plan)
    return {"plan": figures}, {"plan": answer}


def measure_ours(env, sizes):
    """The add-on's promises, and what they say."""
    figures, answers = {}, {}
    for lines in sizes:
        figures[f"promise {lines}"], steps = measure(
            env,
            lambda lines=lines: dataset.make_order(env, lines),
            lambda order: order.mto_compute_promise(),
            rounds=ROUNDS if lines < 10 else 3,
        )
        check_promises(env, steps)
        answers[f"promise {lines}"] = describe_promises(steps)
    products = dataset.finished_products(env).ids
    for lines in {1, 50}.intersection(sizes):
        requests = [{"product_id": one, "quantity": 1} for one in products[:lines]]
        figures[f"quote {lines}"], _steps = measure(
            env,
            lambda: None,
            lambda _none, requests=requests: env["mto.planner"].quote(requests),
        )
    return figures, answers


def measure_forgetful(env):
    """A promise when other work was booked meanwhile, and in a new process."""

    def prepare(forget):
        forget()
        return dataset.make_order(env, 1)

    memory = env["mto.planner"]._get_memory
    return {
        name: measure(
            env,
            lambda forget=forget: prepare(forget),
            lambda order: order.mto_compute_promise(),
        )[0]
        for name, forget in {
            "all centers booked anew": lambda: memory().capacities.clear(),
            "nothing remembered": env.registry.clear_all_caches,
        }.items()
    }


def measure_growth(env):
    """A promise over half and twice the backlog, and of deeper products."""
    products = env["product.product"]
    figures = {}
    for name, change in BACKLOGS.items():

        def prepare(change=change):
            env.cr.execute(change, [])
            return dataset.make_order(env, 1)

        figures[f"backlog {name}"], _steps = measure(
            env, prepare, lambda order: order.mto_compute_promise()
        )
    for levels in LEVELS:
        product = products.search([("default_code", "=", f"CHAIN-{levels:02}")])
        figures[f"levels {levels}"], _steps = measure(
            env,
            lambda: None,
            lambda _none, product=product: env["mto.planner"].quote(
                [{"product_id": product.id, "quantity": 1}]
            ),
        )
    return figures


BACKLOGS = {
    "half": """
        UPDATE resource_calendar_leaves SET resource_id = NULL
         WHERE time_type = 'other' AND extract(hour FROM date_from)::int %% 2 = 0""",
    "as it is": "SELECT 1",
    # Half a year later, on the same days of the week.
    "twice": """
        INSERT INTO resource_calendar_leaves
               (resource_id, calendar_id, company_id, time_type, date_from, date_to)
        SELECT resource_id, calendar_id, company_id, time_type,
               date_from + interval '26 weeks', date_to + interval '26 weeks'
          FROM resource_calendar_leaves WHERE time_type = 'other'""",
}


# Answers


def describe_stock(order):
    """What stock Odoo buys, and the minutes of work on each work center."""
    work = Counter()
    for workorder in dataset.productions_of(order).workorder_ids:
        work[workorder.workcenter_id.name] += round(workorder.duration_expected)
    bought = Counter()
    for line in order.stock_reference_ids.purchase_ids.order_line:
        bought[line.product_id.display_name] += line.product_qty
    return {"bought": bought, "work": work}


def describe_promises(promises):
    """The same of promises."""
    work, bought = Counter(), Counter()
    for step in (step for promise in promises for step in promise["steps"]):
        if step["kind"] == "operation":
            work[step["workcenter"]] += working_minutes(*span(step))
        elif step["kind"] == "purchase":
            bought[step["product"]] += step["quantity"]
    return {"bought": bought, "work": work}


def check_promises(env, promises):
    """Working time, precedence, and nothing in the way of anything else."""
    taken = defaultdict(list)
    for promise in promises:
        assert promise["feasible"], promise
        ready = defaultdict(list)
        for step in sorted(promise["steps"], key=lambda step: -step["level"]):
            start, finish = span(step)
            assert start <= finish, step
            ready[step["level"]].append((start, finish))
            if step["kind"] == "operation":
                assert is_open(start) and is_open(finish - timedelta(seconds=1)), step
                taken[step["workcenter_id"]].append((start, finish))
        last = max(finish for level in ready.values() for _start, finish in level)
        assert str(last) == promise["promise_date"], promise
        check_sequence(promise)
    for center, spans in taken.items():
        spans.sort()
        assert all(
            one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False)
        )
        check_free(env, center, spans)


def check_sequence(promise):
    """The halves are there before the top begins, the parts before the halves."""
    operations = defaultdict(list)
    for step in promise["steps"]:
        if step["kind"] == "operation":
            operations[step["product"].split("] ")[-1].split()[0]].append(span(step))
    for spans in operations.values():
        spans.sort()
        assert all(
            one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False)
        )
    for half in ("Left", "Right"):
        assert operations[half][-1][1] <= operations["Top"][0][0]
    for step in promise["steps"]:
        if step["kind"] == "purchase":
            half = "Left" if "PART0" in step["product"] else None
            half = half or ("Left" if "PART1" in step["product"] else "Right")
            assert span(step)[1] <= operations[half][0][0], step


def check_free(env, center_id, spans):
    """No booking of the backlog overlaps."""
    env.cr.execute(
        """SELECT count(*)
             FROM resource_calendar_leaves leave
             JOIN mrp_workcenter center ON center.resource_id = leave.resource_id,
                  unnest(%s::timestamp[], %s::timestamp[]) AS span(starts, ends)
            WHERE center.id = %s AND leave.time_type = 'other'
              AND leave.date_from < span.ends AND leave.date_to > span.starts""",
        [[start for start, _ in spans], [end for _, end in spans], center_id],
    )
    assert env.cr.fetchone() == (0,), (center_id, spans)


def span(step):
    """Start and finish of a step."""
    return tuple(datetime.fromisoformat(step[name]) for name in ("start", "finish"))


def is_open(moment):
    """Whether the centers of the data set work."""
    return moment.weekday() < 5 and any(
        opens <= moment.hour < closes for opens, closes in dataset.OPENINGS
    )


def working_minutes(start, finish):
    """Minutes of working time."""
    minutes = (finish - start) // timedelta(minutes=1)
    return sum(is_open(start + timedelta(minutes=n)) for n in range(minutes))


# Comparing

# What it is: (ours, what it is compared with, at most this many times of it).
TARGETS = {
    "1: promise one line; stock plans it": (
        ("ours", "promise 1"),
        ("stock", "plan"),
        1 / 30,
    ),
    "1: quote one line; stock plans it": (
        ("ours", "quote 1"),
        ("stock", "plan"),
        1 / 30,
    ),
    "2: 100,000 booked on 100 centers": (
        ("large", "promise 1"),
        ("ours", "promise 1"),
        2,
    ),
    "2: 100,000 booked, quote": (("large", "quote 1"), ("ours", "quote 1"), 2),
    "3: promise 50 lines": (("ours", "promise 50"), ("ours", "promise 1"), 8),
    "3: quote 50 lines": (("ours", "quote 50"), ("ours", "quote 1"), 8),
    **{
        f"9: {2 * n} lines to {n}": (
            ("ours", f"promise {2 * n}"),
            ("ours", f"promise {n}"),
            2.2,
        )
        for n in LINES[:-2]
    },
    **{
        f"9: {2 * n} levels to {n}": (
            ("ours", f"levels {2 * n}"),
            ("ours", f"levels {n}"),
            2.2,
        )
        for n in LEVELS[:-1]
    },
    "9: backlog, as it is to half": (
        ("ours", "backlog as it is"),
        ("ours", "backlog half"),
        2.2,
    ),
    "9: backlog, twice to as it is": (
        ("ours", "backlog twice"),
        ("ours", "backlog as it is"),
        2.2,
    ),
    "all centers booked anew": (
        ("ours", "all centers booked anew"),
        ("stock", "plan"),
        None,
    ),
    "nothing remembered": (("ours", "nothing remembered"), ("stock", "plan"), None),
}
MOST_QUERIES = 20


def main():
    """Print the table, write the result; 1 when an answer is wrong."""
    runs = read_runs(sys.argv[1])
    targets = [
        Target(name, *target, MOST_QUERIES if name.startswith("1:") else None)
        for name, target in TARGETS.items()
    ]
    report(runs, targets, sys.argv[2])
    return check_answers(runs)


def check_answers(runs):
    """The add-on buys the same and needs the same hours of the same work centers."""
    stock = runs["stock"][0]["answers"]["plan"]
    for run in runs["ours"]:
        if run["answers"]["promise 1"] != stock:
            print("The answers differ", stock, run["answers"]["promise 1"], sep="\n  ")
            return 1
    print("Both buy the same and work the same hours on the same work centers.")
    return 0


if __name__ == "__main__" and "env" not in globals():
    from compare import Target, read_runs, report

    sys.exit(main())

sys.path.insert(0, str(Path.cwd() / "benchmarks"))
import dataset  # noqa: E402

env = env(user=env.ref("base.user_admin").id)  # noqa: F821, the shell's
if not dataset.get_centers(env):
    dataset.build(
        env,
        centers=int(os.environ["BENCH_CENTERS"]),
        backlog=int(os.environ["BENCH_BACKLOG"]),
    )
    dataset.make_chains(env, LEVELS)
if "mto.planner" not in env:
    measured, said = measure_stock(env)
elif os.environ["BENCH_CENTERS"] == "10":
    measured, said = measure_ours(env, LINES)
    measured |= measure_forgetful(env) | measure_growth(env)
else:
    measured, said = measure_ours(env, [1])
print("BENCH " + json.dumps({"figures": measured, "answers": said}))
