"""All work of a shop at once: what always holds, and who comes first where."""

from hypothesis import given
from hypothesis import strategies as st
from oracle import check_schedule
from strategies import problems
from workshop import HOUR, MONDAY, OFFICE, PRESS, SAW, TUESDAY, at, work

from mto_planning.engine import (
    ConstraintKind,
    Demand,
    Job,
    Need,
    Operation,
    Problem,
    Resource,
    Schedule,
    Shop,
    StepKind,
    Stock,
    dispatch,
    replan,
)

WEEKS = at(MONDAY, 28 * 24)


def order(key: str, *operations: Operation, **values: object) -> Demand:
    """A demand of one job with the operations of that key."""
    need = Need(key, key, 1.0, Job(key, operations))
    return Demand(key, (need,), **values)


def shop(*demands: Demand) -> Problem:
    """The saw and the press, from Monday 8:00 on."""
    return Problem(at(MONDAY, 8), WEEKS, demands, (SAW, PRESS))


def spans(schedule: Schedule) -> dict[object, tuple[int, int]]:
    """When each operation stands."""
    return {
        step.key: (step.start, step.finish)
        for demand in schedule.demands
        for step in demand.steps
        if step.kind == StepKind.OPERATION
    }


@given(problems(), st.booleans())
def test_any_schedule_holds_its_invariants(problem: Problem, keep: bool) -> None:
    """Capacity, working time, precedence and material, and the shop is left alone."""
    index = Shop(problem.resources, problem.stocks)
    ranks = {demand.key: (0, n) for n, demand in enumerate(problem.demands)}
    made = dispatch(problem, ranks, index, keep=keep)
    check_schedule(problem, made)
    assert dispatch(problem, ranks, index, keep=keep) == made
    for demand, one in zip(problem.demands, made.demands, strict=True):
        assert demand.key == one.key
        assert one.feasible == (one.finish is not None) == (not one.constraint)


jobs = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["saw", "press"]), st.integers(1, 9)),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=6,
)


def chained(number: int, route: list[tuple[str, int]]) -> Demand:
    """An order whose operations follow each other."""
    keys = [f"{number}.{place}" for place in range(len(route))]
    return order(
        str(number),
        *(
            work(key, hours, center, after=keys[place - 1] if place else "")
            for place, (key, (center, hours)) in enumerate(
                zip(keys, route, strict=True)
            )
        ),
    )


@given(jobs)
def test_in_the_sequence_of_a_plan_nothing_gets_later(
    routes: list[list[tuple[str, int]]],
) -> None:
    """A plan that can still be followed is only ever improved."""
    problem = shop(*(chained(n, route) for n, route in enumerate(routes)))
    before = spans(replan(problem))
    ranks = {key: (0, start) for key, (start, _finish) in before.items()}
    after = spans(dispatch(problem, ranks, keep=True))
    assert all(after[key][1] <= finish for key, (_start, finish) in before.items())


def test_a_free_center_waits_for_nobody() -> None:
    """The first order needs the saw later; until then the second one may have it."""
    first = order("a", work("press", 2, "press"), work("saw", 3, "saw", after="press"))
    second = order("b", work("other", 3, "saw"))
    problem, ranks = shop(first, second), {"a": (0, 0), "b": (0, 1)}
    assert spans(replan(problem))["other"] == (at(MONDAY, 14), at(MONDAY, 17))
    placed = spans(dispatch(problem, ranks))
    assert placed["other"] == (at(MONDAY, 8), at(MONDAY, 11))
    assert placed["saw"] == (at(MONDAY, 11), at(MONDAY, 15))


def test_who_ranks_first_is_first_of_those_that_wait() -> None:
    """Three orders wait for the saw."""
    problem = shop(*(order(key, work(key, 1, "saw")) for key in "abc"))
    placed = spans(dispatch(problem, {"a": (0, 2), "b": (0, 0), "c": (0, 1)}))
    assert sorted(placed, key=placed.get) == ["b", "c", "a"]


def test_an_urgent_order_is_first_even_where_it_is_waited_for() -> None:
    """As the first test of a free center, but nothing may be in its way."""
    first = order("a", work("press", 2, "press"), work("saw", 3, "saw", after="press"))
    second = order("b", work("other", 3, "saw"))
    ranks = {"a": (-1, 0), "b": (0, 1)}
    placed = spans(dispatch(shop(second, first), ranks))
    assert placed["saw"] == (at(MONDAY, 10), at(MONDAY, 14))
    assert placed["other"] == (at(MONDAY, 14), at(MONDAY, 17))


def test_an_order_begins_when_it_may() -> None:
    """And its lateness is told against what was requested."""
    later = order(
        "a",
        work("saw", 1, "saw"),
        not_before=at(TUESDAY, 9),
        requested=at(TUESDAY, 8),
    )
    made = dispatch(shop(later), {}).demands[0]
    assert (made.finish, made.lateness) == (at(TUESDAY, 10), 2 * HOUR)


def test_what_cannot_be_had_takes_nothing() -> None:
    """The stock of an order that lacks something else is free for the next one."""
    bolt = Need("bolt", "bolt", 1.0, from_stock=True)
    problem = Problem(
        0,
        WEEKS,
        (
            Demand("a", (bolt, Need("lamp", "lamp", 1.0))),
            Demand("b", (Need("other", "bolt", 1.0, from_stock=True),)),
        ),
        stocks=(Stock("bolt", 1.0),),
    )
    refused, made = dispatch(problem, {}).demands
    assert refused.constraint.kind == ConstraintKind.SHORTAGE
    assert made.feasible


def test_what_has_no_place_says_why() -> None:
    """A center that is never free within the horizon."""
    full = Resource("full", OFFICE, ((0, WEEKS),))
    demand = order("a", work("one", 1, "full"), work("two", 1, "full", after="one"))
    problem = Problem(0, WEEKS, (demand,), (full,))
    made = dispatch(problem, {}).demands[0]
    assert made.constraint.kind == ConstraintKind.HORIZON
    assert made.steps == ()
