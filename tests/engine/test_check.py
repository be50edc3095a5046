"""Everything that is wrong is named, and raised at the door."""

import math
from dataclasses import replace

import pytest

from mto_planning.engine import (
    Calendar,
    CyclicOrderError,
    Demand,
    DepthError,
    DuplicateKeyError,
    EngineError,
    InvalidProblemError,
    Job,
    Mode,
    Movement,
    Need,
    Operation,
    Problem,
    Purchase,
    Resource,
    Stock,
    UnknownKeyError,
    plan,
)

HOURS = Calendar("hours", ((0, 100),))
SAW = Resource("saw", HOURS)
CUT = Operation("cut", (Mode("saw", 5),))


def problem(**values: object) -> Problem:
    """A problem of nothing but what is given."""
    return Problem(0, 1000, **{"demands": (), "resources": (SAW,), **values})


def asks(need: Need, **values: object) -> Problem:
    """A problem with one need."""
    return problem(demands=(Demand("order", (need,), **values),))


def makes(job: Job) -> Problem:
    """A problem with one job."""
    return asks(Need("need", "lamp", 1.0, job))


def does(*operations: Operation) -> Problem:
    """A problem with one job of some operations."""
    return makes(Job("job", operations))


def opens(*spans: tuple[int, int]) -> Problem:
    """A problem with a calendar."""
    return problem(resources=(Resource("saw", Calendar("hours", spans)),))


NEED = Need("need", "lamp", 1.0, Purchase("buy", 5))
WRONG = {
    "two resources": (problem(resources=(SAW, SAW)), DuplicateKeyError, "saw"),
    "two stocks": (
        problem(stocks=(Stock("lamp"), Stock("lamp"))),
        DuplicateKeyError,
        "lamp",
    ),
    "two demands": (
        problem(demands=(Demand("order", ()), Demand("order", ()))),
        DuplicateKeyError,
        "order",
    ),
    "two operations": (does(CUT, CUT), DuplicateKeyError, "cut"),
    "two calendars": (
        problem(resources=(SAW, Resource("drill", Calendar("hours", ())))),
        DuplicateKeyError,
        "drill",
    ),
    "spans unsorted": (opens((5, 9), (1, 3)), InvalidProblemError, "(1, 3)"),
    "spans overlap": (opens((5, 9), (8, 12)), InvalidProblemError, "(8, 12)"),
    "span empty": (opens((5, 5)), InvalidProblemError, "(5, 5)"),
    "booking reversed": (
        problem(resources=(replace(SAW, bookings=((9, 5),)),)),
        InvalidProblemError,
        "(9, 5)",
    ),
    "no machine": (
        problem(resources=(replace(SAW, machines=0),)),
        InvalidProblemError,
        "0",
    ),
    "half a machine": (
        problem(resources=(replace(SAW, machines=1.5),)),
        InvalidProblemError,
        "1.5",
    ),
    "blocked for a word": (
        problem(resources=(replace(SAW, blocked_until="Monday"),)),
        InvalidProblemError,
        "Monday",
    ),
    "fixed for half a second": (
        problem(frozen_until=0.5),
        InvalidProblemError,
        "0.5",
    ),
    "on hand is no number": (
        problem(stocks=(Stock("lamp", math.nan),)),
        InvalidProblemError,
        "nan",
    ),
    "movement without end": (
        problem(stocks=(Stock("lamp", 1.0, (Movement(5, math.inf),)),)),
        InvalidProblemError,
        "inf",
    ),
    "movement at a broken time": (
        problem(stocks=(Stock("lamp", 1.0, (Movement(5.5, 1.0),)),)),
        InvalidProblemError,
        "5.5",
    ),
    "negative quantity": (
        asks(replace(NEED, quantity=-1.0)),
        InvalidProblemError,
        "-1.0",
    ),
    "quantity is no number": (
        asks(replace(NEED, quantity=math.nan)),
        InvalidProblemError,
        "nan",
    ),
    "negative lead": (
        asks(replace(NEED, supply=Purchase("buy", -5))),
        InvalidProblemError,
        "-5",
    ),
    "broken time": (asks(NEED, requested=1.5), InvalidProblemError, "1.5"),
    "negative delivery": (asks(NEED, deliver_seconds=-1), InvalidProblemError, "-1"),
    "need of no operation": (
        asks(replace(NEED, operation="cut")),
        UnknownKeyError,
        "cut",
    ),
    "need of another's operation": (
        makes(Job("job", (CUT,), (replace(NEED, operation="weld"),))),
        UnknownKeyError,
        "weld",
    ),
    "negative preparation": (
        makes(Job("job", prepare_seconds=-3)),
        InvalidProblemError,
        "-3",
    ),
    "broken duration": (
        does(replace(CUT, modes=(Mode("saw", 1.5),))),
        InvalidProblemError,
        "1.5",
    ),
    "negative duration": (
        does(replace(CUT, modes=(Mode("saw", -1),))),
        InvalidProblemError,
        "-1",
    ),
    "no mode": (does(replace(CUT, modes=())), InvalidProblemError, "()"),
    "unknown resource": (
        does(replace(CUT, modes=(Mode("laser", 1),))),
        UnknownKeyError,
        "laser",
    ),
    "blocked by a stranger": (
        does(replace(CUT, blocked_by=("weld",))),
        UnknownKeyError,
        "weld",
    ),
    "circle": (
        does(
            replace(CUT, blocked_by=("weld",)), Operation("weld", CUT.modes, ("cut",))
        ),
        CyclicOrderError,
        "cut",
    ),
    "blocks itself": (
        does(replace(CUT, blocked_by=("cut",))),
        CyclicOrderError,
        "cut",
    ),
    "broken now": (replace(problem(), now=0.5), InvalidProblemError, "0.5"),
    "broken horizon": (replace(problem(), horizon=None), InvalidProblemError, "None"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_raised_and_named(name: str) -> None:
    """The right class, and the value in the message and as data."""
    wrong, error, value = WRONG[name]
    with pytest.raises(error) as caught:
        plan(wrong)
    assert value in str(caught.value)
    assert value in repr(caught.value.value)
    assert repr(caught.value.key) in str(caught.value)
    assert caught.value.what in str(caught.value)
    assert isinstance(caught.value, EngineError)


def nested(levels: int) -> Need:
    """A need that many levels deep."""
    need = NEED
    for level in range(levels - 1):
        need = Need(level, "part", 1.0, Job(level, needs=(need,)))
    return need


def test_a_demand_of_a_hundred_levels_is_planned() -> None:
    """The limit itself is allowed."""
    (made,) = plan(asks(nested(100))).demands
    assert made.finish == 5
    assert max(step.level for step in made.steps) == 99


@pytest.mark.parametrize("levels", [101, 5000])
def test_a_demand_without_end_is_refused(levels: int) -> None:
    """Clearly, and not by running out of stack."""
    with pytest.raises(DepthError, match="100 levels"):
        plan(asks(nested(levels)))


def test_a_problem_without_demands_has_an_empty_plan() -> None:
    """Nothing asked, nothing planned, nothing wrong."""
    assert plan(problem()).demands == ()


def test_a_demand_for_nothing_is_delivered_at_once() -> None:
    """Only the delivery itself takes time."""
    (made,) = plan(problem(demands=(Demand("o", (), deliver_seconds=7),))).demands
    assert (made.feasible, made.finish, made.latest_start) == (True, 7, 0)
