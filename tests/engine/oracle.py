"""A slow second opinion, which steps through time second by second.

Nothing of the engine but its plain data is used here; only whether waiting for stock
pays is asked of a promise for what would be made or bought instead.
"""

from collections.abc import Iterable
from dataclasses import replace

from mto_planning.engine import (
    Demand,
    DemandPlan,
    DemandSchedule,
    Job,
    Key,
    Need,
    Plan,
    Problem,
    Purchase,
    Receipt,
    Resource,
    Schedule,
    Span,
    Step,
    StepKind,
    Stock,
    plan,
)

EPSILON = 1e-6
BEYOND = 1 << 40
FIRST_EVER = -BEYOND


def is_open(resource: Resource, second: int) -> bool:
    """Whether a resource works in the second that begins then."""
    return any(opens <= second < closes for opens, closes in resource.calendar.spans)


def is_taken(resource: Resource, second: int) -> bool:
    """Whether all machines of a resource are booked in a second."""
    return running(resource.bookings, second) >= resource.machines


def is_blocked(resource: Resource, moment: int) -> bool:
    """Whether a resource is out of order at a moment."""
    return resource.blocked_until is not None and moment < resource.blocked_until


def running(spans: Iterable[Span], second: int) -> int:
    """How many spans cover a second."""
    return sum(start <= second < end for start, end in spans)


def earliest(resource: Resource, ready: int, seconds: int, horizon: int) -> Span | None:
    """The first slot that starts at ``ready`` or later, by trying each second."""
    for start in range(ready, horizon + 1):
        if is_blocked(resource, start):
            continue
        if not seconds:
            if is_moment(resource, start):
                return start, start
            continue
        finish = _run(resource, start, range(start, horizon), seconds)
        if finish is not None:
            return start, finish + 1
    return None


def latest(resource: Resource, due: int, seconds: int, lower: int) -> Span | None:
    """The last slot that ends at ``due`` or earlier, by trying each second."""
    for finish in range(due, lower - 1, -1):
        if not seconds:
            if is_moment(resource, finish) and not is_blocked(resource, finish):
                return finish, finish
            continue
        back = range(finish - 1, lower - 1, -1)
        start = _run(resource, finish - 1, back, seconds)
        if start is not None and not is_blocked(resource, start):
            return start, finish
    return None


def is_moment(resource: Resource, moment: int) -> bool:
    """Whether a second of working time ends or begins at a moment."""
    return is_open(resource, moment - 1) or is_open(resource, moment)


def _run(resource: Resource, first: int, seconds: range, need: int) -> int | None:
    # Work on through the seconds; the one in which the work is done.
    if not is_open(resource, first):
        return None
    for second in seconds:
        if is_taken(resource, second):
            return None
        need -= is_open(resource, second)
        if not need:
            return second
    return None


def balance(stock: Stock, moment: int) -> float:
    """What is in stock at a moment."""
    moves = (move.quantity for move in stock.movements if move.time <= moment)
    return stock.on_hand + sum(moves)


def promisable_from(
    stock: Stock, quantity: float, lower: int, upper: int
) -> int | None:
    """The first moment from which on ``quantity`` is always there."""
    first = None
    for moment in range(upper, lower - 1, -1):
        if balance(stock, moment) < quantity:
            break
        first = moment
    return first


def check_plan(problem: Problem, plan: Plan) -> None:
    """Assert everything that a plan promises (invariants 1 to 4)."""
    check_schedule(problem, plan)
    for demand, made in zip(problem.demands, plan.demands, strict=True):
        if made.feasible:
            check_promise(demand, made)


def check_schedule(problem: Problem, plan: Plan | Schedule) -> None:
    """Assert that all steps are possible side by side."""
    assert [demand.key for demand in problem.demands] == [
        made.key for made in plan.demands
    ]
    for demand, made in zip(problem.demands, plan.demands, strict=True):
        if made.feasible:
            check_demand(problem, demand, made)
    check_capacity(problem, plan)
    check_material(problem, plan)


def check_promise(demand: Demand, made: DemandPlan) -> None:
    """What is told of the plan besides its steps."""
    assert made.latest_start is not None and made.latest_start <= made.finish
    assert made.on_request == (
        demand.requested is None or made.finish <= demand.requested
    )


