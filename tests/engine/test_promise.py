"""What every plan holds, for random factories; and hand-computed plans."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from oracle import check_plan, earliest, netted
from strategies import LAST, MOMENTS, problems, resources

from mto_planning.engine import (
    Demand,
    Job,
    Mode,
    Movement,
    Need,
    Operation,
    Plan,
    Problem,
    Resource,
    Shop,
    StepKind,
    plan,
)


@given(problems())
def test_any_plan_holds_its_invariants(problem: Problem) -> None:
    """Capacity, working time, precedence, material (1 to 4)."""
    check_plan(problem, plan(problem))


@given(problems())
def test_stock_is_used_exactly_when_it_covers_the_need(problem: Problem) -> None:
    """Netting, decided a second way."""
    made = plan(problem)
    from_stock = {
        step.key
        for one in made.demands
        for step in one.steps
        if step.kind is StepKind.STOCK
    }
    for need, covered in netted(problem, made):
        assert (need.key in from_stock) == covered


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(problem: Problem, dice: Random) -> None:
    """Determinism (8)."""
    shuffled = replace(
        problem,
        resources=_shuffle(
            dice,
            [
                replace(one, bookings=_shuffle(dice, one.bookings))
                for one in problem.resources
            ],
        ),
        stocks=_shuffle(
            dice,
            [
                replace(one, movements=_shuffle(dice, one.movements))
                for one in problem.stocks
            ],
        ),
    )
    assert plan(shuffled) == plan(problem)


def _shuffle(dice: Random, things: object) -> tuple:
    shuffled = list(things)
    dice.shuffle(shuffled)
    return tuple(shuffled)


@given(problems())
def test_planning_leaves_no_trace(problem: Problem) -> None:
    """Reads change nothing (9): a shop that has planned is as good as a new one."""
    shop = Shop(problem.resources, problem.stocks)
    bare = replace(problem, resources=(), stocks=())
    first = plan(bare, shop)
    assert plan(bare, shop) == first == plan(problem)


@given(problems(least=2))
def test_together_is_the_same_as_one_after_the_other(problem: Problem) -> None:
    """Honest promise (5): what was confirmed first gives the same answer to the next.

    Also that an earlier promise is not moved by a later one (7).
    """
    together = plan(problem)
    for index, demand in enumerate(problem.demands):
        alone = plan(replace(problem, demands=(demand,)))
        assert alone.demands[0] == together.demands[index]
        problem = confirm(problem, alone)


def confirm(problem: Problem, made: Plan) -> Problem:
    """The problem as it is once a plan has been written down."""
    steps = [step for one in made.demands for step in one.steps]
    return replace(
        problem,
        resources=tuple(
            replace(
                one,
                bookings=one.bookings
                + tuple(
                    (step.start, step.finish)
                    for step in steps
                    if step.resource == one.key
                ),
            )
            for one in problem.resources
        ),
        stocks=tuple(
            replace(
                one,
                movements=one.movements
                + tuple(
                    Movement(step.start, -step.quantity)
                    for step in steps
                    if step.kind is StepKind.STOCK and step.item == one.item
                ),
            )
            for one in problem.stocks
        ),
    )


@given(problems(most=1))
def test_latest_start_is_early_enough(problem: Problem) -> None:
    """Starting at the latest start, the date still holds."""
    (demand,), (made,) = problem.demands, plan(problem).demands
    if made.feasible:
        again = replace(demand, requested=made.finish, not_before=made.latest_start)
        (made,) = plan(replace(problem, demands=(again,))).demands
        assert made.feasible and made.on_request


@given(resources("saw"), resources("drill"), MOMENTS, st.data())
def test_a_chain_is_as_early_as_can_be(
    saw: Resource, drill: Resource, now: int, data: st.DataObject
) -> None:
    """Not padded (6): one chain stands where trying every second puts it."""
    durations = st.integers(0, 40)
    chosen = data.draw(
        st.lists(st.tuples(durations, durations), min_size=1, max_size=4)
    )
    operations = [
        Operation(
            index,
            (Mode("saw", one), Mode("drill", other)),
            (index - 1,) if index else (),
        )
        for index, (one, other) in enumerate(chosen)
    ]
    (made,) = plan(Problem(now, LAST + 20, (make(operations),), (saw, drill))).demands
    moment: int | None = now
    for one, other in chosen:
        if moment is not None:
            slots = earliest(saw, moment, one, LAST + 20), None
            slots = slots[0], earliest(drill, moment, other, LAST + 20)
            ends = [slot[1] for slot in slots if slot]
            moment = min(ends, default=None)
    assert made.finish == moment
    assert made.feasible == (moment is not None)


def make(operations: list[Operation], **values: object) -> Demand:
    """A demand for one job."""
    job = Job("job", tuple(operations))
    return Demand("order", (Need("need", "lamp", 1.0, job),), **values)
