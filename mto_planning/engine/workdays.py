"""Days on which somebody works: what dates are counted in."""

from collections.abc import Iterable

from .axis import Axis
from .bookings import Span

# Before all that is planned, and after it: some thirty thousand years.
FAR = 1 << 40


class Workdays:
    """Time without the days on which nobody works; the others have all their hours.

    Before the first and after the last day that is known all days are worked.

    :param hours: sorted, disjoint opening spans.
    :param days: in which the hours lie, from midnight to midnight, in order.

    >>> hours, days = [(8, 17), (32, 41), (104, 113)], [(0, 48), (96, 120)]
    >>> workdays = Workdays(hours, days)
    >>> workdays.between(36, 108), workdays.after(36, 24), workdays.before(108, 24)
    (24, 108, 36)
    """

    __slots__ = ("_days", "_hours", "_last")

    def __init__(self, hours: Iterable[Span], days: Iterable[Span]) -> None:
        known = list(days) or [(0, 0)]
        self._last = known[-1][1]
        self._hours = Axis(hours)
        self._days = Axis([(-FAR, known[0][0]), *known, (self._last, FAR)])

    def between(self, start: int, finish: int) -> int:
        """Seconds of working days from one moment to another; negative: backwards."""
        return self._days.work(finish) - self._days.work(start)

    def after(self, moment: int, seconds: int) -> int:
        """The moment that is so much later; ``moment`` itself for nothing.

        If nobody works then, the last moment before at which somebody did: what is not
        done by then is not done any sooner.
        """
        found = self._days.finish(self._days.work(moment) + seconds)
        worked = self._hours.work(found)
        if found > self._last or not worked:
            return found
        return max(moment, self._hours.finish(worked))

    def before(self, moment: int, seconds: int) -> int:
        """The moment that is so much earlier; ``moment`` itself for nothing.

        What is so much :meth:`after` it is not later than ``moment``.
        """
        if not seconds:
            return moment
        return self._days.finish(self._days.work(moment) - seconds)