def check_capacity(problem: Problem, plan: Plan | Schedule) -> None:
    """Nothing runs on a resource when more than its machines would be needed."""
    for resource in problem.resources:
        mine = [(one.start, one.finish) for one in _steps(plan, resource.key)]
        for start, finish in mine:
            assert not is_blocked(resource, start)
            for second in range(start, finish):
                busy = running(resource.bookings, second) + running(mine, second)
                assert busy <= resource.machines
            if start == finish:
                assert is_moment(resource, start)


def _steps(plan: Plan | Schedule, resource: Key) -> list[Step]:
    steps = (step for made in plan.demands for step in made.steps)
    return [step for step in steps if step.resource == resource]


def check_material(problem: Problem, plan: Plan | Schedule) -> None:
    """From the first piece that is promised on, no stock ever falls below zero."""
    for stock in problem.stocks:
        takes = [
            step
            for made in plan.demands
            for step in made.steps
            if step.kind is StepKind.STOCK and step.item == stock.item
        ]
        takes = [step for step in takes if step.quantity]
        if not takes:
            continue
        times = [step.start for step in takes]
        times += [move.time for move in stock.movements if move.time > min(times)]
        for moment in times:
            taken = sum(step.quantity for step in takes if step.start <= moment)
            assert balance(stock, moment) - taken >= -EPSILON


def check_demand(
    problem: Problem, demand: Demand, made: DemandPlan | DemandSchedule
) -> None:
    """Every piece of a demand has its step, within bounds and in order."""
    by_key: dict[Key, list[Step]] = {}
    for step in made.steps:
        by_key.setdefault(step.key, []).append(step)
        assert step.start <= step.finish <= problem.horizon
        assert step.start >= max(problem.now, demand.not_before or problem.now)
    (delivery,) = by_key.pop(demand.key)
    assert delivery.finish == made.finish
    assert delivery.finish - delivery.start == demand.deliver_seconds
    for need in demand.needs:
        assert _check_need(problem, need, by_key, delivery.start) <= delivery.start
    assert not any(by_key.values())  # no step without a reason


def _check_need(
    problem: Problem, need: Need, steps: dict[Key, list[Step]], use: int
) -> int:
    """Assert the steps of a need and return when it is there."""
    supply, there = need.supply, FIRST_EVER
    if steps.get(need.key):
        step = steps[need.key].pop()
        assert (step.kind, step.item) == (StepKind.STOCK, need.item)
        assert need.from_stock and step.start == step.finish
        there, left = step.finish, need.quantity - step.quantity
        if left <= EPSILON:
            assert step.quantity == need.quantity
            return there
        assert step.quantity > 0 and need.supply_of
        supply = need.supply_of(left)
    return max(there, _check_supply(problem, supply, steps, use))


def _check_supply(
    problem: Problem,
    supply: Job | Purchase | Receipt | None,
    steps: dict[Key, list[Step]],
    use: int,
) -> int:
    if isinstance(supply, Purchase):
        step = steps[supply.key].pop()
        assert step.kind is StepKind.PURCHASE
        assert step.finish - step.start == supply.lead_seconds
        return step.finish
    if isinstance(supply, Receipt):
        step = steps[supply.key].pop()
        assert (step.kind, step.source) == (StepKind.RECEIPT, supply.key)
        assert supply.time <= step.start == step.finish
        return step.finish
    assert isinstance(supply, Job)
    return _check_job(problem, supply, steps, use)


def _check_job(
    problem: Problem, job: Job, steps: dict[Key, list[Step]], use: int
) -> int:
    waits = sorted(steps.pop(job.key, []), key=lambda step: (step.start, step.finish))
    done = {one.key: steps[one.key].pop() for one in job.operations}
    assert len(waits) == bool(job.prepare_seconds) + bool(job.store_seconds) + (
        not job.operations
    )
    store = waits.pop() if job.store_seconds else None
    prepare = waits.pop(0) if job.prepare_seconds else None
    begin = min(step.start for step in [*done.values(), *waits])
    end = max(step.finish for step in [*done.values(), *waits])
    for wait in waits:
        assert wait.finish - wait.start == job.lead_seconds
    if prepare:
        assert prepare.finish - prepare.start == job.prepare_seconds
        assert prepare.finish <= begin
        begin = prepare.start
    for one in job.operations:
        check_operation(problem, one.modes, done[one.key])
        if problem.frozen_until is not None and not one.ignores_freeze:
            assert done[one.key].start >= problem.frozen_until
        for key in one.blocked_by:
            assert done[key].finish <= done[one.key].start
    for need in job.needs:
        user = begin if need.operation is None else done[need.operation].start
        assert _check_need(problem, need, steps, user) <= user
    if store:
        assert store.finish - store.start == job.store_seconds and end <= store.start
        end = store.finish
    return end


