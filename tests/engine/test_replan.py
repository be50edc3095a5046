"""A whole shop planned anew: whatever holds for plans, and who comes first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from oracle import BEYOND, check_schedule
from strategies import problems
from workshop import (
    DAY,
    HOUR,
    MONDAY,
    PRESS,
    SAW,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    at,
    make,
    times,
    work,
)

from mto_planning.engine import (
    ConstraintKind,
    Demand,
    DemandSchedule,
    Need,
    Problem,
    Purchase,
    Receipt,
    Schedule,
    Shop,
    Step,
    StepKind,
    Stock,
    plan,
    replan,
)

CUT = make(work("cut", 4, "saw"))


@given(problems(), st.booleans())
def test_any_schedule_holds_its_invariants(
    problem: Problem, just_in_time: bool
) -> None:
    """Capacity, working time, precedence, material; and the figures of each demand."""
    made = replan(problem, just_in_time=just_in_time)
    check_schedule(problem, made)
    for demand, one in zip(problem.demands, made.demands, strict=True):
        assert (one.finish is None) == (not one.feasible) == bool(one.constraint)
        if one.feasible:
            requested = BEYOND if demand.requested is None else demand.requested
            assert one.lateness == max(one.finish - requested, 0)


@given(problems())
def test_each_demand_stands_where_it_would_be_promised(problem: Problem) -> None:
    """The second opinion: promises, one after the other, in the order of urgency."""
    ranked = sorted(
        problem.demands,
        key=lambda one: (
            -one.priority,
            BEYOND if one.requested is None else one.requested,
        ),
    )
    early = tuple(replace(one, requested=None) for one in ranked)
    expected = {
        one.key: (one.feasible, one.finish, freed(one.steps))
        for one in plan(replace(problem, demands=early)).demands
    }
    made = replan(problem).demands
    assert {one.key: (one.feasible, one.finish, freed(one.steps)) for one in made} == (
        expected
    )


def freed(steps: tuple[Step, ...]) -> list[Step]:
    """Steps without the explanation."""
    return [step._replace(critical=False) for step in steps]


@given(problems(), st.booleans())
def test_replanning_leaves_a_given_shop_as_it_was(
    problem: Problem, just_in_time: bool
) -> None:
    """And an index that was made before gives the same schedule."""
    shop = Shop(problem.resources, problem.stocks)
    bare = replace(problem, resources=(), stocks=())
    first = replan(bare, shop, just_in_time=just_in_time)
    again = replan(bare, shop, just_in_time=just_in_time)
    assert again == first == replan(problem, just_in_time=just_in_time)


@given(problems(most=1))
def test_just_in_time_ends_on_request_when_the_promise_does(problem: Problem) -> None:
    """As plan() does, but for what it finds with a second look."""
    (promise,), (made,) = (
        plan(problem).demands,
        replan(problem, just_in_time=True).demands,
    )
    assert made.feasible == promise.feasible
    assert not (promise.on_request and made.lateness)


def dispatch(*demands: Demand, **values: object) -> Schedule:
    """Plan a free workshop."""
    stocks = values.pop("stocks", ())
    problem = Problem(at(MONDAY, 8), 28 * DAY, demands, (SAW, PRESS), stocks)
    return replan(problem, **values)


def starts(made: Schedule, key: str = "cut") -> list[int]:
    """When each demand is cut, in the order of the problem."""
    return [times(one, key)[0] for one in made.demands]


def test_priority_comes_first_then_the_requested_time_then_the_order_given() -> None:
    """Five lamps, half a day of the saw each."""
    made = dispatch(
        Demand("whenever", (CUT,)),
        Demand("friday", (CUT,), requested=at(THURSDAY, 24)),
        Demand("wednesday", (CUT,), requested=at(TUESDAY, 24)),
        Demand("also wednesday", (CUT,), requested=at(TUESDAY, 24)),
        Demand("urgent", (CUT,), priority=1),
    )
    assert [one.key for one in made.demands] == [
        "whenever",
        "friday",
        "wednesday",
        "also wednesday",
        "urgent",
    ]
    assert starts(made) == [
        at(WEDNESDAY, 8),
        at(TUESDAY, 13),
        at(MONDAY, 13),
        at(TUESDAY, 8),
        at(MONDAY, 8),
    ]


def test_just_in_time_waits_for_the_requested_time() -> None:
    """If that can be held; else it is late by as little as can be."""
    made = dispatch(
        Demand("late", (CUT,), requested=at(MONDAY, 10)),
        Demand("thursday", (CUT,), requested=at(THURSDAY, 17)),
        Demand("also thursday", (CUT,), requested=at(THURSDAY, 17)),
        just_in_time=True,
    )
    assert starts(made) == [at(MONDAY, 8), at(THURSDAY, 13), at(THURSDAY, 8)]
    assert [one.lateness for one in made.demands] == [2 * HOUR, 0, 0]


def test_nothing_starts_before_its_own_time() -> None:
    """The gap stays for those who come after."""
    made = dispatch(
        Demand("later", (CUT,), not_before=at(MONDAY, 10), priority=1),
        Demand("now", (make(work("cut", 2, "saw")),)),
    )
    assert starts(made) == [at(MONDAY, 10), at(MONDAY, 8)]


def test_what_is_under_way_holds_up_what_needs_it() -> None:
    """A purchase on Tuesday for the press, an operation that runs until ten."""
    running = Need(
        "running", None, 1.0, Receipt("saw", at(MONDAY, 10)), operation="cut"
    )
    steel = Receipt("PO7", at(TUESDAY, 9), "PO7")
    steel = Need("steel", "steel", 1.0, steel, operation="press")
    overdue = Need("oil", "oil", 1.0, Receipt("PO1", at(MONDAY, 7)))
    lamp = make(
        work("cut", 1, "saw"),
        work("press", 1, "press", after="cut"),
        needs=(running, steel, overdue),
    )
    (made,) = dispatch(Demand("order", (lamp,))).demands
    assert times(made, "cut") == (at(MONDAY, 10), at(MONDAY, 11))
    assert times(made, "press") == (at(TUESDAY, 9), at(TUESDAY, 10))
    for key, moment in (
        ("saw", at(MONDAY, 10)),
        ("PO7", at(TUESDAY, 9)),
        ("PO1", at(MONDAY, 10)),
    ):
        assert times(made, key, StepKind.RECEIPT) == (moment, moment)
    (late,) = dispatch(
        Demand("order", (lamp,), requested=at(TUESDAY, 9)), just_in_time=True
    ).demands
    assert (late.finish, late.lateness) == (at(TUESDAY, 10), HOUR)


def test_a_receipt_that_is_waited_for_is_the_reason() -> None:
    """By its name."""
    steel = Need("steel", "steel", 1.0, Receipt("PO7", at(THURSDAY, 9), "P00007"))
    lamp = make(work("cut", 1, "saw"), needs=(steel,))
    problem = Problem(0, 28 * DAY, (Demand("order", (lamp,)),), (SAW,))
    (made,) = plan(problem).demands
    constraint = made.constraint
    assert (constraint.kind, constraint.name, constraint.item, constraint.until) == (
        ConstraintKind.MATERIAL,
        "P00007",
        "steel",
        at(THURSDAY, 9),
    )


def test_the_more_urgent_gets_the_stock() -> None:
    """The other one has to buy."""
    part = Need("part", "part", 1.0, Purchase("buy", 2 * DAY), True)
    lamp = make(work("cut", 1, "saw"), needs=(part,))
    made = dispatch(
        Demand("patient", (lamp,)),
        Demand("urgent", (lamp,), priority=1),
        stocks=(Stock("part", 1.0),),
    )
    assert starts(made) == [at(WEDNESDAY, 8), at(MONDAY, 8)]


def test_what_has_no_place_is_told_and_takes_nothing() -> None:
    """Neither what nobody supplies nor what does not fit before the horizon."""
    made = dispatch(
        Demand("shortage", (CUT, Need("gold", "gold", 1.0)), priority=1),
        Demand("endless", (CUT, make(work("press", 999, "press"))), priority=1),
        Demand("fine", (CUT,)),
    )
    first, second, third = made.demands
    assert first == DemandSchedule("shortage", False, None, 0, (), first.constraint)
    assert first.constraint.kind is ConstraintKind.SHORTAGE
    assert second.constraint.kind is ConstraintKind.HORIZON
    assert times(third, "cut") == (at(MONDAY, 8), at(MONDAY, 12))
