"""A whole shop planned anew, work by work: each center decides who comes first."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .axis import FORWARD
from .check import check_demands
from .explain import explain_missing, explain_stuck
from .network import Network, Place, Window, Work
from .problem import Demand, Key, Problem
from .result import Constraint, DemandSchedule, Schedule
from .schedule import NOWHERE, Stuck, settle, window
from .shop import Shop
from .steps import make_steps
from .weave import Weaver

Rank = tuple[int, ...]


def dispatch(
    problem: Problem,
    ranks: Mapping[Key, Rank],
    shop: Shop | None = None,
    *,
    keep: bool = False,
) -> Schedule:
    """Place all demands as early as possible, operation by operation.

    Where :func:`replan` gives one demand after the other its whole chain, which leaves
    gaps that nobody can use, here a free center takes of the operations that can begin
    the one that ranks first. Requested times are only what lateness is measured by.

    :param ranks: by the key of an operation, else of its demand (which is then no key
        of an operation); smaller come first. All whose first number is smaller are
        placed before any other.
    :param keep: strictly in the sequence of the ranks. Where they are the times at
        which the operations start in a plan that can still be followed, none of them
        ends later than in that plan (if none has an alternative to go to).
    :param shop: an index of the problem's resources and stocks that was built
        before, to save that time. It is left as it was.
    """
    shop = Shop(problem.resources, problem.stocks) if shop is None else shop
    check_demands(problem, shop)
    mark = shop.mark()
    try:
        return _Dispatcher(problem, shop, ranks, keep).run()
    finally:
        shop.rollback(mark)


# What decides who comes first, in this order, and the index of the activity.
_Waiting = tuple[Any, Any, int]


@dataclass(frozen=True, slots=True)
class _Part:
    # The activities of one demand: where they begin, and where they end.
    demand: Demand
    first: int
    last: int
    opens: int
    refused: Constraint | None = None


class _Dispatcher:
    def __init__(
        self, problem: Problem, shop: Shop, ranks: Mapping[Key, Rank], keep: bool
    ) -> None:
        self._problem, self._shop = problem, shop
        self._ranks, self._keep = ranks, keep
        self._window = Window(problem.now, problem.horizon)
        self._network = Network()
        self._parts = list(self._weave())
        size = len(self._network.activities)
        self._places = [NOWHERE] * size
        self._far = [problem.now] * size
        self._left = [len(before) for before in self._network.before]
        self._rank: list[Rank] = [()] * size
        self._waiting: list[_Waiting] = []
        self._stuck: dict[int, Stuck] = {}

    def _weave(self) -> Iterator[_Part]:
        problem = self._problem
        opening = window(problem, Demand(None, ()), problem.horizon)
        weaver = Weaver(self._shop, opening, FORWARD)
        self._network = network = weaver.network
        for demand in problem.demands:
            first, mark = len(network.activities), weaver.mark()
            opens = window(problem, demand, problem.horizon).opens
            missing = weaver.deliver(demand)
            refused = explain_missing(missing) if missing else None
            if missing:
                weaver.back_to(mark)
            yield _Part(demand, first, len(network.activities), opens, refused)

    def run(self) -> Schedule:
        """Place all, and give each demand its steps."""
        for part in self._parts:
            for index in range(part.first, part.last):
                activity = self._network.activities[index]
                self._far[index] = part.opens
                self._rank[index] = self._ranks.get(
                    activity.key, self._ranks.get(part.demand.key, ())
                )
        for index in [one for one, left in enumerate(self._left) if not left]:
            self._ready(index)
        while self._waiting:
            first, second, index = heapq.heappop(self._waiting)
            self._try(index, second if self._keep else first[-1])
        return Schedule(tuple(map(self._schedule, self._parts)))

    def _bound(self, index: int) -> int:
        before = self._network.before[index]
        return max([self._far[index], *(self._places[one].finish for one in before)])

    def _ready(self, index: int) -> None:
        # All that it waits for has its place.
        activity, bound = self._network.activities[index], self._bound(index)
        if isinstance(activity, Work):
            self._wait(index, bound)
        else:
            self._settle(index, activity.place(self._shop, bound, FORWARD))

    def _wait(self, index: int, start: int) -> None:
        rank = self._rank[index]
        key = (rank, start) if self._keep else ((*rank[:1], start), rank)
        heapq.heappush(self._waiting, (*key, index))

    def _try(self, index: int, start: int) -> None:
        activity, bound = self._network.activities[index], self._bound(index)
        place = activity.place(self._shop, bound, FORWARD)
        if not self._keep and place and place.start > start:
            # Busy until then: who ranks first of those who wait then is the next.
            self._wait(index, place.start)
        else:
            self._settle(index, place)

    def _settle(self, index: int, place: Place | None) -> None:
        activity = self._network.activities[index]
        if place is None or place.finish > self._window.closes:
            self._stuck[index] = Stuck(activity, self._bound(index))
            return
        activity.commit(self._shop, place)
        self._places[index] = place
        for other in self._network.after[index]:
            self._left[other] -= 1
            if not self._left[other]:
                self._ready(other)

    def _schedule(self, part: _Part) -> DemandSchedule:
        if part.refused:
            return DemandSchedule(part.demand.key, False, None, 0, (), part.refused)
        indices = range(part.first, part.last)
        stuck = next((self._stuck[one] for one in indices if one in self._stuck), None)
        if stuck:
            why = explain_stuck(stuck, self._problem.horizon, self._shop)
            return DemandSchedule(part.demand.key, False, None, 0, (), why)
        network = self._network.piece(part.first, part.last)
        places = settle(network, self._places[part.first : part.last])
        steps = make_steps(network, places, self._shop)
        finish, requested = places[-1].finish, part.demand.requested
        lateness = 0 if requested is None else max(finish - requested, 0)
        return DemandSchedule(part.demand.key, True, finish, lateness, steps)
