"""A whole shop planned anew: one pass for each demand, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass

from .axis import BACKWARD, FORWARD
from .bookings import EVER
from .check import check_demands
from .explain import explain_missing, explain_stuck
from .network import Network, Take, Window
from .problem import Demand, Problem
from .result import Constraint, DemandSchedule, Schedule
from .schedule import (
    Places,
    Stuck,
    commit,
    deadline,
    schedule,
    settle,
    window,
)
from .shop import Shop
from .steps import make_steps
from .weave import weave, weave_late


def replan(
    problem: Problem, shop: Shop | None = None, *, just_in_time: bool = False
) -> Schedule:
    """Place all demands, the most urgent first, without saying why.

    Higher priorities come first, then earlier requested times (none is the last), then
    those that stand first. Each demand takes what those before it have left, and keeps
    it. Where a demand stands alone, that is the date that :func:`plan` promises.

    :param shop: an index of the problem's resources and stocks that was built
        before, to save that time; those of the problem are then not looked at.
        It is left as it was.
    :param just_in_time: as late as the requested time allows, if it can be held; else,
        as without, as early as possible.
    :raises InvalidProblemError: when the problem cannot be read.
    """
    own = shop is None
    if shop is None:
        shop = Shop(problem.resources, problem.stocks)
    check_demands(problem, shop)
    dispatcher, placed = _Dispatcher(problem, shop, just_in_time), {}
    mark = shop.mark()
    try:
        for index, demand in _rank(problem):
            placed[index] = dispatcher.place(demand)
            if own:
                shop.forget()  # nobody else will use it
    finally:
        if not own:
            shop.rollback(mark)
    return Schedule(tuple(placed[index] for index in sorted(placed)))


def _rank(problem: Problem) -> Iterable[tuple[int, Demand]]:
    def urgency(indexed: tuple[int, Demand]) -> tuple[int, int]:
        requested = indexed[1].requested
        return -indexed[1].priority, EVER if requested is None else requested

    return sorted(enumerate(problem.demands), key=urgency)


@dataclass(frozen=True, slots=True)
class _Dispatcher:
    """Gives one demand after the other its place."""

    problem: Problem
    shop: Shop
    just_in_time: bool

    def place(self, demand: Demand) -> DemandSchedule:
        """Backward if that is wanted and holds, else forward, else say why not."""
        late = self.just_in_time and not demand.early
        found = self._late(demand) if late else None
        network, places = found or self._early(demand)
        if network.missing:
            return _refuse(demand, explain_missing(network.missing))
        if isinstance(places, Stuck):
            horizon = self.problem.horizon
            return _refuse(demand, explain_stuck(places, horizon, self.shop))
        finish, requested = places[-1].finish, demand.requested
        lateness = 0 if requested is None else max(finish - requested, 0)
        steps = make_steps(network, places, self.shop)
        return DemandSchedule(demand.key, True, finish, lateness, steps)

    def _late(self, demand: Demand) -> tuple[Network, Places] | None:
        requested = deadline(self.problem, demand)
        if requested is None:
            return None
        opening = window(self.problem, demand, requested)
        for network in weave_late(demand, self.shop, opening):
            places = self._attempt(network, opening, BACKWARD)
            if not isinstance(places, Stuck):
                return network, places
        return None

    def _early(self, demand: Demand) -> tuple[Network, Places | Stuck]:
        opening = window(self.problem, demand, self.problem.horizon)
        network = weave(demand, self.shop, opening, FORWARD)
        if network.missing:
            return network, []
        mark = self.shop.mark()
        drafted = self._attempt(network, opening, FORWARD)
        if isinstance(drafted, Stuck):
            return network, drafted
        places = settle(network, drafted)
        if _takes_elsewhere(network, drafted, places):
            self.shop.rollback(mark)
            commit(network, places, self.shop)
        return network, places

    def _attempt(self, network: Network, opening: Window, way: int) -> Places | Stuck:
        # What was placed stays taken, unless all of it did not fit.
        mark = self.shop.mark()
        places = schedule(network, self.shop, opening, way)
        if isinstance(places, Stuck):
            self.shop.rollback(mark)
        return places


def _takes_elsewhere(network: Network, drafted: Places, settled: Places) -> bool:
    # Whether stock is taken at another moment than in the draft.
    return any(
        before.start != after.start
        for activity, before, after in zip(
            network.activities, drafted, settled, strict=True
        )
        if isinstance(activity, Take)
    )


def _refuse(demand: Demand, constraint: Constraint) -> DemandSchedule:
    return DemandSchedule(demand.key, False, None, 0, (), constraint)
