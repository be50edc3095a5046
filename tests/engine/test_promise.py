"""What every plan holds, for random factories; and hand-computed plans."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from oracle import check_plan, choices, earliest, latest
from strategies import DURATIONS, FIRST, LAST, MOMENTS, problems, resources

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
from mto_planning.engine.axis import BACKWARD, FORWARD
from mto_planning.engine.network import Window
from mto_planning.engine.schedule import Stuck, schedule, sequence, settle
from mto_planning.engine.weave import weave


@given(problems())
def test_any_plan_holds_its_invariants(problem: Problem) -> None:
    """Capacity, working time, precedence, material (1 to 4)."""
    check_plan(problem, plan(problem))


@given(problems())
def test_stock_is_used_exactly_when_it_should_be(problem: Problem) -> None:
    """Netting, decided a second way."""
    check_stock_use(problem, plan(problem))


def check_stock_use(problem: Problem, made: Plan) -> None:
    """Each demand takes what it should of what those before it have left."""
    for demand, one in zip(problem.demands, made.demands, strict=True):
        if one.feasible:
            used = {
                step.key: step.quantity
                for step in one.steps
                if step.kind is StepKind.STOCK
            }
            ways = choices(problem, demand)
            assert used in (ways if one.on_request else ways[:1])
        problem = confirm(problem, Plan((one,)))


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


@given(problems())
def test_the_latest_start_is_between_the_first_step_and_the_finish(
    problem: Problem,
) -> None:
    """A plan shows itself that its own start is early enough."""
    for made in plan(problem).demands:
        if made.feasible:
            assert made.steps[0].start <= made.latest_start <= made.finish


@given(problems(most=1), st.integers(0, 60))
def test_a_request_that_can_be_held_is_planned_backward(
    problem: Problem, later: int
) -> None:
    """Whenever the earliest plan is early enough, another ends when requested.

    With alternatives, a step that moves to another resource may take the place that
    the earliest plan needs: then that plan is the answer.
    """
    needs = tuple(map(without_alternatives, problem.demands[0].needs))
    demand = replace(problem.demands[0], needs=needs, requested=None)
    (early,) = plan(replace(problem, demands=(demand,))).demands
    if early.feasible:
        requested = min(early.finish + later, problem.horizon)
        demand = replace(demand, requested=requested)
        (late,) = plan(replace(problem, demands=(demand,))).demands
        assert late.on_request and late.finish == requested
        assert not any(step.critical for step in late.steps)


@given(problems(most=1))
def test_in_the_sequence_of_a_plan_everything_can_be_moved_later(
    problem: Problem,
) -> None:
    """What the latest start stands on: a backward pass that always succeeds."""
    shop = Shop(problem.resources, problem.stocks)
    needs = tuple(map(without_alternatives, problem.demands[0].needs))
    opening = Window(problem.now, problem.horizon)
    network = weave(replace(problem.demands[0], needs=needs), shop, opening, FORWARD)
    drafted = schedule(network, shop, opening, FORWARD)
    shop.rollback(0)
    if network.missing or isinstance(drafted, Stuck):
        return
    places = settle(network, drafted)
    window = Window(problem.now, places[-1].finish)
    late = schedule(network, shop, window, BACKWARD, sequence(places))
    assert not isinstance(late, Stuck)
    for early, moved in zip(places, late, strict=True):
        assert early.start <= moved.start and early.finish <= moved.finish


def without_alternatives(need: Need) -> Need:
    """The same need with nothing but the best liked mode of each operation."""

    def simple(supply: object) -> object:
        if not isinstance(supply, Job):
            return supply
        operations = tuple(
            replace(one, modes=one.modes[:1]) for one in supply.operations
        )
        needs = tuple(map(without_alternatives, supply.needs))
        return replace(supply, operations=operations, needs=needs)

    split = need.supply_of and (lambda rest: simple(need.supply_of(rest)))
    return replace(need, supply=simple(need.supply), supply_of=split)


CHAINS = st.lists(st.tuples(DURATIONS, DURATIONS), min_size=1, max_size=4)


@given(resources("saw"), resources("drill"), MOMENTS, CHAINS)
def test_a_chain_is_as_early_as_can_be(
    saw: Resource, drill: Resource, now: int, durations: list[tuple[int, int]]
) -> None:
    """Not padded (6): one chain stands where trying every second puts it."""
    problem = chain(saw, drill, now, durations)
    (made,) = plan(problem).demands
    moment: int | None = now
    for on_saw, on_drill in durations:
        if moment is not None:
            slots = (
                earliest(saw, moment, on_saw, problem.horizon),
                earliest(drill, moment, on_drill, problem.horizon),
            )
            moment = min((slot[1] for slot in slots if slot), default=None)
    assert made.finish == moment
    assert made.feasible == (moment is not None)


@given(resources("saw"), resources("drill"), MOMENTS, CHAINS, MOMENTS)
def test_a_chain_on_request_is_as_late_as_can_be(
    saw: Resource,
    drill: Resource,
    now: int,
    durations: list[tuple[int, int]],
    requested: int,
) -> None:
    """Just in time: where trying every second backward puts it, if that works."""
    problem = chain(saw, drill, now, durations, requested=requested)
    (made,) = plan(problem).demands
    moment: int | None = requested
    for on_saw, on_drill in reversed(durations):
        if moment is not None:
            slots = (
                latest(saw, moment, on_saw, FIRST - 1),
                latest(drill, moment, on_drill, FIRST - 1),
            )
            moment = max((slot[0] for slot in slots if slot), default=None)
    if moment is None or moment < now:
        (early,) = plan(chain(saw, drill, now, durations)).demands
        assert replace(made, on_request=True) == early
    else:
        assert (made.finish, made.latest_start) == (requested, moment)


def chain(
    saw: Resource,
    drill: Resource,
    now: int,
    durations: list[tuple[int, int]],
    **values: object,
) -> Problem:
    """A job of operations one after the other, each on either resource."""
    operations = [
        Operation(
            index,
            (Mode("saw", on_saw), Mode("drill", on_drill)),
            (index - 1,) if index else (),
        )
        for index, (on_saw, on_drill) in enumerate(durations)
    ]
    need = Need("need", "lamp", 1.0, Job("job", tuple(operations)))
    demand = Demand("order", (need,), **values)
    return Problem(now, LAST + 20, (demand,), (saw, drill))
