"""How full resources are: working time, and what of it is booked, by period."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from .axis import Axis
from .bookings import Bookings
from .problem import Resource


class Load(NamedTuple):
    """Of one resource in one period, in seconds of work.

    :param open: what all its machines could work.
    :param used: what is booked in its working time; more than that where bookings
        overlap more often than there are machines.
    """

    open: int
    used: int


def load(resource: Resource, boundaries: Sequence[int]) -> list[Load]:
    """The load between each two neighbours of sorted moments.

    >>> from .problem import Calendar
    >>> saw = Resource("saw", Calendar("day", ((0, 10), (20, 30))), ((5, 25),))
    >>> load(saw, [0, 20, 40])
    [Load(open=10, used=5), Load(open=10, used=5)]
    """
    axis = Axis(resource.calendar.spans)
    booked = resource.bookings
    booked = booked if isinstance(booked, Bookings) else Bookings.of(booked)
    marks = [axis.work(moment) for moment in boundaries]
    begun = _worked(axis.works(booked.starts, booked.origin), marks)
    ended = _worked(axis.works(booked.ends, booked.origin), marks)
    # Which end belongs to which start makes no difference to the sum.
    return [
        Load((until - since) * resource.machines, start - end)
        for since, until, start, end in zip(
            marks, marks[1:], begun, ended, strict=False
        )
    ]


def _worked(moments: Iterable[int], marks: Sequence[int]) -> list[int]:
    # For each period, how much of it lies behind each moment, summed.
    moments = sorted(moments)
    sums = [0, *accumulate(moments)]
    behind = []
    for since, until in zip(marks, marks[1:], strict=False):
        first, last = bisect_left(moments, since), bisect_left(moments, until)
        inside = until * (last - first) - (sums[last] - sums[first])
        behind.append(first * (until - since) + inside)
    return behind
