"""How long something really takes, from cases that were measured."""

import math
from collections.abc import Iterable

# So many times as long as the one in the middle, or as short, is a timer that somebody
# forgot, or one that was started when the work was done.
FORGOTTEN = 4.0
# How rarely chance alone may say that a planned time is wrong.
CHANCE = 0.05


class Measured:
    """Cases of one kind, without what cannot be true.

    The one in the middle counts, not the mean: a single case that went wrong says
    nothing about the others.

    :param values: how long each took, in whatever unit; at least one.
    :ivar middle: half of them took as long, or longer.
    :ivar low: a quarter of them was shorter.
    :ivar high: a quarter of them was longer.
    :ivar left_out: how many are not believed.

    >>> cases = Measured([50, 62, 60, 58, 61, 59, 4000])
    >>> cases.middle, cases.low, cases.high, len(cases), cases.left_out
    (59.5, 58, 61, 6, 1)
    """

    def __init__(self, values: Iterable[float]) -> None:
        known = sorted(values)
        usual = middle(known)
        # Never none: the upper of two in the middle is no more than twice their mean.
        self._values = [value for value in known if is_like(value, usual)]
        self.left_out = len(known) - len(self._values)
        half = len(self._values) // 2
        self.middle = middle(self._values)
        self.low = middle(self._values[: half or 1])
        self.high = middle(self._values[-half:])

    def __len__(self) -> int:
        return len(self._values)

    def longer(self, planned: float) -> int:
        """How many took longer than planned."""
        return sum(value > planned for value in self._values)

    def shorter(self, planned: float) -> int:
        """How many took less time than planned."""
        return sum(value < planned for value in self._values)

    def differs(self, planned: float) -> bool:
        """Whether it is no chance that most took longer, or most took less time.

        If the planned time were the one in the middle, each would be as likely longer
        as shorter, as with a coin (the sign test). It takes six cases at least.

        >>> cases = Measured([50, 62, 60, 58, 61, 59])
        >>> cases.differs(49), cases.differs(51), cases.differs(60)
        (True, False, False)
        """
        longer, shorter = self.longer(planned), self.shorter(planned)
        return 2 * _at_most(min(longer, shorter), longer + shorter) <= CHANCE


def is_like(value: float, usual: float) -> bool:
    """Whether a case is not much longer or shorter than the one in the middle.

    >>> is_like(240, 60), is_like(241, 60), is_like(15, 60), is_like(14, 60)
    (True, False, True, False)
    """
    return usual / FORGOTTEN <= value <= usual * FORGOTTEN


def middle(values: list[float]) -> float:
    """The value in the middle of sorted ones, or between the two that are.

    >>> middle([1, 2, 9]), middle([1, 2, 4, 9])
    (2, 3.0)
    """
    half = len(values) // 2
    if len(values) % 2:
        return values[half]
    return (values[half - 1] + values[half]) / 2


def _at_most(heads: int, coins: int) -> float:
    """How likely so few of them, or fewer, fall on one side."""
    ways: int = sum(math.comb(coins, few) for few in range(heads + 1))
    return math.ldexp(ways, -coins)
