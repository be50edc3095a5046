"""A demand as a network: activities, and which must be over before which.

The tree of needs is flattened into one list in which everything stands behind what it
waits for. Whether a need is taken from stock is decided here, before any time is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from .axis import BACKWARD, FORWARD
from .bookings import EVER
from .center import Slot
from .check import in_order
from .problem import Demand, Job, Key, Mode, Movement, Need, Purchase, Receipt
from .result import StepKind
from .shop import Shop


class Window(NamedTuple):
    """Nothing starts before ``opens`` and nothing ends after ``closes``.

    :param thaws: no work starts before, unless it may.
    """

    opens: int
    closes: int
    thaws: int = -EVER


class Place(NamedTuple):
    """Where an activity stands in time.

    :param ready: the bound that its neighbours set; a stock step forward: the moment
        from which it can be taken.
    :param mode: for work, how it is done, and ``slot`` where on that resource.
    :param since: for a stock step, the moment of the receipt that makes it possible;
        ``None`` when what is on hand is enough.
    """

    start: int
    finish: int
    ready: int
    mode: Mode | None = None
    slot: Slot | None = None
    since: int | None = None

    def until(self, finish: int) -> "Place":
        """The same, moved so that it ends at ``finish``."""
        start = self.start + finish - self.finish
        return Place(start, finish, *self[2:])


@dataclass(slots=True)
class Activity:
    """A piece of a demand that takes a place in time.

    :param floats: it is placed as early as its needs allow, but in the end stands as
        late as what waits for it allows.
    """

    kind: StepKind
    key: Key
    job: Key | None = None
    item: Key | None = None
    quantity: float = 0.0
    level: int = 0
    name: str = ""
    floats: bool = False

    def place(self, shop: Shop, bound: int, way: int) -> Place | None:
        """The place nearest to ``bound`` in a direction, if there is one."""
        raise NotImplementedError

    def commit(self, shop: Shop, place: Place) -> None:
        """Take what the activity uses at its place; waiting uses nothing."""

    def source(self, shop: Shop, place: Place) -> Movement | None:
        """The receipt that makes its place possible, if one does."""


@dataclass(slots=True)
class Wait(Activity):
    """Wall-clock time: buying, preparing, making at a fixed pace, storing, delivering.

    :param leads: the time is a lead time that someone promised.
    """

    seconds: int = 0
    leads: bool = False

    def place(self, shop: Shop, bound: int, way: int) -> Place:
        """Directly at the bound."""
        far = bound + way * self.seconds
        return Place(min(bound, far), max(bound, far), bound)


@dataclass(slots=True)
class Take(Activity):
    """A quantity that leaves the stock at one moment."""

    def place(self, shop: Shop, bound: int, way: int) -> Place | None:
        """Forward as soon as it is free; backward at the bound if free by then."""
        since = shop.ledger(self.item).since(self.quantity)
        if since is None:
            return Place(bound, bound, bound)
        if way == FORWARD:
            bound = max(bound, since)
        return Place(bound, bound, bound, since=since) if since <= bound else None

    def commit(self, shop: Shop, place: Place) -> None:
        """Promise the quantity from the start on."""
        shop.ledger(self.item).take(place.start, self.quantity)

    def source(self, shop: Shop, place: Place) -> Movement | None:
        """One that the stock waits for; none if what is on hand is enough."""
        since = place.since
        return None if since is None else shop.ledger(self.item).source(since)


@dataclass(slots=True)
class Receive(Activity):
    """What comes at a known time and is meant for nobody else."""

    time: int = 0

    def place(self, shop: Shop, bound: int, way: int) -> Place | None:
        """Forward when it has come; backward at the bound if it has come by then."""
        if way == FORWARD:
            bound = max(bound, self.time)
        since = self.time
        return Place(bound, bound, bound, since=since) if since <= bound else None

    def source(self, shop: Shop, place: Place) -> Movement:
        """The receipt itself."""
        return Movement(self.time, self.quantity, self.name, self.key)


@dataclass(slots=True)
class Work(Activity):
    """Working time on one of several resources.

    :param thaws: it does not start before.
    """

    modes: tuple[Mode, ...] = ()
    thaws: int = -EVER

    def place(self, shop: Shop, bound: int, way: int) -> Place | None:
        """On the resource that is done first; backward that can start last."""
        best = chosen = nearest = None
        begin = max(bound, self.thaws) if way == FORWARD else bound
        for mode in self.modes:
            slot = shop.center(mode.resource).find(begin, mode.seconds, way)
            if slot is not None:
                reach = slot.finish if way == FORWARD else -slot.start
                if best is None or reach < nearest:
                    best, chosen, nearest = slot, mode, reach
        if best is None or best.start < self.thaws:
            return None
        return Place(best.start, best.finish, bound, chosen, best)

    def commit(self, shop: Shop, place: Place) -> None:
        """Book the resource."""
        shop.center(place.mode.resource).book(place.slot)


@dataclass(slots=True)
class Network:
    """The activities of one demand, each behind all that it waits for.

    :param before: for each activity the indices of those that must be over before.
    :param after: for each activity the indices of those that wait for it.
    :param missing: the first need that has no source, if there is one.
    :param waits: for stock where it could be bought sooner.
    """

    activities: list[Activity] = field(default_factory=list)
    before: list[list[int]] = field(default_factory=list)
    after: list[list[int]] = field(default_factory=list)
    missing: Need | None = None
    waits: bool = False

    def add(self, activity: Activity, before: Iterable[int] = ()) -> int:
        """Append an activity and give its index."""
        index = len(self.activities)
        self.activities.append(activity)
        self.before.append(list(before))
        self.after.append([])
        for other in self.before[index]:
            self.after[other].append(index)
        return index


def weave(demand: Demand, shop: Shop, window: Window, way: int) -> Network:
    """Flatten a demand; its delivery is the last activity.

    Needs are netted against stock in the order in which they stand, those of a made
    level after that of the level itself.

    :param window: stock that comes after it is as good as none, if there is a supply.
    :param way: ``FORWARD``, where each wait costs: what is bought or comes sooner than
        stock is not taken from stock. ``BACKWARD`` all stock is as good that comes
        within the window.
    """
    weaver = _Weaver(shop, window, way)
    ends = [end for need in demand.needs for end in weaver.need(need, None, 0)]
    network = weaver.network
    seconds = demand.deliver_seconds
    network.add(Wait(StepKind.DELIVERY, demand.key, seconds=seconds), ends)
    return network


def weave_late(demand: Demand, shop: Shop, window: Window) -> Iterator[Network]:
    """The networks to try for a plan that is as late as can be, the best first.

    None when a need has no source; a second one, that waits for no stock which could be
    bought sooner, when the first one does and has no place.
    """
    network = weave(demand, shop, window, BACKWARD)
    if network.missing:
        return
    yield network
    if network.waits:
        yield weave(demand, shop, window, FORWARD)


class _Weaver:
    # Each method adds activities and returns the indices of those that are last.

    def __init__(self, shop: Shop, window: Window, way: int) -> None:
        self.network = Network()
        self._shop = shop
        self._window = window
        self._way = way
        self._netted: dict[Key, float] = defaultdict(float)

    def need(self, need: Need, job: Key | None, level: int) -> list[int]:
        """Add the source of a need and all that it needs in turn."""
        if need.from_stock and self._net(need):
            about = job, need.item, need.quantity, level, need.name, True
            return [self.network.add(Take(StepKind.STOCK, need.key, *about))]
        if isinstance(need.supply, Purchase):
            return [self.network.add(_purchase(need, need.supply, job, level))]
        if isinstance(need.supply, Receipt):
            return [self.network.add(_receive(need, need.supply, job, level))]
        if isinstance(need.supply, Job):
            return self._job(need, need.supply, level)
        self.network.missing = self.network.missing or need
        return []

    def _net(self, need: Need) -> bool:
        ledger, taken = self._shop.ledger(need.item), self._netted[need.item]
        if not ledger.covers(need.quantity, taken):
            return False
        # Nothing is always there, even where what is there is waited for.
        since = ledger.since(need.quantity + taken) if need.quantity else None
        if since is not None and need.supply and not self._is_in_time(need, since):
            return False
        self._netted[need.item] = taken + need.quantity
        return True

    def _is_in_time(self, need: Need, since: int) -> bool:
        # Whether stock that has to be waited for is no worse than the supply.
        opens, closes, _thaws = self._window
        sooner = closes
        if isinstance(need.supply, Purchase):
            sooner = min(closes, opens + need.supply.lead_seconds)
        elif isinstance(need.supply, Receipt):
            sooner = min(closes, max(opens, need.supply.time))
        if self._way == BACKWARD and sooner < since <= closes:
            self.network.waits = True
            return True
        return since <= sooner

    def _job(self, need: Need, job: Job, level: int) -> list[int]:
        add, about = self.network.add, (job.key, need.item, need.quantity, level)
        wait = partial(Wait, StepKind.WAIT, job.key, *about, job.name)
        there = self._arrivals(job, level + 1)
        if job.prepare_seconds:
            prepare = wait(floats=True, seconds=job.prepare_seconds)
            there[None] = [add(prepare, there[None])]
        if job.operations:
            ends = self._operations(job, about, there)
        else:
            ends = [add(wait(seconds=job.lead_seconds, leads=True), there[None])]
        if job.store_seconds:
            ends = [add(wait(seconds=job.store_seconds), ends)]
        return ends

    def _arrivals(self, job: Job, level: int) -> dict[Key | None, list[int]]:
        # By the operation that they must be there for.
        there: dict[Key | None, list[int]] = defaultdict(list)
        for part in job.needs:
            there[part.operation] += self.need(part, job.key, level)
        return there

    def _operations(
        self, job: Job, about: tuple, there: dict[Key | None, list[int]]
    ) -> list[int]:
        done: dict[Key, int] = {}
        for operation in in_order(job.operations):
            # What the job needs holds up its first operations, and so the others.
            blockers = [done[key] for key in operation.blocked_by] or there[None]
            key, name, modes = operation.key, operation.name, operation.modes
            thaws = -EVER if operation.ignores_freeze else self._window.thaws
            work = Work(StepKind.OPERATION, key, *about, name, False, modes, thaws)
            done[key] = self.network.add(work, blockers + there[key])
        blocking = {key for one in job.operations for key in one.blocked_by}
        return [index for key, index in done.items() if key not in blocking]


def _purchase(need: Need, purchase: Purchase, job: Key | None, level: int) -> Wait:
    about = job, need.item, need.quantity, level, purchase.name, True
    lead = purchase.lead_seconds
    return Wait(StepKind.PURCHASE, purchase.key, *about, seconds=lead, leads=True)


def _receive(need: Need, receipt: Receipt, job: Key | None, level: int) -> Receive:
    about = job, need.item, need.quantity, level, receipt.name, True
    return Receive(StepKind.RECEIPT, receipt.key, *about, time=receipt.time)
