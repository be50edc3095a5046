"""Time the engine: build a busy shop, then promise large orders in it.

Run with ``python benchmarks/engine_promise.py``. The seed is fixed, and each plan is
checked before it is timed. The promise is of a tree of 15 jobs, with 45 components.
"""

import random
import sys
from dataclasses import replace
from itertools import count, pairwise
from time import process_time

from bench import DAY, HOUR, median, record, timed  # first: it finds the engine

from mto_planning.engine import (
    Calendar,
    Demand,
    Job,
    Mode,
    Movement,
    Need,
    Operation,
    Plan,
    Problem,
    Purchase,
    Resource,
    Shop,
    Span,
    StepKind,
    Stock,
    plan,
)

CENTERS, DAYS, ITEMS, BOOKINGS = 50, 730, 200, 100_000
JOBS, OPERATIONS = 15, 3
ROUNDS = 9
DOUBLED = 2.2  # twice the size: at most twice the time and a tenth


def main() -> None:
    """Check, time and record promises, and how they grow with each size."""
    dice = random.Random(20)
    resources, stocks = make_resources(dice, BOOKINGS), make_stocks(dice)
    shop = Shop(resources, stocks)
    early = [make_problem(dice, stagger) for stagger in range(20)]
    late = [make_problem(dice, stagger, 200 * DAY) for stagger in range(20)]
    for problem in early + late:
        check(plan(problem, shop), resources, JOBS * OPERATIONS)
    times = timed(
        {
            "build the shop": lambda: Shop(resources, stocks),
            "promise, earliest": lambda: [plan(problem, shop) for problem in early],
            "promise, on request": lambda: [plan(problem, shop) for problem in late],
        },
        ROUNDS,
    )
    milliseconds = {name: median(taken) * 1000 for name, taken in times.items()}
    milliseconds["promise, earliest"] /= len(early)
    milliseconds["promise, on request"] /= len(late)
    growth = [
        row
        for grow in (grow_levels, grow_lines, grow_backlog)
        for row in grow(resources, stocks)
    ]
    rounded = {name: round(taken, 3) for name, taken in milliseconds.items()}
    record("engine_promise", {"milliseconds": rounded, "growth": growth})
    for name, taken in rounded.items():
        print(f"{name:20} {taken:9.3f} ms")
    for row in growth:
        print("{what:8} {size:7} {milliseconds:9.3f} ms {factor:5.2f} x".format(**row))
    if any(row["factor"] > DOUBLED for row in growth):
        sys.exit("twice the size takes more than twice the time and a tenth")


def grow_levels(resources: list[Resource], stocks: list[Stock]) -> list[dict]:
    """Products of ever more levels, one sub-assembly in each."""
    shop, problems = Shop(resources, stocks), {}
    for levels in (2, 4, 8, 16):
        dice = random.Random(levels)
        problems[levels] = [
            make_problem(dice, stagger, levels=levels, branches="a")
            for stagger in range(20)
        ]
    return grow("levels", {size: (shop, some) for size, some in problems.items()})


def grow_lines(resources: list[Resource], stocks: list[Stock]) -> list[dict]:
    """Ever more lines of the same eight products of three jobs, promised together."""
    shop, dice = Shop(resources, stocks), random.Random(8)
    products = [make_problem(dice, 0, levels=2).demands[0] for _product in range(8)]
    demands = [replace(products[line % 8], key=line) for line in range(64)]
    return grow(
        "lines",
        {
            size: (shop, [Problem(9 * HOUR, DAYS * DAY, tuple(demands[:size]))])
            for size in (8, 16, 32, 64)
        },
    )


def grow_backlog(resources: list[Resource], stocks: list[Stock]) -> list[dict]:
    """The same products in a shop that is ever fuller."""
    dice = random.Random(7)
    problems = [make_problem(dice, stagger) for stagger in range(20)]
    shops = {
        BOOKINGS // part: Shop(
            [replace(one, bookings=one.bookings[::part]) for one in resources], stocks
        )
        for part in (8, 4, 2, 1)
    }
    return grow("backlog", {size: (shop, problems) for size, shop in shops.items()})


