"""Time a promise of the engine against stock Odoo's own search for free slots.

Run by ``benchmarks/run slots`` in the shell of an Odoo without the add-on. 50 work
centers, 100,000 booked work orders over two years; trees of 15 manufacturing orders of
3 operations, each on either of 2 work centers. Stock keeps what it has tentatively
placed as its own overview of a bill of materials does (``extra_leaves_slots``). Both
choose the work center that is done first, and have to give the same dates.
"""

import random
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import count

from bench import DAY, median, record, timed  # first: it finds the engine
from pytz import utc

from mto_planning.engine import (
    Bookings,
    Calendar,
    Demand,
    Job,
    Mode,
    Need,
    Operation,
    Problem,
    Resource,
    Shop,
    StepKind,
    plan,
    replan,
)
from mto_planning.engine.axis import FORWARD
from mto_planning.engine.network import Window
from mto_planning.engine.schedule import schedule
from mto_planning.engine.weave import weave

EPOCH = datetime(1970, 1, 1)
CENTERS, BOOKINGS, DAYS = 50, 100_000, 730
LEVELS, OPERATIONS, TREES, ROUNDS = 4, 3, 6, 3
QUARTER = 15
SHIFTS = ((8, 12), (13, 17))
MINUTES = range(QUARTER, 480, QUARTER)


def main(env) -> None:
    """Make the data, compare the dates, time, record."""
    first = datetime.combine(datetime.now().date(), datetime.min.time())
    first += timedelta(days=7 - first.weekday())  # a Monday
    centers = make_centers(env, first)
    resources = load(env, centers, first)
    shop = Shop(resources)
    dice = random.Random(6)
    now = to_seconds(first + timedelta(hours=8))
    trees = [make_need(dice, LEVELS, count(), centers.ids) for _tree in range(TREES)]
    problems = [
        Problem(now, now + DAYS * DAY, (Demand("order", (tree,)),)) for tree in trees
    ]
    for tree, problem in zip(trees, problems, strict=True):
        compare(StockSearch(env), tree, problem, shop)
    times = timed(
        {
            (name, index): call
            for index, (tree, problem) in enumerate(zip(trees, problems, strict=True))
            for name, call in calls(env, tree, problem, shop).items()
        },
        ROUNDS,
        least=0.05,
    )
    report(times)


def calls(env, tree: Need, problem: Problem, shop: Shop) -> dict:
    """The same dates, found by stock's search and by the engine.

    ``search`` does what stock's search does here and no more; ``replan`` also checks
    the problem, nets, flattens it and makes the answer; ``plan`` also finds the latest
    start and the reason.
    """
    window = Window(problem.now, problem.horizon)
    network = weave(problem.demands[0], shop, window, FORWARD)

    def search() -> list:
        mark = shop.mark()
        try:
            return schedule(network, shop, window, FORWARD)
        finally:
            shop.rollback(mark)

    return {
        "stock": lambda: StockSearch(env).place(tree, problem.now),
        "search": search,
        "plan": lambda: plan(problem, shop),
        "replan": lambda: replan(problem, shop),
    }


def report(times: dict) -> None:
    """Medians over all trees and rounds, and their ratios."""
    medians = {
        name: median(
            [one for key, taken in times.items() if key[0] == name for one in taken]
        )
        for name in ("stock", "search", "replan", "plan")
    }
    ratios = {
        name: round(medians["stock"] / medians[name])
        for name in ("search", "replan", "plan")
    }
    record(
        "engine_slots",
        {
            "bookings": BOOKINGS,
            "centers": CENTERS,
            "searches": 2 * OPERATIONS * (2**LEVELS - 1),
            "milliseconds": {
                name: round(taken * 1000, 3) for name, taken in medians.items()
            },
            "times_faster_than_stock": ratios,
        },
    )
    for name, taken in medians.items():
        print(f"{name:8} {taken * 1000:10.3f} ms {ratios.get(name, 1):6} x faster")
    if ratios["search"] < 1500:
        sys.exit("slower than it should be: 1,500 x")


def make_centers(env, first: datetime):
    """Work centers of one calendar in UTC, and their bookings."""
    attendances = [
        (
            0,
            0,
            {"dayofweek": str(day), "hour_from": opens, "hour_to": closes, "name": "x"},
        )
        for day in range(5)
        for opens, closes in SHIFTS
    ]
    calendar = env["resource.calendar"].create(
        {"name": "Bench", "tz": "UTC", "attendance_ids": [(5, 0, 0), *attendances]}
    )
    centers = env["mrp.workcenter"].create(
        [
            {"name": f"Bench {number}", "resource_calendar_id": calendar.id}
            for number in range(CENTERS)
        ]
    )
    rows = make_bookings(centers.resource_id.ids, first)
    env.flush_all()
    env.cr.execute(
        """INSERT INTO resource_calendar_leaves (name, company_id, calendar_id,
               resource_id, time_type, date_from, date_to)
           SELECT 'Booked', %s, %s, resource, 'other', start, finish
             FROM unnest(%s, %s::timestamp[], %s::timestamp[])
                  AS booking (resource, start, finish)""",
        (env.company.id, calendar.id, *map(list, zip(*rows, strict=True))),
    )
    env.cr.execute("ANALYZE resource_calendar_leaves")
    env.invalidate_all()
    return centers


