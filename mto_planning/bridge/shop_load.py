"""How full work centers are, as they are or as they would be."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .. import engine
from ..engine.axis import FORWARD, Axis

# A shorter break between two working times is no night.
NIGHT = 6 * 3600


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed of a work center; nothing by default.

    :param machines: how many more of them.
    :param overtime: by how many seconds each working day would be longer.
    :param blocked: spans of time in which it would not work.
    """

    machines: int = 0
    overtime: int = 0
    blocked: tuple[engine.Span, ...] = ()


class ShopLoad:
    """Work centers with their bookings, under assumptions; nothing is written.

    :param loader: a ``ShopLoader``.
    :param moments: where periods begin and end, in seconds, sorted.
    :param assumptions: ``{work center id: Assumption}``.
    """

    def __init__(self, loader, moments, workcenter_ids, assumptions=None):
        self._loader = loader
        self._moments = moments
        self._assumptions = assumptions or {}
        self._resources = {}
        self._load(workcenter_ids)

    def loads(self, workcenter_id) -> list[engine.Load]:
        """What is open and what is booked in each period, in seconds of work."""
        return engine.load(self._resources[workcenter_id], self._moments)

    def machines(self, workcenter_id) -> int:
        """How many work orders run at once."""
        return self._resources[workcenter_id].machines

    def hours(self, workcenter_id, spans) -> list[float]:
        """How much of each span of time is working time of one machine, in hours."""
        axis = Axis(self._resources[workcenter_id].calendar.spans)
        return [(axis.work(end) - axis.work(start)) / 3600 for start, end in spans]

    def added(self, steps: Iterable[engine.Step]) -> dict[Hashable, list[int]]:
        """What the operations of a plan would take in each period, in seconds.

        :return: by work center, those that none of them needs left out.
        """
        spans = defaultdict(list)
        for step in steps:
            if step.kind == engine.StepKind.OPERATION:
                spans[step.resource].append((step.start, step.finish))
        return {
            center_id: [
                load.used
                for load in engine.load(
                    replace(self._resources[center_id], bookings=tuple(booked)),
                    self._moments,
                )
            ]
            for center_id, booked in spans.items()
        }

    @contextmanager
    def floor(self, workcenter_ids, items):
        """The shop to plan with, as ``ShopLoader.floor`` gives it as it is."""
        self._load(set(workcenter_ids) - self._resources.keys())
        resources = [self._resources[one] for one in sorted(workcenter_ids)]
        yield engine.Shop(resources, self._loader.stocks(items))

    def _load(self, workcenter_ids):
        for resource in self._loader.resources(sorted(workcenter_ids)):
            assumption = self._assumptions.get(resource.key)
            if assumption:
                resource = assume(resource, assumption)
            self._resources[resource.key] = resource


def assume(resource: engine.Resource, assumption: Assumption) -> engine.Resource:
    """A resource as it would be.

    What is booked stays where it is, but for work of times in which the resource would
    be blocked: that takes the first capacity that is free after it.
    """
    machines = resource.machines + assumption.machines
    spans = _longer(resource.calendar.spans, assumption.overtime)
    calendar = replace(resource.calendar, spans=spans)
    resource = replace(resource, machines=machines, calendar=calendar)
    for blocked in assumption.blocked:
        resource = _block(resource, blocked)
    return resource


def _longer(spans, overtime):
    """Working times with so many seconds more before each night."""
    longer = []
    for (opens, closes), following in zip(spans, (*spans[1:], None), strict=True):
        if not following or following[0] - closes >= NIGHT:
            closes += min(overtime, following[0] - closes) if following else overtime
        longer.append((opens, closes))
    return tuple(longer)


def _block(resource, blocked):
    axis = Axis(resource.calendar.spans)
    since, until = blocked
    pieces = (
        piece
        for opens, closes in resource.calendar.spans
        for piece in ((opens, min(closes, since)), (max(opens, until), closes))
    )
    spans = tuple(piece for piece in pieces if piece[0] < piece[1])
    calendar = replace(resource.calendar, spans=spans)
    stays, moves = [], []
    for start, end in _pairs(resource.bookings):
        (moves if start < until and end > since else stays).append((start, end))
    center = engine.Shop(
        [replace(resource, calendar=calendar, bookings=tuple(stays))]
    ).center(resource.key)
    for start, end in moves:
        slot = center.find(start, axis.work(end) - axis.work(start), FORWARD)
        if slot:
            center.book(slot)
            stays.append((slot.start, slot.finish))
    return replace(resource, calendar=calendar, bookings=tuple(stays))


def _pairs(bookings):
    """Bookings as spans: which end belongs to which start makes no difference."""
    if not isinstance(bookings, engine.Bookings):
        return sorted(bookings)
    origin = bookings.origin
    return [
        (origin + start, origin + end)
        for start, end in zip(bookings.starts, bookings.ends, strict=True)
    ]
