"""Odoo's naive UTC datetimes and the engine's whole seconds."""

from calendar import timegm
from datetime import datetime, timedelta, timezone

GRANULARITY = 15 * 60
HORIZON_DAYS = 730


def to_seconds(moment: datetime) -> int:
    """Seconds since the epoch of a UTC datetime (naive, as Odoo's, or aware)."""
    return timegm(moment.timetuple())


def from_seconds(seconds: int) -> datetime:
    """Naive UTC datetime of seconds since the epoch."""
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def planning_now(moment: datetime) -> int:
    """The next full quarter of an hour: work does not start this very second.

    It also lets a promise that is confirmed within minutes keep its times.
    """
    return -(-to_seconds(moment) // GRANULARITY) * GRANULARITY


def days_to_seconds(days: float) -> int:
    """Whole seconds of a number of (calendar) days."""
    return round(timedelta(days=days).total_seconds())
