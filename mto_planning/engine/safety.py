"""How much later than planned: what the past says about the next one."""

import math
from collections.abc import Iterable, Sequence

DAY = 86400
# How rarely chance alone may let a group of cases stand for itself.
CHANCE = 0.01
# For about so long a factory keeps its dates as it does today; so many deliveries tell
# how often a date is kept in 95 % of the cases to a point: the root of 0.95 * 0.05 / n.
RECENT_DAYS = 182
RECENT_CASES = 500


def quantile(slippages: Sequence[float], level: float) -> float:
    """The least that the next case exceeds with no more than ``1 - level``.

    Rank ``level * (n + 1)`` of n sorted cases, which holds whatever their distribution
    (Wilks 1941; “conformal” in today's literature). Never less than none: that orders
    were early is no reason to promise what the plan does not give.

    :param slippages: actual less planned, sorted; at least one.
    :param level: how often it is to hold, between 0 and 1.

    >>> quantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.5), quantile([-3, -2], 0.9)
    (5, 0.0)
    """
    rank = math.ceil(level * (len(slippages) + 1))
    return max(0.0, slippages[min(rank, len(slippages)) - 1])


def least_cases(level: float) -> int:
    """How many cases it takes that one of them can stand for the level.

    >>> least_cases(0.95), least_cases(0.5)
    (19, 10)
    """
    return max(10, math.ceil(level / (1 - level)))


def days_begun(lead: float) -> int:
    """Whole days that so many seconds touch, one at least.

    >>> days_begun(-5), days_begun(5), days_begun(86400), days_begun(86401)
    (1, 1, 1, 2)
    """
    return max(1, math.ceil(lead / DAY))


def spread(lead: float) -> float:
    """How far the slippages of orders lie apart that are planned so long ahead.

    Up to a factor, which is learned. What delays the steps of an order has little to
    do with one another, and such delays add up as their squares do: the spread grows
    with the root of the time, in days that are begun.

    :param lead: seconds from the promise to the planned delivery.

    >>> spread(5), spread(86400), spread(86401), spread(4 * 86400)
    (1.0, 1.0, 1.4142135623730951, 2.0)
    """
    return math.sqrt(days_begun(lead))


def count_recent(moments: Iterable[float], now: float) -> int:
    """How many of the latest deliveries say how dates are kept today.

    Those of the last half year: a factory has better and worse ones, and the safety of
    a worse one tells dates that are later than they need to be. But no fewer than it
    takes to say how often a date is kept, as far back as they are known.

    :param moments: when each delivery was.
    :return: may be more than there are.

    >>> count_recent([0.0] * 9, 0.0), count_recent([-200.0 * DAY, *[0.0] * 600], 0.0)
    (500, 600)
    """
    since = now - RECENT_DAYS * DAY
    return max(RECENT_CASES, sum(moment >= since for moment in moments))


class Experience:
    """What deliveries of the past say.

    The latest of them say how much safety it takes; whether they are another kind than
    others, all do.

    :param cases: of each how much later than planned it was, and how long ahead it had
        been planned, in seconds of working days; the latest first, at least one.
    :param recent: how many of them the safety is learned from, at least one; ``None``:
        all. See :func:`count_recent`.
    :ivar usual: how long ahead one of two of those was planned, or longer.
    :ivar longest: how long ahead the one of those that was planned longest ahead.

    >>> past = Experience([(1, 86400), (2, 86400), (6, 4 * 86400), (4, 4 * 86400)])
    >>> past.usual // 86400, past.safety(0.5), round(past.safety(0.8), 3)
    (4, 4.0, 6.0)
    """

    def __init__(
        self, cases: Iterable[tuple[float, float]], recent: int | None = None
    ) -> None:
        known = list(cases)
        leads = sorted(lead for _slippage, lead in known[:recent])
        self.usual, self.longest = leads[len(leads) // 2], leads[-1]
        self._all = [slippage / spread(lead) for slippage, lead in known]
        self._recent = sorted(self._all[:recent])

    def __len__(self) -> int:
        """How many the safety is learned from."""
        return len(self._recent)

    def safety(self, level: float) -> float:
        """How much to add to the plan of an order of usual lead; see :func:`scale`."""
        return quantile(self._recent, level) * spread(self.usual)

    def stands_out(self, others: "Experience", level: float) -> bool:
        """Whether the safety of others would be kept more or less often than it says.

        By so much that it is no chance: if not, these cases belong to the others, for
        the quantile of a few is just the worst of them.
        """
        enough = quantile(sorted(others._all), level)
        late, cases = sum(share > enough for share in self._all), len(self._all)
        fewer = sum(_chance(one, cases, level) for one in range(late))
        exactly = _chance(late, cases, level)
        return min(1 - fewer, fewer + exactly) < CHANCE / 2


def scale(safety: float, usual: float, longest: float, lead: float) -> int:
    """A safety that is right for the usual lead, for another one.

    Longer than anything that was learned from counts as the longest of that.

    >>> scale(100, 4 * DAY, 9 * DAY, 9 * DAY), scale(100, 4 * DAY, 9 * DAY, 99 * DAY)
    (150, 150)
    """
    return round(safety * spread(min(lead, longest)) / spread(usual))


def _chance(late: int, cases: int, level: float) -> float:
    """Of so many late ones, by logarithms: a float holds less than all the ways."""
    ways = math.lgamma(cases + 1) - math.lgamma(late + 1)
    ways -= math.lgamma(cases - late + 1)
    return math.exp(
        ways + late * math.log(1 - level) + (cases - late) * math.log(level)
    )
