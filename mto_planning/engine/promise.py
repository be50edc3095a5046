"""From a problem to a plan: demand by demand, backward if asked for, else forward."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .axis import BACKWARD, FORWARD
from .check import check_demands
from .explain import Explanation, explain, explain_missing, explain_stuck
from .network import Network
from .problem import Demand, Problem
from .result import Constraint, ConstraintKind, DemandPlan, Plan
from .schedule import (
    Places,
    Stuck,
    commit,
    deadline,
    schedule,
    sequence,
    settle,
    window,
)
from .shop import Shop
from .steps import make_steps
from .weave import weave, weave_late

UNCONSTRAINED = Explanation(frozenset(), Constraint(ConstraintKind.NONE))


def plan(problem: Problem, shop: Shop | None = None) -> Plan:
    """Plan all demands, each on what those before it have left.

    The same problem always gives the same plan, whatever the order of resources,
    bookings, stocks and movements.

    :param shop: an index of the problem's resources and stocks that was built
        before, to save that time; those of the problem are then not looked at.
        It is left as it was.
    :raises InvalidProblemError: when the problem cannot be read.
    """
    if shop is None:
        shop = Shop(problem.resources, problem.stocks)
    check_demands(problem, shop)
    mark = shop.mark()
    try:
        promises = (_Promise(demand, problem, shop) for demand in problem.demands)
        return Plan(tuple(_make_all(promises)))
    finally:
        shop.rollback(mark)


def _make_all(promises: Iterable["_Promise"]) -> Iterator[DemandPlan]:
    # What the last one takes is in nobody's way.
    before = None
    for promise in promises:
        if before:
            before.commit()
        yield promise.make()
        before = promise


@dataclass(slots=True)
class _Promise:
    """The search for the plan of one demand, and what that plan takes."""

    demand: Demand
    problem: Problem
    shop: Shop
    taken: tuple[Network, Places] | None = None

    def commit(self) -> None:
        """Take what the plan uses; one that is not feasible uses nothing."""
        if self.taken:
            commit(*self.taken, self.shop)

    def make(self) -> DemandPlan:
        """Plan on request if possible, else as early as possible, else say why not."""
        found = self._on_request()
        if found:
            network, places = found
            return self._accept(network, places, UNCONSTRAINED, _first(places))
        opening = window(self.problem, self.demand, self.problem.horizon)
        network = weave(self.demand, self.shop, opening, FORWARD)
        if network.missing:
            return self._refuse(explain_missing(network.missing))
        return self._earliest(network)

    def _on_request(self) -> tuple[Network, Places] | None:
        requested = deadline(self.problem, self.demand)
        if requested is None or self.demand.early:
            return None
        opening = window(self.problem, self.demand, requested)
        for network in weave_late(self.demand, self.shop, opening):
            places = self._attempt(network, requested, BACKWARD)
            if not isinstance(places, Stuck):
                return network, places
        return None

    def _earliest(self, network: Network) -> DemandPlan:
        horizon = self.problem.horizon
        drafted = self._attempt(network, horizon, FORWARD)
        if isinstance(drafted, Stuck):
            return self._refuse(explain_stuck(drafted, horizon, self.shop))
        why = explain(
            network, drafted, window(self.problem, self.demand, horizon), self.shop
        )
        places = settle(network, drafted)
        return self._as_late_as(network, places, why)

    def _as_late_as(
        self, network: Network, places: Places, why: Explanation
    ) -> DemandPlan:
        # In the sequence that is known to work, everything can be moved later: if that
        # holds the request after all, it is the plan; else it gives the latest start.
        finish, requested = places[-1].finish, deadline(self.problem, self.demand)
        on_request = requested is not None and finish <= requested
        closes = requested if requested is not None and on_request else finish
        late = self._attempt(network, closes, BACKWARD, sequence(places))
        latest = own = _first(places)
        if not isinstance(late, Stuck):
            latest = max(own, _first(late))
        if on_request and self.demand.early:
            waiting = [*places[:-1], places[-1].until(closes)]
            return self._accept(network, waiting, UNCONSTRAINED, latest)
        if on_request and not isinstance(late, Stuck):
            return self._accept(network, late, UNCONSTRAINED, _first(late))
        return self._accept(network, places, why, latest)

    def _attempt(
        self,
        network: Network,
        closes: int,
        way: int,
        order: Sequence[int] | None = None,
    ) -> Places | Stuck:
        mark = self.shop.mark()
        places = schedule(
            network, self.shop, window(self.problem, self.demand, closes), way, order
        )
        self.shop.rollback(mark)
        return places

    def _accept(
        self, network: Network, places: Places, why: Explanation, latest_start: int
    ) -> DemandPlan:
        self.taken = network, places
        requested, finish = self.demand.requested, places[-1].finish
        steps = make_steps(network, places, self.shop, why.critical)
        return DemandPlan(
            key=self.demand.key,
            feasible=True,
            on_request=requested is None or finish <= requested,
            finish=finish,
            latest_start=latest_start,
            steps=steps,
            constraint=why.constraint,
        )

    def _refuse(self, constraint: Constraint) -> DemandPlan:
        on_request = self.demand.requested is None
        return DemandPlan(
            self.demand.key, False, on_request, None, None, (), constraint
        )


def _first(places: Places) -> int:
    return min(place.start for place in places)
