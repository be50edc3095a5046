"""The capacity of one resource: its axis and what its machines are busy with."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .axis import FORWARD, Axis
from .gaps import Gaps
from .journal import Journal
from .problem import Key, Resource, Span


class Slot(NamedTuple):
    """A place for one operation: wall-clock times and its stretch of the axis."""

    start: int
    finish: int
    opens: int
    closes: int


class Center:
    """A resource with any number of equal machines.

    Which machine does which work is never decided: work fits wherever fewer
    operations run than there are machines. Layer ``n`` of ``_layers`` holds the time
    in which fewer than ``n + 1`` run; new work fills the free part of the lowest
    layer and pushes the rest up.
    """

    __slots__ = ("_closed", "_journal", "_layers", "axis", "key", "name")

    def __init__(self, resource: Resource, axis: Axis, journal: Journal) -> None:
        """Index the bookings of a resource."""
        self.key: Key = resource.key
        self.name = resource.name
        self.axis = axis
        self._journal = journal
        layers = pile(resource.bookings, resource.machines)
        self._layers = [Gaps(_gaps(layer, axis), journal) for layer in layers]
        self._closed = _count_closed(layers, axis) if resource.machines > 1 else {}

    def find(self, bound: int, seconds: int, way: int) -> Slot | None:
        """The slot nearest to ``bound`` with ``seconds`` of working time.

        Work of no length takes no capacity, so it needs only an open moment.

        :param way: ``FORWARD`` for the earliest slot that starts at ``bound`` or
            after it, ``BACKWARD`` for the latest that ends at it or before.
        """
        axis = self.axis
        if not seconds:
            moment = axis.moment(bound, way)
            return None if moment is None else Slot(moment, moment, 0, 0)
        near = self._layers[-1].find(axis.work(bound), seconds, way)
        if near is None:
            return None
        opens = near if way == FORWARD else near - seconds
        closes = opens + seconds
        return Slot(axis.start(opens), axis.finish(closes), opens, closes)

    def book(self, slot: Slot) -> None:
        """Occupy one machine during a slot that :meth:`find` gave."""
        if slot.opens == slot.closes:
            return
        pieces = [(slot.opens, slot.closes)]
        for layer in self._layers:
            pieces = [busy for piece in pieces for busy in layer.take(*piece)]
        if self._closed:
            self._span_closures(slot)

    def _span_closures(self, slot: Slot) -> None:
        # Work that spans closed time keeps a machine from those who work in it.
        for at in self.axis.closures(slot.start, slot.finish):
            if at in self._closed:
                self._journal.note(self._closed.__setitem__, at, self._closed[at])
                self._closed[at] += 1
                if self._closed[at] == len(self._layers):
                    self._layers[-1].take(at, at)

    def opening(self, moment: int) -> int:
        """The first moment from ``moment`` on at which the empty resource is open."""
        return self.axis.start(self.axis.work(moment))


def pile(bookings: Iterable[Span], machines: int) -> list[list[Span]]:
    """Cut bookings into layers by how many run at once.

    Layer ``n`` holds the sorted, disjoint spans in which more than ``n`` bookings
    run; what exceeds the number of machines is dropped, for they are all busy.

    >>> pile([(0, 10), (4, 6), (5, 12)], 2)
    [[(0, 12)], [(4, 10)]]
    """
    layers: list[list[Span]] = [[] for _machine in range(machines)]
    for start, end in sorted(bookings):
        low, high = start, end
        for layer in layers:
            if low >= high:
                break
            high = _stack(layer, low, high)
    return layers


def _stack(layer: list[Span], start: int, end: int) -> int:
    # Add a span that starts last; what overlaps, [start, result), is left over.
    if not layer or layer[-1][1] < start:
        layer.append((start, end))
        return start
    first, last = layer[-1]
    layer[-1] = (first, max(last, end))
    return min(last, end)


def _gaps(busy: Iterable[Span], axis: Axis) -> Iterator[Span]:
    # A booking within closed time has no length on the axis, but still cuts a gap.
    free = 0
    for start, end in busy:
        opens = axis.work(start)
        if opens > free:
            yield free, opens
        free = axis.work(end)
    if axis.total > free:
        yield free, axis.total


def _count_closed(layers: list[list[Span]], axis: Axis) -> dict[int, int]:
    # How many bookings at most run at once in each closed period.
    closed: dict[int, int] = {}
    for depth, layer in enumerate(layers, 1):
        for start, end in layer:
            closed.update(dict.fromkeys(axis.closures(start, end), depth))
    return closed
