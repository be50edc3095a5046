"""Random factories on a small scale: a day is a few dozen seconds here."""

from dataclasses import replace
from functools import partial
from itertools import count
from math import ceil

from hypothesis import strategies as st

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
    Receipt,
    Resource,
    Span,
    Stock,
)

FIRST, LAST = -60, 420
MOMENTS = st.integers(FIRST, LAST)
DURATIONS = st.integers(0, 40)
ITEMS = tuple("abcd")
NOBODY = st.none()
QUANTITIES = st.sampled_from((0.0, 0.5, 1.0, 2.0, 3.0))
CHANGES = st.sampled_from((-3.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0))
MAX_LEVELS = 4
SOURCES = ("made",) * 6 + ("bought",) * 5 + ("comes", "nowhere")
MADE = ("made",) * 10 + ("bought", "nowhere")


@st.composite
def spans(draw: st.DrawFn, least: int = 0) -> tuple[Span, ...]:
    """Sorted disjoint spans of odd lengths; some touch."""
    edges = sorted(draw(st.sets(MOMENTS, min_size=2 * least, max_size=24)))
    if draw(st.booleans()):  # every moment between two edges is open: all spans touch
        return tuple(zip(edges, edges[1:], strict=False))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def bookings(draw: st.DrawFn, most: int = 8) -> tuple[Span, ...]:
    """Spans anywhere, overlapping or not, also without length."""
    starts = draw(st.lists(MOMENTS, max_size=most))
    return tuple((start, start + draw(st.integers(0, 60))) for start in starts)


@st.composite
def calendars(draw: st.DrawFn, key: str = "hours") -> Calendar:
    """A calendar with at least one opening."""
    return Calendar(key, draw(spans(least=1)))


@st.composite
def resources(draw: st.DrawFn, key: str = "saw", most: int = 3) -> Resource:
    """A resource with a calendar of its own."""
    machines = draw(st.integers(1, most))
    calendar = draw(calendars(f"hours of {key}"))
    blocked = draw(st.sampled_from((None, None, None, 20, 150)))
    return Resource(key, calendar, draw(bookings()), machines, key, blocked)


@st.composite
def stocks(draw: st.DrawFn, item: str = "a") -> Stock:
    """Stock on hand with receipts and demands in the past and in the future."""
    moves = draw(st.lists(st.tuples(MOMENTS, CHANGES), max_size=6))
    movements = tuple(
        Movement(time, quantity, f"move {index}", index)
        for index, (time, quantity) in enumerate(moves)
    )
    return Stock(item, draw(QUANTITIES), movements)


@st.composite
def operations(
    draw: st.DrawFn, keys: "count[int]", centers: tuple[str, ...]
) -> tuple[Operation, ...]:
    """A few operations, each blocked by any that stand before it, then shuffled."""
    made: list[Operation] = []
    for _operation in range(draw(st.sampled_from((1, 2, 3, 2, 1, 0)))):
        chosen = draw(st.lists(st.sampled_from(centers), min_size=1, max_size=2))
        modes = tuple(Mode(center, draw(DURATIONS)) for center in chosen)
        blockers = [one.key for one in made if draw(st.booleans())]
        exempt = draw(st.sampled_from((False, False, True)))
        made.append(
            Operation(f"op {next(keys)}", modes, tuple(blockers), ignores_freeze=exempt)
        )
    return tuple(draw(st.permutations(made)))


@st.composite
def jobs(
    draw: st.DrawFn, keys: "count[int]", centers: tuple[str, ...], levels: int
) -> Job:
    """A made level, with components of at most so many levels."""
    made = draw(operations(keys, centers))
    users = st.sampled_from((None, *(one.key for one in made)))
    part = needs(keys, centers, levels - 1, users)
    parts = [draw(part) for _part in range(draw(st.sampled_from((1, 2, 2, 0))))]
    waits = [draw(st.sampled_from((0, 0, 5, 20))) for _wait in range(3)]
    return Job(f"job {next(keys)}", made, tuple(parts), *waits)


@st.composite
def needs(
    draw: st.DrawFn,
    keys: "count[int]",
    centers: tuple[str, ...],
    levels: int = MAX_LEVELS,
    users: st.SearchStrategy[str | None] = NOBODY,
) -> Need:
    """An item from stock, bought, made, under way, or (rarely) from nowhere."""
    source = draw(st.sampled_from(SOURCES if levels < MAX_LEVELS else MADE))
    supply = None
    if source == "made" and levels:
        supply = draw(jobs(keys, centers, levels))
    elif source == "comes":
        supply = Receipt(f"come {next(keys)}", draw(MOMENTS))
    elif source != "nowhere":
        supply = Purchase(f"buy {next(keys)}", draw(st.integers(0, 80)))
    need = Need(
        key=f"need {next(keys)}",
        item=draw(st.sampled_from(ITEMS)),
        quantity=draw(QUANTITIES),
        supply=supply,
        from_stock=draw(st.booleans()) or supply is None,
        operation=draw(users),
    )
    return divisible(need) if draw(st.sampled_from((True, True, False))) else need


def divisible(need: Need) -> Need:
    """The same need, of which stock may give a part."""
    if not isinstance(need.supply, Job | Purchase):
        return need
    return replace(need, supply_of=partial(_supply_of, need))


def _supply_of(need: Need, rest: float) -> Job | Purchase:
    return scaled(need.supply, rest / need.quantity)


def scaled(supply: object, share: float) -> object:
    """The supply of a share: with the same keys, and about as much less to do."""
    if isinstance(supply, Purchase):
        return replace(supply, lead_seconds=ceil(supply.lead_seconds * (1 + share) / 2))
    if not isinstance(supply, Job):
        return supply
    operations = tuple(
        replace(
            one,
            modes=tuple(
                replace(mode, seconds=ceil(mode.seconds * share)) for mode in one.modes
            ),
        )
        for one in supply.operations
    )
    needs = tuple(_scaled_need(need, share) for need in supply.needs)
    return replace(supply, operations=operations, needs=needs)


def _scaled_need(need: Need, share: float) -> Need:
    supply = scaled(need.supply, share)
    part = replace(need, quantity=need.quantity * share, supply=supply)
    return divisible(part) if need.supply_of else part


@st.composite
def demands(draw: st.DrawFn, keys: "count[int]", centers: tuple[str, ...]) -> Demand:
    """A demand, with or without a requested date."""
    part = needs(keys, centers)
    return Demand(
        key=f"demand {next(keys)}",
        needs=tuple(draw(part) for _part in range(draw(st.sampled_from((1, 1, 2, 0))))),
        requested=draw(st.none() | st.integers(0, LAST)),
        not_before=draw(st.none() | st.integers(-20, 120)),
        deliver_seconds=draw(st.sampled_from((0, 0, 7))),
        priority=draw(st.integers(-1, 1)),
    )


@st.composite
def problems(draw: st.DrawFn, least: int = 1, most: int = 3) -> Problem:
    """A whole factory and a few demands that compete for it."""
    keys, centers = count(), ("saw", "drill", "bench")
    size = st.integers(least, most)
    return Problem(
        now=draw(st.integers(-20, 100)),
        horizon=draw(st.integers(300, LAST + 20)),
        demands=tuple(draw(demands(keys, centers)) for _demand in range(draw(size))),
        resources=tuple(draw(resources(center)) for center in centers),
        stocks=tuple(draw(stocks(item)) for item in ITEMS[:3]),
        frozen_until=draw(st.sampled_from((None, None, -50, 90, 200))),
    )
