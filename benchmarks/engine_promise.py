"""Time the engine: build a busy shop, then promise a large order in it.

Run with ``python benchmarks/engine_promise.py [bookings]``. Prints times; the seed
is fixed, and each plan is checked before it is timed.
"""

import gc
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

from bench import DAY, HOUR  # first: it finds the engine

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

CENTERS, DAYS, ITEMS = 50, 730, 200
REPEATS = 200


def main() -> None:
    """Print the medians of building a shop and of promises in it."""
    bookings = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    dice = random.Random(20)
    resources, stocks = make_resources(dice, bookings), make_stocks(dice)
    problems = [make_problem(dice, stagger) for stagger in range(20)]
    late = [make_problem(dice, stagger, 200 * DAY) for stagger in range(20)]
    shop = Shop(resources, stocks)
    for problem in problems + late:
        check(plan(problem, shop), resources)
    print(f"Python {platform.python_version()}, {bookings} bookings, {CENTERS} centers")
    report("build a shop", lambda _turn: Shop(resources, stocks), 7)
    report("promise, earliest", lambda turn: plan(problems[turn % 20], shop))
    report("promise, on request", lambda turn: plan(late[turn % 20], shop))


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
    dice: random.Random, stagger: int, requested: int | None = None
) -> Problem:
    """One demand for a tree of 15 jobs with 3 operations of 2 alternatives each."""
    now = stagger * DAY + 9 * HOUR
    demand = Demand(0, (make_need(dice, 4, iter(range(1000))),), requested)
    return Problem(now, DAYS * DAY, (demand,))


def make_need(dice: random.Random, levels: int, keys: Iterator[int]) -> Need:
    """A binary tree of jobs, each with three components besides."""
    key = next(keys)
    parts = [make_need(dice, levels - 1, keys) for _part in "ab" if levels > 1]
    bought = [
        Need(next(keys), dice.randrange(ITEMS), 1, Purchase(key, 5 * DAY), True)
        for _part in range(3)
    ]
    operations = [
        Operation(step, make_modes(dice), (step - 1,) if step else ())
        for step in range(3)
    ]
    return Need(key, key, 1, Job(key, tuple(operations), (*parts, *bought)))


def make_modes(dice: random.Random) -> tuple[Mode, ...]:
    """Two work centers that could do the same."""
    seconds = dice.randrange(15, 480) * 60
    return tuple(Mode(center, seconds) for center in dice.sample(range(CENTERS), 2))


def check(made: Plan, resources: list[Resource]) -> None:
    """Assert that the plan is whole and that nothing is double booked."""
    (demand,) = made.demands
    assert demand.feasible
    operations = [one for one in demand.steps if one.kind is StepKind.OPERATION]
    assert len(operations) == 45
    for resource in resources:
        mine = [
            (one.start, one.finish)
            for one in operations
            if one.resource == resource.key
        ]
        busy = sorted([*resource.bookings, *mine])
        assert all(left[1] <= right[0] for left, right in pairwise(busy))


def report(title: str, call: Callable[[int], object], repeats: int = REPEATS) -> None:
    """Print the best, the median and the 95th percentile of some calls."""
    gc.collect()
    times = []
    for turn in range(repeats):
        began = time.perf_counter()
        call(turn)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"{title:20} {times[0]:9.3f} best {median:9.3f} median {p95:9.3f} p95, ms")


if __name__ == "__main__":
    main()
