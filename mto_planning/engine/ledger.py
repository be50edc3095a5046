"""The stock of one item over time, as what may still be promised of it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .bookings import EVER
from .journal import Journal
from .problem import Movement, Stock

TOLERANCE = 1e-6


class Offer(NamedTuple):
    """How much of a quantity is free from a moment on.

    :param since: of the receipt that makes it so; ``None`` when what is on hand does.
    """

    since: int | None
    quantity: float


class Ledger:
    """Available-to-promise of one item: a staircase that never goes down.

    What may be promised at a moment is the least balance from then on, so that no
    later demand that is already promised loses its piece. That is all which needs to
    be kept: taking ``quantity`` at a moment lowers the stairs from there on by it, and
    no earlier stair stays above the one of that moment.

    >>> coming = Movement(50, 4.0), Movement(80, -2.0)
    >>> ledger = Ledger(Stock("bolt", 5.0, coming), Journal())
    >>> ledger.since(5), ledger.since(6)
    (None, 50)
    >>> [tuple(offer) for offer in ledger.offers(8)]
    [(None, 5.0), (50, 7.0)]
    >>> ledger.take(60, 3); [tuple(offer) for offer in ledger.offers(8)]
    [(None, 4.0)]
    """

    __slots__ = ("_free", "_journal", "_movements", "_times")

    def __init__(self, stock: Stock, journal: Journal) -> None:
        """Sum up what is on hand and what is to come."""
        self._journal = journal
        self._movements = stock.movements
        self._times, self._free = _stairs(stock)

    def offers(self, quantity: float, taken: float = 0.0) -> Iterator[Offer]:
        """How much of a quantity is free to promise besides ``taken``: ever more of it.

        The last one is the whole, if that much is ever free. Nothing is not offered.
        """
        if quantity <= 0:
            return
        enough, crumb = _at_least(quantity), TOLERANCE * quantity
        for index in range(bisect_right(self._free, taken + crumb), len(self._free)):
            since, free = self._times[index] if index else None, self._free[index]
            if free - taken >= enough:
                yield Offer(since, quantity)
                return
            yield Offer(since, free - taken)

    def since(self, quantity: float) -> int | None:
        """The receipt from which on that much is free; only asked for what is offered.

        :return: its moment, ``None`` when what is on hand is enough.
        """
        index = bisect_left(self._free, _at_least(quantity))
        # Rounding may hide the last crumb of a quantity that was offered.
        index = min(index, len(self._times) - 1)
        return self._times[index] if index else None

    def take(self, moment: int, quantity: float) -> None:
        """Promise that much from ``moment`` on."""
        times, free = self._times, self._free
        here = bisect_right(times, moment) - 1
        level = free[here] - quantity
        cut = bisect_left(free, level, 0, here)
        self._journal.note(self._restore, times, free)
        self._times = times[: cut + 1] + times[here + 1 :]
        self._free = (
            free[:cut] + [level] + [step - quantity for step in free[here + 1 :]]
        )

    def _restore(self, times: list[int], free: list[float]) -> None:
        self._times, self._free = times, free

    def source(self, moment: int | None) -> Movement | None:
        """The largest receipt that is due at a moment; none for what is on hand."""
        due = [move for move in self._movements if move.time == moment]
        return max(due, key=_rank, default=None)


def _at_least(quantity: float) -> float:
    return quantity * (1 - TOLERANCE) if quantity > 0 else float("-inf")


def _rank(move: Movement) -> tuple[float, str, str]:
    # Whatever the order of the movements, the same one is named.
    return move.quantity, move.name, repr(move.key)


def _stairs(stock: Stock) -> tuple[list[int], list[float]]:
    balance = stock.on_hand
    points = [(-EVER, balance)]  # on hand for ever
    for time, change in _changes(stock.movements):
        balance += change
        points.append((time, balance))
    times: list[int] = []
    free: list[float] = []
    for time, level in reversed(points):
        if not free or level < free[-1]:
            times.append(time)
            free.append(level)
        else:
            times[-1] = time
    return times[::-1], free[::-1]


def _changes(movements: Iterable[Movement]) -> list[tuple[int, float]]:
    # Summed for each moment, and in one order, for sums of floats depend on it.
    changes: dict[int, float] = defaultdict(float)
    for time, quantity in sorted((move.time, move.quantity) for move in movements):
        changes[time] += quantity
    return list(changes.items())