def grow(what: str, sizes: dict[int, tuple[Shop, list[Problem]]]) -> list[dict]:
    """Milliseconds for each size, and by how much more than for the one before.

    The best of all calls, for the others tell what else was running.
    """
    calls = {
        size: lambda shop=shop, problems=problems: [
            plan(problem, shop) for problem in problems
        ]
        for size, (shop, problems) in sizes.items()
    }
    for size, call in calls.items():
        for made in call():
            assert all(demand.feasible for demand in made.demands), (what, size)
    rows, before = [], None
    for size, taken in timed(calls, ROUNDS, 0.2, process_time).items():
        taken = min(taken) * 1000 / len(sizes[size][1])
        factor = round(taken / before, 2) if before else 1.0
        rows.append(
            {
                "what": what,
                "size": size,
                "milliseconds": round(taken, 3),
                "factor": factor,
            }
        )
        before = taken
    return rows


def make_resources(dice: random.Random, bookings: int) -> list[Resource]:
    """Work centers with two shifts a day, about two thirds booked."""
    shifts = [(6 * HOUR, 12 * HOUR), (13 * HOUR, 22 * HOUR)]
    spans = tuple(
        (day * DAY + opens, day * DAY + closes)
        for day in range(DAYS)
        if day % 7 < 5
        for opens, closes in shifts
    )
    each = bookings / CENTERS / len(spans)
    return [
        Resource(key, Calendar(key % 5, spans), make_bookings(dice, spans, each))
        for key in range(CENTERS)
    ]


def make_bookings(
    dice: random.Random, spans: tuple[Span, ...], each: float
) -> tuple[Span, ...]:
    """Disjoint bookings within the opening spans, with odd gaps between them."""
    made = []
    for opens, closes in dice.sample(spans, len(spans)):
        count, moment = round(each + dice.random() - 0.5), opens
        for _booking in range(count):
            length = (closes - opens) // (count + 1)
            start = moment + dice.randrange(length // 2 + 1)
            moment = start + dice.randrange(60, length)
            made.append((start, moment))
    return tuple(made)


def make_stocks(dice: random.Random) -> list[Stock]:
    """Items with receipts and demands of four months."""
    return [
        Stock(
            item,
            dice.randrange(50),
            tuple(
                Movement(dice.randrange(120) * DAY, dice.choice((-4, -2, 8)), key=move)
                for move in range(50)
            ),
        )
        for item in range(ITEMS)
    ]


def make_problem(
    dice: random.Random,
    stagger: int,
    requested: int | None = None,
    levels: int = 4,
    branches: str = "ab",
) -> Problem:
    """One demand for a tree of jobs with 3 operations of 2 alternatives each."""
    now = stagger * DAY + 9 * HOUR
    need = make_need(dice, levels, count(), branches)
    demand = Demand(0, (need,), requested)
    return Problem(now, DAYS * DAY, (demand,))


def make_need(
    dice: random.Random, levels: int, keys: "count[int]", branches: str
) -> Need:
    """A tree of jobs, each with three components besides."""
    key = next(keys)
    parts = [
        make_need(dice, levels - 1, keys, branches) for _part in branches if levels > 1
    ]
    bought = [
        Need(next(keys), dice.randrange(ITEMS), 1, Purchase(key, 5 * DAY), True)
        for _part in range(3)
    ]
    operations = [
        Operation(step, make_modes(dice), (step - 1,) if step else ())
        for step in range(OPERATIONS)
    ]
    return Need(key, key, 1, Job(key, tuple(operations), (*parts, *bought)))


def make_modes(dice: random.Random) -> tuple[Mode, ...]:
    """Two work centers that could do the same."""
    seconds = dice.randrange(15, 480) * 60
    return tuple(Mode(center, seconds) for center in dice.sample(range(CENTERS), 2))


def check(made: Plan, resources: list[Resource], count: int) -> None:
    """Assert that the plan is whole and that nothing is double booked."""
    (demand,) = made.demands
    assert demand.feasible
    operations = [one for one in demand.steps if one.kind is StepKind.OPERATION]
    assert len(operations) == count
    for resource in resources:
        mine = [
            (one.start, one.finish)
            for one in operations
            if one.resource == resource.key
        ]
        busy = sorted([*resource.bookings, *mine])
        assert all(left[1] <= right[0] for left, right in pairwise(busy))


if __name__ == "__main__":
    main()
