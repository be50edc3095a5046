"""Promise kept: a factory's year under our planner, and under rules of thumb.

``benchmarks/run year`` takes a minute or two: a year without trouble, two to learn from
and one to keep promises in, at 85 %. ``benchmarks/run year full`` takes a quarter of an
hour: all loads, five years each (``year full 21 22``: those years, without recording).
Every rule meets the same orders and the same trouble.
"""

import sys
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import bench

from mto_planning.engine import safety
from year import figures, picture
from year.check import check_done
from year.factory import CALM, DAY, START, Factory, Trouble, Year
from year.floor import Floor
from year.planners import Ledger, Ours, Thumb, overview_days, stock_days

LOADS = (0.70, 0.85, 0.95)
LEVEL = 0.95
# Orders of the first two months fill the factory, those of the last keep it full.
WARM, MEASURED, AFTER = 60, 365, 90
# How much later one year begins than the one before.
WEEKS = -(-(WARM + MEASURED + AFTER) // 7)
TRAINING, TESTS = (100, 101), (1, 2, 3, 4, 5)
TARGETS = {"points": 2.0, "quoted": 0.85, "error": 0.60}


def make_year(load, trouble, seed):
    """One year of the factory, with what comes before and after it."""
    return Year(Factory(), load, trouble, seed, WARM + MEASURED + AFTER)


def live(year, planner):
    """One year under one planner: the floor, and the orders that are measured."""
    first, last = START + WARM * DAY, START + (WARM + MEASURED) * DAY
    floor = Floor(year, planner)
    floor.run(
        last + AFTER * DAY,
        wanted=lambda floor: (
            floor.now < last
            or any(n for n, j in floor.open.items() if j.order.time < last)
        ),
    )
    check_done(floor)
    jobs = [
        job
        for job in floor.jobs
        if first <= job.order.time < last and not job.cancelled
    ]
    left = sum(job.actual is None for job in jobs)
    if left:
        # Counted as delivered on the last day, which is late for all that were told.
        for job in jobs:
            job.actual = job.actual or floor.now
    return floor, jobs, left


def rules_of_thumb(year, rate):
    """Stock Odoo, BoM Overview and the tuned constant, each in its own factory."""
    rows = {}
    for name, days in (("stock", stock_days), ("overview", overview_days)):
        floor, jobs, _left = live(year, Thumb(days))
        rows[name] = figures.of(jobs, floor.in_progress)
    # First come, first served: what a constant makes of the sequence, whatever it is.
    floor, jobs, _left = live(year, Thumb(lambda _job: 30))
    rows["constant"] = figures.of(jobs, floor.in_progress, figures.constant(jobs, rate))
    return rows


def ours(year, ledger):
    """Our dates, the bare plan, and a constant for the same deliveries; the shares."""
    planner = Ours(ledger)
    floor, jobs, left = live(year, planner)
    row = figures.of(jobs, floor.in_progress)
    plans = {job.order.number: job.plan for job in jobs}
    return {
        "ours": {**row, "undelivered": left, "sequences": _names(planner.chosen)},
        "plan": figures.of(jobs, floor.in_progress, plans),
        "constant_ours": figures.of(
            jobs, floor.in_progress, figures.constant(jobs, row["on_time"])
        ),
    }, [_share(year.workdays.between, job) for job in jobs]


def _share(between, job):
    """How much later than planned it was, as the safety counts it."""
    slippage, lead = between(job.plan, job.actual), between(job.asked, job.plan)
    return slippage / safety.spread(lead)


def _names(chosen):
    return {
        f"{rule}{' by work' if by_work else ''}": count
        for (rule, by_work), count in sorted(chosen.items())
    }


def train(load):
    """Two years of their own to learn the safety on: so long the add-on remembers."""
    ledger = Ledger(LEVEL)
    for seed in TRAINING:
        live(make_year(load, Trouble(), seed), Ours(ledger))
        ledger = ledger.copy(learns=True, weeks=WEEKS)
    return ledger


def calm(load):
    """Nothing goes wrong, nothing is added: each date must be kept to the minute."""
    rows, _errors = ours(make_year(load, CALM, 1), Ledger(LEVEL, days=0, learns=False))
    row = rows["ours"]
    if row["on_time"] < 1 or row["undelivered"]:
        raise AssertionError(f"load {load}: {row['on_time']:.2%} kept without trouble")
    return row


def test(load, ledger, seed):
    """One year that nothing was learned on, with learning each night and without."""
    year = make_year(load, Trouble(), seed)
    rows, shares = ours(year, ledger.copy(learns=True))
    frozen = ledger.copy(learns=True)
    frozen.freeze()
    rows["frozen"] = ours(year, frozen)[0]["ours"]
    rows.update(rules_of_thumb(year, rows["ours"]["on_time"]))
    return {"load": load, "seed": seed, "rules": rows, "shares": shares}


def with_hindsight(rows):
    """How often each year keeps its dates with the one safety that is right for all.

    Nobody can know it: what is left is by how much years differ by chance.
    """
    enough = safety.quantile(sorted(chain(*(row["shares"] for row in rows))), LEVEL)
    return [figures.mean(share <= enough for share in row["shares"]) for row in rows]


def judge(row):
    """``{what: (figure, most, held)}`` against the targets."""
    rules = row["rules"]
    mine, other = rules["ours"], rules["constant"]
    points = abs(mine["on_time"] - LEVEL) * 100
    quoted = mine["quoted_days"] / other["quoted_days"]
    error = mine["mean_absolute_error"] / other["mean_absolute_error"]
    found = {"points": points, "quoted": quoted, "error": error}
    return {
        name: (value, TARGETS[name], value <= TARGETS[name])
        for name, value in found.items()
    }


def show(row):
    """One year as lines."""
    print(f"load {row['load']:.0%}, year {row['seed']}")
    for name, rule in row["rules"].items():
        print(
            f"  {name:14} {rule['orders']:5} orders {rule['on_time']:7.1%} on time"
            f"  quoted {rule['quoted_days']:5.1f} d"
            f"  needed {rule['actual_days']:5.1f} d"
            f"  off by {rule['mean_absolute_error']:5.2f} d"
            f" (mean {rule['mean_error']:+6.2f}, 95 % {rule['error_95']:+6.2f})"
            f"  {rule['in_progress']:4.0f} in progress"
        )
    for name, (value, most, held) in judge(row).items():
        verdict = "" if held else "   missed"
        print(f"    {name:7} {value:5.2f}, at most {most:.2f}{verdict}")
    sys.stdout.flush()


def main(full, years):
    """All of it, or the short part.

    :param years: seeds, if not those that are recorded.
    """
    loads, tests = (LOADS, years or TESTS) if full else (LOADS[1:2], TESTS[:1])
    undisturbed = {f"{load:.2f}": calm(load) for load in loads}
    for load, row in undisturbed.items():
        print(f"load {load}, no trouble: {row['orders']} orders, all kept")
    rows, hindsight = [], {}
    for load in loads:
        ledger = train(load)
        ledger.learn(START)
        print(f"load {load:.0%}: safety {ledger.get(None) / DAY:.2f} days learned")
        for seed in tests:
            rows.append(test(load, ledger, seed))
            show(rows[-1])
        hindsight[f"{load:.2f}"] = with_hindsight(rows[-len(tests) :])
        kept = ", ".join(f"{rate:.1%}" for rate in hindsight[f"{load:.2f}"])
        print(f"load {load:.0%}: with one safety, right for all these years: {kept}")
    missed = sum(not held for row in rows for *_v, held in judge(row).values())
    print(f"{missed} of {len(TARGETS) * len(rows)} targets missed")
    if full and not years:
        images = bench.ROOT / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        (images / "year.svg").write_text(picture.draw(rows))
        for row in rows:
            del row["shares"]
            row["targets"] = {k: v for k, (*v, _h) in judge(row).items()}
        bench.record(
            "year", {"undisturbed": undisturbed, "hindsight": hindsight, "rows": rows}
        )


if __name__ == "__main__":
    main("full" in sys.argv[1:], [int(one) for one in sys.argv[1:] if one.isdigit()])
