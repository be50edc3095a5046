"""The working-time axis: wall-clock time with the closed time cut out.

On the axis a calendar is gone: "n seconds of work, interrupted only by closed time"
is simply a stretch of length n. One axis serves all resources of a calendar.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from .bookings import Span

FORWARD = 1
BACKWARD = -1


class Axis:
    """Map between wall-clock moments and seconds worked since the first opening.

    At closing time the map has two inverses: work that *begins* there begins at the
    next opening (:meth:`start`), work that *ends* there ends at closing
    (:meth:`finish`).

    >>> axis = Axis([(100, 110), (200, 220)])
    >>> axis.total, axis.work(105), axis.work(150), axis.work(999)
    (30, 5, 10, 30)
    >>> axis.start(10), axis.finish(10)
    (200, 110)
    """

    __slots__ = ("_before", "_closes", "_opens", "total")

    def __init__(self, spans: Iterable[Span]) -> None:
        """Build from the sorted, disjoint opening spans of a calendar."""
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self.total = 0
        for opens, closes in spans:
            self._append(opens, closes)

    def _append(self, opens: int, closes: int) -> None:
        if self._closes and self._closes[-1] == opens:
            self._closes[-1] = closes  # two shifts without a break are one span
        else:
            self._opens.append(opens)
            self._closes.append(closes)
            self._before.append(self.total)
        self.total += closes - opens

    def work(self, moment: int) -> int:
        """Seconds worked before a wall-clock moment."""
        index = bisect_right(self._opens, moment) - 1
        if index < 0:
            return 0
        closes = self._closes[index]
        until = moment if moment < closes else closes
        return self._before[index] + until - self._opens[index]

    def works(self, moments: Iterable[int], origin: int = 0) -> list[int]:
        """The same for many moments that are counted from an origin."""
        return [self.work(origin + moment) for moment in moments]

    def start(self, work: int) -> int:
        """The moment at which the second after ``work`` begins (``work < total``)."""
        index = bisect_right(self._before, work) - 1
        return self._opens[index] + work - self._before[index]

    def finish(self, work: int) -> int:
        """The moment at which the last second of ``work`` ends (``work > 0``)."""
        index = bisect_left(self._before, work) - 1
        return self._opens[index] + work - self._before[index]

    def span(self, start: int, finish: int) -> Span:
        """The moments at which a stretch of the axis starts and finishes."""
        opens, before = self._opens, self._before
        first = bisect_right(before, start) - 1
        last = bisect_left(before, finish, first) - 1
        return (
            opens[first] + start - before[first],
            opens[last] + finish - before[last],
        )

    def moment(self, bound: int, way: int) -> int | None:
        """The open moment nearest to a bound in a direction.

        Opening and closing time are both open, so that forward and backward agree.
        """
        work = self.work(bound)
        closing = self.finish(work) if work else bound - way
        opening = self.start(work) if work < self.total else bound - way
        beyond = [one for one in (closing, opening) if (one - bound) * way >= 0]
        return min(beyond, key=way.__mul__, default=None)

    def closures(self, start: int, finish: int) -> Iterator[int]:
        """Where on the axis the closed periods lie that ``[start, finish)`` touches.

        Only those between two openings: nothing can span the others.
        """
        first = max(bisect_right(self._opens, start), 1)
        last = bisect_left(self._closes, finish)
        return iter(self._before[first : last + 1])
