"""A demand as a network: activities, and which must be over before which."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .axis import FORWARD
from .bookings import EVER
from .center import Slot
from .problem import Key, Mode, Movement, Need
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
class Activity(ABC):
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

    @abstractmethod
    def place(self, shop: Shop, bound: int, way: int) -> Place | None:
        """The place nearest to ``bound`` in a direction, if there is one."""

    def commit(self, shop: Shop, place: Place) -> None:
        """Take what the activity uses at its place; waiting uses nothing."""
        return

    def source(self, shop: Shop, place: Place) -> Movement | None:
        """The receipt that makes its place possible, if one does."""
        return None


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
        best, chosen, nearest = None, None, EVER
        begin = max(bound, self.thaws) if way == FORWARD else bound
        for mode in self.modes:
            slot = shop.center(mode.resource).find(begin, mode.seconds, way)
            if slot is not None:
                reach = slot.finish if way == FORWARD else -slot.start
                if reach < nearest:
                    best, chosen, nearest = slot, mode, reach
        if best is None or best.start < self.thaws:
            return None
        return Place(best.start, best.finish, bound, chosen, best)

    def commit(self, shop: Shop, place: Place) -> None:
        """Book the resource."""
        assert place.mode is not None and place.slot is not None
        shop.center(place.mode.resource).book(place.slot)


@dataclass(slots=True)
class Network:
    """The activities of one demand, each behind all that it waits for.

    :param before: for each activity the indices of those that must be over before.
    :param after: for each activity the indices of those that wait for it.
    :param missing: the first need that has no source, if there is one.
    :param waits: for stock where it could perhaps be made or bought sooner.
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

    def piece(self, first: int, last: int) -> "Network":
        """Some consecutive activities, if they only wait for each other."""
        return Network(
            self.activities[first:last],
            [[one - first for one in before] for before in self.before[first:last]],
            [[one - first for one in after] for after in self.after[first:last]],
        )

    def cut(self, size: int) -> None:
        """Forget all activities from an index on; none before it waits for them."""
        del self.activities[size:], self.before[size:], self.after[size:]
