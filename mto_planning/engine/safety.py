"""How much later than planned: what the past says about the next one."""

import math
from collections.abc import Sequence


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
