"""A plan of the size of real ones: many bookings, trees of fifteen jobs.

The unit of time is a minute here, so that the second opinion can step through it.
"""

from dataclasses import replace
from itertools import count
from random import Random

import pytest
from oracle import check_plan
from test_promise import check_stock_use, confirm

from mto_planning.engine import (
    Calendar,
    Demand,
    Job,
    Mode,
    Movement,
    Need,
    Operation,
    Problem,
    Purchase,
    Resource,
    Span,
    StepKind,
    Stock,
    plan,
)

HOUR, DAY, DAYS = 60, 1440, 120
CENTERS, ITEMS = range(12), range(20)
SHIFTS = {
    "day": ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)),
    "two shifts": ((6 * HOUR, 14 * HOUR), (14 * HOUR, 22 * HOUR)),
    "night": ((0, 6 * HOUR), (22 * HOUR, DAY)),
}


def make_problem(seed: int) -> Problem:
    """Three orders, the second with a date, in a shop that is two thirds booked."""
    dice = Random(seed)
    return Problem(
        now=9 * HOUR,
        horizon=DAYS * DAY,
        demands=tuple(make_demand(dice, key) for key in range(3)),
        resources=tuple(make_resource(dice, key) for key in CENTERS),
        stocks=tuple(make_stock(dice, item) for item in ITEMS),
    )


def make_resource(dice: Random, key: int) -> Resource:
    """A work center, some with several machines."""
    name = dice.choice(sorted(SHIFTS))
    machines = dice.choice((1, 1, 1, 3))
    calendar = Calendar(name, make_spans(SHIFTS[name]))
    booked = tuple(make_booking(dice) for _booking in range(200 * machines))
    return Resource(key, calendar, booked, machines)


def make_spans(shifts: tuple[Span, ...]) -> tuple[Span, ...]:
    """Five days a week."""
    return tuple(
        (day * DAY + opens, day * DAY + closes)
        for day in range(DAYS)
        if day % 7 < 5
        for opens, closes in shifts
    )


def make_booking(dice: Random) -> Span:
    """Anywhere, also at night and on weekends, and rarer the later."""
    start = int(dice.random() ** 2 * DAYS * DAY)
    return start, start + dice.randrange(15, 300)


def make_stock(dice: Random, item: int) -> Stock:
    """Few on hand, with receipts and demands of two months."""
    moves = (
        Movement(dice.randrange(-2, 60) * DAY, dice.choice((-2.0, 1.0, 3.0)))
        for _move in range(20)
    )
    return Stock(item, float(dice.randrange(6)), tuple(moves))


def make_demand(dice: Random, key: int) -> Demand:
    """A binary tree of jobs."""
    requested = 80 * DAY if key == 1 else None
    need = make_need(dice, 4, count(1000 * (key + 1)))
    return Demand(f"order {key}", (need,), requested, deliver_seconds=DAY)


def make_need(dice: Random, levels: int, keys: "count[int]") -> Need:
    """A job of three operations, two sub-assemblies and two bought parts."""
    key = next(keys)
    parts = [make_need(dice, levels - 1, keys) for _part in "ab" if levels > 1]
    steps = [next(keys) for _step in range(3)]
    for part in range(2):
        lead = Purchase(next(keys), dice.randrange(20) * DAY)
        user = dice.choice((None, *steps))
        item = dice.choice(ITEMS)
        parts.append(Need(next(keys), item, 1.0 + part, lead, True, user))
    operations = tuple(
        Operation(step, make_modes(dice), tuple(steps[:index][-1:]))
        for index, step in enumerate(steps)
    )
    prepare, store = dice.choice((0, HOUR)), dice.choice((0, 30))
    job = Job(f"job {key}", operations, tuple(parts), prepare, 0, store)
    return Need(key, f"made {key}", 1.0, job)


def make_modes(dice: Random) -> tuple[Mode, ...]:
    """Two work centers, the second a little slower."""
    minutes = dice.randrange(15, 300)
    first, second = dice.sample(CENTERS, 2)
    return Mode(first, minutes), Mode(second, minutes + 10)


@pytest.mark.parametrize("seed", range(4))
def test_large_plans_hold_their_invariants(seed: int) -> None:
    """All that small ones hold; and they are whole."""
    problem = make_problem(seed)
    made = plan(problem)
    check_plan(problem, made)
    assert [one.feasible for one in made.demands] == [True] * 3
    for one in made.demands:
        kinds = [step.kind for step in one.steps]
        assert kinds.count(StepKind.OPERATION) == 45
    check_stock_use(problem, made)


@pytest.mark.parametrize("seed", range(4))
def test_large_plans_are_the_same_one_after_the_other(seed: int) -> None:
    """Confirmed one by one, the orders get what they were promised together."""
    problem = make_problem(seed)
    together = plan(problem).demands
    for demand, expected in zip(problem.demands, together, strict=True):
        alone = plan(replace(problem, demands=(demand,)))
        assert alone.demands == (expected,)
        problem = confirm(problem, alone)
