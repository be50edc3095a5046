"""Time the engine: plan a whole shop anew, at growing numbers of orders.

Run with ``python benchmarks/engine_replan.py``. The seed is fixed, and each plan is
checked before it is timed: nothing double booked or out of hours, every operation after
what it waits for, no stock below zero.
"""

import random
import sys
from itertools import count, pairwise
from time import process_time

from bench import DAY, HOUR, median, record, timed  # first: it finds the engine

from mto_planning.engine import (
    Calendar,
    Demand,
    Job,
    Key,
    Mode,
    Movement,
    Need,
    Operation,
    Problem,
    Purchase,
    Resource,
    Schedule,
    Span,
    Step,
    StepKind,
    Stock,
    replan,
)

CENTERS, ITEMS, DAYS = 50, 300, 730
SIZES = (1_000, 2_000, 4_000, 8_000)
BASE, FULL = 1_000, 10_000
JOBS, OPERATIONS = 4, 4  # of a demand, of a job
NOW = 9 * HOUR
SHIFTS = ((6 * HOUR, 12 * HOUR), (13 * HOUR, 22 * HOUR))
ROUNDS = 5


def main() -> None:
    """Check, time and record."""
    problems = {size: make_problem(size) for size in sorted({BASE, *SIZES, FULL})}
    late = {}
    for size, problem in problems.items():
        for just_in_time in (False, True):
            made = replan(problem, just_in_time=just_in_time)
            check(problem, made)
            late[size, just_in_time] = sum(one.lateness > 0 for one in made.demands)
    times = timed(
        {
            (size, just_in_time): lambda problem=problem, way=just_in_time: replan(
                problem, just_in_time=way
            )
            for size, problem in problems.items()
            for just_in_time in (False, True)
        },
        ROUNDS,
        clock=process_time,
    )
    rows = [
        {
            "manufacturing_orders": size,
            "operations": size * OPERATIONS,
            "just_in_time": just_in_time,
            "demands": size // JOBS,
            "late_demands": late[size, just_in_time],
            "seconds": round(median(taken), 4),
            "best_seconds": round(min(taken), 4),
            "microseconds_per_operation": round(
                median(taken) / size / OPERATIONS * 1e6, 2
            ),
        }
        for (size, just_in_time), taken in times.items()
    ]
    # The best of all rounds, for the others tell what else was running.
    growth = {
        name: round(min(times[FULL, way]) / min(times[BASE, way]) / (FULL / BASE), 3)
        for name, way in (("as_soon_as_possible", False), ("just_in_time", True))
    }
    record("engine_replan", {"rows": rows, "growth_per_operation": growth})
    for row in rows:
        print(
            f"{row['manufacturing_orders']:6} orders {row['operations']:6} operations"
            f" {'just in time' if row['just_in_time'] else 'early':12}"
            f" {row['seconds']:7.3f} s"
            f" {row['microseconds_per_operation']:7.1f} us an operation"
        )
    print(f"cost of an operation at {FULL} against {BASE} orders: {growth}")
    if any(row["seconds"] > 2 for row in rows) or max(growth.values()) > 1.5:
        sys.exit("slower than it should be: 2 s, and 1.5 x for an operation")


def make_problem(orders: int) -> Problem:
    """So many manufacturing orders, four for each demand, in a shop of one size."""
    dice, keys = random.Random(orders), count()
    demands = orders // JOBS
    span = orders / FULL * 220 * DAY  # as much to do a day, whatever the number
    return Problem(
        NOW,
        DAYS * DAY,
        tuple(make_demand(dice, keys, span) for _demand in range(demands)),
        tuple(make_resource(dice, key) for key in range(CENTERS)),
        tuple(make_stock(dice, item, demands) for item in range(ITEMS)),
    )


def make_resource(dice: random.Random, key: int) -> Resource:
    """A work center with two shifts and what must stay: work of the next fortnight."""
    spans = [
        (day * DAY + opens, day * DAY + closes)
        for day in range(DAYS)
        if day % 7 < 5
        for opens, closes in SHIFTS
    ]
    frozen = []
    for opens, closes in spans[: dice.randrange(5, 20)]:
        start = opens + dice.randrange(2 * HOUR)
        frozen.append((start, dice.randrange(start + 60, closes)))
    return Resource(key, Calendar(key % 5, tuple(spans)), tuple(frozen))


def make_stock(dice: random.Random, item: int, demands: int) -> Stock:
    """Some on hand, and receipts of half a year: about half of what is needed."""
    each = JOBS * demands / ITEMS / 2 / 7
    moves = (
        Movement(dice.randrange(180) * DAY, float(int(each + dice.random())), key=move)
        for move in range(6)
    )
    return Stock(item, float(int(each + dice.random())), tuple(moves))


