"""The capacity of one resource: its axis and what its machines are busy with."""

from functools import partial
from typing import NamedTuple

from .axis import FORWARD, Axis
from .bookings import EVER, Bookings
from .gaps import Block, Gaps
from .journal import Journal
from .problem import Key, Resource


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

    __slots__ = (
        "_closed",
        "_journal",
        "_layers",
        "axis",
        "blocked_until",
        "key",
        "name",
    )

    def __init__(self, resource: Resource, axis: Axis, journal: Journal) -> None:
        """Index the bookings of a resource."""
        self.key: Key = resource.key
        self.name = resource.name
        blocked = resource.blocked_until
        self.blocked_until = -EVER if blocked is None else blocked
        self.axis = axis
        self._journal = journal
        self._closed: dict[int, int] = {}
        booked = resource.bookings
        booked = booked if isinstance(booked, Bookings) else Bookings.of(booked)
        layers = [booked.gaps(running) for running in range(resource.machines)]
        onto = partial(axis.works, origin=booked.origin)
        self._layers = [Gaps(*layer, journal, onto) for layer in layers]
        if resource.machines > 1:
            self._closed = _count_closed(layers, axis, booked.origin)

    def find(self, bound: int, seconds: int, way: int) -> Slot | None:
        """The slot nearest to ``bound`` with ``seconds`` of working time.

        Work of no length takes no capacity, so it needs only an open moment.

        :param way: ``FORWARD`` for the earliest slot that starts at ``bound`` or
            after it, ``BACKWARD`` for the latest that ends at it or before.
        """
        axis, top = self.axis, self._layers[-1]
        if way == FORWARD and bound < self.blocked_until:
            bound = self.blocked_until
        if not seconds:
            moment = axis.moment(bound, way)
            return None if moment is None else self._open(Slot(moment, moment, 0, 0))
        if way == FORWARD:
            opens = top.earliest(axis.work(bound), seconds)
            if opens is None:
                return None
            closes = opens + seconds
        else:
            end = top.latest(axis.work(bound), seconds)
            if end is None:
                return None
            opens, closes = end - seconds, end
        return self._open(Slot(*axis.span(opens, closes), opens, closes))

    def _open(self, slot: Slot) -> Slot | None:
        # Where the latest slot starts too early, so do all others.
        return None if slot.start < self.blocked_until else slot

    def book(self, slot: Slot) -> None:
        """Occupy one machine during a slot that :meth:`find` gave."""
        if slot.opens == slot.closes:
            return
        pieces = self._layers[0].take(slot.opens, slot.closes)
        for layer in self._layers[1:]:
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


def _count_closed(layers: list[Block], axis: Axis, origin: int) -> dict[int, int]:
    # How many bookings at most run at once in each closed period.
    closed: dict[int, int] = {}
    for depth, (starts, ends) in enumerate(layers, 1):
        for start, end in zip(ends, starts[1:], strict=False):  # between two gaps
            touched = axis.closures(start + origin, end + origin)
            closed.update(dict.fromkeys(touched, depth))
    return closed
