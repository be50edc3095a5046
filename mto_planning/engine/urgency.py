"""In which sequence open orders are planned anew, and how bad a plan is."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from .bookings import EVER

Rank = tuple[int, ...]


class Urgency(NamedTuple):
    """What says how urgent an open order is.

    :param priority: higher ones always come first.
    :param due: when it has to be finished, in seconds.
    :param work: seconds of work on the longest way to its end.
    :param finish: when it ends in the current plan.
    :param promised: smaller for those that were promised earlier.
    :param delayed: whether it cannot begin when it is planned.
    """

    priority: int
    due: int | None
    work: int
    finish: int | None
    promised: int
    delayed: bool


def _due(order: Urgency) -> int:
    return EVER if order.due is None else order.due


def _current(order: Urgency) -> int:
    return _due(order) if order.finish is None else order.finish


# By name, which of equally urgent orders comes first: that which is due first, that
# with the least slack, that which ends first in the current plan, that which was
# promised first, or all that can stay before those in trouble.
RULES: dict[str, Callable[[Urgency], Rank]] = {
    "due": lambda order: (-order.priority, _due(order)),
    "slack": lambda order: (-order.priority, _due(order) - order.work),
    "current": lambda order: (-order.priority, _current(order)),
    "promised": lambda order: (-order.priority, order.promised),
    "trouble": lambda order: (-order.priority, order.delayed, _current(order)),
}


def badness(lateness: Iterable[int | None]) -> tuple[int, int, int]:
    """How bad a plan is: orders without a place, seconds of lateness, late orders.

    Seconds before orders: a plan with the fewest late orders lets those that are late
    already wait for ever, because they cannot get any worse.

    :param lateness: for each order the seconds by which it ends after it is due;
        ``None`` if it has no place.

    >>> badness([0, 30, 12, None])
    (1, 42, 2)
    """
    rows = list(lateness)
    late = [seconds for seconds in rows if seconds]
    return rows.count(None), sum(late), len(late)