def check_operation(problem: Problem, modes: Iterable, step: Step) -> None:
    """Work is done in working time, and exactly as long as one of its modes takes."""
    (resource,) = [one for one in problem.resources if one.key == step.resource]
    worked = sum(is_open(resource, second) for second in range(step.start, step.finish))
    lengths = [mode.seconds for mode in modes if mode.resource == step.resource]
    assert worked in lengths
    if worked:
        assert is_open(resource, step.start)
        assert is_open(resource, step.finish - 1)
    else:
        assert step.start == step.finish


def from_stock(
    problem: Problem, demand: Demand, closes: int, hurry: bool
) -> dict[Key, float]:
    """How much of which needs of the first demand stock should give, decided afresh.

    :param closes: stock that comes later is none where there is a supply.
    :param hurry: nor is stock that comes when the supply alone has long given the rest.
    """
    taken: dict[Key, float] = {}
    found: dict[Key, float] = {}

    def look(needs: Iterable[Need]) -> None:
        for need in needs:
            amount = share(need) if need.from_stock else None
            if amount is not None:
                found[need.key] = amount
            supply = _supply_beside(need, amount)
            if isinstance(supply, Job):
                look(supply.needs)

    def share(need: Need) -> float | None:
        already, amount = taken.get(need.item, 0.0), None
        for since, offered in _offers(problem, need, already):
            if need.supply and since != FIRST_EVER:
                left = left_stock(need.item, already + (amount or 0.0))
                if since > closes or (
                    hurry and since > _there(left, demand, need, amount, closes)
                ):
                    break
            amount = offered
        taken[need.item] = already + (amount or 0.0)
        return amount

    def left_stock(item: Key, already: float) -> Problem:
        gone = {**taken, item: already}
        stocks = tuple(
            replace(stock, on_hand=stock.on_hand - gone.get(stock.item, 0.0))
            for stock in problem.stocks
        )
        return replace(problem, stocks=stocks)

    look(demand.needs)
    return found


def _offers(problem: Problem, need: Need, already: float) -> list[tuple[int, float]]:
    """Since when how much of a need is free, each time that it gets more."""
    if not need.quantity:
        return [(FIRST_EVER, 0.0)]
    stocks = {stock.item: stock for stock in problem.stocks}
    stock = stocks.get(need.item, Stock(need.item))
    moments = [FIRST_EVER, *sorted({move.time for move in stock.movements})]
    offers: list[tuple[int, float]] = []
    for moment in moments:
        later = [balance(stock, one) for one in moments if one >= moment]
        free = min(need.quantity, min(later) - already)
        if free > (offers[-1][1] if offers else 0.0) + EPSILON:
            offers.append((moment, free))
    if need.supply and need.supply_of:
        return offers
    return [offer for offer in offers if offer[1] == need.quantity]


def _supply_beside(need: Need, amount: float | None) -> object:
    """What supplies a need of which stock gives an amount."""
    if amount is None:
        return need.supply
    left = need.quantity - amount
    return need.supply_of(left) if left else None


def _there(
    problem: Problem, demand: Demand, need: Need, amount: float | None, closes: int
) -> int:
    """When the supply alone would give what is left: as a promise of its own."""
    alone = replace(need, supply=_supply_beside(need, amount), from_stock=False)
    alone = replace(alone, operation=None)
    opens = max(problem.now, demand.not_before or problem.now)
    order = Demand("alone", (alone,), not_before=opens)
    (made,) = plan(replace(problem, horizon=closes, demands=(order,))).demands
    return BEYOND if made.finish is None else made.finish


def choices(problem: Problem, demand: Demand) -> list[dict[Key, float]]:
    """What may be taken from stock: one way for the earliest date, more on request."""
    earliest = from_stock(problem, demand, problem.horizon, True)
    requested = demand.requested
    if requested is None or requested > problem.horizon:
        return [earliest]
    late = (from_stock(problem, demand, requested, hurry) for hurry in (False, True))
    return [earliest, *late]
