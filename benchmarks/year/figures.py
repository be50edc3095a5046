"""What came of the promises of a year, in figures."""

import math
from collections.abc import Iterable, Sequence

from .factory import DAY
from .floor import Job


def of(jobs: Sequence[Job], in_progress: Iterable[int], told: dict | None = None):
    """The figures of all orders that were delivered.

    :param told: other dates than those that were told: ``{order number: seconds}``.
    """
    promised = told or {job.order.number: job.promise for job in jobs}
    errors = sorted((job.actual - promised[job.order.number]) / DAY for job in jobs)
    quoted = [(promised[job.order.number] - job.asked) / DAY for job in jobs]
    working = list(in_progress)
    return {
        "orders": len(jobs),
        "on_time": sum(error <= 0 for error in errors) / len(jobs),
        "mean_error": mean(errors),
        "error_95": at(errors, 0.95),
        "mean_absolute_error": mean(map(abs, errors)),
        "quoted_days": mean(quoted),
        "actual_days": mean(lead_times(jobs)),
        "in_progress": mean(working),
    }


def constant(jobs: Sequence[Job], rate: float) -> dict[int, int]:
    """The dates of the fixed lead time that would have been kept as often.

    One for rush orders and one for all others: tuned with what came out, which nobody
    can know before.
    """
    told = {}
    for rush in (False, True):
        same = [job for job in jobs if job.order.rush is rush]
        if same:
            days = at(sorted(lead_times(same)), rate)
            for job in same:
                told[job.order.number] = job.asked + math.ceil(days * DAY)
    return told


def lead_times(jobs: Iterable[Job]) -> list[float]:
    """Days from asking to delivery."""
    return [(job.actual - job.asked) / DAY for job in jobs]


def at(values: Sequence[float], share: float) -> float:
    """Of sorted values the one that so many do not exceed."""
    return values[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def mean(values: Iterable[float]) -> float:
    """Of at least one."""
    rows = list(values)
    return sum(rows) / len(rows)