def make_bookings(resources: list[int], first: datetime) -> list[tuple]:
    """In working hours and whole quarters, none to four in each half day."""
    dice = random.Random(20)
    halves = [
        first + timedelta(days=day, hours=opens)
        for day in range(DAYS)
        if day % 7 < 5
        for opens, _closes in SHIFTS
    ]
    rows = []
    for resource in resources:
        for opens in halves:
            for start, finish in zip(*[iter(make_edges(dice))] * 2, strict=True):
                span = (opens + timedelta(minutes=edge) for edge in (start, finish))
                rows.append((resource, *span))
    dice.shuffle(rows)
    return sorted(rows[:BOOKINGS], key=lambda row: row[1])


def make_edges(dice: random.Random) -> list[int]:
    """Minutes at which up to four bookings of a half day start and end in turn."""
    quarters = sorted(dice.sample(range(17), 2 * dice.randrange(5)))
    return [quarter * QUARTER for quarter in quarters]


def load(env, centers, first: datetime) -> list[Resource]:
    """The same bookings for the engine."""
    calendar = centers.resource_calendar_id
    span = (utc.localize(first + timedelta(days=days)) for days in (0, DAYS + 14))
    spans = tuple(
        tuple(to_seconds(edge.replace(tzinfo=None)) for edge in (opens, closes))
        for opens, closes, _records in calendar._work_intervals_batch(*span)[False]
    )
    hours = Calendar(calendar.id, spans)
    env.cr.execute(
        """SELECT resource_id, string_agg(timestamp_send(date_from), ''),
                  string_agg(timestamp_send(date_to), '')
             FROM resource_calendar_leaves WHERE resource_id IN %s
         GROUP BY resource_id""",
        (tuple(centers.resource_id.ids),),
    )
    booked = {row[0]: Bookings.unpack(*row[1:]) for row in env.cr.fetchall()}
    return [Resource(one.id, hours, booked[one.resource_id.id]) for one in centers]


def to_seconds(moment: datetime) -> int:
    """Since the epoch, of a naive UTC datetime."""
    return round((moment - EPOCH).total_seconds())


def make_need(
    dice: random.Random, levels: int, keys: "count[int]", centers: list[int]
) -> Need:
    """A binary tree of jobs, three operations in a row each."""
    key = next(keys)
    parts = [make_need(dice, levels - 1, keys, centers) for _part in "ab" if levels > 1]
    steps = [next(keys) for _step in range(OPERATIONS)]
    operations = tuple(
        Operation(step, make_modes(dice, centers), tuple(steps[:index][-1:]))
        for index, step in enumerate(steps)
    )
    return Need(key, key, 1.0, Job(key, operations, tuple(parts)))


def make_modes(dice: random.Random, centers: list[int]) -> tuple[Mode, ...]:
    """Two work centers that take as long."""
    seconds = dice.choice(MINUTES) * 60
    return tuple(Mode(center, seconds) for center in dice.sample(centers, 2))


class StockSearch:
    """A tree placed by stock Odoo's search, without writing anything."""

    def __init__(self, env) -> None:
        """Nothing is placed yet."""
        self.env = env
        self.taken = defaultdict(list)
        self.finishes = {}

    def place(self, need: Need, now: int) -> int:
        """Each operation as soon as what is below it is done; when the last one is."""
        ready = max([self.place(part, now) for part in need.supply.needs], default=now)
        for operation in need.supply.operations:
            ready = self.finishes[operation.key] = self.place_one(operation, ready)
        return ready

    def place_one(self, operation: Operation, ready: int) -> int:
        """On the work center that is done first."""
        found = []
        for mode in operation.modes:
            center = self.env["mrp.workcenter"].browse(mode.resource)
            span = center._get_first_available_slot(
                EPOCH + timedelta(seconds=ready),
                mode.seconds / 60,
                extra_leaves_slots=self.taken[center.id],
            )
            found.append((span[1], span[0], center.id))
        finish, start, center = min(found, key=lambda slot: slot[0])
        self.taken[center].append((start, finish))
        return to_seconds(finish)


def compare(stock: StockSearch, tree: Need, problem: Problem, shop: Shop) -> None:
    """Every operation ends at the same second in all three ways."""
    stock.place(tree, problem.now)
    for made in (plan(problem, shop), replan(problem, shop)):
        (demand,) = made.demands
        finishes = {
            step.key: step.finish
            for step in demand.steps
            if step.kind is StepKind.OPERATION
        }
        assert finishes == stock.finishes