def make_demand(dice: random.Random, keys: "count[int]", span: float) -> Demand:
    """A product of two sub-assemblies, one of which has one itself."""
    lowest = make_need(dice, keys, ())
    parts = make_need(dice, keys, (lowest,)), make_need(dice, keys, ())
    return Demand(
        next(keys),
        (make_need(dice, keys, parts),),
        requested=NOW + 25 * DAY + dice.randrange(round(span)),
        not_before=dice.choice((None, None, NOW + dice.randrange(10) * DAY)),
        deliver_seconds=DAY,
        priority=dice.choice((0, 0, 0, 1)),
    )


def make_need(dice: random.Random, keys: "count[int]", parts: tuple[Need, ...]) -> Need:
    """A job of four operations in a row, a part from stock or bought, a bought one."""
    steps = [next(keys) for _step in range(OPERATIONS)]
    operations = tuple(
        Operation(step, make_modes(dice), tuple(steps[:index][-1:]))
        for index, step in enumerate(steps)
    )
    lead = Purchase(next(keys), dice.randrange(1, 20) * DAY)
    stock = Need(next(keys), dice.randrange(ITEMS), 1.0, lead, True)
    bought = Purchase(next(keys), dice.randrange(1, 10) * DAY)
    bought = Need(next(keys), None, 1.0, bought, operation=dice.choice(steps))
    key = next(keys)
    return Need(key, key, 1.0, Job(key, operations, (*parts, stock, bought)))


def make_modes(dice: random.Random) -> tuple[Mode, ...]:
    """Two work centers, the second a little slower."""
    seconds = dice.randrange(10, 240) * 60
    first, second = dice.sample(range(CENTERS), 2)
    return Mode(first, seconds), Mode(second, seconds * 5 // 4)


def check(problem: Problem, made: Schedule) -> None:
    """Assert what every plan must hold."""
    steps = [step for one in made.demands for step in one.steps]
    assert all(one.feasible for one in made.demands)
    assert sum(step.kind is StepKind.OPERATION for step in steps) == (
        len(problem.demands) * JOBS * OPERATIONS
    )
    for resource in problem.resources:
        check_resource(
            resource, [step for step in steps if step.resource == resource.key]
        )
    for stock in problem.stocks:
        check_stock(
            stock,
            [
                (step.start, -step.quantity)
                for step in steps
                if step.kind is StepKind.STOCK and step.item == stock.item
            ],
        )
    for demand, one in zip(problem.demands, made.demands, strict=True):
        check_demand(problem, demand, {step.key: step for step in one.steps})


def check_resource(resource: Resource, steps: list[Step]) -> None:
    """Nothing is double booked."""
    mine = [(step.start, step.finish) for step in steps]
    busy = sorted([*resource.bookings, *mine])
    assert all(left[1] <= right[0] for left, right in pairwise(busy))


def check_stock(stock: Stock, takes: list[tuple[int, float]]) -> None:
    """Never below zero."""
    moves = [(move.time, move.quantity) for move in stock.movements]
    balance = stock.on_hand
    # What comes at a moment is there before what goes at it.
    for _time, change in sorted(moves + takes, key=lambda move: (move[0], -move[1])):
        balance += change
        assert balance > -1e-6


def check_demand(problem: Problem, demand: Demand, steps: dict[Key, Step]) -> None:
    """Each operation in working time, after what it waits for, as long as its mode."""
    opens = max(problem.now, demand.not_before or problem.now)
    assert all(opens <= step.start <= step.finish for step in steps.values())
    (top,) = demand.needs
    assert check_need(problem, top, steps) <= steps[demand.key].start


def check_need(problem: Problem, need: Need, steps: dict[Key, Step]) -> int:
    """When a need is there."""
    if need.key in steps and steps[need.key].kind is StepKind.STOCK:
        return steps[need.key].finish
    if isinstance(need.supply, Purchase):
        step = steps[need.supply.key]
        assert step.finish - step.start == need.supply.lead_seconds
        return step.finish
    job = need.supply
    for part in job.needs:
        user = job.operations[0].key if part.operation is None else part.operation
        assert check_need(problem, part, steps) <= steps[user].start
    for operation in job.operations:
        step = steps[operation.key]
        (seconds,) = [
            one.seconds for one in operation.modes if one.resource == step.resource
        ]
        assert worked((step.start, step.finish)) == seconds
        for blocker in operation.blocked_by:
            assert steps[blocker].finish <= step.start
    return steps[job.operations[-1].key].finish


def worked(span: Span) -> int:
    """The working time of a span, day by day."""
    start, finish = span
    return sum(
        max(min(finish, day * DAY + closes) - max(start, day * DAY + opens), 0)
        for day in range(start // DAY, finish // DAY + 1)
        if day % 7 < 5
        for opens, closes in SHIFTS
    )


if __name__ == "__main__":
    main()
