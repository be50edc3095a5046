"""A small workshop for plans by hand. Monday 0:00 is zero; weeks have five days."""

from mto_planning.engine import (
    Calendar,
    Demand,
    DemandPlan,
    DemandSchedule,
    Job,
    Mode,
    Need,
    Operation,
    Problem,
    Resource,
    Span,
    Step,
    StepKind,
    Stock,
    plan,
)

HOUR, DAY = 3600, 86400
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(0, 5 * DAY, DAY)
NEXT_MONDAY = 7 * DAY


def week(key: str, *shifts: Span) -> Calendar:
    """Four weeks of shifts given in hours."""
    return Calendar(
        key,
        tuple(
            (day * DAY + opens * HOUR, day * DAY + closes * HOUR)
            for day in range(28)
            if day % 7 < 5
            for opens, closes in shifts
        ),
    )


OFFICE = week("office", (8, 12), (13, 17))  # a lunch break
SHIFTS = week("shifts", (6, 14), (14, 22))  # two shifts without a break
SAW, PRESS = Resource("saw", OFFICE), Resource("press", SHIFTS)


def at(day: int, hour: float) -> int:
    """A moment by its day and hour."""
    return day + int(hour * HOUR)


def work(key: str, hours: float, *resources: str, after: str = "") -> Operation:
    """An operation that takes as long on each resource."""
    modes = tuple(Mode(one, int(hours * HOUR)) for one in resources)
    return Operation(key, modes, (after,) if after else ())


def make(*operations: Operation, **values: object) -> Need:
    """A lamp, made by a job."""
    return Need("lamp", "lamp", 1.0, Job("job", operations, **values))


def promise(
    *needs: Need,
    now: int = 0,
    resources: tuple[Resource, ...] = (SAW, PRESS),
    stocks: tuple[Stock, ...] = (),
    **values: object,
) -> DemandPlan:
    """The plan of one demand."""
    demand = Demand("order", needs, **values)
    (made,) = plan(Problem(now, 28 * DAY, (demand,), resources, stocks)).demands
    return made


def step(
    made: DemandPlan | DemandSchedule, key: str, kind: StepKind = StepKind.OPERATION
) -> Step:
    """The step of a kind that stands for a key."""
    (found,) = [one for one in made.steps if (one.kind, one.key) == (kind, key)]
    return found


def times(
    made: DemandPlan | DemandSchedule, key: str, kind: StepKind = StepKind.OPERATION
) -> Span:
    """When that step starts and ends."""
    found = step(made, key, kind)
    return found.start, found.finish
